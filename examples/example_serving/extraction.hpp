// SPDX-License-Identifier: Apache-2.0
#pragma once

// The second component: the fields of a letter. No runtime: the artifact is a file of weights, and
// everything that happens with them is C++.

#include <filesystem>

#include <tenon/tenon.hpp>

#include "crf.hpp"
#include "models.hpp"

namespace example_serving {

// It only computes, so a synchronous `Fields Infer(const Passage&) const` would do: then each call
// goes to the compute pool, as many at once as there are CPUs. It is a coroutine because texts
// differ so much: a short one takes less than waking a thread of the pool and being woken by it,
// and a page of text takes milliseconds, which would hold up everyone on the loop. It needs no
// batching: ten texts at once cost ten times one text.
class FieldExtractor {
 public:
  explicit FieldExtractor(std::filesystem::path model_path = tenon::kDefaultModelPath);

  // In a language that it was not trained on it takes only what looks alike everywhere: dates in
  // digits, e-mail addresses and phone numbers.
  tenon::Task<Fields> Infer(Passage passage) const;

 private:
  Fields Extract(const Passage& passage) const;
  bool Takes(std::string_view kind, const Passage& passage) const;

  Crf crf_;
};

}  // namespace example_serving
