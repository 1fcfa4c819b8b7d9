// SPDX-License-Identifier: Apache-2.0
#pragma once

// What `tenon check` is told.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "connection.hpp"
#include "tenon/app/command_line.hpp"
#include "tenon/base/result.hpp"

namespace tenon::check {

struct Options {
  // One of the three.
  std::optional<Address> address;
  std::vector<std::string> command;
  std::string image;
  std::string engine = "docker";  // What starts the image; takes docker's words.

  std::uint16_t port = 8080;       // Where a container that is started here has to listen.
  double startup_timeout_s = 480;  // SageMaker's default.
  double stop_timeout_s = 30;      // SageMaker sends SIGKILL then.
  double reply_timeout_s = 60;     // SageMaker waits no longer.
  bool as_is = false;              // `serve` is not appended to the command.
  std::optional<std::filesystem::path> model_directory;

  std::optional<std::string> payload;  // What the files hold.
  std::optional<std::string> slow_payload;
  std::string bad_payload = "{\"";
  std::string content_type = "application/json";
  std::string accept = "*/*";
  std::vector<std::string> artifacts;  // Folders, for a multi-model container.
  std::vector<std::string> features;   // "streaming", "multi_model", ...: what it claims to have.

  std::vector<std::string> only;  // Ids; empty: all.
  bool list = false;
  std::optional<std::filesystem::path> json_report;
  std::optional<std::filesystem::path> junit_report;

  bool StartsContainer() const { return !address; }
  bool Has(std::string_view feature) const;
};

std::span<const app::Flag> CheckFlags();

// Errors: kInvalid; kNotFound for a file that cannot be read.
Result<Options> ReadOptions(const app::CommandLine& line);

}  // namespace tenon::check
