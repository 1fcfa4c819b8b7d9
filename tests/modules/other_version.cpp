// SPDX-License-Identifier: Apache-2.0
// A module that says it was built for another version.
#define tenon_module tenon_module_of_the_header  // This file brings its own.
#include <tenon/app/module.hpp>
#undef tenon_module

extern "C" TENON_EXPORT const tenon::app::ModuleHeader* tenon_module() {  // NOLINT
  static const tenon::app::ModuleHeader header{.magic = tenon::app::ModuleHeader::kMagic,
                                               .version_major = TENON_VERSION_MAJOR + 1,
                                               .version_minor = 0,
                                               .compiler = tenon::app::kCompiler,
                                               .sanitizer = tenon::app::kSanitizer,
                                               .first = nullptr,
                                               .last = nullptr};
  return &header;
}
