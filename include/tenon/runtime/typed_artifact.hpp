// SPDX-License-Identifier: Apache-2.0
#pragma once

// An artifact as a deployment with structs of one's own, and no code.

#include <cstddef>
#include <filesystem>
#include <span>
#include <utility>
#include <vector>

#include "tenon/base/result.hpp"
#include "tenon/runtime/artifact_types.hpp"
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
// the artifact takes any number of rows; rows that it refuses fail their own request.
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
      : model_(LoadModel(path, std::move(load))),
        fields_(runtime::FieldTensors::Match(schema::TypeOf<Request>(), schema::TypeOf<Response>(),
                                             model_)
                    .Value()),
        batched_(*this, &Artifact::InferBatch, std::move(batch)) {}

  Task<Response> Infer(Request request, const RequestContext& context) const {
    if (model_.InlineRows() > 0) co_return RunOne(request, {.stop = context.Stop()});
    if (fields_.IsBatchable()) co_return co_await AsResult(batched_(std::move(request)));
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

  // A run with zeros, whose outcome does not matter.
  void WarmUp() const { static_cast<void>(model_.TryRun(runtime::ZeroInputs(model_)).Ok()); }

 private:
  Result<Response> RunOne(const Request& request, const RunOptions& options) const {
    Response response{};
    const std::vector<Result<>> outcomes = fields_.Run(model_, {&request, sizeof(Request), 1},
                                                       {&response, sizeof(Response), 1}, options);
    if (!outcomes.front()) return outcomes.front().Error();
    return response;
  }

  const Model model_;
  const runtime::FieldTensors fields_;
  Batched<Response(Request)> batched_;
};

}  // namespace tenon
