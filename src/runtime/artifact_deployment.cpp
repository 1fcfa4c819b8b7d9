// SPDX-License-Identifier: Apache-2.0
#include "tenon/runtime/artifact_deployment.hpp"

#include <algorithm>
#include <utility>

#include "runtime/rows.hpp"
#include "tenon/task/compute.hpp"

namespace tenon::runtime {
namespace {

// Whether the run costs less than a way to the pool and back.
bool IsInline(const schema::Record& request, std::size_t rows) {
  if (rows == 0) return false;
  return std::ranges::all_of(TensorsOf(request), [&](const AnyTensor& tensor) {
    return tensor.Rank() > 0 && std::cmp_less_equal(tensor.Shape().front(), rows);
  });
}

std::size_t RowsOf(const schema::Record& request) { return CountRows(TensorsOf(request)); }
std::uint64_t RowShapeOf(const schema::Record& request) { return HashRowShape(TensorsOf(request)); }

std::optional<std::size_t> MostRows(const BatchOptions& options) {
  if (options.max_batch_size || options.preferred_sizes.empty()) return options.max_batch_size;
  return options.preferred_sizes.back();
}

}  // namespace

ArtifactDeployment::ArtifactDeployment(Model model, ArtifactTypes types, ArtifactServing serving)
    : model_(std::move(model)),
      types_(std::move(types)),
      serving_(std::move(serving)),
      inline_rows_(serving_.IsBatchSet() ? 0 : model_.InlineRows()),
      is_batched_(serving_.batching == Batching::kRows && IsBatchable(model_)),
      batched_(*this, &ArtifactDeployment::InferBatch, serving_.batch,
               {.size = &RowsOf, .key = &RowShapeOf}),
      most_rows_(MostRows(batched_.Options())) {}

Task<schema::Record> ArtifactDeployment::Infer(schema::Record request,
                                               const RequestContext& context) const {
  if (IsInline(request, inline_rows_)) co_return RunOne(request, {.stop = context.Stop()});
  if (is_batched_) {
    if (most_rows_ && RowsOf(request) > *most_rows_) {
      co_return co_await AsResult(InferParts(std::move(request), *most_rows_));
    }
    co_return co_await AsResult(batched_(std::move(request)));
  }
  auto outcome =
      co_await AsResult(Compute([&] { return RunOne(request, {.stop = context.Stop()}); }));
  if (!outcome) co_return std::move(outcome).Error();
  co_return *std::move(outcome);
}

Task<schema::Record> ArtifactDeployment::InferParts(schema::Record request,
                                                    std::size_t rows) const {
  std::vector<schema::Record> parts;
  for (std::vector<AnyTensor>& part : SplitRows(TensorsOf(request), rows)) {
    parts.push_back(RecordOf(types_.request, std::move(part)));
  }
  const auto answers = co_await AsResult(batched_.All(std::move(parts)));
  if (!answers) co_return answers.Error();
  std::vector<std::vector<AnyTensor>> outputs;
  for (const schema::Record& answer : *answers) outputs.push_back(TensorsOf(answer));
  std::optional<JoinedRows> joined = JoinRows(outputs);
  const bool is_whole = joined && std::cmp_equal(joined->rows, RowsOf(request));
  if (is_whole) co_return RecordOf(types_.response, std::move(joined->tensors));
  // Something that the model says of all rows together: then it sees them together.
  auto outcome = co_await AsResult(Compute([&] { return RunOne(request, {}); }));
  if (!outcome) co_return std::move(outcome).Error();
  co_return *std::move(outcome);
}

void ArtifactDeployment::WarmUp() const {
  // A model may well refuse zeros: an index out of range, an empty text.
  for (std::size_t run = 0; run < serving_.warm_up_runs; ++run) {
    static_cast<void>(model_.TryRun(ZeroInputs(model_, serving_.warm_up_rows)).Ok());
  }
}

Result<schema::Record> ArtifactDeployment::RunOne(const schema::Record& request,
                                                  const RunOptions& options) const {
  auto outputs = model_.TryRun(TensorsOf(request), options);
  if (!outputs) return std::move(outputs).Error();
  return RecordOf(types_.response, *std::move(outputs));
}

std::vector<Result<schema::Record>> ArtifactDeployment::InferBatch(Records batch) const {
  std::vector<Result<schema::Record>> answers = RunTogether(batch);
  if (!answers.empty()) return answers;
  for (const schema::Record& request : batch) answers.push_back(RunOne(request, {}));
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
