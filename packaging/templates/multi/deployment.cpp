#include "deployment.hpp"

#include <cctype>
#include <cmath>
#include <fstream>
#include <iterator>

#include <tenon/schema/json.hpp>

namespace my_model {
namespace {

Weights LoadWeights(const std::filesystem::path& folder) {
  std::ifstream file(folder / "weights.json");
  if (!file) {
    // Fails the start, with this sentence in the log.
    throw tenon::Error(tenon::ErrorCode::kNotFound, "There is no weights.json.")
        .WithPrivateDetail("looked for in " + folder.string());
  }
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  return tenon::schema::ReadJson<Weights>(text).Value();
}

std::vector<std::string> Words(const std::string& text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (std::isalpha(static_cast<unsigned char>(c)) != 0) {
      words.back().push_back(static_cast<char>(std::tolower(static_cast<unsigned char>(c))));
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  return words;
}

}  // namespace

Classifier::Classifier(std::filesystem::path model_path) : weights_(LoadWeights(model_path)) {}

std::vector<Label> Classifier::JudgeBatch(std::span<const std::string> texts) const {
  std::vector<Label> answers;
  for (const std::string& text : texts) {
    double sum = weights_.bias;
    for (const std::string& word : Words(text)) {
      const auto weight = weights_.words.find(word);
      if (weight != weights_.words.end()) sum += weight->second;
    }
    const double good = 1 / (1 + std::exp(-sum));
    answers.push_back({good >= 0.5 ? "good" : "bad", good >= 0.5 ? good : 1 - good});
  }
  return answers;
}

Numbers NumberExtractor::Infer(const Text& request) const {
  Numbers found;
  bool inside = false;
  for (const char c : request.text) {
    const bool digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
    if (digit && !inside) found.numbers.emplace_back();
    if (digit) found.numbers.back().push_back(c);
    inside = digit;
  }
  return found;
}

}  // namespace my_model
