#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "models.hpp"

namespace my_model {

// A deployment: loads something in its constructor and serves one payload in `Infer`.
class Classifier {
 public:
  explicit Classifier(std::filesystem::path model_path = tenon::kDefaultModelPath);

  // One request. The model runs on batches that are formed across requests.
  tenon::Task<Response> Infer(Request request) const {
    co_return co_await judge_(std::move(request.text));
  }

 private:
  std::vector<Response> JudgeBatch(std::span<const std::string> texts) const;

  Weights weights_;
  tenon::Batched<Response(std::string)> judge_{*this, &Classifier::JudgeBatch};
};

}  // namespace my_model
