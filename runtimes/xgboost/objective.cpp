// SPDX-License-Identifier: Apache-2.0
#include "objective.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

namespace tenon::xgboost {
namespace {

using Sums = std::span<float>;

// Where sums start.
float Same(float x) noexcept { return x; }
float Logit(float x) noexcept { return -std::log(1.0F / x - 1.0F); }
float Log(float x) noexcept { return std::log(x); }

// Links.
void Sigmoid(Sums sums, float) noexcept {
  for (float& x : sums) x = 1.0F / (1.0F + std::exp(-x));
}
void Exp(Sums sums, float) noexcept {
  for (float& x : sums) x = std::exp(x);
}
void Hinge(Sums sums, float) noexcept {
  for (float& x : sums) x = x > 0 ? 1.0F : 0.0F;
}
void Softmax(Sums sums, float) noexcept {
  const float most = *std::ranges::max_element(sums);
  double total = 0;
  for (float& x : sums) {
    x = std::exp(x - most);
    total += x;
  }
  for (float& x : sums) x /= static_cast<float>(total);
}
void ArgMax(Sums sums, float) noexcept {
  sums[0] = static_cast<float>(std::ranges::max_element(sums) - sums.begin());
}

constexpr trees::Link<float> kNone{};
constexpr trees::Link<float> kSigmoid{&Sigmoid};
constexpr trees::Link<float> kExp{&Exp};

constexpr std::array kObjectives = {
    Objective{"reg:squarederror", &Same, kNone},
    Objective{"reg:linear", &Same, kNone},  // The former name.
    Objective{"reg:squaredlogerror", &Same, kNone},
    Objective{"reg:pseudohubererror", &Same, kNone},
    Objective{"reg:absoluteerror", &Same, kNone},
    Objective{"reg:quantileerror", &Same, kNone},
    Objective{"reg:logistic", &Logit, kSigmoid},
    Objective{"binary:logistic", &Logit, kSigmoid},
    Objective{"binary:logitraw", &Same, kNone},  // Its base score is a margin.
    Objective{"binary:hinge", &Same, {&Hinge}},
    Objective{"count:poisson", &Log, kExp},
    Objective{"reg:gamma", &Log, kExp},
    Objective{"reg:tweedie", &Log, kExp},
    Objective{"survival:cox", &Log, kExp},
    Objective{"survival:aft", &Log, kExp},
    Objective{"multi:softprob", &Same, {&Softmax}},
    Objective{"multi:softmax", &Same, {&ArgMax}, true},
    Objective{"rank:pairwise", &Same, kNone},
    Objective{"rank:ndcg", &Same, kNone},
    Objective{"rank:map", &Same, kNone},
};

}  // namespace

const Objective* FindObjective(std::string_view name) noexcept {
  const auto found = std::ranges::find(kObjectives, name, &Objective::name);
  return found == kObjectives.end() ? nullptr : &*found;
}

}  // namespace tenon::xgboost
