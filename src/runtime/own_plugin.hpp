// SPDX-License-Identifier: Apache-2.0
#pragma once

// Plug-ins of the program itself, `tenon/plugins/NAME.so` beside the library: each keeps a
// third-party library out of what serves until it is needed. They have C faces.

#include <cstdint>
#include <string_view>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"

namespace tenon::runtime {

struct OwnPlugin {
  std::string_view name;     // Of the file.
  std::string_view purpose;  // What needs it: "A configuration file".
  std::string_view package;  // What brings its third-party library.
  const char* symbol;        // A C function that gives the plug-in's table.
};

// What the symbol points to. The library is opened once and never closed.
// Errors: kNotFound where it or its third-party library is missing, kInvalid where it is none of
// ours; in words for whoever starts the program.
TENON_EXPORT Result<void*> FindInPlugin(const OwnPlugin& plugin);
// Errors: kInvalid.
TENON_EXPORT Error OtherVersion(const OwnPlugin& plugin);

// The plug-in's table, a struct whose first member is `version`. Errors: as FindInPlugin.
template <class Table>
Result<const Table*> OpenOwnPlugin(const OwnPlugin& plugin, std::uint32_t version) {
  const Result<void*> symbol = FindInPlugin(plugin);
  if (!symbol) return symbol.Error();
  const Table* const table = reinterpret_cast<const Table* (*)()>(*symbol)();
  if (table->version != version) return OtherVersion(plugin);
  return table;
}

}  // namespace tenon::runtime
