// SPDX-License-Identifier: Apache-2.0
#include "tenon/testing/in_process.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "app/artifact_source.hpp"
#include "tenon/app/module_loader.hpp"
#include "tenon/engine/local_engine.hpp"
#include "tenon/runtime/environment.hpp"
#include "tenon/serving/application.hpp"
#include "tenon/task/compute_pool.hpp"
#include "tenon/task/when_all.hpp"
#include "tenon/testing/manual_loop.hpp"
#include "tenon/testing/run_task.hpp"

namespace tenon::testing {
namespace {

constexpr std::size_t kPoolThreads = 2;

// A request with what it points into.
struct Call {
  Call(std::string_view path, std::string text) : body(std::move(text)) {
    constexpr std::size_t kRoom = 64;  // What a Body promises behind its end.
    const std::size_t size = body.size();
    body.append(kRoom, '\0');
    context.SetId("test");
    request.method = "POST";
    request.target = request.path = path;
    request.headers = headers;
    request.body = {.data = body.data(), .size = size, .capacity = body.size()};
    request.context = &context;
  }

  std::string body;
  std::array<Header, 1> headers{{{"Content-Type", "application/json"}}};
  RequestContext context;
  http::Request request;
  http::Response response;
};

}  // namespace

// Destroyed backwards: the engine before what its replicas use.
struct InProcess::Content {
  explicit Content(std::string_view name) : application(std::string(name)) {
    environment.SetConfigure(&app::ConfigureArtifact);
  }
  ~Content() { engine.Stop(); }

  runtime::Environment environment{kPoolThreads};
  ManualClock clock;
  ManualLoop loop{clock};
  std::array<EventLoop*, 1> loops{&loop};
  ComputePool pool{kPoolThreads};
  CapturedLog log;
  Application application;
  http::Driver driver;
  engine::LocalEngine engine;
};

InProcess::InProcess(std::string_view application, app::ArgumentList arguments,
                     const app::ModuleHeader& self)
    : content_(std::make_unique<Content>(application)) {
  Content& content = *content_;
  const runtime::EnvironmentScope scope(content.environment);
  const app::LoadedModule program{.path = "this program", .header = &self};
  content.driver =
      app::FindApplication(program, application).Value()->build(content.application, arguments);
  content.engine
      .Start(content.application, {.pool = content.pool,
                                   .clock = content.clock,
                                   .log = content.log.Log(),
                                   .loops = content.loops,
                                   .cpus = kPoolThreads})
      .Value();
}

InProcess::~InProcess() = default;

std::string InProcess::Post(std::string_view path, std::string json) {
  std::vector<std::string> bodies;
  bodies.push_back(std::move(json));
  return PostAll(path, std::move(bodies)).front();
}

std::vector<std::string> InProcess::PostAll(std::string_view path,
                                            std::vector<std::string> bodies) {
  const auto& routes = content_->driver.routes;
  const auto route = std::find_if(routes.begin(), routes.end(), [path](const http::Route& known) {
    return known.method == "POST" && known.path == path;
  });
  if (route == routes.end()) {
    throw Error(ErrorCode::kNotFound,
                "The application takes no POST on '" + std::string(path) + "'.");
  }
  std::vector<std::unique_ptr<Call>> calls;
  std::vector<Task<void>> tasks;
  for (std::string& body : bodies) {
    calls.push_back(std::make_unique<Call>(path, std::move(body)));
    tasks.push_back(route->handler->Serve(calls.back()->request, calls.back()->response));
  }
  Scope scope;
  scope.loop = &content_->loop;
  scope.pool = &content_->pool;
  RunIn(scope, content_->loop, WhenAll(std::move(tasks))).Value();

  std::vector<std::string> answers;
  for (const auto& call : calls) {
    if (call->response.Failure()) throw *call->response.Failure();
    answers.emplace_back(call->response.Payload());
  }
  return answers;
}

const Application& InProcess::App() const noexcept { return content_->application; }
ManualClock& InProcess::Clock() noexcept { return content_->clock; }
CapturedLog& InProcess::Log() noexcept { return content_->log; }

}  // namespace tenon::testing
