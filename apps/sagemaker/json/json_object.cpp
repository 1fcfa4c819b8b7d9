// SPDX-License-Identifier: Apache-2.0
#include "json/json_object.hpp"

#include <algorithm>
#include <array>

#include "tenon/schema/json.hpp"

namespace tenon::sagemaker_tool {
namespace {

using Members = std::map<std::string, RawJson>;
using Items = std::vector<RawJson>;

std::string Joined(const std::vector<std::string>& items) {
  std::string text = "[";
  for (const std::string& item : items) {
    if (text.size() > 1) text += ',';
    text += item;
  }
  return text + "]";
}

bool SoundsSecret(std::string_view name) {
  constexpr std::array<std::string_view, 7> kWords = {"SECRET", "TOKEN",      "PASSW", "KEY",
                                                      "AUTH",   "CREDENTIAL", "PWD"};
  std::string upper(name);
  for (char& c : upper) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return upper.find(word) != std::string::npos; });
}

// Empty where the path runs into something else.
std::string WithPath(const std::string& json, std::string_view path, const RawJson& value) {
  const std::size_t dot = path.find('.');
  const std::string key(path.substr(0, dot));
  const bool is_last = dot == std::string_view::npos;
  const std::string_view rest = is_last ? std::string_view() : path.substr(dot + 1);
  if (auto items = schema::ReadJson<Items>(json)) {
    if (key.empty() || key.find_first_not_of("0123456789") != std::string::npos || key.size() > 4) {
      return {};
    }
    const auto index = static_cast<std::size_t>(std::stoi(key));
    if (index >= items->size()) return {};
    RawJson& item = (*items)[index];
    item.text = is_last ? value.text : WithPath(item.text, rest, value);
    if (item.text.empty()) return {};
    return schema::WriteJson(*items);
  }
  auto members = schema::ReadJson<Members>(json);
  if (!members || key.empty()) return {};
  RawJson& member = (*members)[key];
  if (member.text.empty()) member.text = "{}";
  member.text = is_last ? value.text : WithPath(member.text, rest, value);
  if (member.text.empty()) return {};
  return schema::WriteJson(*members);
}

std::string Masked(const std::string& json, bool is_environment) {
  if (auto members = schema::ReadJson<Members>(json)) {
    for (auto& [name, value] : *members) {
      if (is_environment && SoundsSecret(name)) {
        value.text = "\"***\"";
      } else {
        value.text = Masked(value.text, name == "Environment");
      }
    }
    return schema::WriteJson(*members);
  }
  if (auto items = schema::ReadJson<Items>(json)) {
    for (RawJson& item : *items) item.text = Masked(item.text, false);
    return schema::WriteJson(*items);
  }
  return json;
}

}  // namespace

JsonObject& JsonObject::SetText(const std::string& key, std::string_view text) {
  std::string quoted;
  schema::WriteJsonString(text, quoted);
  return SetRaw(key, {std::move(quoted)});
}

JsonObject& JsonObject::SetNumber(const std::string& key, std::int64_t number) {
  return SetRaw(key, {std::to_string(number)});
}

JsonObject& JsonObject::SetFlag(const std::string& key, bool value) {
  return SetRaw(key, {value ? "true" : "false"});
}

JsonObject& JsonObject::SetObject(const std::string& key, const JsonObject& object) {
  return SetRaw(key, {object.Text()});
}

JsonObject& JsonObject::SetList(const std::string& key, const std::vector<JsonObject>& objects) {
  std::vector<std::string> items;
  items.reserve(objects.size());
  for (const JsonObject& object : objects) items.push_back(object.Text());
  return SetRaw(key, {Joined(items)});
}

JsonObject& JsonObject::SetTexts(const std::string& key, const std::vector<std::string>& texts) {
  std::vector<std::string> items(texts.size());
  for (std::size_t i = 0; i < texts.size(); ++i) schema::WriteJsonString(texts[i], items[i]);
  return SetRaw(key, {Joined(items)});
}

JsonObject& JsonObject::SetRaw(const std::string& key, RawJson json) {
  members_[key] = std::move(json);
  return *this;
}

std::string JsonObject::Text() const { return schema::WriteJson(members_); }

bool JsonObject::SetPath(std::string_view path, const RawJson& json) {
  const std::string text = WithPath(Text(), path, json);
  if (text.empty()) return false;
  auto members = schema::ReadJson<Members>(text);
  if (!members) return false;
  members_ = *std::move(members);
  return true;
}

JsonObject TextMembers(const std::map<std::string, std::string>& texts) {
  JsonObject object;
  for (const auto& [key, value] : texts) object.SetText(key, value);
  return object;
}

bool IsJson(std::string_view text) { return schema::ReadJson<RawJson>(text).Ok(); }

std::string WithoutSecrets(const std::string& json) { return Masked(json, false); }

}  // namespace tenon::sagemaker_tool
