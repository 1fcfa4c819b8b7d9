// SPDX-License-Identifier: Apache-2.0
#pragma once

// Settings of an application: a struct, filled from the environment.
//
//   struct Settings {
//     std::string model_name = "Model A";
//     std::filesystem::path model_path = tenon::kDefaultModelPath;
//     std::chrono::milliseconds timeout{250};
//     std::vector<std::string> labels;
//     tenon::Secret token;
//   };
//   const auto settings = tenon::LoadSettings<Settings>();  // MODEL_NAME, MODEL_PATH, TIMEOUT, ...
//
// A field's initializer is its default; `Field<&Settings::token>().Required()` (describe.hpp) asks
// for a value, and limits apply as in requests. A field `max_size` of a nested struct `cache` is
// `CACHE__MAX_SIZE`. A variable that is empty counts as not set.
//
// | field | text |
// |---|---|
// | bool | true, false, 1, 0, yes, no, in any case |
// | numbers, enums, strings, paths | as they are |
// | durations | 250ms, 5s, 2m, 1.5h, also ns and us; a number alone is seconds |
// | lists | `a,b,c`, or a JSON array; lists of structs are JSON |
// | maps, tensors, RawJson, a whole struct | JSON |
// | Bytes | base64 |
//
// Whatever is wrong is said at once, each with the variable, what it says (secrets as `***`) and
// what is allowed. A field that would read PATH, HOME, USER or LANG is refused.

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/schema/reflect.hpp"
#include "tenon/schema/secret.hpp"

namespace tenon {

// Where settings are looked up. Thread safety: as the implementation says.
class TENON_EXPORT SettingsSource {
 public:
  SettingsSource() = default;
  SettingsSource(const SettingsSource&) = delete;
  SettingsSource& operator=(const SettingsSource&) = delete;
  virtual ~SettingsSource();

  virtual std::optional<std::string> Find(std::string_view variable) const = 0;
  // All variables that begin so: how a mistyped field of a nested struct is noticed.
  virtual std::vector<std::string> NamesWith(std::string_view prefix) const = 0;
};

// The environment of this process. Thread safety: that of `getenv`, so not while somebody sets a
// variable.
class TENON_EXPORT EnvironmentSettings final : public SettingsSource {
 public:
  std::optional<std::string> Find(std::string_view variable) const override;
  std::vector<std::string> NamesWith(std::string_view prefix) const override;
};

// Variables given as a map: for tests, and for whoever resolved them already.
class TENON_EXPORT MapSettings final : public SettingsSource {
 public:
  explicit MapSettings(std::map<std::string, std::string> variables);
  ~MapSettings() override;
  std::optional<std::string> Find(std::string_view variable) const override;
  std::vector<std::string> NamesWith(std::string_view prefix) const override;

 private:
  std::map<std::string, std::string> variables_;
};

// Who decided a setting.
enum class SettingOrigin : std::uint8_t {
  kDefault,      // The struct's initializer.
  kEnvironment,  // A variable.
  kOverride,     // A `key=value` word.
};

// One field of a settings struct after loading.
struct SettingValue {
  std::string variable;  // "MODEL_PATH", or the key of an override.
  std::string value;     // As text; `***` for secrets; long ones are cut.
  SettingOrigin origin = SettingOrigin::kDefault;

  bool operator==(const SettingValue&) const = default;
};

struct SettingsReport {
  std::vector<SettingValue> values;
};

// While it lives, whatever this thread loads is also written to the report: how the program shows
// the settings of an application that loads them itself. Scopes nest; the innermost one counts.
class TENON_EXPORT SettingsRecording {
 public:
  explicit SettingsRecording(SettingsReport& report) noexcept;
  SettingsRecording(const SettingsRecording&) = delete;
  SettingsRecording& operator=(const SettingsRecording&) = delete;
  ~SettingsRecording();

 private:
  SettingsReport* const outer_;
};

struct SettingsOptions {
  // Stands before every variable: "SEARCH_" makes MODEL_PATH SEARCH_MODEL_PATH.
  std::string_view prefix = {};
  // Null: the environment of this process. REQUIRES: outlives the call.
  const SettingsSource* source = nullptr;
};

namespace serving {

// The words of the command line: a key twice, a key without a field and a bad value are errors.
using SettingsWords = std::span<const std::pair<std::string, std::string>>;

// The parts that do not depend on the type. `settings` is a default-made struct of `type`.
TENON_EXPORT Result<void> LoadSettings(const schema::Type& type, void* settings,
                                       const SettingsOptions& options);
TENON_EXPORT Result<void> ParseSettings(const schema::Type& type, void* settings,
                                        SettingsWords words);

}  // namespace serving

// The settings from the environment.
// Errors: throws kInvalid with one fault per variable.
template <class S>
S LoadSettings(const SettingsOptions& options = {}) {
  S settings{};
  serving::LoadSettings(schema::TypeOf<S>(), &settings, options).Value();
  return settings;
}
template <class S>
S LoadSettings(const SettingsSource& source) {
  return LoadSettings<S>(SettingsOptions{.prefix = {}, .source = &source});
}

// The settings from `key=value` words, with the fields' own names as keys: `k=5 cache.max_size=10`.
// The environment is not looked at.
// Errors: throws kInvalid with one fault per word; an unknown key is told the nearest one.
template <class S>
S ParseSettings(serving::SettingsWords words) {
  S settings{};
  serving::ParseSettings(schema::TypeOf<S>(), &settings, words).Value();
  return settings;
}

}  // namespace tenon
