// SPDX-License-Identifier: Apache-2.0
#include "app/served_applications.hpp"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

#include "app/artifact_application.hpp"
#include "app/tuning_file.hpp"
#include "tenon/app/module_loader.hpp"
#include "tenon/base/nearest_name.hpp"

namespace tenon::app {
namespace {

Result<> CheckOverrides(const ApplicationSource& source, const Application& application) {
  std::vector<std::string> names;
  for (const auto& deployment : application.Deployments()) names.push_back(deployment->Name());
  for (const DeploymentOverride& override : source.overrides) {
    if (std::find(names.begin(), names.end(), override.name) != names.end()) continue;
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + name;
    return Error(ErrorCode::kInvalid, override.place + ": '" + source.target +
                                          "' has no deployment '" + override.name + "'; it has " +
                                          list + "." + DidYouMean(override.name, names));
  }
  return {};
}

void Append(const std::string& part, std::string& list) {
  if (!list.empty()) list += ", ";
  list += part;
}

void Mount(BuiltApplication built, const ApplicationSource& source, ServedApplications& served) {
  for (http::Route& route : built.driver.routes) {
    route.path = UnderPrefix(source.route_prefix, route.path);
    served.owners[route.path] = source.application_name;
    served.driver.routes.push_back(std::move(route));
  }
  for (schema::Operation& operation : built.driver.operations) {
    operation.path = UnderPrefix(source.route_prefix, operation.path);
    // Ids are unique in one document.
    if (source.route_prefix != "/") {
      operation.operation_id = source.application_name + "_" + operation.operation_id;
    }
    served.driver.operations.push_back(std::move(operation));
  }
  if (served.driver.protocol.find(built.driver.protocol) == std::string::npos) {
    Append(built.driver.protocol, served.driver.protocol);
  }
  std::string module = built.module.lexically_normal().string();
  if (!built.executed_by.empty()) module += " (" + built.executed_by + ")";
  Append(module, served.modules);
  Append(source.application_name, served.names);
  served.applications.push_back(std::move(built.application));
}

}  // namespace

std::string UnderPrefix(const std::string& prefix, const std::string& path) {
  if (prefix == "/") return path;
  return path == "/" ? prefix : prefix + path;
}

std::vector<ApplicationSource> SourcesOf(const RunOptions& options) {
  const auto folders = options.app_dir ? std::vector{*options.app_dir} : DefaultModuleFolders();
  if (options.applications.empty()) {
    return {{.target = options.target,
             .arguments = options.arguments,
             .application_name = options.application_name,
             .folders = folders,
             .tuning_file = options.tuning_file}};
  }
  std::vector<ApplicationSource> sources;
  sources.reserve(options.applications.size());
  for (const ApplicationConfig& config : options.applications) {
    sources.push_back({.target = config.import_path,
                       .arguments = config.arguments,
                       .application_name = config.name,
                       .folders = folders,
                       .route_prefix = config.route_prefix,
                       .overrides = config.deployments,
                       .place = config.place,
                       .tuning_file = options.tuning_file});
  }
  return sources;
}

std::optional<std::filesystem::path> FileOf(const ApplicationSource& source) {
  std::vector<std::filesystem::path> places;
  if (NamesArtifact(source.target)) {
    places.emplace_back(source.target);
  } else if (const auto target = ParseTarget(source.target)) {
    places = ModulePaths(target->module, source.folders);
  }
  std::error_code failure;
  for (const std::filesystem::path& place : places) {
    if (std::filesystem::exists(place, failure)) return place;
  }
  return std::nullopt;
}

Result<ServedApplications> BuildServed(std::span<const ApplicationSource> sources) {
  ServedApplications served;
  for (const ApplicationSource& source : sources) {
    auto built = BuildApplication(source);
    if (!built) {
      if (source.place.empty()) return std::move(built).Error();
      return Error(built.Error().Code(), source.place + ": " + OneLine(built.Error()));
    }
    if (auto known = CheckOverrides(source, *built->application); !known) {
      return std::move(known).Error();
    }
    if (source.tuning_file) {
      built->application->SetTuning(MakeFileTuning(*source.tuning_file, source.application_name,
                                                   FileOf(source).value_or(built->module)));
    }
    Mount(*std::move(built), source, served);
  }
  return served;
}

}  // namespace tenon::app
