// SPDX-License-Identifier: Apache-2.0
#include "http/exchange.hpp"

#include <utility>

namespace tenon::http {
namespace {

// A reply's memory is kept for the next one up to here.
constexpr std::size_t kKeptBytes = std::size_t{64} << 10U;

}  // namespace

void Exchange::Begin(TimePoint now, std::uint64_t process, std::uint64_t number) {
  started = now;
  context_.emplace();
  context_->MakeId(process, number);
  context_->SetHeaders(head.headers);
}

bool Exchange::Serve(const Handler& handler, Body body, const char* activity,
                     const ExchangePlace& place) {
  stop_.emplace();
  context_->SetStop(*stop_);
  request_ = {.method = head.method,
              .target = head.target,
              .path = head.path,
              .query = head.query,
              .headers = head.headers,
              .body = body,
              .context = &*context_};
  owner_ = &place.owner;
  handler_ = &handler;
  step_ = Step::kServe;
  bool ended = true;
  try {
    handler.Prepare(request_, place.loop.Now(), *context_);
    scope_ = {.loop = &place.loop,
              .pool = &place.pool,
              .stop = *stop_,
              .deadline = context_->Deadline(),
              .request = &*context_,
              .activity = activity};
    if (!scope_.deadline.IsNever() && scope_.deadline.Passed(place.loop.Now())) {
      failed_to_start_.emplace(
          Error(ErrorCode::kDeadlineExceeded, "The deadline has passed before the work began."));
      return true;
    }
    place.loop.SetActivity(activity);
    task_.emplace(handler.Serve(request_, response));
    ended = task_->Start(scope_, *this);
  } catch (...) {
    // A handler need not be a coroutine: it may throw before there is a task.
    failed_to_start_.emplace(ErrorFromCurrentException());
  }
  place.loop.SetActivity(nullptr);
  return ended;
}

void Exchange::FinishResponse() { handler_->Finish(*context_, response); }

Result<> Exchange::TakeServed() {
  if (failed_to_start_) return *std::exchange(failed_to_start_, std::nullopt);
  return task_->TakeResult();
}

bool Exchange::Pull() {
  step_ = Step::kPull;
  next_.emplace(response.Chunks()->Next());
  scope_.loop->SetActivity(scope_.activity);
  const bool ended = next_->Start(scope_, *this);
  scope_.loop->SetActivity(nullptr);
  return ended;
}

void Exchange::Yield() {
  step_ = Step::kYield;
  scope_.loop->Post(*this);
}

void Exchange::Abandon(ExchangeOwner& owner) noexcept {
  owner_ = &owner;
  RequestStop();
}

void Exchange::RequestStop() noexcept {
  if (stop_) stop_->RequestStop();
}

std::coroutine_handle<> Exchange::Complete() noexcept {
  // The coroutine that has ended is suspended for the last time, so it may be destroyed in here.
  owner_->OnProgress(*this);
  return std::noop_coroutine();
}

void Exchange::RunPosted() noexcept { owner_->OnProgress(*this); }

void Exchange::Reset() {
  // A stream may refer to the task's frame, both to request and context.
  next_.reset();
  if (response.Body().capacity() > kKeptBytes) {
    response = Response();
  } else {
    response.Reset();
  }
  task_.reset();
  failed_to_start_.reset();
  stop_.reset();
  context_.reset();
  owner_ = nullptr;
  incoming = Incoming{};
  if (wire.capacity() > kKeptBytes) {
    wire = std::string();
  } else {
    wire.clear();
  }
  head_sent = false;
  stream_ended = false;
  quick_items = 0;
  is_counted = false;
  is_accounted = false;
  is_logged = false;
  keeps_connection = false;
  must_linger = false;
}

}  // namespace tenon::http
