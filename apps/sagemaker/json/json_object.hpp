// SPDX-License-Identifier: Apache-2.0
#pragma once

// JSON objects that are put together member by member: the bodies of calls, where an absent member
// and a null are not the same, and which `--set` reaches into.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/schema/raw_json.hpp"

namespace tenon::sagemaker_tool {

class JsonObject {
 public:
  JsonObject& SetText(const std::string& key, std::string_view text);
  JsonObject& SetNumber(const std::string& key, std::int64_t number);
  JsonObject& SetFlag(const std::string& key, bool value);
  JsonObject& SetObject(const std::string& key, const JsonObject& object);
  JsonObject& SetList(const std::string& key, const std::vector<JsonObject>& objects);
  JsonObject& SetTexts(const std::string& key, const std::vector<std::string>& texts);
  // REQUIRES: `json` is one valid JSON value.
  JsonObject& SetRaw(const std::string& key, RawJson json);

  bool IsEmpty() const { return members_.empty(); }
  bool Has(const std::string& key) const { return members_.contains(key); }
  // Without spaces, members by name.
  std::string Text() const;

  // Replaces what a dotted path names: "EnableNetworkIsolation",
  // "ProductionVariants.0.VolumeSizeInGB". Objects on the way are made; list items must exist.
  // False where the path runs into something that is neither object nor list item.
  bool SetPath(std::string_view path, const RawJson& json);

 private:
  std::map<std::string, RawJson> members_;
};

// From a map of texts, as environments are.
JsonObject TextMembers(const std::map<std::string, std::string>& texts);

// Whether the text is one JSON value.
bool IsJson(std::string_view text);

// The document with every value of an `Environment` replaced by "***" whose name sounds like a
// secret.
std::string WithoutSecrets(const std::string& json);

}  // namespace tenon::sagemaker_tool
