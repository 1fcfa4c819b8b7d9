// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include "schema/binary.hpp"

namespace tenon::schema {
namespace {

constexpr std::uint64_t kSeed = 0xCBF29CE484222325U;
constexpr std::uint64_t kPrime = 0x100000001B3U;

std::uint64_t Mix(std::uint64_t hash, std::string_view text) noexcept {
  for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * kPrime;
  return (hash ^ 0xFFU) * kPrime;
}

std::uint64_t Mix(std::uint64_t hash, std::uint64_t number) noexcept {
  for (int i = 0; i < 8; ++i) {
    hash = (hash ^ (number & 0xFFU)) * kPrime;
    number >>= 8U;
  }
  return hash;
}

// Types refer to themselves; one that is being looked at counts by its name.
std::uint64_t Hash(const Type& type, std::uint64_t hash, std::set<const Type*>& open) {
  hash = Mix(hash, static_cast<std::uint64_t>(type.kind));
  hash = Mix(hash, static_cast<std::uint64_t>(type.representation));
  hash = Mix(hash, type.length);
  hash = Mix(hash, type.name);
  if (!open.insert(&type).second) return hash;
  for (const Enumerator& enumerator : type.enumerators) hash = Mix(hash, enumerator.name);
  if (type.element != nullptr) hash = Hash(*type.element, hash, open);
  for (const Member& member : type.members) {
    hash = Hash(*member.type, Mix(hash, member.name), open);
  }
  open.erase(&type);
  return hash;
}

Result<> Check(const Type& type, std::set<const Type*>& seen) {
  if (!seen.insert(&type).second) return {};
  if (type.kind == Kind::kRecord) {
    return Error(ErrorCode::kInvalid,
                 "its fields are known only where it runs (a schema::Record): serve it with the "
                 "local engine");
  }
  std::map<std::uint32_t, std::string_view> names;
  for (const Member& member : type.members) {
    const auto [taken, is_new] = names.try_emplace(BinaryName(member.name), member.name);
    if (!is_new) {
      return Error(ErrorCode::kInvalid, "the fields '" + std::string(taken->second) + "' and '" +
                                            std::string(member.name) + "' of " +
                                            std::string(type.name) +
                                            " cannot be told apart between processes; rename one");
    }
    if (auto checked = Check(*member.type, seen); !checked) return checked;
  }
  return type.element != nullptr ? Check(*type.element, seen) : Result<>();
}

}  // namespace

std::uint32_t BinaryName(std::string_view name) noexcept {
  std::uint32_t hash = 0x811C9DC5U;
  for (const char c : name) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x01000193U;
  return hash;
}

Result<> CheckBinaryNames(const Type& type) {
  std::set<const Type*> seen;
  return Check(type, seen);
}

std::uint64_t LayoutHash(const Type& type) {
  std::set<const Type*> open;
  return Hash(type, kSeed, open);
}

}  // namespace tenon::schema
