// SPDX-License-Identifier: Apache-2.0
#pragma once

// The C face of the plug-in that reads YAML. It knows nothing of configurations: it says what
// stands on which line, and whoever asked makes sense of it. No exception and no C++ type crosses.

#include <cstddef>
#include <cstdint>

extern "C" {

enum TenonYamlEvent : std::int32_t {
  kTenonYamlNull,
  kTenonYamlPlain,     // A scalar without quotes: "8080" is a number.
  kTenonYamlQuoted,    // A scalar that is text, whatever it looks like.
  kTenonYamlBeginMap,  // Then a key and a value for each entry, and kTenonYamlEnd.
  kTenonYamlBeginList,
  kTenonYamlEnd,
};

struct TenonYamlSink {
  void* context;
  // Lines count from 1. `text` is that of a scalar and lives until the call returns. Returns 0 to
  // end the reading: an alias may expand to more than anybody can use.
  std::int32_t (*on_event)(void* context, std::int32_t event, std::int32_t line, const char* text,
                           std::size_t size);
};

// Where and why a text is no YAML.
struct TenonYamlFault {
  std::int32_t line;
  char text[256];  // Ends with a zero.
};

struct TenonYamlPlugin {
  std::uint32_t version;
  // 0 when the sink has got everything or ended it; else `fault` is filled in.
  std::int32_t (*read)(const char* text, std::size_t size, const TenonYamlSink* sink,
                       TenonYamlFault* fault);
};

using TenonYamlFunction = const TenonYamlPlugin* (*)();

}  // extern "C"

namespace tenon::app {

inline constexpr std::uint32_t kYamlPluginVersion = 1;
// The C symbol that gives the plug-in.
inline constexpr const char* kYamlPluginSymbol = "tenon_yaml_plugin";

}  // namespace tenon::app
