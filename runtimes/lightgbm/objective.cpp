// SPDX-License-Identifier: Apache-2.0
#include "objective.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>

#include "text_reader.hpp"

namespace tenon::lightgbm {
namespace {

using Sums = std::span<double>;

void Sigmoid(Sums sums, double steepness) noexcept {
  for (double& x : sums) x = 1 / (1 + std::exp(-steepness * x));
}
void Exp(Sums sums, double) noexcept {
  for (double& x : sums) x = std::exp(x);
}
void Log1pExp(Sums sums, double) noexcept {
  for (double& x : sums) x = std::log1p(std::exp(x));
}
void SignedSquare(Sums sums, double) noexcept {
  for (double& x : sums) x = std::copysign(x * x, x);
}
void Softmax(Sums sums, double) noexcept {
  const double most = *std::ranges::max_element(sums);
  double total = 0;
  for (double& x : sums) {
    x = std::exp(x - most);
    total += x;
  }
  for (double& x : sums) x /= total;
}

using Apply = void (*)(Sums, double) noexcept;
struct Objective {
  std::string_view name;
  Apply apply;
};
constexpr std::array kObjectives = {
    Objective{"regression", nullptr},
    Objective{"regression_l2", nullptr},
    Objective{"regression_l1", nullptr},
    Objective{"huber", nullptr},
    Objective{"fair", nullptr},
    Objective{"quantile", nullptr},
    Objective{"mape", nullptr},
    Objective{"poisson", &Exp},
    Objective{"gamma", &Exp},
    Objective{"tweedie", &Exp},
    Objective{"binary", &Sigmoid},
    Objective{"multiclass", &Softmax},
    Objective{"multiclassova", &Sigmoid},
    Objective{"cross_entropy", &Sigmoid},
    Objective{"cross_entropy_lambda", &Log1pExp},
    Objective{"lambdarank", nullptr},
    Objective{"rank_xendcg", nullptr},
};

std::optional<double> Parameter(std::string_view word, std::string_view name) {
  if (!word.starts_with(name)) return std::nullopt;
  return ToNumber(name, word.substr(name.size()));
}

}  // namespace

trees::Link<double> LinkOf(std::string_view text) {
  const std::vector<std::string_view> words = Words(text);
  if (words.empty()) return {};
  const auto found = std::ranges::find(kObjectives, words.front(), &Objective::name);
  if (found == kObjectives.end()) {
    throw NotCovered{fmt::format("its objective \"{}\" is not known here", words.front())};
  }
  trees::Link<double> link{.apply = found->apply, .parameter = 1};
  for (const std::string_view word : std::span(words).subspan(1)) {
    if (const std::optional<double> sigmoid = Parameter(word, "sigmoid:"))
      link.parameter = *sigmoid;
    if (word == "sqrt") link.apply = &SignedSquare;
  }
  return link;
}

}  // namespace tenon::lightgbm
