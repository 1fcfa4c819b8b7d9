#pragma once

#include <utility>

#include "models.hpp"

namespace my_model {

// A deployment that is given handles. It names types, not classes: a fake can stand behind each.
class Orchestrator {
 public:
  Orchestrator(tenon::Handle<Label(Text)> classifier, tenon::Handle<Numbers(Text)> extractor)
      : classifier_(classifier), extractor_(extractor) {}

  tenon::Task<Answer> Infer(Text request) const {
    // Neither needs the other's answer: both at the same time.
    auto [label, numbers] = co_await tenon::WhenAll(classifier_(request), extractor_(request));
    co_return Answer{std::move(label.label), label.score, std::move(numbers.numbers)};
  }

 private:
  tenon::Handle<Label(Text)> classifier_;
  tenon::Handle<Numbers(Text)> extractor_;
};

}  // namespace my_model
