// SPDX-License-Identifier: Apache-2.0
#include "extraction.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "characters.hpp"
#include "features.hpp"

namespace example_serving {
namespace {

// In bytes. Some 50 us: about what the hand-off to the pool and back costs both threads.
constexpr std::size_t kWorthThePool = 600;

}  // namespace

FieldExtractor::FieldExtractor(std::filesystem::path model_path) : crf_(Crf::Load(model_path)) {}

bool FieldExtractor::Takes(std::string_view kind, const Passage& passage) const {
  if (!passage.language) return true;
  const auto& trained = crf_.Languages();
  if (std::ranges::find(trained, *passage.language) != trained.end()) return true;
  return kind == "date" || kind == "email" || kind == "phone";
}

tenon::Task<Fields> FieldExtractor::Infer(Passage passage) const {
  if (passage.text.size() < kWorthThePool) co_return Extract(passage);
  co_return co_await tenon::Compute([&] { return Extract(passage); });
}

Fields FieldExtractor::Extract(const Passage& passage) const {
  const std::u32string text = Decode(passage.text);
  const std::vector<Token> tokens = Tokenize(text);
  const TokenFeatures features(text, tokens);
  const std::vector<std::string_view> tags = crf_.Tag(features, tokens.size());

  Fields answer;
  for (std::size_t i = 0; i < tokens.size();) {
    if (tags[i] == "O") {
      ++i;
      continue;
    }
    // A field goes on as long as tokens say that they are inside of its kind.
    const std::string_view kind = tags[i].substr(2);
    const std::size_t first = i++;
    while (i < tokens.size() && tags[i].starts_with("I-") && tags[i].substr(2) == kind) ++i;
    const std::size_t begin = tokens[first].begin;
    const std::size_t end = tokens[i - 1].end;
    if (!Takes(kind, passage)) continue;
    answer.fields.push_back({.kind = std::string(kind),
                             .text = Encode(std::u32string_view(text).substr(begin, end - begin)),
                             .begin = static_cast<std::int64_t>(begin),
                             .end = static_cast<std::int64_t>(end)});
  }
  return answer;
}

}  // namespace example_serving
