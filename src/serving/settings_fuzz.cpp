// SPDX-License-Identifier: Apache-2.0
// Settings against hostile texts. Each line of the input is NAME=VALUE: a variable, and a word of
// the command line.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenon/serving/settings.hpp"

namespace {

using namespace tenon;

enum class Colour { kRed, kGreen };
struct Cache {
  std::size_t max_size = 100;
  std::chrono::milliseconds max_age{500};
};
struct Settings {
  bool flag = false;
  std::int8_t small = 1;
  std::uint64_t large = 2;
  double ratio = 0.5;
  float share = 0.25F;
  std::string text;
  std::filesystem::path model_path;
  Colour colour = Colour::kRed;
  std::chrono::nanoseconds fine{1};
  std::chrono::hours coarse{1};
  Bytes key;
  RawJson raw;
  std::optional<int> maybe;
  std::vector<std::string> labels;
  std::vector<bool> flags;
  std::vector<Cache> caches;
  std::array<double, 2> pair{};
  std::map<std::string, int> weights;
  Tensor<float> tensor;
  Secret token;
  Cache cache;
  std::optional<Cache> second_cache;

  static constexpr auto schema =
      Describe(Field<&Settings::small>().Minimum(1).Maximum(10),
               Field<&Settings::text>().MinLength(1).MaxLength(5),
               Field<&Settings::labels>().MaxItems(3), Field<&Settings::tensor>().Shape(-1, 2));
};

void Require(bool holds) {
  if (!holds) std::abort();
}

// What holds whatever the input is.
void Check(const Result<void>& loaded, const Settings& settings) {
  if (!loaded) {
    Require(loaded.Error().Code() == ErrorCode::kInvalid);
    Require(!loaded.Error().Faults().empty());
    return;
  }
  Require(settings.small >= 1 && settings.small <= 10);
  Require(settings.labels.size() <= 3);
  Require(settings.colour == Colour::kRed || settings.colour == Colour::kGreen);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::map<std::string, std::string> variables;
  std::vector<std::pair<std::string, std::string>> words;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) continue;
    variables.emplace(line.substr(0, equals), line.substr(equals + 1));
    words.emplace_back(line.substr(0, equals), line.substr(equals + 1));
  }
  const MapSettings source(std::move(variables));
  Settings from_variables;
  Check(serving::LoadSettings(schema::TypeOf<Settings>(), &from_variables,
                              {.prefix = {}, .source = &source}),
        from_variables);
  SettingsReport report;
  const SettingsRecording recording(report);
  Settings from_words;
  Check(serving::ParseSettings(schema::TypeOf<Settings>(), &from_words, words), from_words);
  return 0;
}
