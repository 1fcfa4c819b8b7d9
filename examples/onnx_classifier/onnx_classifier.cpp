// SPDX-License-Identifier: Apache-2.0

// An ONNX model behind SageMaker's protocol: one fruit per request, batches across requests.

#include <tenon/tenon.hpp>

#include <algorithm>
#include <array>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

struct Fruit {
  float weight_g;
  float length_mm;
  float width_mm;
  float hue_deg;
};

struct Answer {
  std::string label;
  float probability;
};

class FruitClassifier {
 public:
  explicit FruitClassifier(std::filesystem::path model_path = tenon::kDefaultModelPath)
      : model_(tenon::LoadModel(model_path)) {}

  tenon::Task<Answer> Infer(Fruit fruit) const { co_return co_await classify_(fruit); }

 private:
  // One run of the model for all fruits that wait.
  std::vector<Answer> ClassifyBatch(std::span<const Fruit> batch) const {
    const auto features = tenon::StackRows(batch, [](const Fruit& fruit) {
      return std::array{fruit.weight_g, fruit.length_mm, fruit.width_mm, fruit.hue_deg};
    });
    const auto probabilities = model_.Predict<float>(features);
    std::vector<Answer> answers;
    for (const std::span<const float> row : tenon::Rows(probabilities)) {
      const auto best = std::max_element(row.begin(), row.end());
      answers.push_back({kLabels.at(static_cast<std::size_t>(best - row.begin())), *best});
    }
    return answers;
  }

  static constexpr std::array kLabels = {"apple", "banana", "lemon"};

  tenon::Model model_;
  tenon::Batched<Answer(Fruit)> classify_{
      *this, &FruitClassifier::ClassifyBatch, {.max_batch_size = 32}};
};

struct Settings {
  std::filesystem::path model_path = tenon::kDefaultModelPath;
};

}  // namespace

TENON_APPLICATION(handle, app) {
  const auto settings = tenon::LoadSettings<Settings>();  // MODEL_PATH
  return tenon::sagemaker::Driver(app.Bind<FruitClassifier>({}, settings.model_path));
}
