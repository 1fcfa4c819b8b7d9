// SPDX-License-Identifier: Apache-2.0
#include "app/artifact_config.hpp"

#include <algorithm>
#include <array>
#include <variant>

#include "app/artifact_labels.hpp"
#include "app/artifact_octets.hpp"
#include "app/artifact_steps.hpp"
#include "app/config_keys.hpp"
#include "tenon/base/nearest_name.hpp"
#include "tenon/protocol/sagemaker/artifact_driver.hpp"

namespace tenon::app {
namespace {

using config_keys::Key;
using config_keys::ReadMap;
using config_keys::ReadNumber;
using config_keys::ReadSeconds;
using config_keys::ReadText;
using config_keys::ReadTexts;
using config_keys::ReadWhole;
using config_keys::Refuse;
constexpr std::size_t kMostRuns = 1'000;
constexpr std::size_t kMostRows = 1'000'000;

bool SaysOff(const ConfigNode& node) {
  return node.kind == ConfigNode::Kind::kPlain && (node.text == "off" || node.text == "false");
}

using Serving = runtime::ArtifactServing;

constexpr std::array kBatchingKeys = {
    Key<Serving>{"max_batch_size",
                 [](const ConfigNode& node, std::string_view file, Serving& out) {
                   return ReadNumber<std::size_t>(node, file, "max_batch_size", 1, kMostRows,
                                                  out.batch.max_batch_size);
                 }},
    Key<Serving>{"batch_wait_timeout_s",
                 [](const ConfigNode& node, std::string_view file, Serving& out) {
                   return ReadSeconds(node, file, "batch_wait_timeout_s",
                                      out.batch.batch_wait_timeout);
                 }},
    Key<Serving>{"max_concurrent_batches",
                 [](const ConfigNode& node, std::string_view file, Serving& out) {
                   return ReadWhole<std::size_t>(node, file, "max_concurrent_batches", 1, kMostRuns,
                                                 out.batch.max_concurrent_batches);
                 }},
};

Result<> ReadRuns(const ConfigNode& node, std::string_view file, Serving& out) {
  return ReadWhole<std::size_t>(node, file, "runs", 0, kMostRuns, out.warm_up_runs);
}

constexpr std::array kWarmUpKeys = {
    Key<Serving>{"runs", &ReadRuns},
    Key<Serving>{"rows",
                 [](const ConfigNode& node, std::string_view file, Serving& out) {
                   return ReadWhole<std::int64_t>(node, file, "rows", 1, kMostRows,
                                                  out.warm_up_rows);
                 }},
};

Result<> ReadBatching(const ConfigNode& node, std::string_view file, ArtifactConfig& out) {
  if (node.kind == ConfigNode::Kind::kNull) return {};
  if (SaysOff(node)) {
    out.serving.batching = runtime::Batching::kOff;
    return {};
  }
  return ReadMap<Serving>(node, file, "'batching'", kBatchingKeys, out.serving);
}

Result<> ReadWarmUp(const ConfigNode& node, std::string_view file, ArtifactConfig& out) {
  if (node.kind == ConfigNode::Kind::kNull) return {};
  if (SaysOff(node)) {
    out.serving.warm_up_runs = 0;
    return {};
  }
  if (node.IsScalar()) {
    return ReadWhole<std::size_t>(node, file, "warm_up", 0, kMostRuns, out.serving.warm_up_runs);
  }
  return ReadMap<Serving>(node, file, "'warm_up'", kWarmUpKeys, out.serving);
}

Result<> ReadSettings(const ConfigNode& node, std::string_view file, ArtifactConfig& out) {
  if (node.kind == ConfigNode::Kind::kNull) return {};
  if (node.kind != ConfigNode::Kind::kMap)
    return Refuse(node, file, "settings", "keys with values");
  for (const ConfigEntry& entry : node.entries) {
    std::string value;
    if (auto read = ReadText(entry.value, file, entry.key, value); !read) return read;
    out.settings.emplace_back(entry.key, std::move(value));
  }
  return {};
}

Result<> ReadContentTypes(const ConfigNode& node, std::string_view file, ArtifactConfig& out) {
  std::vector<std::string>& types = out.content.types;
  auto read = ReadTexts(node, file, "content_types", types);
  if (!read) return read;
  const auto known = sagemaker::ArtifactContentTypes();
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    if (std::find(known.begin(), known.end(), types[i]) != known.end()) continue;
    return ConfigError(
        file, node.items[i].line,
        "'" + types[i] + "' in 'content_types' is not read." +
            DidYouMean(types[i], std::vector<std::string>(known.begin(), known.end())));
  }
  return {};
}

constexpr std::array kKeys = {
    Key<ArtifactConfig>{"name",
                        [](const ConfigNode& node, std::string_view file, ArtifactConfig& out) {
                          return ReadText(node, file, "name", out.name);
                        }},
    Key<ArtifactConfig>{"artifact",
                        [](const ConfigNode& node, std::string_view file, ArtifactConfig& out) {
                          return ReadBesideName(node, file, "artifact", out.artifact);
                        }},
    Key<ArtifactConfig>{"labels",
                        [](const ConfigNode& node, std::string_view file, ArtifactConfig& out) {
                          return ReadLabels(node, file, out.steps.labels);
                        }},
    Key<ArtifactConfig>{"preprocess",
                        [](const ConfigNode& node, std::string_view file, ArtifactConfig& out) {
                          return ReadPreprocess(node, file, out.steps.before);
                        }},
    Key<ArtifactConfig>{"postprocess",
                        [](const ConfigNode& node, std::string_view file, ArtifactConfig& out) {
                          return ReadPostprocess(node, file, out.steps.after);
                        }},
    Key<ArtifactConfig>{"batching", &ReadBatching},
    Key<ArtifactConfig>{"warm_up", &ReadWarmUp},
    Key<ArtifactConfig>{"content_types", &ReadContentTypes},
    Key<ArtifactConfig>{"octet_stream",
                        [](const ConfigNode& node, std::string_view file, ArtifactConfig& out) {
                          return ReadOctets(node, file, out.content.octets);
                        }},
    Key<ArtifactConfig>{"settings", &ReadSettings},
};

bool UsesLabels(const std::vector<runtime::steps::Step>& all) {
  return std::any_of(all.begin(), all.end(), [](const runtime::steps::Step& step) {
    return std::holds_alternative<runtime::steps::ArgMaxStep>(step.step) ||
           std::holds_alternative<runtime::steps::TopKStep>(step.step) ||
           std::holds_alternative<runtime::steps::ThresholdStep>(step.step) ||
           std::holds_alternative<runtime::steps::LookUpStep>(step.step);
  });
}

int LineOf(const ConfigNode& root, std::string_view key) {
  const auto entry = std::find_if(root.entries.begin(), root.entries.end(),
                                  [&](const ConfigEntry& one) { return one.key == key; });
  return entry == root.entries.end() ? root.line : entry->line;
}

}  // namespace

Result<ArtifactConfig> ReadArtifactConfigNode(const ConfigNode& root,
                                              const std::filesystem::path& file) {
  ArtifactConfig config{.file = file.string()};
  if (root.kind == ConfigNode::Kind::kNull) return config;
  auto read = ReadMap<ArtifactConfig>(root, config.file, kArtifactConfigName, kKeys, config);
  if (!read) return std::move(read).Error();
  if (config.steps.labels != nullptr && !UsesLabels(config.steps.after)) {
    return ConfigError(config.file, LineOf(root, "labels"),
                       "There are labels, and no step in 'postprocess' uses them: argmax, top_k, "
                       "threshold or look_up.");
  }
  return config;
}

Result<ArtifactConfig> ReadArtifactConfig(const std::filesystem::path& file) {
  auto tree = ReadConfigTree(file);
  if (!tree) return std::move(tree).Error();
  return ReadArtifactConfigNode(*tree, file);
}

}  // namespace tenon::app
