// SPDX-License-Identifier: Apache-2.0
// A module that says it was built by another compiler.
#define tenon_module tenon_module_of_the_header  // This file brings its own.
#include <tenon/app/module.hpp>
#undef tenon_module

extern "C" TENON_EXPORT const tenon::app::ModuleHeader* tenon_module() {  // NOLINT
  static const tenon::app::ModuleHeader header{.magic = tenon::app::ModuleHeader::kMagic,
                                               .version_major = TENON_VERSION_MAJOR,
                                               .version_minor = TENON_VERSION_MINOR,
                                               .compiler = "gcc",
                                               .sanitizer = tenon::app::kSanitizer,
                                               .first = nullptr,
                                               .last = nullptr};
  return &header;
}
