// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a shared library offers a runtime: for authors of plug-ins only.

#include <cstdint>
#include <memory>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/base/version.hpp"
#include "tenon/runtime/runtime.hpp"

namespace tenon::runtime {

// What is looked at before any C++ of a plug-in is touched. The layout of the first five members
// never changes; a plug-in that was built for another version is refused in words.
struct PluginHeader {
  static constexpr std::uint32_t kMagic = 0x746e7274;
  std::uint32_t magic;
  std::uint32_t version_major;
  std::uint32_t version_minor;
  const char* compiler;
  const char* sanitizer;
  // Errors: what stops the runtime from working here, such as a missing third-party library.
  Result<std::unique_ptr<Runtime>> (*create)();
};

// The C symbol that gives the header.
inline constexpr const char* kPluginSymbol = "tenon_runtime_plugin";
using PluginFunction = const PluginHeader* (*)();

#if defined(__clang__)
inline constexpr const char* kPluginCompiler = "clang";
#else
inline constexpr const char* kPluginCompiler = "gcc";
#endif
#if defined(__SANITIZE_ADDRESS__)
inline constexpr const char* kPluginSanitizer = "address";
#elif defined(__SANITIZE_THREAD__)
inline constexpr const char* kPluginSanitizer = "thread";
#elif !defined(__has_feature)
inline constexpr const char* kPluginSanitizer = "none";
#elif __has_feature(address_sanitizer)
inline constexpr const char* kPluginSanitizer = "address";
#elif __has_feature(thread_sanitizer)
inline constexpr const char* kPluginSanitizer = "thread";
#else
inline constexpr const char* kPluginSanitizer = "none";
#endif

// The header that this very build puts into its plug-ins.
constexpr PluginHeader MakePluginHeader(Result<std::unique_ptr<Runtime>> (*create)()) noexcept {
  return {.magic = PluginHeader::kMagic,
          .version_major = TENON_VERSION_MAJOR,
          .version_minor = TENON_VERSION_MINOR,
          .compiler = kPluginCompiler,
          .sanitizer = kPluginSanitizer,
          .create = create};
}

}  // namespace tenon::runtime

// Exports a runtime from a shared library: once in it, at namespace scope. CREATE is a function
// `Result<std::unique_ptr<tenon::runtime::Runtime>> Create()`. It is called once, on first use.
#define TENON_RUNTIME_PLUGIN(CREATE)                                                    \
  extern "C" TENON_EXPORT const ::tenon::runtime::PluginHeader* tenon_runtime_plugin(); \
  const ::tenon::runtime::PluginHeader* tenon_runtime_plugin() {                        \
    static constexpr ::tenon::runtime::PluginHeader header =                            \
        ::tenon::runtime::MakePluginHeader(CREATE);                                     \
    return &header;                                                                     \
  }                                                                                     \
  static_assert(true, "takes the semicolon")
