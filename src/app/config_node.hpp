// SPDX-License-Identifier: Apache-2.0
#pragma once

// A configuration file as a tree that remembers its lines.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"

namespace tenon::app {

struct ConfigEntry;

struct ConfigNode {
  enum class Kind : std::uint8_t { kNull, kPlain, kQuoted, kMap, kList };

  Kind kind = Kind::kNull;
  int line = 1;
  std::string text;                  // Of a scalar.
  std::vector<ConfigEntry> entries;  // Of a map, in the order of the file.
  std::vector<ConfigNode> items;     // Of a list.

  bool IsScalar() const noexcept { return kind == Kind::kPlain || kind == Kind::kQuoted; }
};

struct ConfigEntry {
  std::string key;
  int line = 1;
  ConfigNode value;
};

// "config.yaml:7: " before what is wrong there.
TENON_EXPORT Error ConfigError(std::string_view file, int line, std::string_view what);

// The tree as JSON: plain scalars that look like numbers, booleans or null are those.
TENON_EXPORT std::string ConfigJson(const ConfigNode& node);

// Gathers the events of the plug-in. What is too deep or too much is refused.
class TENON_EXPORT ConfigBuilder {
 public:
  static constexpr std::size_t kMostDepth = 64;
  static constexpr std::size_t kMostNodes = 100'000;

  // False: give up, `Take` says why.
  bool Add(std::int32_t event, int line, std::string_view text);
  // Errors: kInvalid, with the file's name and the line.
  Result<ConfigNode> Take(std::string_view file) &&;

 private:
  bool Refuse(int line, std::string what);
  bool AddKey(std::int32_t event, int line, std::string_view text);
  ConfigNode& Place(int line);

  ConfigNode root_;
  std::vector<ConfigNode*> open_;
  bool has_key_ = false;  // The innermost map waits for a value.
  std::size_t nodes_ = 0;
  int fault_line_ = 0;
  std::string fault_;
};

// Reads a YAML file with the plug-in that lies beside the library.
// Errors: kNotFound and kInvalid, in words for whoever starts the program.
TENON_EXPORT Result<ConfigNode> ReadConfigTree(const std::filesystem::path& file);

}  // namespace tenon::app
