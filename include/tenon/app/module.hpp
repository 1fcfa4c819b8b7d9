// SPDX-License-Identifier: Apache-2.0
#pragma once

// How a shared library exports applications: `TENON_APPLICATION(name, app) { ... }`.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "tenon/base/export.hpp"
#include "tenon/base/version.hpp"
#include "tenon/http/route.hpp"
#include "tenon/serving/application.hpp"
#include "tenon/serving/settings.hpp"

namespace tenon::app {

// `key=value` words of the command line, for an application that takes arguments.
using ArgumentList = std::span<const std::pair<std::string, std::string>>;

// One exported application.
struct ApplicationEntry {
  const char* name;
  http::Driver (*build)(Application& application, ArgumentList arguments);
};

// What is looked at before any C++ of a module is touched. The layout never changes; a module built
// for another version is refused in words instead of crashing.
struct ModuleHeader {
  static constexpr std::uint32_t kMagic = 0x746e6f6e;
  std::uint32_t magic;
  std::uint32_t version_major;
  std::uint32_t version_minor;
  const char* compiler;
  const char* sanitizer;
  const ApplicationEntry* first;
  const ApplicationEntry* last;
};

// The C symbol that gives the header.
inline constexpr const char* kModuleSymbol = "tenon_module";
using ModuleFunction = const ModuleHeader* (*)();

#if defined(__clang__)
inline constexpr const char* kCompiler = "clang";
#else
inline constexpr const char* kCompiler = "gcc";
#endif
#if defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr const char* kSanitizer = "address";
#elif __has_feature(thread_sanitizer)
inline constexpr const char* kSanitizer = "thread";
#else
inline constexpr const char* kSanitizer = "none";
#endif
#else
inline constexpr const char* kSanitizer = "none";
#endif

namespace detail {

template <class Function>
struct BuilderArguments;
template <>
struct BuilderArguments<http::Driver (*)(Application&)> {
  using Type = void;
};
template <class A>
struct BuilderArguments<http::Driver (*)(Application&, A)> {
  using Type = std::remove_cvref_t<A>;
};

// Errors: throws kInvalid for words that the application does not take.
TENON_EXPORT void RefuseArguments(ArgumentList arguments);

template <auto kBuilder>
http::Driver Build(Application& application, ArgumentList arguments) {
  using Arguments = typename BuilderArguments<decltype(kBuilder)>::Type;
  if constexpr (std::is_void_v<Arguments>) {
    RefuseArguments(arguments);
    return kBuilder(application);
  } else {
    return kBuilder(application, ParseSettings<Arguments>(arguments));
  }
}

}  // namespace detail
}  // namespace tenon::app

// Set by the linker around the entries of one module.
extern "C" {
[[gnu::weak,
  gnu::visibility(
      "hidden")]] extern const tenon::app::ApplicationEntry __start_tenon_applications[];  // NOLINT
[[gnu::weak,
  gnu::visibility(
      "hidden")]] extern const tenon::app::ApplicationEntry __stop_tenon_applications[];  // NOLINT

[[gnu::weak]] TENON_EXPORT const tenon::app::ModuleHeader* tenon_module() {  // NOLINT
  static const tenon::app::ModuleHeader header{.magic = tenon::app::ModuleHeader::kMagic,
                                               .version_major = TENON_VERSION_MAJOR,
                                               .version_minor = TENON_VERSION_MINOR,
                                               .compiler = tenon::app::kCompiler,
                                               .sanitizer = tenon::app::kSanitizer,
                                               .first = __start_tenon_applications,
                                               .last = __stop_tenon_applications};
  return &header;
}
}

// Defines an application that `tenon run module:name` serves. The body binds deployments to `app`
// and returns a driver. A third argument takes `key=value` words as a struct:
//
//   TENON_APPLICATION(handle, app) {
//     return tenon::sagemaker::Driver(app.Bind<Echo>());
//   }
//   struct Arguments { int k = 5; };
//   TENON_APPLICATION(top, app, Arguments arguments) { ... }
#define TENON_APPLICATION(NAME, APP, ...)                                                 \
  static ::tenon::http::Driver TenonBuild_##NAME(::tenon::Application& APP __VA_OPT__(, ) \
                                                     __VA_ARGS__);                        \
  [[gnu::used, gnu::retain,                                                               \
    gnu::section("tenon_applications")]] static constexpr ::tenon::app::ApplicationEntry  \
      tenon_entry_##NAME{#NAME, &::tenon::app::detail::Build<&TenonBuild_##NAME>};        \
  static ::tenon::http::Driver TenonBuild_##NAME(                                         \
      [[maybe_unused]] ::tenon::Application& APP __VA_OPT__(, ) __VA_ARGS__)
