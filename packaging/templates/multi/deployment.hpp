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
  tenon::Task<Label> Infer(Text request) const {
    co_return co_await judge_(std::move(request.text));
  }

 private:
  std::vector<Label> JudgeBatch(std::span<const std::string> texts) const;

  Weights weights_;
  tenon::Batched<Label(std::string)> judge_{*this, &Classifier::JudgeBatch};
};

// A deployment without an artifact. Synchronous and const: it runs on the compute pool.
class NumberExtractor {
 public:
  Numbers Infer(const Text& request) const;
};

}  // namespace my_model
