// SPDX-License-Identifier: Apache-2.0
#pragma once

// `tenon.yaml` beside an artifact: what the artifact itself does not say.
//
//   name: digits                   # Of the deployment, in metrics and logs.
//   artifact: model.onnx           # Where several lie in the folder.
//   labels: labels.txt             # A file beside this one, a label a line; or a list.
//   preprocess:
//     - scale: {by: 0.0625}
//   postprocess:
//     - softmax
//     - top_k: {k: 3}
//   batching: {max_batch_size: 32, batch_wait_timeout_s: 0.002}   # Or off.
//   warm_up: {runs: 2, rows: 32}                                  # Or a number of runs, or off.
//   content_types: [application/json, application/octet-stream]
//   octet_stream: {type: uint8, shape: [-1, 28, 28]}
//   settings: {output: margin}     # Settings of the runtime, as words key=value.

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "app/config_node.hpp"
#include "runtime/steps/stepped_model.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/runtime/artifact_content.hpp"
#include "tenon/runtime/artifact_deployment.hpp"

namespace tenon::app {

inline constexpr const char* kArtifactConfigName = "tenon.yaml";

struct ArtifactConfig {
  std::string name = {};
  std::string artifact = {};
  runtime::steps::ModelSteps steps = {};
  runtime::ArtifactServing serving = {};
  runtime::ArtifactContent content = {};
  std::vector<std::pair<std::string, std::string>> settings = {};
  std::string file = {};  // Where it was read; empty: there is none.
};

// Errors: kNotFound and kInvalid, beginning with file and line, for what is no YAML, for keys and
// steps that are not known (the nearest one is named), for values that a key does not take and for
// labels that cannot be read.
TENON_EXPORT Result<ArtifactConfig> ReadArtifactConfig(const std::filesystem::path& file);
// The same for a tree that was read from `file`.
TENON_EXPORT Result<ArtifactConfig> ReadArtifactConfigNode(const ConfigNode& root,
                                                           const std::filesystem::path& file);

}  // namespace tenon::app
