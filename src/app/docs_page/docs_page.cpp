// SPDX-License-Identifier: Apache-2.0
#include "app/docs_page/docs_page.hpp"

namespace tenon::app {

void WriteDocsPage(std::string& out) {
  constexpr std::string_view kHead =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n<title>API</title>\n"
      "<link rel=\"icon\" href=\"data:,\">\n<style>";
  constexpr std::string_view kBody = "</style>\n</head>\n<body>";
  constexpr std::string_view kScript = "<script>";
  constexpr std::string_view kEnd = "</script>\n</body>\n</html>\n";
  out.reserve(out.size() + kHead.size() + kDocsStyle.size() + kBody.size() + kDocsMarkup.size() +
              kScript.size() + kDocsScript.size() + kEnd.size());
  for (const std::string_view part :
       {kHead, kDocsStyle, kBody, kDocsMarkup, kScript, kDocsScript, kEnd}) {
    out += part;
  }
}

}  // namespace tenon::app
