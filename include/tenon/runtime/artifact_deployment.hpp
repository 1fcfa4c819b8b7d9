// SPDX-License-Identifier: Apache-2.0
#pragma once

// A deployment without code: an artifact behind a handle.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/runtime/artifact_types.hpp"
#include "tenon/runtime/model.hpp"
#include "tenon/schema/record.hpp"
#include "tenon/serving/batched.hpp"
#include "tenon/serving/request_context.hpp"
#include "tenon/task/task.hpp"

namespace tenon::runtime {

// Whether requests that wait together become one run.
enum class Batching : std::uint8_t {
  kRows,  // Where the artifact takes any number of rows.
  kOff,
};

struct ArtifactServing {
  // Affects performance.
  Batching batching = Batching::kRows;
  BatchOptions batch = {};
  // Runs with zeros before the first request, of so many rows each where the artifact takes any
  // number. Runs of a learned size are warmed up by requests.
  std::size_t warm_up_runs = 1;
  std::int64_t warm_up_rows = 1;

  // Whether somebody has said how batches are made: that is obeyed.
  bool IsBatchSet() const noexcept {
    return batch.max_batch_size.has_value() || batch.batch_wait_timeout.has_value();
  }
};

// Takes a record of the artifact's request type and gives one of its response type. Requests that
// wait together become one run where the artifact takes any number of rows. What is set and learned
// counts rows, whichever request they came with: a request with more than the most that is set is
// split into runs and joined again. Rows of different shapes never meet.
//
//   const Model model = LoadModel(path);
//   auto handle = app.Bind<ArtifactDeployment>({}, model, MakeArtifactTypes(model).Value());
//
// Errors: as Model::Run, each for its own request: rows that the model refuses do not spoil the
// batch that they were in. Thread safety: thread-safe.
class TENON_EXPORT ArtifactDeployment {
 public:
  ArtifactDeployment(Model model, ArtifactTypes types, ArtifactServing serving = {});

  // A request's stop ends a run of its own where the runtime can; a batch is run to its end.
  Task<schema::Record> Infer(schema::Record request, const RequestContext& context) const;
  // What Infer does for requests that wait together: one run for all, or one each where they do not
  // fit together or the run fails.
  std::vector<Result<schema::Record>> InferBatch(std::span<const schema::Record> batch) const;
  // Runs with zeros, whose outcome does not matter: the first request finds memory and threads.
  void WarmUp() const;

 private:
  using Records = std::span<const schema::Record>;

  // With more rows than a run may have.
  Task<schema::Record> InferParts(schema::Record request, std::size_t rows) const;
  Result<schema::Record> RunOne(const schema::Record& request, const RunOptions& options) const;
  // Nothing where the requests do not make one run, or the run does not come apart into theirs.
  std::vector<Result<schema::Record>> RunTogether(Records batch) const;

  const Model model_;
  const ArtifactTypes types_;
  const ArtifactServing serving_;
  const std::size_t inline_rows_;
  const bool is_batched_;
  Batched<schema::Record(schema::Record)> batched_;
  const std::optional<std::size_t> most_rows_;  // Of one run, where that is set.
};

}  // namespace tenon::runtime
