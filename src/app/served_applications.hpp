// SPDX-License-Identifier: Apache-2.0
#pragma once

// The applications of one server, put together: each under its prefix.

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/build_application.hpp"
#include "tenon/app/options.hpp"
#include "tenon/base/export.hpp"

namespace tenon::app {

struct ServedApplications {
  std::vector<std::unique_ptr<Application>> applications;
  http::Driver driver;                        // All routes and operations, with their prefixes.
  std::string modules;                        // The files, for people.
  std::string names;                          // Of the applications, for people.
  std::map<std::string, std::string> owners;  // The application of each path.
};

// What the command line or the configuration says is to be served.
std::vector<ApplicationSource> SourcesOf(const RunOptions& options);

// The module or artifact that a source names; nothing where there is none.
std::optional<std::filesystem::path> FileOf(const ApplicationSource& source);

// Nothing is constructed yet. Errors: as of BuildApplication, and kInvalid for an override of a
// deployment that the application does not have.
TENON_EXPORT Result<ServedApplications> BuildServed(std::span<const ApplicationSource> sources);

// "/letters" + "/ping" is "/letters/ping"; "/" changes nothing.
TENON_EXPORT std::string UnderPrefix(const std::string& prefix, const std::string& path);

}  // namespace tenon::app
