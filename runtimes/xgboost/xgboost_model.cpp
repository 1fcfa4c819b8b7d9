// SPDX-License-Identifier: Apache-2.0
#include "xgboost_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "objective.hpp"
#include "tree_reader.hpp"

namespace tenon::xgboost {
namespace {

constexpr double kNewestMajor = 3;

const Value& Need(const Value& object, std::initializer_list<std::string_view> path) {
  const Value* at = &object;
  for (const std::string_view name : path) {
    at = at->Find(name);
    if (at == nullptr) throw BrokenFile{fmt::format("it has no \"{}\"", name)};
  }
  return *at;
}

const std::string& NeedText(const Value& object, std::initializer_list<std::string_view> path) {
  const std::string* const text = Need(object, path).AsText();
  if (text == nullptr) throw BrokenFile{fmt::format("\"{}\" is no text", *(path.end() - 1))};
  return *text;
}

template <class T>
T ParseNumber(std::string_view name, std::string_view text) {
  T number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) {
    throw BrokenFile{fmt::format("\"{}\" is \"{}\", which is no number", name, text)};
  }
  return number;
}

// Parameters are numbers written as text.
std::size_t Parameter(const Value& object, std::string_view name, std::size_t otherwise) {
  if (object.Find(name) == nullptr) return otherwise;
  return ParseNumber<std::size_t>(name, NeedText(object, {name}));
}

// "5E-1", or since version 3 a list: "[1E-1,2E-1]".
std::vector<float> ParseBaseScore(std::string_view text, std::size_t groups) {
  const std::string_view whole = text;
  if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
  std::vector<float> scores;
  while (true) {
    const std::size_t comma = text.find(',');
    scores.push_back(ParseNumber<float>("base_score", text.substr(0, comma)));
    if (comma == std::string_view::npos) break;
    text.remove_prefix(comma + 1);
  }
  if (scores.size() == 1) scores.resize(groups, scores.front());
  if (scores.size() != groups) {
    throw BrokenFile{fmt::format("\"base_score\" is \"{}\" for {} groups", whole, groups)};
  }
  return scores;
}

void CheckVersion(const Value& document) {
  const Value* const version = document.Find("version");
  const Value::Numbers* const parts = version == nullptr ? nullptr : version->AsNumbers();
  if (parts == nullptr || parts->empty()) return;  // The first versions did not say.
  if (parts->front() > kNewestMajor) {
    throw NotCovered{fmt::format("it was written by XGBoost {}; up to {} is known here",
                                 parts->front(), kNewestMajor)};
  }
}

// The part with the trees, and what each of them is multiplied by.
struct Booster {
  const Value& model;
  const Value::Numbers* weights;  // Null where all are 1.
};

Booster FindBooster(const Value& learner) {
  const Value& booster = Need(learner, {"gradient_booster"});
  const std::string& name = NeedText(booster, {"name"});
  if (name == "gbtree") return {Need(booster, {"model"}), nullptr};
  if (name == "dart") {
    const Value::Numbers* const weights = Need(booster, {"weight_drop"}).AsNumbers();
    if (weights == nullptr) throw BrokenFile{"\"weight_drop\" is no list of numbers"};
    return {Need(booster, {"gbtree", "model"}), weights};
  }
  throw NotCovered{
      fmt::format("its booster is \"{}\"; \"gbtree\" and \"dart\" are known here", name)};
}

std::size_t CountGroups(const Value& parameters) {
  const std::size_t classes = Parameter(parameters, "num_class", 0);
  const std::size_t targets = Parameter(parameters, "num_target", 1);
  if (classes > 1 && targets > 1)
    throw NotCovered{"it has several targets of several classes each"};
  return std::max({classes, targets, std::size_t{1}});
}

// How many of the trees to use.
std::size_t CountTrees(const Value& learner, const Value& model, std::size_t groups,
                       std::size_t trees, Rounds rounds) {
  if (rounds == Rounds::kAll) return trees;
  const Value* const attributes = learner.Find("attributes");
  if (attributes == nullptr || attributes->Find("best_iteration") == nullptr) {
    throw BrokenFile{"rounds=best was asked for, but its training did not stop early"};
  }
  const auto best =
      ParseNumber<std::size_t>("best_iteration", NeedText(*attributes, {"best_iteration"}));
  const std::size_t parallel =
      Parameter(Need(model, {"gbtree_model_param"}), "num_parallel_tree", 1);
  const std::size_t most = trees / groups / std::max<std::size_t>(parallel, 1);
  if (best >= most) throw BrokenFile{fmt::format("its best round is {} of {}", best, most)};
  return (best + 1) * groups * parallel;
}

trees::Forest<float> ReadForest(const Value& learner, std::size_t features, std::size_t groups,
                                Rounds rounds) {
  const Booster booster = FindBooster(learner);
  const Value& list = Need(booster.model, {"trees"});
  const Value::Array* const trees = list.AsArray();
  // An empty list reads as one of numbers.
  const bool none = list.AsNumbers() != nullptr && list.AsNumbers()->empty();
  const Value::Numbers* const info = Need(booster.model, {"tree_info"}).AsNumbers();
  if (trees == nullptr && !none) throw BrokenFile{"\"trees\" is no list of trees"};
  const std::size_t count = none ? 0 : trees->size();
  if (info == nullptr || info->size() != count) {
    throw BrokenFile{"\"tree_info\" does not say the group of each tree"};
  }
  if (booster.weights != nullptr && booster.weights->size() != count) {
    throw BrokenFile{"\"weight_drop\" does not say the weight of each tree"};
  }
  trees::Forest<float> forest(features, groups);
  const std::size_t used = CountTrees(learner, booster.model, groups, count, rounds);
  for (std::size_t i = 0; i < used; ++i) {
    try {
      const double weight = booster.weights == nullptr ? 1 : (*booster.weights)[i];
      const double group = (*info)[i];
      if (!(group >= 0) || group >= static_cast<double>(groups)) {
        throw BrokenFile{fmt::format("it belongs to group {} of {}", group, groups)};
      }
      forest.Add(ReadTree((*trees)[i], static_cast<float>(weight)),
                 static_cast<std::size_t>(group));
    } catch (const trees::BrokenTree& tree) {
      throw BrokenFile{fmt::format("tree {}: {}", i, tree.reason)};
    } catch (const BrokenFile& broken) {
      throw BrokenFile{fmt::format("tree {}: {}", i, broken.reason)};
    } catch (const NotCovered& odd) {
      throw NotCovered{fmt::format("tree {}: {}", i, odd.reason)};
    }
  }
  return forest;
}

template <class Choice>
Error NoSuchChoice(const std::string& name, const std::string& found, const Choice& choices) {
  return Error(ErrorCode::kInvalid, "A setting of the XGBoost runtime is wrong.")
      .WithPrivateDetail(fmt::format("{} is \"{}\"; it can be {}", name, found, choices));
}

}  // namespace

Result<ModelOptions> ReadOptions(const runtime::LoadOptions& options) {
  if (!options.providers.empty()) {
    return Error(ErrorCode::kInvalid, "A provider that was asked for cannot be had.")
        .WithPrivateDetail(fmt::format("asked for {}; trees run on the CPU: name no provider",
                                       options.providers.front()));
  }
  ModelOptions read;
  for (const auto& [name, value] : options.settings) {
    if (name == "output") {
      if (value != "value" && value != "margin") {
        return NoSuchChoice(name, value, "\"value\" or \"margin\"");
      }
      read.output = value == "value" ? Output::kValue : Output::kMargin;
    } else if (name == "rounds") {
      if (value != "all" && value != "best")
        return NoSuchChoice(name, value, "\"all\" or \"best\"");
      read.rounds = value == "all" ? Rounds::kAll : Rounds::kBest;
    } else {
      return Error(ErrorCode::kInvalid, "The XGBoost runtime has no such setting.")
          .WithPrivateDetail(
              fmt::format("found \"{}\"; there are \"output\" and \"rounds\"", name));
    }
  }
  return read;
}

std::string InWords(ModelVersion version) {
  return version == ModelVersion{} ? "unknown version"
                                   : fmt::format("{}.{}", version.major, version.minor);
}

ModelVersion VersionOf(const Value& document) {
  const Value* const version = document.Find("version");
  const Value::Numbers* const parts = version == nullptr ? nullptr : version->AsNumbers();
  if (parts == nullptr || parts->size() < 2) return {};
  constexpr double kMost = 1e6;
  if (!((*parts)[0] >= 0) || !((*parts)[1] >= 0) || (*parts)[0] > kMost || (*parts)[1] > kMost) {
    throw BrokenFile{"\"version\" holds no versions"};
  }
  return {static_cast<int>((*parts)[0]), static_cast<int>((*parts)[1])};
}

std::vector<std::string> FeatureNames(const Value& document) {
  const Value& learner = Need(document, {"learner"});
  const std::size_t features = Parameter(Need(learner, {"learner_model_param"}), "num_feature", 0);
  const Value* const list = learner.Find("feature_names");
  const Value::Array* const array = list == nullptr ? nullptr : list->AsArray();
  if (array == nullptr) return {};
  std::vector<std::string> names;
  for (const Value& name : *array) {
    if (name.AsText() == nullptr) throw BrokenFile{"a feature's name is no text"};
    names.push_back(*name.AsText());
  }
  if (names.size() != features) {
    throw BrokenFile{fmt::format("it names {} of {} features", names.size(), features)};
  }
  return names;
}

Value ReadDocument(std::string_view bytes) {
  const std::size_t start = bytes.find_first_not_of(" \t\r\n");
  if (start == std::string_view::npos) throw BrokenFile{"it is empty"};
  constexpr std::string_view kBinary = "binf";
  if (bytes.starts_with(kBinary)) {
    throw NotCovered{
        "it is in the binary format of old versions; saved again from Python with "
        "booster.save_model(\"model.ubj\") Tenon executes it itself"};
  }
  if (bytes[start] != '{') {
    throw BrokenFile{
        "it is neither JSON nor UBJSON; a pickle has to be saved again from Python with "
        "booster.save_model(\"model.ubj\")"};
  }
  // After the brace JSON has a quote or white space, UBJSON the kind of a length.
  constexpr std::string_view kAfterBrace = "iUIlL$#";
  const bool binary =
      bytes.size() > start + 1 && kAfterBrace.find(bytes[start + 1]) != std::string_view::npos;
  return binary ? ReadUbjson(bytes.substr(start)) : ReadJsonDocument(bytes);
}

trees::ForestModelParts<float> ReadModel(const Value& document, const ModelOptions& options) {
  CheckVersion(document);
  const Value& learner = Need(document, {"learner"});
  const Value& parameters = Need(learner, {"learner_model_param"});
  const std::size_t features = Parameter(parameters, "num_feature", 0);
  if (features == 0 || features > trees::Forest<float>::kMost) {
    throw BrokenFile{fmt::format("it has {} features", features)};
  }
  const std::size_t groups = CountGroups(parameters);
  if (groups > trees::Forest<float>::kMostGroups)
    throw BrokenFile{fmt::format("it has {} groups", groups)};
  const std::string& name = NeedText(learner, {"objective", "name"});
  const Objective* const objective = FindObjective(name);
  if (objective == nullptr) {
    throw NotCovered{fmt::format("its objective \"{}\" is not known here", name)};
  }

  trees::Forest<float> forest = ReadForest(learner, features, groups, options.rounds);
  std::vector<float> start = ParseBaseScore(NeedText(parameters, {"base_score"}), groups);
  for (float& score : start) {
    score = objective->start(score);
    if (!std::isfinite(score)) throw BrokenFile{"its base score does not fit its objective"};
  }
  const bool margin = options.output == Output::kMargin;
  const bool one = groups == 1 || (objective->gives_class && !margin);
  std::string description = fmt::format("XGBoost {} model, {}, {} trees",
                                        InWords(VersionOf(document)), name, forest.Trees());
  return {.forest = std::move(forest),
          .start = std::move(start),
          .divisor = 1,
          .link = margin ? trees::Link<float>{} : objective->link,
          .answer = one ? trees::Answer::kNumber : trees::Answer::kNumbers,
          .feature_names = FeatureNames(document),
          .absence = runtime::Absence::kMissing,
          .description = std::move(description)};
}

}  // namespace tenon::xgboost
