// SPDX-License-Identifier: Apache-2.0
#include "schema/type_names.hpp"

#include <algorithm>

namespace tenon::schema {
namespace {

bool IsAllowed(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
         c == '-' || c == '_';
}

// "Pair<int, float>" as "Pair_int_float".
std::string Allowed(std::string_view name) {
  std::string allowed;
  for (const char c : name) {
    if (IsAllowed(c)) {
      allowed += c;
    } else if (!allowed.empty() && allowed.back() != '_') {
      allowed += '_';
    }
  }
  while (allowed.ends_with('_') && !name.ends_with('_')) allowed.pop_back();
  return allowed.empty() ? "Object" : allowed;
}

std::string WantedName(const Type& type) {
  if (type.kind == Kind::kTensor) return "Tensor_" + std::string(Name(type.representation));
  return Allowed(type.name);
}

}  // namespace

void TypeNames::Reserve(std::string_view name) { reserved_.emplace_back(name); }

bool TypeNames::IsTaken(std::string_view name) const {
  return std::find(reserved_.begin(), reserved_.end(), name) != reserved_.end() ||
         std::any_of(entries_.begin(), entries_.end(),
                     [&](const Entry& entry) { return entry.name == name; });
}

const std::string& TypeNames::NameOf(const Type& type) {
  for (const Entry& entry : entries_) {
    if (entry.type == &type) return entry.name;
  }
  const std::string wanted = WantedName(type);
  std::string name = wanted;
  for (int i = 2; IsTaken(name); ++i) name = wanted + std::to_string(i);
  return entries_.emplace_back(Entry{.type = &type, .name = std::move(name)}).name;
}

}  // namespace tenon::schema
