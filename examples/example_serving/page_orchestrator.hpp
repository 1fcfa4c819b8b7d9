// SPDX-License-Identifier: Apache-2.0
#pragma once

// The same two components, one after the other and in a loop: a text of several pages, each in its
// own language, and each page's fields by the language that was found.

#include <cstdint>
#include <utility>

#include <tenon/tenon.hpp>

#include "models.hpp"
#include "pages.hpp"

namespace example_serving {

class PageOrchestrator {
 public:
  PageOrchestrator(tenon::Handle<Language(Text)> classifier,
                   tenon::Handle<Fields(Passage)> extractor)
      : classifier_(classifier), extractor_(extractor) {}

  // Dependent calls and loops are ordinary C++. A client that hangs up, or a deadline that passes,
  // ends the loop at its next await.
  tenon::Task<Pages> Infer(Text request) const {
    Pages answer;
    PageCutter rest(request.text);
    while (auto page = rest.Next()) {
      Language language = co_await classifier_(Text{page->text});
      Fields found = co_await extractor_(std::move(page->text), language.language);
      for (Field& field : found.fields) {  // From places in the page to places in the text.
        field.begin += page->begin;
        field.end += page->begin;
      }
      answer.pages.push_back({.begin = page->begin,
                              .end = page->end,
                              .letter = {.language = std::move(language.language),
                                         .score = language.score,
                                         .fields = std::move(found.fields)}});
    }
    co_return answer;
  }

 private:
  tenon::Handle<Language(Text)> classifier_;
  tenon::Handle<Fields(Passage)> extractor_;
};

}  // namespace example_serving
