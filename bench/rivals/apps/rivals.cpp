// SPDX-License-Identifier: Apache-2.0
// What every rival serves, on Tenon. MODEL names the ONNX file.
#include <tenon/tenon.hpp>

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace {

struct Text {
  std::string text;
};

class Echo {
 public:
  tenon::Task<Text> Infer(Text request) const { co_return request; }
};

struct Row {
  std::vector<float> features;
};
struct Scores {
  std::vector<float> scores;
};

class Scorer {
 public:
  explicit Scorer(std::filesystem::path model)
      : model_(tenon::LoadModel(model, {.threads = 1})), scores_(model_.OutputIndex("scores")) {}

  tenon::Task<Scores> Infer(Row row) const {
    const auto expected = static_cast<std::size_t>(model_.Inputs()[0].dimensions.back());
    if (row.features.size() != expected) {
      throw tenon::Error(tenon::ErrorCode::kInvalid,
                         "features needs " + std::to_string(expected) + " numbers.");
    }
    co_return co_await score_(std::move(row));
  }

 private:
  std::vector<Scores> ScoreBatch(std::span<const Row> batch) const {
    const auto x = tenon::StackRows(
        batch, [](const Row& row) -> const std::vector<float>& { return row.features; });
    const std::vector<tenon::AnyTensor> outputs = model_.Run({x});
    const tenon::Tensor<float> scores(outputs[scores_]);
    std::vector<Scores> answers;
    for (const std::span<const float> row : tenon::Rows(scores)) {
      answers.push_back({.scores = {row.begin(), row.end()}});
    }
    return answers;
  }

  tenon::Model model_;
  std::size_t scores_;
  tenon::Batched<Scores(Row)> score_{*this, &Scorer::ScoreBatch};  // No setting: it learns.
};

struct Count {
  std::int32_t count;
};
struct Piece {
  std::int32_t number;
};
class Pieces {
 public:
  tenon::Stream<Piece> Infer(Count request) const {
    for (std::int32_t i = 0; i < request.count; ++i) co_yield Piece{i};
  }
};

struct Settings {
  std::filesystem::path model;
};

}  // namespace

TENON_APPLICATION(echo, app) { return tenon::sagemaker::Driver(app.Bind<Echo>()); }
TENON_APPLICATION(scores, app) {
  return tenon::sagemaker::Driver(app.Bind<Scorer>({}, tenon::LoadSettings<Settings>().model));
}
TENON_APPLICATION(stream, app) { return tenon::sagemaker::Driver(app.Bind<Pieces>()); }
