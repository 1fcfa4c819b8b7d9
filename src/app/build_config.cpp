// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "app/build_application.hpp"
#include "tenon/app/config.hpp"
#include "tenon/app/module_loader.hpp"
#include "tenon/app/run.hpp"

namespace tenon::app {

Result<std::string> BuildConfig(std::span<const std::string> targets,
                                const std::optional<std::filesystem::path>& app_dir) {
  const auto folders = app_dir ? std::vector{*app_dir} : DefaultModuleFolders();
  std::vector<BuiltConfig> applications;
  for (const std::string& target : targets) {
    auto built = BuildApplication(
        {.target = target, .arguments = {}, .application_name = "default", .folders = folders});
    if (!built) return std::move(built).Error();
    BuiltConfig& application = applications.emplace_back();
    application.import_path = target;
    for (const auto& deployment : built->application->Deployments()) {
      application.deployments.push_back(
          {.name = deployment->Name(), .options = deployment->Options()});
    }
  }
  return WriteConfig(applications);
}

}  // namespace tenon::app
