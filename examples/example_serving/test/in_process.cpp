// SPDX-License-Identifier: Apache-2.0
#include "in_process.hpp"

#include <algorithm>
#include <utility>

#include <tenon/app/module_loader.hpp>
#include <tenon/task/when_all.hpp>
#include <tenon/testing/run_task.hpp>

namespace example_serving {
namespace {

// A request with what it points into.
struct Call {
  explicit Call(std::string text) : body(std::move(text)) {
    const std::size_t size = body.size();
    body.append(64, '\0');  // The room that Body promises.
    context.SetId("test");
    request.method = "POST";
    request.target = request.path = "/invocations";
    request.headers = headers;
    request.body = {.data = body.data(), .size = size, .capacity = body.size()};
    request.context = &context;
  }

  std::string body;
  std::array<tenon::Header, 1> headers{{{"Content-Type", "application/json"}}};
  tenon::RequestContext context;
  tenon::http::Request request;
  tenon::http::Response response;
};

}  // namespace

InProcess::InProcess(std::string_view application) {
  const tenon::app::LoadedModule self{.path = "this program", .header = tenon_module()};
  driver_ = tenon::app::FindApplication(self, application).Value()->build(app_, {});
  engine_
      .Start(app_, {.pool = pool_, .clock = clock_, .log = log_.Log(), .loops = loops_, .cpus = 2})
      .Value();
}

InProcess::~InProcess() { engine_.Stop(); }

std::vector<std::string> InProcess::Post(std::vector<std::string> bodies) {
  const auto route = std::ranges::find(driver_.routes, "/invocations", &tenon::http::Route::path);
  std::vector<std::unique_ptr<Call>> calls;
  std::vector<tenon::Task<void>> tasks;
  for (std::string& body : bodies) {
    calls.push_back(std::make_unique<Call>(std::move(body)));
    tasks.push_back(route->handler->Serve(calls.back()->request, calls.back()->response));
  }
  tenon::Scope scope;
  scope.loop = &loop_;
  scope.pool = &pool_;
  tenon::testing::RunIn(scope, loop_, tenon::WhenAll(std::move(tasks))).Value();

  std::vector<std::string> answers;
  for (const auto& call : calls) {
    if (call->response.Failure()) throw *call->response.Failure();
    answers.emplace_back(call->response.Payload());
  }
  return answers;
}

std::size_t InProcess::Batches() const {
  std::size_t batches = 0;
  for (const auto& deployment : app_.Deployments()) {
    for (const auto& queue : deployment->Read().batching) batches += queue.counts.runs;
  }
  return batches;
}

}  // namespace example_serving
