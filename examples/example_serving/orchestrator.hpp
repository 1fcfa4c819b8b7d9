// SPDX-License-Identifier: Apache-2.0
#pragma once

// Two components as one model: both at the same time, neither needs the other's answer.

#include <utility>

#include <tenon/tenon.hpp>

#include "models.hpp"

namespace example_serving {

// A deployment like any other; what it loads is handles. It names types, not classes: whatever
// answers a Text with a Language can stand behind `classifier`, also a fake in a test.
class Orchestrator {
 public:
  Orchestrator(tenon::Handle<Language(Text)> classifier, tenon::Handle<Fields(Passage)> extractor)
      : classifier_(classifier), extractor_(extractor) {}

  tenon::Task<Letter> Infer(Text request) const {
    auto [language, fields] =
        co_await tenon::WhenAll(classifier_(request), extractor_(Passage{.text = request.text}));
    co_return Letter{.language = std::move(language.language),
                     .score = language.score,
                     .fields = std::move(fields.fields)};
  }

 private:
  tenon::Handle<Language(Text)> classifier_;
  tenon::Handle<Fields(Passage)> extractor_;
};

}  // namespace example_serving
