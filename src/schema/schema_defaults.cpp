// SPDX-License-Identifier: Apache-2.0
#include "schema/schema_defaults.hpp"

#include <memory>
#include <new>

#include "schema/limits.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::schema {
namespace {

// A value of a type that is known at run time only.
class Sample {
 public:
  explicit Sample(const Type& type)
      : type_(type), memory_(::operator new(type.size, std::align_val_t(type.alignment))) {
    try {
      type_.value->construct(type_, memory_);
    } catch (...) {
      Free();
      throw;
    }
  }
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;
  ~Sample() {
    type_.value->destroy(type_, memory_);
    Free();
  }
  const void* Get() const noexcept { return memory_; }

 private:
  void Free() noexcept { ::operator delete(memory_, std::align_val_t(type_.alignment)); }

  const Type& type_;
  void* const memory_;
};

const Type& WithoutOptional(const Type& type) {
  return type.kind == Kind::kOptional ? *type.element : type;
}

std::string EnumeratorJson(const Type& type, std::int64_t value) {
  for (const Enumerator& enumerator : type.enumerators) {
    if (enumerator.value != value) continue;
    std::string json;
    WriteJsonString(enumerator.name, json);
    return json;
  }
  return std::to_string(value);
}

}  // namespace

std::optional<std::string> DefaultJson(const Type& owner, const Member& member) {
  const DefaultValue& value = member.constraints->default_value;
  const Type& type = WithoutOptional(*member.type);
  if (type.kind == Kind::kSecret) return std::nullopt;
  std::string json;
  switch (value.source) {
    case DefaultValue::Source::kNone: return std::nullopt;
    case DefaultValue::Source::kBool: return value.boolean ? "true" : "false";
    case DefaultValue::Source::kText: WriteJsonString(value.text, json); return json;
    case DefaultValue::Source::kInteger:
      if (type.kind == Kind::kEnum) {
        return EnumeratorJson(type, static_cast<std::int64_t>(value.number));
      }
      return LimitText(type, value.number);
    case DefaultValue::Source::kNumber: return LimitText(type, value.number);
    case DefaultValue::Source::kInitializer: {
      if (owner.value == nullptr) return std::nullopt;
      const Sample sample(owner);
      WriteJson(*member.type, member.In(sample.Get()), json);
      return json;
    }
  }
  return std::nullopt;
}

}  // namespace tenon::schema
