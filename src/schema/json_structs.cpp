// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "schema/element_types.hpp"
#include "schema/json_reader.hpp"

namespace tenon::schema {
namespace {

// Which members came. Structs have at most 64; records may have more.
class Seen {
 public:
  explicit Seen(std::size_t members) : more_(members > 64 ? members / 64 : 0) {}
  // False: it was there already.
  bool Add(std::size_t member) {
    const std::uint64_t bit = std::uint64_t{1} << (member % 64);
    std::uint64_t& word = member < 64 ? first_ : more_[member / 64 - 1];
    const bool is_new = (word & bit) == 0;
    word |= bit;
    return is_new;
  }
  bool Has(std::size_t member) const {
    const std::uint64_t word = member < 64 ? first_ : more_[member / 64 - 1];
    return (word >> (member % 64) & 1U) != 0;
  }

 private:
  std::uint64_t first_ = 0;
  std::vector<std::uint64_t> more_;
};

// Members mostly come in the order in which they are declared: `expected` is looked at first.
std::size_t FindMember(std::span<const Member> members, std::size_t expected,
                       std::string_view key) {
  for (std::size_t i = expected; i < members.size(); ++i) {
    if (members[i].name == key) return i;
  }
  for (std::size_t i = 0; i < expected; ++i) {
    if (members[i].name == key) return i;
  }
  return members.size();
}

void StoreDefault(const Type& type, const DefaultValue& value, void* object) {
  if (value.source == DefaultValue::Source::kInitializer) return;
  switch (type.kind) {
    case Kind::kOptional: return StoreDefault(*type.element, value, type.optional->emplace(object));
    case Kind::kBool: *static_cast<bool*>(object) = value.boolean; return;
    case Kind::kString: static_cast<std::string*>(object)->assign(value.text); return;
    case Kind::kEnum:
      return StoreInteger(type.representation, static_cast<std::int64_t>(value.number), object);
    case Kind::kInteger:
    case Kind::kNumber:
    case Kind::kDuration: break;
    default: return;  // Others have no default but their initializer.
  }
  const long double number = type.kind == Kind::kDuration
                                 ? value.number *
                                       static_cast<long double>(type.period.denominator) /
                                       static_cast<long double>(type.period.numerator)
                                 : value.number;
  VisitElementType(type.representation, [&]<class T>(std::type_identity<T>) {
    if constexpr (std::is_integral_v<T>) {
      *static_cast<T*>(object) = static_cast<T>(std::round(number));
    } else if constexpr (std::is_floating_point_v<T>) {
      *static_cast<T*>(object) = static_cast<T>(number);
    }
  });
}

}  // namespace

bool Reader::ReadStruct(const Type& type, void* object, const Path* path) {
  if (cursor_.Peek() != '{') return Mismatch(type, kNoConstraints, path);
  const std::span<const Member> members = type.members;
  Seen seen(members.size());
  std::size_t count = 0;
  std::size_t expected = 0;
  const bool is_json = cursor_.EachMember([&](std::string_view key) {
    const std::size_t found = FindMember(members, expected, key);
    const Path here{.outer = path, .key = key, .index = Path::kNoIndex};
    if (found == members.size()) {
      if (options_.unknown == UnknownMembers::kRefuse) faults_.Add(&here, "there is no such field");
      return cursor_.Skip();
    }
    if (!seen.Add(found)) {
      faults_.Add(&here, "this key comes twice");
      return cursor_.Skip();
    }
    ++count;
    expected = found + 1;
    const Member& member = members[found];
    return Read(*member.type, *member.constraints, member.In(object), &here);
  });
  if (!is_json) return false;
  for (std::size_t i = 0; count < members.size() && i < members.size(); ++i) {
    if (seen.Has(i)) continue;
    ++count;
    FillAbsent(members[i], object, path);
  }
  return true;
}

void Reader::FillAbsent(const Member& member, void* object, const Path* path) {
  const bool is_missing = options_.absent == AbsentMembers::kKeepInitializer
                              ? member.constraints->required
                              : member.IsRequired();
  if (is_missing) {
    const Path here{.outer = path, .key = member.name, .index = Path::kNoIndex};
    faults_.Add(&here,
                "required, but missing: expected " + Expected(*member.type, *member.constraints));
  } else if (options_.absent == AbsentMembers::kRequire && member.constraints->HasDefault()) {
    StoreDefault(*member.type, member.constraints->default_value, member.In(object));
  }
}

}  // namespace tenon::schema
