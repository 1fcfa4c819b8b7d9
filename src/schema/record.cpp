// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/record.hpp"

#include <algorithm>
#include <deque>
#include <new>
#include <vector>

namespace tenon::schema {
namespace {

void* LocateByOffset(void* object, std::size_t offset) {
  return static_cast<std::byte*>(object) + offset;
}

void DestroyMembers(const Type& type, void* object, std::size_t count) noexcept {
  for (std::size_t i = count; i > 0; --i) {
    const Member& member = type.members[i - 1];
    member.type->value->destroy(*member.type, member.In(object));
  }
}

// Makes one member after the other; what was made is ended again when one throws.
template <class Make>
void MakeMembers(const Type& type, void* place, Make make) {
  std::size_t made = 0;
  try {
    for (; made < type.members.size(); ++made) make(type.members[made]);
  } catch (...) {
    DestroyMembers(type, place, made);
    throw;
  }
}

constexpr ValueOperations kRecordOperations{
    .construct =
        [](const Type& type, void* place) {
          MakeMembers(type, place, [&](const Member& member) {
            member.type->value->construct(*member.type, member.In(place));
          });
        },
    .copy =
        [](const Type& type, void* place, const void* other) {
          MakeMembers(type, place, [&](const Member& member) {
            member.type->value->copy(*member.type, member.In(place), member.In(other));
          });
        },
    .destroy = [](const Type& type,
                  void* object) noexcept { DestroyMembers(type, object, type.members.size()); },
};

std::size_t RoundUp(std::size_t value, std::size_t to) { return (value + to - 1) / to * to; }

}  // namespace

struct TypeBuilder::Content {
  Type type;
  std::vector<Member> members;
  std::deque<std::string> texts;  // Stable addresses for the views.
  std::deque<Constraints> constraints;
  std::vector<std::shared_ptr<const Type>> nested;

  std::string_view Keep(std::string_view text) { return texts.emplace_back(text); }
};

TypeBuilder::TypeBuilder(std::string_view name) : content_(std::make_shared<Content>()) {
  content_->type.kind = Kind::kStruct;
  content_->type.name = content_->Keep(name);
  content_->type.value = &kRecordOperations;
}
TypeBuilder::~TypeBuilder() = default;
TypeBuilder::TypeBuilder(TypeBuilder&& other) noexcept = default;
TypeBuilder& TypeBuilder::operator=(TypeBuilder&& other) noexcept = default;

TypeBuilder& TypeBuilder::Description(std::string_view text) {
  content_->type.description = content_->Keep(text);
  return *this;
}

TypeBuilder& TypeBuilder::Add(std::string_view name, const Type& type,
                              const Constraints& constraints) {
  Constraints& kept = content_->constraints.emplace_back(constraints);
  kept.description = content_->Keep(constraints.description);
  kept.default_value.text = content_->Keep(constraints.default_value.text);
  std::string key;
  WriteJsonString(name, key);
  key.push_back(':');
  content_->members.push_back({.name = content_->Keep(name),
                               .key = content_->Keep(key),
                               .type = &type,
                               .locate = &LocateByOffset,
                               .offset = 0,
                               .constraints = &kept});
  return *this;
}

TypeBuilder& TypeBuilder::Add(std::string_view name, std::shared_ptr<const Type> type,
                              const Constraints& constraints) {
  Add(name, *type, constraints);
  content_->nested.push_back(std::move(type));
  return *this;
}

std::shared_ptr<const Type> TypeBuilder::Build() {
  const std::shared_ptr<Content> content = std::move(content_);
  if (content->members.size() > kMaxFields) {
    throw Error(ErrorCode::kInvalid, "The record '" + std::string(content->type.name) + "' has " +
                                         std::to_string(content->members.size()) +
                                         " fields; the most is " + std::to_string(kMaxFields) +
                                         ". Use a tensor.");
  }
  std::vector<std::string_view> names;
  std::size_t offset = 0;
  for (Member& member : content->members) {
    names.push_back(member.name);
    offset = RoundUp(offset, member.type->alignment);
    member.offset = offset;
    offset += member.type->size;
    content->type.alignment = std::max(content->type.alignment, member.type->alignment);
  }
  std::sort(names.begin(), names.end());
  if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end()) {
    throw Error(ErrorCode::kInvalid, "The record '" + std::string(content->type.name) +
                                         "' has two fields named '" + std::string(*twice) + "'.");
  }
  content->type.size = RoundUp(offset, content->type.alignment);
  content->type.members = content->members;
  return {content, &content->type};
}

bool SameType(const Type& a, const Type& b) noexcept {
  if (&a == &b) return true;
  if (a.kind != b.kind || a.size != b.size || a.alignment != b.alignment || a.name != b.name ||
      a.representation != b.representation || a.length != b.length ||
      a.period.numerator != b.period.numerator || a.period.denominator != b.period.denominator ||
      a.members.size() != b.members.size() || (a.element == nullptr) != (b.element == nullptr)) {
    return false;
  }
  // Types contain themselves through structs only, and these are known by name and fields.
  return a.element == nullptr || SameType(*a.element, *b.element);
}

Record::Record(std::shared_ptr<const Type> type) : type_(std::move(type)) {
  data_ = ::operator new(type_->size, std::align_val_t(type_->alignment));
  try {
    type_->value->construct(*type_, data_);
  } catch (...) {
    ::operator delete(data_, std::align_val_t(type_->alignment));
    throw;
  }
}

Record::Record(const Record& other) : type_(other.type_) {
  if (type_ == nullptr) return;
  data_ = ::operator new(type_->size, std::align_val_t(type_->alignment));
  try {
    type_->value->copy(*type_, data_, other.data_);
  } catch (...) {
    ::operator delete(data_, std::align_val_t(type_->alignment));
    throw;
  }
}

Record::Record(Record&& other) noexcept
    : type_(std::move(other.type_)), data_(std::exchange(other.data_, nullptr)) {}

Record& Record::operator=(const Record& other) {
  if (this != &other) *this = Record(other);
  return *this;
}

Record& Record::operator=(Record&& other) noexcept {
  if (this != &other) {
    Destroy();
    type_ = std::move(other.type_);
    data_ = std::exchange(other.data_, nullptr);
  }
  return *this;
}

Record::~Record() { Destroy(); }

void Record::Destroy() noexcept {
  if (data_ == nullptr) return;
  type_->value->destroy(*type_, data_);
  ::operator delete(data_, std::align_val_t(type_->alignment));
  data_ = nullptr;
}

void* Record::Find(std::string_view name, const Type& type) {
  if (type_ != nullptr) {
    for (const Member& member : type_->members) {
      if (member.name != name) continue;
      if (SameType(*member.type, type)) return member.In(data_);
      throw Error(ErrorCode::kInternal, "The record's field is of another type.")
          .WithPrivateDetail("field '" + std::string(name) + "'");
    }
  }
  throw Error(ErrorCode::kInternal, "The record has no such field.")
      .WithPrivateDetail("field '" + std::string(name) + "'");
}

Result<Record> ReadRecord(std::shared_ptr<const Type> type, JsonText text) {
  Record record(std::move(type));
  auto read = ReadJson(*record.RecordType(), record.Data(), text);
  if (!read) return std::move(read).Error();
  return record;
}

}  // namespace tenon::schema
