// SPDX-License-Identifier: Apache-2.0
#include "tenon/runtime/artifact_deployment.hpp"

#include <utility>

#include "runtime/rows.hpp"
#include "tenon/task/compute.hpp"

namespace tenon::runtime {

ArtifactDeployment::ArtifactDeployment(Model model, ArtifactTypes types)
    : model_(std::move(model)), types_(std::move(types)), is_batchable_(IsBatchable(model_)) {}

Task<schema::Record> ArtifactDeployment::Infer(schema::Record request) const {
  if (is_batchable_) co_return co_await AsResult(batched_(std::move(request)));
  auto outcome = co_await AsResult(Compute([&] { return RunOne(request); }));
  if (!outcome) co_return std::move(outcome).Error();
  co_return *std::move(outcome);
}

void ArtifactDeployment::WarmUp() const {
  // A model may well refuse zeros: an index out of range, an empty text.
  static_cast<void>(model_.TryRun(ZeroInputs(model_)).Ok());
}

Result<schema::Record> ArtifactDeployment::RunOne(const schema::Record& request) const {
  auto outputs = model_.TryRun(TensorsOf(request));
  if (!outputs) return std::move(outputs).Error();
  return RecordOf(types_.response, *std::move(outputs));
}

std::vector<Result<schema::Record>> ArtifactDeployment::InferBatch(Records batch) const {
  std::vector<Result<schema::Record>> answers = RunTogether(batch);
  if (!answers.empty()) return answers;
  for (const schema::Record& request : batch) answers.push_back(RunOne(request));
  return answers;
}

std::vector<Result<schema::Record>> ArtifactDeployment::RunTogether(Records batch) const {
  if (batch.size() < 2) return {};
  std::vector<std::vector<AnyTensor>> requests;
  for (const schema::Record& request : batch) requests.push_back(TensorsOf(request));
  const std::optional<JoinedRows> joined = JoinRows(requests);
  if (!joined) return {};
  const auto outputs = model_.TryRun(joined->tensors);
  if (!outputs) return {};
  std::vector<Result<schema::Record>> answers;
  std::int64_t first = 0;
  for (const std::int64_t count : joined->counts) {
    std::vector<AnyTensor> own;
    for (const AnyTensor& output : *outputs) {
      std::optional<AnyTensor> part = SliceRows(output, first, count, joined->rows);
      if (!part) return {};
      own.push_back(*std::move(part));
    }
    answers.emplace_back(RecordOf(types_.response, std::move(own)));
    first += count;
  }
  return answers;
}

}  // namespace tenon::runtime
