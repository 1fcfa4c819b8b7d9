// SPDX-License-Identifier: Apache-2.0
#pragma once

// An artifact as a deployment with structs of one's own, and no code.

#include <cstddef>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

#include "tenon/base/result.hpp"
#include "tenon/runtime/artifact_deployment.hpp"
#include "tenon/runtime/artifact_types.hpp"
#include "tenon/runtime/configured_artifact.hpp"
#include "tenon/runtime/field_tensors.hpp"
#include "tenon/runtime/model.hpp"
#include "tenon/runtime/model_directory.hpp"
#include "tenon/schema/reflect.hpp"
#include "tenon/serving/batched.hpp"
#include "tenon/serving/request_context.hpp"
#include "tenon/task/compute.hpp"
#include "tenon/task/task.hpp"

namespace tenon {

// A typed handle to an artifact:
//
//   struct Passenger { float age; float fare; };
//   struct Survival { float prediction; };
//
//   auto model = app.Bind<tenon::Artifact<Survival(Passenger)>>({.name = "Survival"}, path);
//
// Fields are matched by name against the inputs and outputs of the artifact (see FieldTensors for
// which field fits which tensor) while it is constructed: a struct that does not fit fails the
// start, with a line that lists every mismatch. Requests that wait together become one run where
// the artifact takes any number of rows; rows that it refuses fail their own request. A
// `tenon.yaml` beside the artifact counts (see LoadConfigured): its steps change what fields are
// matched with.
//
// Errors: as Model::Run; kInvalid also for a vector or tensor of a length that the artifact does
// not take. Thread safety: thread-safe.
template <class Signature>
class Artifact;

template <class Response, class Request>
class Artifact<Response(Request)> {
 public:
  // Errors: throws as LoadModel, and kInvalid for structs that do not fit.
  explicit Artifact(const std::filesystem::path& path = kDefaultModelPath, LoadOptions load = {},
                    BatchOptions batch = {})
      : Artifact(runtime::LoadConfigured(path, std::move(load), {.batch = std::move(batch)})) {}

  Task<Response> Infer(Request request, const RequestContext& context) const {
    if (is_inline_) co_return RunOne(request, {.stop = context.Stop()});
    if (is_batched_) co_return co_await AsResult(batched_(std::move(request)));
    auto outcome =
        co_await AsResult(Compute([&] { return RunOne(request, {.stop = context.Stop()}); }));
    if (!outcome) co_return std::move(outcome).Error();
    co_return *std::move(outcome);
  }

  // What Infer does for requests that wait together.
  std::vector<Result<Response>> InferBatch(std::span<const Request> batch) const {
    std::vector<Response> responses(batch.size());
    const std::vector<Result<>> outcomes =
        fields_.Run(model_, {batch.data(), sizeof(Request), batch.size()},
                    {responses.data(), sizeof(Response), responses.size()});
    std::vector<Result<Response>> answers;
    answers.reserve(batch.size());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (outcomes[i]) {
        answers.emplace_back(std::move(responses[i]));
      } else {
        answers.emplace_back(outcomes[i].Error());
      }
    }
    return answers;
  }

  // Runs with zeros, whose outcome does not matter.
  void WarmUp() const {
    for (std::size_t run = 0; run < serving_.warm_up_runs; ++run) {
      static_cast<void>(model_.TryRun(runtime::ZeroInputs(model_, serving_.warm_up_rows)).Ok());
    }
  }

 private:
  explicit Artifact(runtime::ConfiguredArtifact artifact)
      : model_(std::move(artifact.model)),
        serving_(std::move(artifact.serving)),
        fields_(runtime::FieldTensors::Match(schema::TypeOf<Request>(), schema::TypeOf<Response>(),
                                             model_)
                    .Value()),
        is_inline_(model_.InlineRows() > 0 && !serving_.IsBatchSet()),
        is_batched_(fields_.IsBatchable() && serving_.batching == runtime::Batching::kRows),
        batched_(*this, &Artifact::InferBatch, serving_.batch) {}

  Result<Response> RunOne(const Request& request, const RunOptions& options) const {
    Response response{};
    const std::vector<Result<>> outcomes = fields_.Run(model_, {&request, sizeof(Request), 1},
                                                       {&response, sizeof(Response), 1}, options);
    if (!outcomes.front()) return outcomes.front().Error();
    return response;
  }

  const Model model_;
  const runtime::ArtifactServing serving_;
  const runtime::FieldTensors fields_;
  const bool is_inline_;   // A run costs less than handing it on.
  const bool is_batched_;  // Requests that wait together become one run.
  Batched<Response(Request)> batched_;
};

}  // namespace tenon
