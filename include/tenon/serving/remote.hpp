// SPDX-License-Identifier: Apache-2.0
#pragma once

// Calls that leave the process and come into it, without their types: what an engine puts behind a
// handle whose replicas live elsewhere, and what it gives to a deployment that is called from
// there. Users need not read on.

#include <optional>
#include <type_traits>
#include <utility>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/serving/handle.hpp"
#include "tenon/task/stream.hpp"
#include "tenon/task/task.hpp"
#include "tenon/task/unit.hpp"

namespace tenon::serving {

struct DeploymentStatus;

// The way to the replicas of one deployment. Thread safety: from any loop.
class TENON_EXPORT RemoteCaller {
 public:
  RemoteCaller() = default;
  RemoteCaller(const RemoteCaller&) = delete;
  RemoteCaller& operator=(const RemoteCaller&) = delete;
  virtual ~RemoteCaller() = default;

  // Carries the request there and fills `response`, a constructed value. Both live until the end.
  virtual Task<Unit> Call(const void* request, void* response) = 0;
  // The same for a stream: with each item of it, `item` has been filled anew.
  virtual Stream<Unit> Open(const void* request, void* item) = 0;
  virtual DeploymentStatus Read() const = 0;
  virtual Result<> CheckHealth() = 0;
};

// A call that came from elsewhere. Used on one loop.
class TENON_EXPORT UntypedCall {
 public:
  UntypedCall() = default;
  UntypedCall(const UntypedCall&) = delete;
  UntypedCall& operator=(const UntypedCall&) = delete;

  // Fills the request; once, before anything is answered.
  virtual Result<> ReadRequest(void* request) = 0;
  // The answer, where it is one.
  virtual void Answer(const void* response) = 0;
  // One item of a stream; ends when the next one is wanted.
  virtual Task<Unit> AnswerItem(const void* item) = 0;

 protected:
  ~UntypedCall() = default;
};

// What stands behind a handle then.
template <class R, class A>
class RemoteTarget final : public Target<R, A> {
 public:
  explicit RemoteTarget(RemoteCaller& caller) noexcept : caller_(caller) {}

  Task<R> Call(A request) override {
    R response{};
    const Result<Unit> done = co_await AsResult(caller_.Call(&request, &response));
    if (!done) co_return done.Error();
    co_return std::move(response);
  }

 private:
  RemoteCaller& caller_;
};

template <class R, class A>
class RemoteTarget<Stream<R>, A> final : public Target<Stream<R>, A> {
 public:
  explicit RemoteTarget(RemoteCaller& caller) noexcept : caller_(caller) {}

  Stream<R> Call(A request) override {
    R item{};
    Stream<Unit> items = caller_.Open(&request, &item);
    while (co_await items.Next()) co_yield std::exchange(item, R{});
  }

 private:
  RemoteCaller& caller_;
};

// Calls a target with what came from elsewhere.
template <class R, class A>
Task<Unit> CallUntyped(Target<R, A>& target, UntypedCall& call) {
  A request{};
  if (auto read = call.ReadRequest(&request); !read) co_return std::move(read).Error();
  const Result<R> response = co_await AsResult(target.Call(std::move(request)));
  if (!response) co_return response.Error();
  call.Answer(&*response);
  co_return Unit{};
}

template <class R, class A>
Task<Unit> CallUntyped(Target<Stream<R>, A>& target, UntypedCall& call) {
  A request{};
  if (auto read = call.ReadRequest(&request); !read) co_return std::move(read).Error();
  Stream<R> items = target.Call(std::move(request));
  for (;;) {
    const Result<std::optional<R>> item = co_await AsResult(items.Next());
    if (!item) co_return item.Error();
    if (!*item) co_return Unit{};
    const Result<Unit> taken = co_await AsResult(call.AnswerItem(&**item));
    if (!taken) co_return taken.Error();
  }
}

}  // namespace tenon::serving
