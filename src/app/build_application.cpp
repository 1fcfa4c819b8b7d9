// SPDX-License-Identifier: Apache-2.0
#include "app/build_application.hpp"

#include <algorithm>

#include "app/artifact_application.hpp"
#include "tenon/app/module_loader.hpp"

namespace tenon::app {

Result<BuiltApplication> BuildApplication(const ApplicationSource& source) {
  if (NamesArtifact(source.target)) return BuildArtifactApplication(source);
  auto target = ParseTarget(source.target);
  if (!target) return std::move(target).Error();
  auto module = LoadModule(target->module, source.folders);
  if (!module) return std::move(module).Error();
  auto entry = FindApplication(*module, target->application);
  if (!entry) return std::move(entry).Error();

  BuiltApplication built;
  built.application = std::make_unique<Application>(source.application_name, source.overrides);
  built.module = module->path;
  try {
    built.driver = (*entry)->build(*built.application, source.arguments);
  } catch (...) {
    const Error cause = ErrorFromCurrentException();
    return Error(cause.Code(), "'" + source.target + "' did not start: " + OneLine(cause));
  }
  return built;
}

std::string OneLine(const Error& error) {
  std::string text = error.Detail();
  for (const Fault& fault : error.Faults()) {
    text += " " + (fault.pointer.empty() ? "" : fault.pointer + ": ") + fault.detail;
  }
  if (!error.PrivateDetail().empty()) text += " (" + error.PrivateDetail() + ")";
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace tenon::app
