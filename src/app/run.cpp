// SPDX-License-Identifier: Apache-2.0
#include "tenon/app/run.hpp"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <functional>
#include <limits>
#include <memory>
#include <optional>

#include "app/artifact_application.hpp"
#include "app/artifact_source.hpp"
#include "app/build_application.hpp"
#include "app/builtin_routes.hpp"
#include "app/deployment_metrics.hpp"
#include "app/engine_choice.hpp"
#include "app/inheritance.hpp"
#include "app/reload.hpp"
#include "app/served_applications.hpp"
#include "app/shutdown_signals.hpp"
#include "app/start_block.hpp"
#include "app/supervisor.hpp"
#include "protocol/sagemaker/execution_parameters.hpp"
#include "tenon/app/cpu_count.hpp"
#include "tenon/app/module_loader.hpp"
#include "tenon/base/clock.hpp"
#include "tenon/base/log.hpp"
#include "tenon/base/metrics.hpp"
#include "tenon/base/version.hpp"
#include "tenon/http/server.hpp"
#include "tenon/runtime/environment.hpp"
#include "tenon/schema/json.hpp"
#include "tenon/serving/settings.hpp"
#include "tenon/task/compute_pool.hpp"

namespace tenon::app {
namespace {

constexpr int kDone = 0;
constexpr int kFailed = 1;

// After the signal: to finish, to be joined, and all is over before the 27 s of ShutdownSignals.
// Who is let in at the end of the 5 s that `tenon serve` goes on, and needs 20 s, is still
// answered.
constexpr std::chrono::milliseconds kFinishTimeout{25'500};
constexpr std::chrono::milliseconds kJoinTimeout{1'000};
constexpr std::chrono::milliseconds kGrace{400};

std::string OpenApiOf(const ServedApplications& built, const std::string& title) {
  return schema::WriteOpenApi({.title = title,
                               .version = TENON_VERSION,
                               .description = {},
                               .operations = built.driver.operations});
}

// One process that serves. Members stand in the order in which they need each other, so destroying
// them backwards is the way down's last part.
class Process {
 public:
  Process(const RunOptions& options, const Inheritance& inheritance)
      : options_(options),
        inheritance_(inheritance),
        began_(clock_.Now()),
        cpus_(options.threads != 0 ? options.threads : CpuCount()),
        log_({.level = options.log_level, .format = options.log_format}, stderr_),
        metrics_(2 * cpus_),
        environment_(cpus_) {
    environment_.SetConfigure(&ConfigureArtifact);
    engine_ = MakeEngine(options_, settings_);
  }

  int Serve() {
    for (const std::string& text : options_.warnings) log_.Warning(text);
    pool_.emplace(cpus_, &metrics_);
    if (auto listening = Listen(); !listening) return Fail(listening.Error());

    const ShutdownSignals signals(*server_);
    const serving::ReplicaServices services{
        .pool = *pool_, .clock = clock_, .log = log_, .loops = server_->Loops(), .cpus = cpus_};
    supervisor_.emplace(
        SupervisorNeeds{.build = [this] { return Build(); },
                        .engine = *engine_,
                        .services = services,
                        .environment = environment_,
                        .server = *server_,
                        .log = log_},
        SupervisorOptions{.startup_timeout = options_.startup_timeout,
                          .health_check_period = options_.health_check_period},
        SupervisorEvents{.on_ready = [this] { OnReady(); },
                         .on_serving = inheritance_.say_ready,
                         .on_failed = [this](const Error& error) { status_ = Fail(error); },
                         .on_hung = [this](const Error& error) { Leave(Fail(error)); }});
    const std::size_t running = server_->RunControl();
    return TakeDown(running);
  }

 private:
  Result<> Listen() {
    auto server =
        http::Server::Start({.host = options_.host,
                             .port = options_.port,
                             .listening_socket = inheritance_.listening_socket,
                             .accepting = inheritance_.accepting,
                             .half_close = options_.half_close,
                             .max_body_bytes = options_.max_request_bytes,
                             .max_body_setting = options_.max_request_setting,
                             .request_timeout = options_.request_timeout,
                             .stream_timeout = options_.stream_timeout,
                             .drain_delay = options_.drain_delay,
                             .drain_timeout = kFinishTimeout,
                             .join_timeout = kJoinTimeout,
                             .loops = cpus_},
                            {.clock = clock_, .pool = *pool_, .log = log_, .metrics = metrics_});
    if (!server) return std::move(server).Error();
    server_ = *std::move(server);
    server_->SetUnready("The model is being loaded.");
    return {};
  }

  // Runs beside the control thread, which says meanwhile that the model is being loaded.
  Result<Applications> Build() {
    const SettingsRecording recording(settings_);
    auto built = BuildServed(SourcesOf(options_));
    if (!built) return std::move(built).Error();
    built_ = *std::move(built);
    report_.settings = DescribeSettings(options_.given, settings_);
    operations_ = built_.driver.operations;
    PublishRoutes();
    return Applications(built_.applications);
  }

  void PublishRoutes() {
    std::vector<http::Route> routes =
        WithBuiltinRoutes(std::move(built_.driver.routes),
                          {.application = built_.names,
                           .owners = built_.owners,
                           .openapi = OpenApiOf(built_, options_.target),
                           .write_metrics = [this](std::string& out) { WriteMetrics(out); },
                           .write_execution_parameters = ExecutionParametersWriter()});
    for (const http::Route& route : routes) report_.routes.push_back({route.method, route.path});
    server_->SetRoutes(std::move(routes));
  }

  // Only SageMaker asks.
  std::function<void(std::string&)> ExecutionParametersWriter() const {
    if (built_.driver.protocol != "sagemaker") return {};
    return [this](std::string& out) {
      // The narrowest deployment says how many requests are served at once.
      std::size_t at_once = std::numeric_limits<std::size_t>::max();
      for (const auto& application : built_.applications) {
        for (const auto& deployment : application->Deployments()) {
          at_once = std::min(at_once, deployment->Read().limits.max_ongoing_requests);
        }
      }
      out += schema::WriteJson(sagemaker::PlanExecution(options_.max_request_bytes, at_once));
    };
  }

  void WriteMetrics(std::string& out) const {
    metrics_.WritePrometheus(out);
    if (!materialised_.load(std::memory_order_acquire)) return;
    std::vector<DeploymentReading> readings;
    for (const auto& application : built_.applications) {
      for (const auto& deployment : application->Deployments()) {
        readings.push_back({.application = application->Name(),
                            .name = deployment->Name(),
                            .status = deployment->Read()});
      }
    }
    WriteDeploymentMetrics(readings, out);
  }

  void OnReady() {
    materialised_.store(true, std::memory_order_release);
    SayReady();
  }

  void SayReady() {
    report_.version = TENON_VERSION;
    report_.target = options_.target;
    report_.module = built_.modules;
    report_.application = built_.names;
    report_.protocol = built_.driver.protocol;
    report_.url = LocalUrl(options_.host, server_->Port());
    report_.curl = CurlLine(report_.url, operations_);
    for (const auto& application : built_.applications) {
      for (const auto& deployment : application->Deployments()) {
        report_.deployments.push_back(Describe(*deployment));
      }
    }
    report_.loops = server_->Loops().size();
    report_.compute_threads = pool_->ThreadCount();
    report_.ready_ms = std::chrono::duration<double, std::milli>(clock_.Now() - began_).count();
    const std::string text = options_.log_format == LogFormat::kJson
                                 ? StartJson(report_)
                                 : StartText(report_, StdoutColour());
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  }

  // Says why the start failed: one line on stderr.
  int Fail(const Error& error) {
    std::string text = OneLine(error);
    if (inheritance_.accepting == http::Accepting::kWhenReady) {
      text += " What was served before is served on.";
    }
    if (options_.log_format == LogFormat::kJson) {
      log_.Error(text);
      log_.Flush();
    } else {
      std::fprintf(stderr, "tenon: %s\n", text.c_str());
    }
    return kFailed;
  }

  // Requests have ended, or `running` of them would not. Loops have stopped; their objects live on,
  // since jobs of the pool may still post to them.
  int TakeDown(std::size_t running) {
    if (running != 0) {
      log_.Error("work did not end in time and is abandoned", {{"requests", running}});
      Leave(status_);
    }
    if (const auto runs = supervisor_->Stop(kGrace)) {
      log_.Warning("ending while something runs", {{"what", *runs}});
      Leave(status_);
    }
    // What the pool does uses replicas and loops; replicas use loops and each other.
    pool_.reset();
    engine_->Stop();
    server_.reset();
    return status_;
  }

  // Ends at once, touching nothing that somebody may be using.
  [[noreturn]] void Leave(int status) {
    log_.Flush();
    std::fflush(stdout);
    _exit(status);
  }

  const RunOptions& options_;
  const Inheritance& inheritance_;
  const SystemClock clock_;
  const TimePoint began_;
  const std::size_t cpus_;
  FdSink stderr_{STDERR_FILENO};
  Logger log_;
  MetricsRegistry metrics_;
  runtime::Environment environment_;
  ServedApplications built_;
  std::vector<schema::Operation> operations_;
  StartReport report_;
  SettingsReport settings_;  // What the applications have loaded.
  std::unique_ptr<serving::Engine> engine_;
  std::optional<ComputePool> pool_;
  std::unique_ptr<http::Server> server_;
  std::optional<Supervisor> supervisor_;
  std::atomic<int> status_ = kDone;
  std::atomic<bool> materialised_ = false;  // Every replica exists: deployments may be read.
};

int Serve(const RunOptions& given, const Inheritance& inheritance) {
  RunOptions options = given;
  auto applied = ApplyConfig(options);
  if (!applied) {
    std::fprintf(stderr, "tenon: %s\n", OneLine(applied.Error()).c_str());
    return kFailed;
  }
  Process process(options, inheritance);
  return process.Serve();
}

// Those whose change is to be taken over. A module that is not found is not waited for.
std::vector<std::filesystem::path> FilesToWatch(const RunOptions& given) {
  RunOptions options = given;
  std::vector<std::filesystem::path> files;
  if (NamesConfig(options.target)) files.emplace_back(options.target);
  // What is wrong with the file is said by who serves it.
  if (!ApplyConfig(options)) return files;
  for (const ApplicationSource& source : SourcesOf(options)) {
    if (auto file = FileOf(source)) files.push_back(*std::move(file));
  }
  return files;
}

}  // namespace

int Run(const RunOptions& options) {
  // Each further arena keeps memory that the others lack; two loops rarely allocate at once.
  mallopt(M_ARENA_MAX, 2);
  if (!options.reload) return Serve(options, {});
  RunOptions known = options;
  if (auto applied = ApplyConfig(known); !applied) {
    std::fprintf(stderr, "tenon: %s\n", OneLine(applied.Error()).c_str());
    return kFailed;
  }
  return RunReloading(
      known, [&options] { return FilesToWatch(options); },
      [&options](const Inheritance& inheritance) { return Serve(options, inheritance); });
}

Result<std::string> DescribeApplication(const RunOptions& given) {
  RunOptions options = given;
  if (auto applied = ApplyConfig(options); !applied) return std::move(applied).Error();
  auto built = BuildServed(SourcesOf(options));
  if (!built) return std::move(built).Error();
  return OpenApiOf(*built, options.target);
}

Result<std::string> InspectArtifact(const std::string& path) {
  auto text = DescribeArtifact(path);
  if (!text) return Error(text.Error().Code(), OneLine(text.Error()));
  return text;
}

}  // namespace tenon::app
