// SPDX-License-Identifier: Apache-2.0
#include "app/artifact_steps.hpp"

#include <fmt/format.h>

#include <array>
#include <span>
#include <string>
#include <type_traits>
#include <utility>

#include "app/config_keys.hpp"

namespace tenon::app {
namespace {

using config_keys::Key;
using config_keys::ReadMap;
using config_keys::ReadReal;
using config_keys::ReadText;
using config_keys::ReadTexts;
using config_keys::ReadWhole;
using config_keys::Refuse;
namespace steps = runtime::steps;

constexpr std::size_t kMostValues = 1'000'000;

// One number for all, or a list.
Result<> ReadReals(const ConfigNode& node, std::string_view file, std::string_view key,
                   std::vector<double>& out) {
  out.clear();
  if (node.kind != ConfigNode::Kind::kList) {
    return ReadReal(node, file, key, out.emplace_back());
  }
  for (const ConfigNode& item : node.items) {
    if (auto read = ReadReal(item, file, key, out.emplace_back()); !read) return read;
  }
  if (out.empty()) return Refuse(node, file, key, "a number, or a list of numbers");
  return {};
}

// The keys of each step.
template <class S>
Result<> ReadTensor(const ConfigNode& node, std::string_view file, S& out) {
  return ReadText(node, file, "tensor", out.tensor);
}
template <class S>
constexpr std::array kKeysOf = {Key<S>{"tensor", &ReadTensor<S>}};
template <>
constexpr std::array kKeysOf<steps::ScaleStep> = {
    Key<steps::ScaleStep>{"tensor", &ReadTensor<steps::ScaleStep>},
    Key<steps::ScaleStep>{"by",
                          [](const ConfigNode& node, std::string_view file, steps::ScaleStep& out) {
                            return ReadReal(node, file, "by", out.by);
                          }},
    Key<steps::ScaleStep>{"add",
                          [](const ConfigNode& node, std::string_view file, steps::ScaleStep& out) {
                            return ReadReal(node, file, "add", out.add);
                          }}};
template <>
constexpr std::array kKeysOf<steps::NormaliseStep> = {
    Key<steps::NormaliseStep>{"tensor", &ReadTensor<steps::NormaliseStep>},
    Key<steps::NormaliseStep>{
        "axis",
        [](const ConfigNode& node, std::string_view file, steps::NormaliseStep& out) {
          constexpr std::size_t kMostAxis = 7;
          return ReadWhole<std::size_t>(node, file, "axis", 0, kMostAxis, out.axis);
        }},
    Key<steps::NormaliseStep>{
        "mean", [](const ConfigNode& node, std::string_view file,
                   steps::NormaliseStep& out) { return ReadReals(node, file, "mean", out.mean); }},
    Key<steps::NormaliseStep>{
        "std", [](const ConfigNode& node, std::string_view file, steps::NormaliseStep& out) {
          return ReadReals(node, file, "std", out.deviation);
        }}};
template <>
constexpr std::array kKeysOf<steps::TopKStep> = {
    Key<steps::TopKStep>{"tensor", &ReadTensor<steps::TopKStep>},
    Key<steps::TopKStep>{"k",
                         [](const ConfigNode& node, std::string_view file, steps::TopKStep& out) {
                           return ReadWhole<std::size_t>(node, file, "k", 1, kMostValues, out.k);
                         }}};
template <>
constexpr std::array kKeysOf<steps::ThresholdStep> = {
    Key<steps::ThresholdStep>{"tensor", &ReadTensor<steps::ThresholdStep>},
    Key<steps::ThresholdStep>{
        "at", [](const ConfigNode& node, std::string_view file, steps::ThresholdStep& out) {
          return ReadReal(node, file, "at", out.at);
        }}};

std::string PlaceOf(const ConfigNode& node, std::string_view file) {
  return fmt::format("{}:{}", file, node.line);
}

template <class S>
Result<> ReadStep(const ConfigNode& node, std::string_view file, std::vector<steps::Step>& out) {
  S step;
  if (node.kind != ConfigNode::Kind::kNull) {
    const std::string what = fmt::format("the step '{}'", S::kName);
    if (auto read = ReadMap<S>(node, file, what, kKeysOf<S>, step); !read) return read;
  }
  if constexpr (std::is_same_v<S, steps::NormaliseStep>) {
    if (step.mean.size() != step.deviation.size()) {
      return ConfigError(file, node.line,
                         "'normalise' takes as many numbers in 'std' as in 'mean'.");
    }
    for (const double deviation : step.deviation) {
      if (deviation == 0)
        return ConfigError(file, node.line, "'std' is 0; no number can be divided by it.");
    }
  }
  out.push_back({.step = std::move(step), .place = PlaceOf(node, file)});
  return {};
}

Result<> ReadKeep(const ConfigNode& node, std::string_view file, std::vector<steps::Step>& out) {
  steps::KeepStep step;
  if (auto read = ReadTexts(node, file, "keep", step.tensors); !read) return read;
  out.push_back({.step = std::move(step), .place = PlaceOf(node, file)});
  return {};
}

// {old: new, ...}
Result<> ReadRename(const ConfigNode& node, std::string_view file, std::vector<steps::Step>& out) {
  if (node.kind != ConfigNode::Kind::kMap || node.entries.empty()) {
    return Refuse(node, file, "rename", "old names with new ones, such as {logits: scores}");
  }
  for (const ConfigEntry& entry : node.entries) {
    steps::RenameStep step{.tensor = entry.key};
    if (auto read = ReadText(entry.value, file, "rename", step.to); !read) return read;
    out.push_back({.step = std::move(step), .place = PlaceOf(entry.value, file)});
  }
  return {};
}

using Steps = std::vector<steps::Step>;
template <class S>
constexpr Key<Steps> kStepKey = {S::kName, &ReadStep<S>};

constexpr std::array kBeforeKeys = {kStepKey<steps::ScaleStep>, kStepKey<steps::NormaliseStep>};
constexpr std::array kAfterKeys = {kStepKey<steps::SoftmaxStep>,
                                   kStepKey<steps::SigmoidStep>,
                                   kStepKey<steps::ArgMaxStep>,
                                   kStepKey<steps::TopKStep>,
                                   kStepKey<steps::ThresholdStep>,
                                   kStepKey<steps::LookUpStep>,
                                   Key<Steps>{steps::RenameStep::kName, &ReadRename},
                                   Key<Steps>{steps::KeepStep::kName, &ReadKeep}};

// A list of names, each alone or with keys of its own.
Result<> ReadSteps(const ConfigNode& node, std::string_view file, std::string_view key,
                   std::span<const Key<Steps>> known, Steps& out) {
  if (node.kind == ConfigNode::Kind::kNull) return {};
  if (node.kind != ConfigNode::Kind::kList) return Refuse(node, file, key, "a list of steps");
  for (const ConfigNode& item : node.items) {
    ConfigNode one = item;
    if (item.IsScalar()) {
      one.kind = ConfigNode::Kind::kMap;
      one.entries.push_back({.key = item.text, .line = item.line, .value = {}});
      one.entries.back().value.line = item.line;
    }
    if (one.kind == ConfigNode::Kind::kMap && one.entries.size() != 1) {
      return ConfigError(
          file, one.line,
          fmt::format("Each step in '{}' is one name, such as '- {}'.", key, known.front().name));
    }
    if (auto read = ReadMap<Steps>(one, file, fmt::format("'{}'", key), known, out); !read) {
      return read;
    }
  }
  return {};
}

}  // namespace

Result<> ReadPreprocess(const ConfigNode& node, std::string_view file, Steps& out) {
  return ReadSteps(node, file, "preprocess", kBeforeKeys, out);
}

Result<> ReadPostprocess(const ConfigNode& node, std::string_view file, Steps& out) {
  return ReadSteps(node, file, "postprocess", kAfterKeys, out);
}

}  // namespace tenon::app
