// SPDX-License-Identifier: Apache-2.0
#include "runtime/steps/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "runtime/steps/kernels.hpp"
#include "tenon/base/nearest_name.hpp"

namespace tenon::runtime::steps {
namespace {

bool IsFloat(const TensorSpec& spec) noexcept {
  return spec.element_type == ElementType::kFloat32 || spec.element_type == ElementType::kFloat64;
}
bool IsWhole(const TensorSpec& spec) noexcept {
  return !IsFloat(spec) && spec.element_type != ElementType::kString &&
         spec.element_type != ElementType::kFloat16 && spec.element_type != ElementType::kBFloat16;
}
bool IsAny(const TensorSpec&) noexcept { return true; }

std::string Listing(const Specs& specs) {
  std::string text;
  for (const TensorSpec& spec : specs) {
    fmt::format_to(std::back_inserter(text), "{}{}: {}", text.empty() ? "" : ", ", spec.name,
                   ToString(spec));
  }
  return text;
}

void DropLast(TensorSpec& spec) {
  if (!spec.dimensions.empty()) spec.dimensions.pop_back();
  if (spec.symbols.size() > spec.dimensions.size()) spec.symbols.pop_back();
  spec.columns.clear();
}

void SetLast(TensorSpec& spec, std::int64_t length) {
  if (!spec.dimensions.empty()) spec.dimensions.back() = length;
  if (!spec.symbols.empty()) spec.symbols.back().clear();
  spec.columns.clear();
}

// Binds one kind of step after the other. Positions are those in the tensors before the step.
class Binder {
 public:
  Binder(const Step& step, Specs specs, const Labels& labels)
      : step_(step), specs_(std::move(specs)), labels_(labels) {}

  Result<BoundStep> operator()(const ScaleStep& step) {
    return InPlace(step.tensor, [by = step.by, add = step.add](const AnyTensor& x) {
      return Result<AnyTensor>(Scale(x, by, add));
    });
  }
  Result<BoundStep> operator()(const NormaliseStep& step) {
    const Result<std::size_t> at = Find(step.tensor, &IsFloat, "floats");
    if (!at) return at.Error();
    const TensorSpec& spec = specs_[*at];
    const auto count = static_cast<std::int64_t>(step.mean.size());
    const bool fits =
        spec.dimensions.empty() || count == 1 ||
        (step.axis < spec.dimensions.size() &&
         (spec.dimensions[step.axis] == kDynamic || spec.dimensions[step.axis] == count));
    if (!fits) {
      return Refuse(fmt::format("It has {} means for dimension {} of {}: {}", count, step.axis,
                                spec.name, ToString(spec)));
    }
    return InPlace(step.tensor, [step](const AnyTensor& x) {
      return Normalise(x, step.axis, step.mean, step.deviation);
    });
  }
  Result<BoundStep> operator()(const SoftmaxStep& step) { return InPlace(step.tensor, &Softmax); }
  Result<BoundStep> operator()(const SigmoidStep& step) {
    return InPlace(step.tensor, [](const AnyTensor& x) { return Result<AnyTensor>(Sigmoid(x)); });
  }
  Result<BoundStep> operator()(const ArgMaxStep& step) {
    const Result<std::size_t> at = FindScores(step.tensor, 1);
    if (!at) return at.Error();
    TensorSpec place = specs_[*at];
    DropLast(place);
    return Ranked(*at, std::move(place), {"label", "index", "score"}, &ArgMax);
  }
  Result<BoundStep> operator()(const TopKStep& step) {
    const Result<std::size_t> at = FindScores(step.tensor, step.k);
    if (!at) return at.Error();
    TensorSpec place = specs_[*at];
    SetLast(place, static_cast<std::int64_t>(step.k));
    return Ranked(*at, std::move(place), {"labels", "indices", "scores"},
                  [k = step.k](const AnyTensor& x) { return TopK(x, k); });
  }
  Result<BoundStep> operator()(const ThresholdStep& step);
  Result<BoundStep> operator()(const LookUpStep& step) {
    if (labels_ == nullptr) return Refuse("It needs 'labels'");
    const Result<std::size_t> at = Find(step.tensor, &IsWhole, "whole numbers");
    if (!at) return at.Error();
    BoundStep bound{specs_, [at = *at, labels = labels_](Tensors& tensors) -> Result<> {
                      Result<AnyTensor> found = LookUp(tensors[at], *labels);
                      if (!found) return std::move(found).Error();
                      tensors[at] = *std::move(found);
                      return {};
                    }};
    bound.after[*at].element_type = ElementType::kString;
    return bound;
  }
  Result<BoundStep> operator()(const RenameStep& step) {
    const Result<std::size_t> at = Find(step.tensor, &IsAny, "tensors");
    if (!at) return at.Error();
    BoundStep bound{specs_, [](Tensors&) { return Result<>(); }};
    bound.after[*at].name = step.to;
    return Checked(std::move(bound));
  }
  Result<BoundStep> operator()(const KeepStep& step) {
    std::vector<std::size_t> kept;
    BoundStep bound;
    for (const std::string& name : step.tensors) {
      const Result<std::size_t> at = Find(name, &IsAny, "tensors");
      if (!at) return at.Error();
      kept.push_back(*at);
      bound.after.push_back(specs_[*at]);
    }
    bound.run = [kept](Tensors& tensors) -> Result<> {
      Tensors all = std::move(tensors);
      tensors.clear();
      for (const std::size_t at : kept) tensors.push_back(all[at]);
      return {};
    };
    return Checked(std::move(bound));
  }

 private:
  struct Names {
    const char* label;
    const char* place;
    const char* score;
  };

  Error Refuse(const std::string& why) const {
    return {ErrorCode::kInvalid, fmt::format("{}: The step '{}' does not fit. {}.", step_.place,
                                             NameOf(step_.step), why)};
  }

  // The position of the tensor, or of the only one that fits.
  Result<std::size_t> Find(const std::string& name, bool (*fits)(const TensorSpec&) noexcept,
                           std::string_view what) const {
    if (!name.empty()) {
      std::vector<std::string> names;
      for (std::size_t i = 0; i < specs_.size(); ++i) {
        if (specs_[i].name != name) {
          names.push_back(specs_[i].name);
        } else if (!fits(specs_[i])) {
          return Refuse(fmt::format("It takes {}; {} is {}", what, name, ToString(specs_[i])));
        } else {
          return i;
        }
      }
      const Error refused =
          Refuse(fmt::format("There is no '{}'; there is {}", name, Listing(specs_)));
      return Error(refused.Code(), refused.Detail() + DidYouMean(name, names));
    }
    const auto only = std::find_if(specs_.begin(), specs_.end(), fits);
    if (only == specs_.end()) {
      return Refuse(fmt::format("It takes {}; there is {}", what, Listing(specs_)));
    }
    if (std::find_if(only + 1, specs_.end(), fits) != specs_.end()) {
      return Refuse(fmt::format("Say which with 'tensor': {}", Listing(specs_)));
    }
    return static_cast<std::size_t>(only - specs_.begin());
  }

  // Floats with at least `least` in a row, and one for each label.
  Result<std::size_t> FindScores(const std::string& name, std::size_t least) const {
    Result<std::size_t> at = Find(name, &IsFloat, "floats");
    if (!at) return at;
    const TensorSpec& spec = specs_[*at];
    if (spec.dimensions.empty()) return at;  // Its shape is open: the run says.
    const std::int64_t columns = spec.dimensions.back();
    if (columns == kDynamic) return at;
    if (static_cast<std::size_t>(columns) < least) {
      return Refuse(fmt::format("It wants the largest {} of {} values", least, columns));
    }
    if (labels_ != nullptr && labels_->size() != static_cast<std::size_t>(columns)) {
      return Refuse(fmt::format("There are {} labels for {}: {}", labels_->size(), spec.name,
                                ToString(spec)));
    }
    return at;
  }

  // No two tensors may have one name: the answer could not hold them.
  Result<BoundStep> Checked(BoundStep bound) const {
    for (auto one = bound.after.begin(); one != bound.after.end(); ++one) {
      if (std::find_if(one + 1, bound.after.end(), [&](const TensorSpec& other) {
            return other.name == one->name;
          }) != bound.after.end()) {
        return Refuse(fmt::format(
            "Two outputs would be called '{}'; leave one out with 'keep' or 'rename' it before",
            one->name));
      }
    }
    return bound;
  }

  template <class Function>
  Result<BoundStep> InPlace(const std::string& name, const Function& function) {
    const Result<std::size_t> at = Find(name, &IsFloat, "floats");
    if (!at) return at.Error();
    BoundStep bound{specs_, [at = *at, function](Tensors& tensors) -> Result<> {
                      Result<AnyTensor> done = function(tensors[at]);
                      if (!done) return std::move(done).Error();
                      tensors[at] = *std::move(done);
                      return {};
                    }};
    return bound;
  }

  // One tensor becomes its labels, or places, and scores.
  template <class Function>
  Result<BoundStep> Ranked(std::size_t at, TensorSpec place, Names names,
                           const Function& function) {
    BoundStep bound{specs_, [at, function, labels = labels_](Tensors& tensors) -> Result<> {
                      Result<Largest> largest = function(tensors[at]);
                      if (!largest) return std::move(largest).Error();
                      AnyTensor first = std::move(largest->places);
                      if (labels != nullptr) {
                        Result<AnyTensor> found = LookUp(first, *labels);
                        if (!found) return std::move(found).Error();
                        first = *std::move(found);
                      }
                      tensors[at] = std::move(first);
                      tensors.insert(tensors.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                                     std::move(largest->values));
                      return {};
                    }};
    TensorSpec score = place;
    score.name = names.score;
    place.name = labels_ != nullptr ? names.label : names.place;
    place.element_type = labels_ != nullptr ? ElementType::kString : ElementType::kInt64;
    Replace(at, std::move(place), std::move(score), bound.after);
    return Checked(std::move(bound));
  }

  static void Replace(std::size_t at, TensorSpec first, TensorSpec second, Specs& specs) {
    specs[at] = std::move(first);
    specs.insert(specs.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(second));
  }

  const Step& step_;
  const Specs specs_;
  const Labels& labels_;
};

Result<BoundStep> Binder::operator()(const ThresholdStep& step) {
  const Result<std::size_t> at = Find(step.tensor, &IsFloat, "floats");
  if (!at) return at.Error();
  TensorSpec score = specs_[*at];
  const bool is_column = score.dimensions.size() > 1 && score.dimensions.back() == 1;
  if (labels_ != nullptr && labels_->size() != 2) {
    return Refuse(fmt::format("It takes two labels, no and yes; there are {}", labels_->size()));
  }
  if (labels_ != nullptr && score.dimensions.size() > 1 && !is_column) {
    return Refuse(
        fmt::format("{} has several scores for each row; use 'argmax', or no labels", score.name));
  }
  if (is_column) DropLast(score);
  BoundStep bound{
      specs_,
      [at = *at, is_column, limit = step.at, labels = labels_](Tensors& tensors) -> Result<> {
        AnyTensor scores = tensors[at];
        if (is_column) {
          Result<AnyTensor> squeezed = Squeeze(scores);
          if (!squeezed) return std::move(squeezed).Error();
          scores = *std::move(squeezed);
        }
        AnyTensor first = AtLeast(scores, limit);
        if (labels != nullptr) first = LookUp(first, *labels).Value();
        tensors[at] = std::move(first);
        tensors.insert(tensors.begin() + static_cast<std::ptrdiff_t>(at) + 1, std::move(scores));
        return {};
      }};
  TensorSpec first = score;
  first.name = labels_ != nullptr ? "label" : "positive";
  first.element_type = labels_ != nullptr ? ElementType::kString : ElementType::kBool;
  score.name = "score";
  Replace(*at, std::move(first), std::move(score), bound.after);
  return Checked(std::move(bound));
}

}  // namespace

Result<BoundStep> Bind(const Step& step, Specs specs, const Labels& labels) {
  return std::visit(Binder(step, std::move(specs), labels), step.step);
}

Result<StepPlan> StepPlan::Make(Specs specs, const std::vector<Step>& steps, const Labels& labels) {
  StepPlan plan(std::move(specs));
  for (const Step& step : steps) {
    Result<BoundStep> bound = Bind(step, std::move(plan.after_), labels);
    if (!bound) return std::move(bound).Error();
    plan.after_ = std::move(bound->after);
    plan.steps_.push_back(std::move(bound->run));
  }
  return plan;
}

Result<Tensors> StepPlan::Run(Tensors tensors) const {
  for (const auto& step : steps_) {
    if (auto done = step(tensors); !done) return std::move(done).Error();
  }
  return tensors;
}

}  // namespace tenon::runtime::steps
