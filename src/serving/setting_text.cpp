// SPDX-License-Identifier: Apache-2.0
#include "serving/setting_text.hpp"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "serving/setting_allowed.hpp"
#include "serving/setting_json.hpp"
#include "tenon/schema/json.hpp"
#include "tenon/schema/raw_json.hpp"
#include "tenon/schema/secret.hpp"

namespace tenon::serving {
namespace {

using schema::Kind;
using schema::Type;

bool HoldsSecret(const Type& type, std::vector<const Type*>& seen) {
  if (type.kind == Kind::kSecret) return true;
  if (std::find(seen.begin(), seen.end(), &type) != seen.end()) return false;
  seen.push_back(&type);
  if (type.element != nullptr && HoldsSecret(*type.element, seen)) return true;
  return std::any_of(type.members.begin(), type.members.end(),
                     [&](const schema::Member& member) { return HoldsSecret(*member.type, seen); });
}

bool HoldsSecret(const Type& type) {
  std::vector<const Type*> seen;
  return HoldsSecret(type, seen);
}

std::string Cut(std::string text, std::size_t most) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = ' ';
  }
  if (text.size() <= most) return text;
  // Not in the middle of a character.
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80) --most;
  return text.substr(0, most) + "...";
}

// The reader's faults, with pointers that begin at the setting.
std::string DescribeFaults(const schema::Member& member, const Error& error) {
  const bool hidden = HoldsSecret(*member.type);
  const std::string prefix = "/" + std::string(member.name);
  std::string text;
  for (const Fault& fault : error.Faults()) {
    std::string_view pointer = fault.pointer;
    if (pointer.starts_with(prefix)) pointer.remove_prefix(prefix.size());
    text += text.empty() ? "" : "; ";
    text += pointer;
    if (hidden) continue;
    text += pointer.empty() ? "" : ": ";
    text += fault.detail;
  }
  if (error.OmittedFaults() > 0) {
    text += "; and " + std::to_string(error.OmittedFaults()) + " more";
  }
  return text.empty() ? "" : " (" + text + ")";
}

}  // namespace

std::optional<std::string> ReadSetting(const Type& owner, void* object,
                                       const schema::Member& member, std::string_view text) {
  const std::string allowed = "it takes " + DescribeAllowed(*member.type, *member.constraints);
  const std::optional<std::string> json = SettingAsJson(*member.type, text);
  if (!json) return allowed + ".";
  if (!IsWritten(*member.type, text)) {
    // Alone, so that the place of a mistake is counted in what was written, and so that nothing
    // but one value gets into the document below.
    RawJson value;
    if (auto read = schema::ReadJson(
            schema::TypeOf<RawJson>(), &value,
            {.data = json->data(), .size = json->size(), .capacity = json->size()});
        !read) {
      return allowed + " (" + read.Error().Detail() + ").";
    }
  }
  // The requests' reader judges settings too: a struct that has this one field.
  Type one = owner;
  one.members = {&member, 1};
  const std::string document = "{" + std::string(member.key) + *json + "}";
  const auto read = schema::ReadJson(
      one, object, {.data = document.data(), .size = document.size(), .capacity = document.size()},
      {.unknown = schema::UnknownMembers::kRefuse,
       .absent = schema::AbsentMembers::kKeepInitializer});
  if (read) return std::nullopt;
  return allowed + (IsWritten(*member.type, text) ? "" : DescribeFaults(member, read.Error())) +
         ".";
}

std::string ShowGiven(const Type& type, std::string_view text, std::size_t most) {
  return HoldsSecret(type) ? "***" : Cut(std::string(text), most);
}

std::string ShowValue(const Type& type, const void* object, std::size_t most) {
  switch (type.kind) {
    case Kind::kOptional: {
      const void* value = type.optional->get(object);
      return value == nullptr ? "" : ShowValue(*type.element, value, most);
    }
    case Kind::kSecret: return static_cast<const Secret*>(object)->empty() ? "" : "***";
    case Kind::kString: return Cut(*static_cast<const std::string*>(object), most);
    case Kind::kPath: return Cut(static_cast<const std::filesystem::path*>(object)->string(), most);
    default: break;
  }
  std::string json;
  schema::WriteJson(type, object, json);
  if (type.kind == Kind::kDuration) json += "s";
  const bool quoted = json.size() >= 2 && json.front() == '"';
  return Cut(quoted ? json.substr(1, json.size() - 2) : std::move(json), most);
}

}  // namespace tenon::serving
