// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <limits>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

#include "schema/binary.hpp"
#include "schema/binary_form.hpp"
#include "schema/element_count.hpp"
#include "schema/element_types.hpp"
#include "tenon/schema/raw_json.hpp"
#include "tenon/schema/record.hpp"
#include "tenon/schema/secret.hpp"

namespace tenon::schema {
namespace {

// False: the payload is no payload of the type.
class BinaryReader {
 public:
  BinaryReader(std::span<const std::byte> payload, const std::shared_ptr<const void>& owner)
      : payload_(payload), owner_(owner) {}

  bool IsAtEnd() const noexcept { return position_ == payload_.size(); }
  std::size_t Position() const noexcept { return position_; }

  bool Read(const Type& type, void* object, std::size_t depth) {
    std::uint8_t byte = 0;
    if (depth > kMaxBinaryDepth || !ReadByte(byte) || byte > kLastForm) return false;
    return ReadAs(static_cast<Form>(byte), type, object, depth);
  }

 private:
  std::size_t Left() const noexcept { return payload_.size() - position_; }
  bool ReadByte(std::uint8_t& byte) {
    if (Left() == 0) return false;
    byte = static_cast<std::uint8_t>(payload_[position_++]);
    return true;
  }
  bool ReadVarint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      std::uint8_t byte = 0;
      if (!ReadByte(byte)) return false;
      if (shift == 63 && byte > 1) return false;
      value |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }
  // So many bytes, each thing taking `least` of them at least.
  bool ReadCount(std::size_t& count, std::size_t least) {
    std::uint64_t value = 0;
    if (!ReadVarint(value) || value > Left() / least) return false;
    count = static_cast<std::size_t>(value);
    return true;
  }
  bool Take(std::size_t size, const std::byte*& data) {
    if (size > Left()) return false;
    data = payload_.data() + position_;
    position_ += size;
    return true;
  }
  bool TakeText(std::string_view& text) {
    std::size_t size = 0;
    const std::byte* data = nullptr;
    if (!ReadCount(size, 1) || !Take(size, data)) return false;
    text = {reinterpret_cast<const char*>(data), size};
    return true;
  }

  bool ReadAs(Form form, const Type& type, void* object, std::size_t depth) {
    switch (type.kind) {
      case Kind::kOptional:
        if (form == Form::kNull) {
          // What was there before is gone: made anew, empty.
          type.value->destroy(type, object);
          type.value->construct(type, object);
          return true;
        }
        return depth < kMaxBinaryDepth &&
               ReadAs(form, *type.element, type.optional->emplace(object), depth + 1);
      case Kind::kBool:
        if (form != Form::kTrue && form != Form::kFalse) return false;
        *static_cast<bool*>(object) = form == Form::kTrue;
        return true;
      case Kind::kInteger:
      case Kind::kNumber:
      case Kind::kDuration: return ReadNumber(form, type.representation, object);
      case Kind::kEnum: return ReadEnum(form, type, object);
      case Kind::kString:
      case Kind::kPath:
      case Kind::kSecret:
      case Kind::kJson:
      case Kind::kBytes: return form == Form::kText && ReadText(type.kind, object);
      case Kind::kList:
        if (form == Form::kPacked) return ReadPackedList(type, object);
        return form == Form::kList && ReadList(type, object, depth);
      case Kind::kArray: return form == Form::kList && ReadArray(type, object, depth);
      case Kind::kMap: return form == Form::kMap && ReadMap(type, object, depth);
      case Kind::kStruct: return form == Form::kStruct && ReadStruct(type, object, depth);
      case Kind::kTensor: return form == Form::kTensor && ReadTensor(type, object);
      case Kind::kRecord: {
        auto& record = *static_cast<Record*>(object);
        if (form == Form::kNull) return record.RecordType() == nullptr;
        return form == Form::kStruct && record.RecordType() != nullptr &&
               ReadStruct(*record.RecordType(), record.Data(), depth);
      }
    }
    return false;
  }

  bool ReadNumber(Form form, ElementType representation, void* object) {
    switch (form) {
      case Form::kSigned: {
        std::uint64_t raw = 0;
        if (!ReadVarint(raw)) return false;
        const auto value = static_cast<std::int64_t>(raw >> 1U ^ (~(raw & 1U) + 1U));
        return Store(representation, value, object);
      }
      case Form::kUnsigned: {
        std::uint64_t value = 0;
        return ReadVarint(value) && Store(representation, value, object);
      }
      case Form::kFloat32: return ReadFloating<float>(representation, object);
      case Form::kFloat64: return ReadFloating<double>(representation, object);
      default: return false;
    }
  }
  template <class Number>
  bool ReadFloating(ElementType representation, void* object) {
    Number value{};
    const std::byte* data = nullptr;
    if (!Take(sizeof value, data)) return false;
    std::memcpy(&value, data, sizeof value);
    if (representation == ElementType::kFloat64) {
      *static_cast<double*>(object) = static_cast<double>(value);
      return true;
    }
    // What a double says that does not fit a float becomes infinite there.
    if (representation != ElementType::kFloat32) return false;
    *static_cast<float*>(object) = static_cast<float>(value);
    return true;
  }
  template <class Number>
  static bool Store(ElementType representation, Number value, void* object) {
    return VisitElementType(representation, [&]<class T>(std::type_identity<T>) {
      if constexpr (std::is_same_v<T, std::string> || std::is_same_v<T, bool>) {
        return false;
      } else if constexpr (std::is_floating_point_v<T>) {
        *static_cast<T*>(object) = static_cast<T>(value);
        return true;
      } else {
        if (!std::in_range<T>(value)) return false;
        *static_cast<T*>(object) = static_cast<T>(value);
        return true;
      }
    });
  }

  bool ReadEnum(Form form, const Type& type, void* object) {
    if (form != Form::kText) return ReadNumber(form, type.representation, object);
    std::string_view name;
    if (!TakeText(name)) return false;
    for (const Enumerator& enumerator : type.enumerators) {
      if (enumerator.name != name) continue;
      StoreInteger(type.representation, enumerator.value, object);
      return true;
    }
    return false;
  }

  bool ReadText(Kind kind, void* object) {
    std::string_view text;
    if (!TakeText(text)) return false;
    switch (kind) {
      case Kind::kPath: *static_cast<std::filesystem::path*>(object) = std::string(text); break;
      case Kind::kSecret: *static_cast<Secret*>(object) = Secret(std::string(text)); break;
      case Kind::kJson: static_cast<RawJson*>(object)->text = text; break;
      case Kind::kBytes: {
        const bool is_shared = owner_ != nullptr && text.size() >= kSharedFrom;
        *static_cast<Bytes*>(object) =
            is_shared ? Bytes(owner_, std::as_bytes(std::span(text))) : Bytes::Copy(text);
        break;
      }
      default: static_cast<std::string*>(object)->assign(text); break;
    }
    return true;
  }

  bool ReadPackedList(const Type& type, void* object) {
    std::uint8_t element = 0;
    if (!ReadByte(element) || type.list->append_block == nullptr ||
        static_cast<ElementType>(element) != type.element->representation) {
      return false;
    }
    const std::size_t width = ElementSize(type.element->representation);
    std::size_t count = 0;
    const std::byte* data = nullptr;
    if (!ReadCount(count, width) || !Take(count * width, data)) return false;
    type.list->clear(object);
    if (count == 0) return true;
    if (type.element->representation != ElementType::kBool) {
      // Elements need not be aligned where they stand.
      const auto copy = std::make_unique_for_overwrite<std::byte[]>(count * width);
      std::memcpy(copy.get(), data, count * width);
      type.list->append_block(object, copy.get(), count);
      return true;
    }
    // Any byte but 0 is true; only 0 and 1 are bools.
    for (std::size_t i = 0; i < count; ++i) {
      const bool value = data[i] != std::byte{0};
      type.list->append_block(object, &value, 1);
    }
    return true;
  }

  bool ReadList(const Type& type, void* object, std::size_t depth) {
    std::size_t count = 0;
    if (type.list->append == nullptr || !ReadCount(count, 1)) return false;
    type.list->clear(object);
    for (std::size_t i = 0; i < count; ++i) {
      if (!Read(*type.element, type.list->append(object), depth + 1)) return false;
    }
    return true;
  }

  bool ReadArray(const Type& type, void* object, std::size_t depth) {
    std::size_t count = 0;
    if (!ReadCount(count, 1) || count != type.length) return false;
    auto* at = static_cast<std::byte*>(object);
    for (std::size_t i = 0; i < count; ++i) {
      if (!Read(*type.element, at + i * type.element->size, depth + 1)) return false;
    }
    return true;
  }

  bool ReadMap(const Type& type, void* object, std::size_t depth) {
    std::size_t count = 0;
    if (!ReadCount(count, 2)) return false;
    type.map->clear(object);
    for (std::size_t i = 0; i < count; ++i) {
      std::string_view key;
      if (!TakeText(key)) return false;
      void* const value = type.map->insert(object, std::string(key));
      if (value == nullptr || !Read(*type.element, value, depth + 1)) return false;
    }
    return true;
  }

  bool ReadStruct(const Type& type, void* object, std::size_t depth) {
    std::size_t count = 0;
    if (!ReadCount(count, sizeof(std::uint32_t) + 1)) return false;
    std::size_t expected = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::byte* data = nullptr;
      std::uint32_t name = 0;
      if (!Take(sizeof name, data)) return false;
      std::memcpy(&name, data, sizeof name);
      const Member* member = FindMember(type.members, expected, name);
      if (member == nullptr ? !Skip(depth + 1)
                            : !Read(*member->type, member->In(object), depth + 1)) {
        return false;
      }
    }
    return true;
  }
  // Both sides mostly have the same fields in the same order.
  static const Member* FindMember(std::span<const Member> members, std::size_t& expected,
                                  std::uint32_t name) {
    for (std::size_t i = 0; i < members.size(); ++i) {
      const std::size_t index = (expected + i) % members.size();
      if (BinaryName(members[index].name) != name) continue;
      expected = index + 1;
      return &members[index];
    }
    return nullptr;
  }

  struct TensorHead {
    ElementType type = ElementType::kFloat32;
    std::vector<std::int64_t> shape;
    std::size_t count = 0;
  };
  bool ReadTensorHead(TensorHead& head) {
    std::uint8_t element = 0;
    std::size_t rank = 0;
    if (!ReadByte(element) || element > static_cast<std::uint8_t>(ElementType::kString) ||
        !ReadCount(rank, 1)) {
      return false;
    }
    head.type = static_cast<ElementType>(element);
    for (std::size_t i = 0; i < rank; ++i) {
      std::uint64_t length = 0;
      if (!ReadVarint(length) || !std::in_range<std::int64_t>(length)) return false;
      head.shape.push_back(static_cast<std::int64_t>(length));
    }
    const std::optional<std::size_t> count = CountElements(head.shape);
    head.count = count.value_or(0);
    return count.has_value();
  }
  bool SkipPadding() {
    const std::size_t padding =
        (kTensorAlignment - position_ % kTensorAlignment) % kTensorAlignment;
    const std::byte* zeros = nullptr;
    return Take(padding, zeros);
  }

  bool ReadTensor(const Type& type, void* object) {
    TensorHead head;
    if (!ReadTensorHead(head)) return false;
    if (head.type != type.representation) return false;
    if (head.type == ElementType::kString) {
      if (head.count > Left()) return false;
      AnyTensor tensor = AnyTensor::Create(head.type, std::move(head.shape));
      for (std::string& text : tensor.Strings()) {
        std::string_view view;
        if (!TakeText(view)) return false;
        text = view;
      }
      type.tensor->assign(object, std::move(tensor));
      return true;
    }
    const std::size_t width = ElementSize(head.type);
    const std::byte* data = nullptr;
    if (!SkipPadding() || head.count > Left() / width || !Take(head.count * width, data)) {
      return false;
    }
    const bool is_aligned = reinterpret_cast<std::uintptr_t>(data) % kTensorAlignment == 0;
    const std::size_t size = head.count * width;
    if (owner_ != nullptr && is_aligned && size >= kSharedFrom && head.type != ElementType::kBool) {
      // The reader's owner is alone with the payload, so a tensor may write where it stands.
      type.tensor->assign(object, AnyTensor::Wrap(head.type, std::move(head.shape),
                                                  const_cast<std::byte*>(data), owner_));
      return true;
    }
    AnyTensor tensor = AnyTensor::Create(head.type, std::move(head.shape));
    if (head.type == ElementType::kBool) {
      auto* const to = static_cast<bool*>(tensor.data());
      for (std::size_t i = 0; i < head.count; ++i) to[i] = data[i] != std::byte{0};
    } else if (size > 0) {
      std::memcpy(tensor.data(), data, size);
    }
    type.tensor->assign(object, std::move(tensor));
    return true;
  }

  // A value of a field that the type does not have.
  bool Skip(std::size_t depth) {
    std::uint8_t byte = 0;
    if (depth > kMaxBinaryDepth || !ReadByte(byte) || byte > kLastForm) return false;
    std::uint64_t number = 0;
    std::size_t count = 0;
    std::string_view text;
    const std::byte* data = nullptr;
    switch (static_cast<Form>(byte)) {
      case Form::kNull:
      case Form::kFalse:
      case Form::kTrue: return true;
      case Form::kSigned:
      case Form::kUnsigned: return ReadVarint(number);
      case Form::kFloat32: return Take(sizeof(float), data);
      case Form::kFloat64: return Take(sizeof(double), data);
      case Form::kText: return TakeText(text);
      case Form::kPacked: {
        std::uint8_t element = 0;
        if (!ReadByte(element) || element >= static_cast<std::uint8_t>(ElementType::kString)) {
          return false;
        }
        const std::size_t width = ElementSize(static_cast<ElementType>(element));
        return ReadCount(count, width) && Take(count * width, data);
      }
      case Form::kList:
        if (!ReadCount(count, 1)) return false;
        for (; count > 0; --count) {
          if (!Skip(depth + 1)) return false;
        }
        return true;
      case Form::kMap:
        if (!ReadCount(count, 2)) return false;
        for (; count > 0; --count) {
          if (!TakeText(text) || !Skip(depth + 1)) return false;
        }
        return true;
      case Form::kStruct:
        if (!ReadCount(count, sizeof(std::uint32_t) + 1)) return false;
        for (; count > 0; --count) {
          if (!Take(sizeof(std::uint32_t), data) || !Skip(depth + 1)) return false;
        }
        return true;
      case Form::kTensor: return SkipTensor();
    }
    return false;
  }
  bool SkipTensor() {
    TensorHead head;
    const std::byte* data = nullptr;
    if (!ReadTensorHead(head)) return false;
    if (head.type == ElementType::kString) {
      if (head.count > Left()) return false;
      std::string_view text;
      for (; head.count > 0; --head.count) {
        if (!TakeText(text)) return false;
      }
      return true;
    }
    const std::size_t width = ElementSize(head.type);
    return SkipPadding() && head.count <= Left() / width && Take(head.count * width, data);
  }

  const std::span<const std::byte> payload_;
  const std::shared_ptr<const void>& owner_;
  std::size_t position_ = 0;
};

}  // namespace

Result<> ReadBinary(const Type& type, void* object, std::span<const std::byte> payload,
                    const std::shared_ptr<const void>& owner) {
  try {
    BinaryReader reader(payload, owner);
    if (reader.Read(type, object, 0) && reader.IsAtEnd()) return {};
    return Error(ErrorCode::kMalformed,
                 "A message between replicas is not what its receiver takes: do all run the same "
                 "module?")
        .WithPrivateDetail("at byte " + std::to_string(reader.Position()) + " of " +
                           std::to_string(payload.size()) + ", as " + std::string(type.name));
  } catch (...) {
    // Shapes that cannot be, and memory that there is not.
    return ErrorFromCurrentException();
  }
}

}  // namespace tenon::schema
