// SPDX-License-Identifier: Apache-2.0
#pragma once

// The second component: the fields of a letter. No runtime: the artifact is a file of weights, and
// everything that happens with them is C++.

#include <filesystem>

#include <tenon/tenon.hpp>

#include "crf.hpp"
#include "models.hpp"

namespace example_serving {

// Synchronous, because it only computes: so it runs on the compute pool, as many at once as there
// are CPUs. It needs no batching: ten texts at once cost ten times one text.
class FieldExtractor {
 public:
  explicit FieldExtractor(std::filesystem::path model_path = tenon::kDefaultModelPath);

  // In a language that it was not trained on it takes only what looks alike everywhere: dates in
  // digits, e-mail addresses and phone numbers.
  Fields Infer(const Passage& passage) const;

 private:
  bool Takes(std::string_view kind, const Passage& passage) const;

  Crf crf_;
};

}  // namespace example_serving
