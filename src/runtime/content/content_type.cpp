// SPDX-License-Identifier: Apache-2.0
#include "runtime/content/content_type.hpp"

#include <algorithm>

namespace tenon::runtime {
namespace {

struct Named {
  std::string_view name;
  ContentType type;
};
// The first name of each type is the one that is written.
constexpr std::array kNames = {
    Named{"application/json", ContentType::kJson},
    Named{"application/jsonlines", ContentType::kJsonLines},
    Named{"application/x-jsonlines", ContentType::kJsonLines},
    Named{"application/x-ndjson", ContentType::kJsonLines},
    Named{"text/csv", ContentType::kCsv},
    Named{"text/libsvm", ContentType::kLibsvm},
    Named{"text/x-libsvm", ContentType::kLibsvm},
    Named{"application/x-npy", ContentType::kNpy},
    Named{"application/x-npz", ContentType::kNpz},
    Named{"application/octet-stream", ContentType::kOctets},
};

char Lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

std::string_view NameOf(ContentType type) noexcept {
  return std::ranges::find(kNames, type, &Named::type)->name;
}

std::vector<std::string_view> NamesOf(ContentType type) {
  std::vector<std::string_view> names;
  for (const Named& known : kNames) {
    if (known.type == type) names.push_back(known.name);
  }
  return names;
}

std::optional<ContentType> ContentTypeOf(std::string_view name) noexcept {
  const auto* const found = std::ranges::find_if(
      kNames, [&](const Named& known) { return std::ranges::equal(name, known.name, {}, &Lower); });
  if (found == kNames.end()) return std::nullopt;
  return found->type;
}

bool IsText(ContentType type) noexcept {
  return type != ContentType::kNpy && type != ContentType::kNpz && type != ContentType::kOctets;
}

}  // namespace tenon::runtime
