// SPDX-License-Identifier: Apache-2.0
#pragma once

// The page at `/docs`: one file that loads nothing from elsewhere and reads `/openapi.json`.

#include <string>
#include <string_view>

#include "tenon/base/export.hpp"

namespace tenon::app {

// The parts of the page; each is a file beside this one.
extern const std::string_view kDocsStyle;
extern const std::string_view kDocsMarkup;
extern const std::string_view kDocsScript;

// Appends the whole page.
TENON_EXPORT void WriteDocsPage(std::string& out);

// What the browser may do on that page: run it and ask this server, nothing else.
inline constexpr std::string_view kDocsPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src "
    "'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

}  // namespace tenon::app
