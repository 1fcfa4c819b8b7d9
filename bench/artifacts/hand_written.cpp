// SPDX-License-Identifier: Apache-2.0

// The deployment that somebody would write for the small model of models.py: what no code is
// measured against. MODEL_PATH names the model.

#include <tenon/tenon.hpp>

#include <filesystem>
#include <span>
#include <vector>

namespace {

struct Row {
  std::vector<float> x;
};
struct Scores {
  std::vector<float> y;
};

class HandWritten {
 public:
  explicit HandWritten(std::filesystem::path path) : model_(tenon::LoadModel(path)) {}

  tenon::Task<Scores> Infer(Row row) const { co_return co_await score_(std::move(row)); }

 private:
  std::vector<Scores> ScoreBatch(std::span<const Row> batch) const {
    const auto y = model_.Predict<float>(
        tenon::StackRows(batch, [](const Row& row) -> const std::vector<float>& { return row.x; }));
    std::vector<Scores> scores;
    for (const std::span<const float> row : tenon::Rows(y)) {
      scores.push_back({.y = {row.begin(), row.end()}});
    }
    return scores;
  }

  tenon::Model model_;
  tenon::Batched<Scores(Row)> score_{*this, &HandWritten::ScoreBatch};
};

struct Settings {
  std::filesystem::path model_path;
};

}  // namespace

TENON_APPLICATION(handle, app) {
  const auto settings = tenon::LoadSettings<Settings>();  // MODEL_PATH
  return tenon::sagemaker::Driver(app.Bind<HandWritten>({}, settings.model_path));
}

TENON_APPLICATION(typed, app) {
  const auto settings = tenon::LoadSettings<Settings>();
  return tenon::sagemaker::Driver(app.Bind<tenon::Artifact<Scores(Row)>>({}, settings.model_path));
}
