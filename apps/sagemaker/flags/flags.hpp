// SPDX-License-Identifier: Apache-2.0
#pragma once

// A command's flags: from the command line, else from TENON_SAGEMAKER_<FLAG>.

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenon/app/command_line.hpp"
#include "tenon/app/options.hpp"

namespace tenon::sagemaker_tool {

using Words = std::span<const char* const>;

// Both ends belong.
struct Range {
  std::int64_t low = 0;
  std::int64_t high = 0;
};

class Flags {
 public:
  // Errors: throws UsageError for what ParseCommandLine refuses.
  Flags(std::span<const app::Flag> flags, Words words, app::Environment environment);

  bool WantsHelp() const { return line_.wants_help; }
  const app::Environment& Environment() const { return environment_; }

  // An empty value counts as not given. REQUIRES: `name` is one of the flags.
  std::optional<std::string> Text(std::string_view name) const;
  // Every value of a flag that may come often; one a line in the environment.
  std::vector<std::string> All(std::string_view name) const;
  // A flag without value. In the environment: 1 or true, 0 or false.
  bool Has(std::string_view name) const;

  // The following throw UsageError for what does not fit.
  std::string Required(std::string_view name) const;
  std::optional<std::int64_t> Integer(std::string_view name, Range range) const;
  std::optional<std::chrono::milliseconds> Seconds(std::string_view name) const;
  // The words of the command, exactly as many as named.
  std::vector<std::string> TakeWords(std::span<const std::string_view> names) const;
  const std::vector<std::string_view>& AllWords() const { return line_.words; }
  // At most one of the two.
  void RefuseTogether(std::string_view a, std::string_view b, std::string_view reason) const;
  // The first makes no sense without the second.
  void RefuseWithout(std::string_view name, std::string_view needed) const;

 private:
  std::optional<std::string> Variable(std::string_view name) const;
  bool IsGiven(std::string_view name) const;

  app::CommandLine line_;
  std::vector<app::Flag> flags_;
  app::Environment environment_;
};

}  // namespace tenon::sagemaker_tool
