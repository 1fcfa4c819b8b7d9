// SPDX-License-Identifier: Apache-2.0
#pragma once

// The first component: the language of a text, by an ONNX model that takes strings.

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <tenon/tenon.hpp>

#include "models.hpp"

namespace example_serving {

// What the model sees of a text: small letters, single spaces, no digits, the first 400 characters.
std::string Clean(std::string_view text);
// How many characters of a text are letters.
std::size_t CountLetters(std::string_view text);

// A deployment: it loads something in its constructor and serves one payload in `Infer`.
class TextClassifier {
 public:
  // In a SageMaker container the platform has unpacked the artifact there.
  explicit TextClassifier(std::filesystem::path model_path = tenon::kDefaultModelPath);

  // A const coroutine: many requests at once, each on the event loop that read it. It never
  // computes for long itself: that goes to the compute pool, and the loop serves others meanwhile.
  tenon::Task<Language> Infer(Text request) const;

 private:
  // What one request brings to the batch.
  struct Features {
    std::string text;
  };

  // One run of the model for all requests that wait. Answers stand in the order of the batch.
  std::vector<Language> ClassifyBatch(std::span<const Features> batch) const;

  tenon::Model model_;
  // Looked up once, so that a file that is some other model fails the start and not a request.
  std::size_t label_;
  std::size_t probabilities_;

  // Calls of `classify_` with one item become calls of `ClassifyBatch` with many. What it gives
  // here: 30 us for one text alone, 12 us each in batches of 32, so more than half; for a small
  // dense model or a forest of trees it is often ten times.
  //
  // - An idle server adds no wait: an item that finds the model free runs alone, at once. While the
  //   model runs the next batch fills. So there is nothing to tune for a start.
  // - `max_batch_size` bounds the time of one run, and so what the unluckiest item waits for. Try
  //   8, 32 and 128 under the load that you expect; keep the smallest that gives the throughput.
  // - `batch_wait_timeout` makes items wait although the model is free. Only for models whose run
  //   costs the same for 1 and for 32 (a GPU), and only where requests come far apart.
  // - When to drop it: where 32 items cost 32 times one item. Conv and transformer models on a CPU
  //   are like that. Write `co_await tenon::Compute([&] { return ClassifyOne(features); })` then.
  tenon::Batched<Language(Features)> classify_{
      *this, &TextClassifier::ClassifyBatch, {.max_batch_size = 32}};
};

}  // namespace example_serving
