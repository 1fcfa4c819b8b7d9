// SPDX-License-Identifier: Apache-2.0
// Loads first.so and second.so into one process and serves both: their `Request` and `Model` have
// the same names and differ.
#include <filesystem>
#include <string>
#include <tenon/app/module_loader.hpp>
#include <tenon/tenon.hpp>
#include <utility>
#include <vector>

struct Arguments {
  std::filesystem::path folder;
};

namespace {

void AddModel(const std::string& name, const std::filesystem::path& folder, tenon::Application& app,
              tenon::http::Driver& driver) {
  const std::vector folders = {folder};
  const auto module = tenon::app::LoadModule(name, folders).Value();
  const auto* entry = tenon::app::FindApplication(module, "handle").Value();
  tenon::http::Driver model = entry->build(app, {});
  for (tenon::http::Route& route : model.routes) {
    route.path = "/" + name;
    driver.routes.push_back(std::move(route));
  }
  for (tenon::schema::Operation& operation : model.operations) {
    operation.path = "/" + name;
    operation.operation_id = name;
    driver.operations.push_back(operation);
  }
}

}  // namespace

TENON_APPLICATION(handle, app, Arguments arguments) {
  tenon::http::Driver driver;
  driver.protocol = "test";
  AddModel("first", arguments.folder, app, driver);
  AddModel("second", arguments.folder, app, driver);
  return driver;
}
