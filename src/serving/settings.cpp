// SPDX-License-Identifier: Apache-2.0
#include "tenon/serving/settings.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "serving/setting_allowed.hpp"
#include "serving/setting_text.hpp"
#include "tenon/base/nearest_name.hpp"

namespace tenon {
namespace {

using schema::Kind;
using schema::Member;
using schema::Type;

// The only way from the program through an application's builder, which calls LoadSettings by
// itself and takes nothing of ours.
thread_local SettingsReport* current_report = nullptr;

constexpr std::size_t kShownInError = 80;
constexpr std::size_t kShownInReport = 200;

// How a field's place becomes a name.
enum class Naming : std::uint8_t {
  kVariables,  // CACHE__MAX_SIZE
  kKeys,       // cache.max_size
};

std::string_view FieldOf(const Member& member) {
  return member.field.empty() ? member.name : member.field;
}

// The struct whose fields have settings of their own; null for every other field.
const Type* StructIn(const Type& type) {
  if (type.kind == Kind::kStruct) return &type;
  if (type.kind == Kind::kOptional && type.element->kind == Kind::kStruct) return type.element;
  return nullptr;
}

std::string ShowName(std::string_view name) {
  return serving::ShowGiven(schema::TypeOf<std::string>(), name, kShownInError);
}

class Loader {
 public:
  Loader(const SettingsSource& source, Naming naming, std::string_view prefix)
      : source_(source), naming_(naming), prefix_(prefix) {}

  void Fail(std::string detail) { faults_.push_back({.pointer = {}, .detail = std::move(detail)}); }

  Result<> Load(const Type& type, void* object) {
    std::vector<std::string> names;
    CollectNames(type, "", names);
    RefuseTwins(names);
    RefuseUnknown(type, names);
    LoadFields(type, object, "");
    if (!faults_.empty()) {
      const std::string count = faults_.size() == 1
                                    ? "A setting is wrong."
                                    : std::to_string(faults_.size()) + " settings are wrong.";
      return Error(ErrorCode::kInvalid, count).WithFaults(std::move(faults_), 0);
    }
    if (current_report != nullptr) {
      current_report->values.insert(current_report->values.end(), values_.begin(), values_.end());
    }
    return {};
  }

 private:
  std::string NameOf(std::string_view parent, const Member& member) const {
    std::string field(FieldOf(member));
    if (naming_ == Naming::kKeys) {
      return parent.empty() ? field : std::string(parent) + "." + field;
    }
    for (char& c : field) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return (parent.empty() ? prefix_ : std::string(parent) + "__") + field;
  }

  // Depth first, a struct before its fields. A struct contains itself through lists and maps only.
  void CollectNames(const Type& type, std::string_view parent,
                    std::vector<std::string>& names) const {
    for (const Member& member : type.members) {
      const std::string name = NameOf(parent, member);
      names.push_back(name);
      if (const Type* inner = StructIn(*member.type)) CollectNames(*inner, name, names);
    }
  }

  std::optional<std::string> Find(const std::string& name) const {
    auto text = source_.Find(name);
    if (text && text->empty() && naming_ == Naming::kVariables) return std::nullopt;
    return text;
  }

  void RefuseTwins(std::vector<std::string> names) {
    std::sort(names.begin(), names.end());
    for (auto it = names.begin(); (it = std::adjacent_find(it, names.end())) != names.end(); ++it) {
      Fail("Two fields read " + *it + "; rename one.");
    }
  }

  void RefuseUnknown(const Type& type, const std::vector<std::string>& names) {
    std::set<std::string> written;
    if (naming_ == Naming::kKeys) {
      for (std::string& name : source_.NamesWith("")) written.insert(std::move(name));
    } else {
      for (const Member& member : type.members) {
        if (StructIn(*member.type) == nullptr) continue;
        for (std::string& name : source_.NamesWith(NameOf("", member) + "__")) {
          if (Find(name)) written.insert(std::move(name));
        }
      }
    }
    for (const std::string& name : written) {
      if (std::find(names.begin(), names.end(), name) != names.end()) continue;
      std::string hint = DidYouMean(name, names);
      if (hint.empty())
        hint = names.empty() ? " There are none." : " There are: " + Join(names) + ".";
      Fail("There is no setting '" + ShowName(name) + "'." + hint);
    }
  }

  static std::string Join(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
    return text;
  }

  void LoadFields(const Type& type, void* object, std::string_view parent) {
    for (const Member& member : type.members) {
      const std::string name = NameOf(parent, member);
      if (naming_ == Naming::kVariables && IsReserved(name)) {
        Fail("The field '" + std::string(FieldOf(member)) + "' would read " + name +
             ", which means something to the system; rename it.");
      } else if (const Type* inner = StructIn(*member.type)) {
        LoadStruct(type, object, member, *inner, name);
      } else {
        LoadField(type, object, member, name);
      }
    }
  }

  static bool IsReserved(std::string_view name) {
    constexpr std::array<std::string_view, 4> kReserved = {"PATH", "HOME", "USER", "LANG"};
    return std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
  }

  void LoadField(const Type& owner, void* object, const Member& member, const std::string& name) {
    const auto text = Find(name);
    if (!text) {
      if (member.constraints->required) FailAbsent(member, name);
      values_.push_back({name, serving::ShowValue(*member.type, member.In(object), kShownInReport),
                         SettingOrigin::kDefault});
      return;
    }
    if (const auto wrong = serving::ReadSetting(owner, object, member, *text)) {
      Fail(name + " says '" + serving::ShowGiven(*member.type, *text, kShownInError) + "'; " +
           *wrong);
    }
    values_.push_back(
        {name, serving::ShowGiven(*member.type, *text, kShownInReport),
         naming_ == Naming::kKeys ? SettingOrigin::kOverride : SettingOrigin::kEnvironment});
  }

  // A struct is given as JSON, or field by field.
  void LoadStruct(const Type& owner, void* object, const Member& member, const Type& inner,
                  const std::string& name) {
    std::vector<std::string> names;
    CollectNames(inner, name, names);
    const auto given = std::find_if(names.begin(), names.end(), [this](const std::string& field) {
      return Find(field).has_value();
    });
    if (Find(name)) {
      if (given != names.end()) Fail(name + " and " + *given + " are both set; keep one of them.");
      LoadField(owner, object, member, name);
      return;
    }
    const bool absent = given == names.end();
    if (absent && member.constraints->required) {
      FailAbsent(member, name);
      return;
    }
    void* place = member.In(object);
    if (member.type->kind == Kind::kOptional) {
      void* value = const_cast<void*>(member.type->optional->get(place));
      if (value == nullptr && absent) {
        values_.push_back({name, "", SettingOrigin::kDefault});
        return;
      }
      place = value != nullptr ? value : member.type->optional->emplace(place);
    }
    LoadFields(inner, place, name);
  }

  void FailAbsent(const Member& member, const std::string& name) {
    Fail(name + " must be set; it takes " +
         serving::DescribeAllowed(*member.type, *member.constraints) + ".");
  }

  const SettingsSource& source_;
  const Naming naming_;
  const std::string prefix_;
  std::vector<Fault> faults_;
  std::vector<SettingValue> values_;
};

}  // namespace

SettingsRecording::SettingsRecording(SettingsReport& report) noexcept
    : outer_(std::exchange(current_report, &report)) {}
SettingsRecording::~SettingsRecording() { current_report = outer_; }

namespace serving {

Result<void> LoadSettings(const schema::Type& type, void* settings,
                          const SettingsOptions& options) {
  const EnvironmentSettings environment;
  const SettingsSource& source = options.source != nullptr ? *options.source : environment;
  return Loader(source, Naming::kVariables, options.prefix).Load(type, settings);
}

Result<void> ParseSettings(const schema::Type& type, void* settings, SettingsWords words) {
  std::map<std::string, std::string> keys;
  std::set<std::string> twice;
  for (const auto& [key, value] : words) {
    if (!keys.emplace(key, value).second) twice.insert(key);
  }
  const MapSettings source(std::move(keys));
  Loader loader(source, Naming::kKeys, "");
  for (const std::string& key : twice) loader.Fail("'" + ShowName(key) + "' is given twice.");
  return loader.Load(type, settings);
}

}  // namespace serving
}  // namespace tenon
