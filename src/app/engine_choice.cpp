// SPDX-License-Identifier: Apache-2.0
#include "app/engine_choice.hpp"

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "app/served_applications.hpp"
#include "engine/process/process_engine.hpp"
#include "engine/ray/ray_engine.hpp"
#include "tenon/engine/local_engine.hpp"
#include "tenon/serving/application.hpp"

namespace tenon::app {
namespace {

std::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace: return "trace";
    case LogLevel::kDebug: return "debug";
    case LogLevel::kInfo: return "info";
    case LogLevel::kWarning: return "warning";
    case LogLevel::kError: return "error";
  }
  return "info";
}

// Replicas load the settings that this process has loaded, whatever their own environment says.
std::vector<engine::ReplicaVariable> VariablesOf(const SettingsReport& settings) {
  std::vector<engine::ReplicaVariable> variables;
  for (const SettingValue& value : settings.values) {
    if (value.origin == SettingOrigin::kOverride) continue;
    engine::ReplicaVariable& variable = variables.emplace_back();
    variable.name = value.variable;
    // Its text, where the report shows secrets as stars.
    if (const char* const text = std::getenv(value.variable.c_str())) variable.value = text;
  }
  return variables;
}

engine::ApplicationSpec SpecOf(const RunOptions& options, const SettingsReport& settings,
                               const Application& application) {
  for (const ApplicationSource& source : SourcesOf(options)) {
    if (source.application_name != application.Name()) continue;
    engine::ApplicationSpec spec{.target = source.target,
                                 .application_name = source.application_name,
                                 .folders = {},
                                 .arguments = {},
                                 .overrides = source.overrides,
                                 .variables = VariablesOf(settings)};
    for (const auto& folder : source.folders) {
      spec.folders.push_back(std::filesystem::absolute(folder).string());
    }
    for (const auto& [key, value] : source.arguments) {
      spec.arguments.push_back({.key = key, .value = value});
    }
    return spec;
  }
  throw Error(ErrorCode::kInternal, "The application is not one that was built.");
}

}  // namespace

std::unique_ptr<serving::Engine> MakeEngine(const RunOptions& options,
                                            const SettingsReport& settings) {
  if (options.engine == EngineKind::kLocal) return std::make_unique<engine::LocalEngine>();
  const auto spec = [&options, &settings](const Application& application) {
    return SpecOf(options, settings, application);
  };
  const std::string format = options.log_format == LogFormat::kJson ? "json" : "text";
  const std::string level(LevelName(options.log_level));
  if (options.engine == EngineKind::kProcess) {
    return std::make_unique<engine::ProcessEngine>(
        engine::ProcessEngineOptions{.spec = spec,
                                     .max_payload = options.max_request_bytes,
                                     .log_format = format,
                                     .log_level = level});
  }
  engine::RayEngineOptions ray{.address = options.ray_address,
                               .program = std::filesystem::read_symlink("/proc/self/exe").string(),
                               .spec = spec,
                               .max_payload = options.max_request_bytes,
                               .log_format = format,
                               .log_level = level};
  if (const char* const python = std::getenv("TENON_PYTHON")) ray.python = python;
  return std::make_unique<engine::RayEngine>(std::move(ray));
}

}  // namespace tenon::app
