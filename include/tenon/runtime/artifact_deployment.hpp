// SPDX-License-Identifier: Apache-2.0
#pragma once

// A deployment without code: an artifact behind a handle.

#include <span>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/runtime/artifact_types.hpp"
#include "tenon/runtime/model.hpp"
#include "tenon/schema/record.hpp"
#include "tenon/serving/batched.hpp"
#include "tenon/task/task.hpp"

namespace tenon::runtime {

// Takes a record of the artifact's request type and gives one of its response type. Requests that
// wait together become one run where the artifact takes any number of rows.
//
//   const Model model = LoadModel(path);
//   auto handle = app.Bind<ArtifactDeployment>({}, model, MakeArtifactTypes(model).Value());
//
// Errors: as Model::Run, each for its own request: rows that the model refuses do not spoil the
// batch that they were in. Thread safety: thread-safe.
class TENON_EXPORT ArtifactDeployment {
 public:
  ArtifactDeployment(Model model, ArtifactTypes types);

  Task<schema::Record> Infer(schema::Record request) const;
  // What Infer does for requests that wait together: one run for all, or one each where they do not
  // fit together or the run fails.
  std::vector<Result<schema::Record>> InferBatch(std::span<const schema::Record> batch) const;
  // One run with zeros, whose outcome does not matter: the first request finds memory and threads.
  void WarmUp() const;

 private:
  using Records = std::span<const schema::Record>;

  Result<schema::Record> RunOne(const schema::Record& request) const;
  // Nothing where the requests do not make one run, or the run does not come apart into theirs.
  std::vector<Result<schema::Record>> RunTogether(Records batch) const;

  const Model model_;
  const ArtifactTypes types_;
  const bool is_batchable_;
  Batched<schema::Record(schema::Record)> batched_{*this, &ArtifactDeployment::InferBatch};
};

}  // namespace tenon::runtime
