// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <type_traits>

#include "schema/binary.hpp"
#include "schema/binary_form.hpp"
#include "schema/element_types.hpp"
#include "tenon/schema/raw_json.hpp"
#include "tenon/schema/record.hpp"
#include "tenon/schema/secret.hpp"

namespace tenon::schema {
namespace {

class BinaryWriter {
 public:
  explicit BinaryWriter(BinaryOutput out) : out_(out), start_(out.text.size()) {}

  std::size_t Size() const noexcept { return out_.text.size() - start_ + shared_; }

  void Write(const Type& type, const void* object, std::size_t depth) {
    if (depth > kMaxBinaryDepth) {
      throw Error(ErrorCode::kInternal, "A value nests too deeply to be sent to a replica.");
    }
    switch (type.kind) {
      case Kind::kBool:
        Begin(*static_cast<const bool*>(object) ? Form::kTrue : Form::kFalse);
        break;
      case Kind::kInteger:
      case Kind::kNumber:
      case Kind::kDuration: WriteNumber(type.representation, object); break;
      case Kind::kString: WriteText(*static_cast<const std::string*>(object)); break;
      case Kind::kPath:
        WriteText(static_cast<const std::filesystem::path*>(object)->native());
        break;
      case Kind::kSecret: WriteText(static_cast<const Secret*>(object)->Reveal()); break;
      case Kind::kJson: WriteText(static_cast<const RawJson*>(object)->text); break;
      case Kind::kBytes: WriteBytes(*static_cast<const Bytes*>(object)); break;
      case Kind::kEnum: WriteEnum(type, object); break;
      case Kind::kOptional: {
        const void* value = type.optional->get(object);
        if (value == nullptr) {
          Begin(Form::kNull);
        } else {
          Write(*type.element, value, depth + 1);
        }
        break;
      }
      case Kind::kList: WriteList(type, object, depth); break;
      case Kind::kArray: WriteElements(*type.element, object, type.length, depth); break;
      case Kind::kMap: WriteMap(type, object, depth); break;
      case Kind::kStruct: WriteStruct(type, object, depth); break;
      case Kind::kTensor: WriteTensor(type.tensor->get(object)); break;
      case Kind::kRecord: {
        const auto& record = *static_cast<const Record*>(object);
        if (record.RecordType() == nullptr) {
          Begin(Form::kNull);
        } else {
          WriteStruct(*record.RecordType(), record.Data(), depth);
        }
        break;
      }
    }
  }

 private:
  void Begin(Form form) { out_.text.push_back(static_cast<char>(form)); }
  void WriteVarint(std::uint64_t value) {
    while (value >= 0x80) {
      out_.text.push_back(static_cast<char>(value | 0x80U));
      value >>= 7U;
    }
    out_.text.push_back(static_cast<char>(value));
  }
  void WriteRaw(const void* data, std::size_t size) {
    if (size > 0) out_.text.append(static_cast<const char*>(data), size);
  }

  void WriteNumber(ElementType representation, const void* object) {
    VisitElementType(representation, [&]<class T>(std::type_identity<T>) {
      if constexpr (std::is_same_v<T, float> || std::is_same_v<T, double>) {
        Begin(sizeof(T) == 4 ? Form::kFloat32 : Form::kFloat64);
        WriteRaw(object, sizeof(T));
      } else if constexpr (std::is_signed_v<T>) {
        const auto value = std::int64_t{*static_cast<const T*>(object)};
        Begin(Form::kSigned);
        WriteVarint(static_cast<std::uint64_t>(value) << 1U ^
                    static_cast<std::uint64_t>(value >> 63));
      } else if constexpr (std::is_unsigned_v<T>) {
        Begin(Form::kUnsigned);
        WriteVarint(*static_cast<const T*>(object));
      }
    });
  }

  void WriteText(std::string_view text) {
    Begin(Form::kText);
    WriteVarint(text.size());
    WriteRaw(text.data(), text.size());
  }

  // By name: numbers of enumerators move when one is added.
  void WriteEnum(const Type& type, const void* object) {
    const std::int64_t value = LoadInteger(type.representation, object);
    for (const Enumerator& enumerator : type.enumerators) {
      if (enumerator.value == value) return WriteText(enumerator.name);
    }
    WriteNumber(type.representation, object);
  }

  void WriteShared(const void* data, std::size_t size, const std::shared_ptr<const void>& owner) {
    if (size < kSharedFrom || owner == nullptr) return WriteRaw(data, size);
    out_.parts.push_back({.offset = out_.text.size(),
                          .bytes = Bytes(owner, {static_cast<const std::byte*>(data), size})});
    shared_ += size;
  }

  void WriteBytes(const Bytes& bytes) {
    Begin(Form::kText);
    WriteVarint(bytes.size());
    WriteShared(bytes.data(), bytes.size(), bytes.Owner());
  }

  void WriteList(const Type& type, const void* object, std::size_t depth) {
    const ListOperations& list = *type.list;
    const std::size_t count = list.size(object);
    if (list.copy_block != nullptr) {
      const ElementType element = type.element->representation;
      Begin(Form::kPacked);
      out_.text.push_back(static_cast<char>(element));
      WriteVarint(count);
      if (list.data != nullptr) return WriteRaw(list.data(object), count * ElementSize(element));
      // vector<bool>, the only one whose elements are no memory.
      const std::size_t begin = out_.text.size();
      out_.text.resize(begin + count);
      list.copy_block(object, 0, count, out_.text.data() + begin);
      return;
    }
    WriteElements(*type.element, count == 0 ? nullptr : list.data(object), count, depth);
  }

  void WriteElements(const Type& element, const void* first, std::size_t count, std::size_t depth) {
    Begin(Form::kList);
    WriteVarint(count);
    const auto* at = static_cast<const std::byte*>(first);
    for (std::size_t i = 0; i < count; ++i) Write(element, at + i * element.size, depth + 1);
  }

  void WriteMap(const Type& type, const void* object, std::size_t depth) {
    Begin(Form::kMap);
    WriteVarint(type.map->size(object));
    struct Context {
      BinaryWriter* writer;
      const Type* element;
      std::size_t depth;
    } context{this, type.element, depth + 1};
    type.map->each(object, &context, [](void* given, std::string_view key, const void* value) {
      const Context& here = *static_cast<Context*>(given);
      here.writer->WriteVarint(key.size());
      here.writer->WriteRaw(key.data(), key.size());
      here.writer->Write(*here.element, value, here.depth);
    });
  }

  void WriteStruct(const Type& type, const void* object, std::size_t depth) {
    Begin(Form::kStruct);
    WriteVarint(type.members.size());
    for (const Member& member : type.members) {
      const std::uint32_t name = BinaryName(member.name);
      WriteRaw(&name, sizeof name);
      Write(*member.type, member.In(object), depth + 1);
    }
  }

  void WriteTensor(const AnyTensor& tensor) {
    Begin(Form::kTensor);
    out_.text.push_back(static_cast<char>(tensor.Type()));
    WriteVarint(tensor.Rank());
    for (const std::int64_t length : tensor.Shape()) {
      WriteVarint(static_cast<std::uint64_t>(length));
    }
    if (tensor.Type() == ElementType::kString) {
      for (const std::string& text : tensor.Strings()) {
        WriteVarint(text.size());
        WriteRaw(text.data(), text.size());
      }
      return;
    }
    out_.text.append((kTensorAlignment - Size() % kTensorAlignment) % kTensorAlignment, '\0');
    WriteShared(tensor.data(), tensor.ByteSize(), tensor.Owner());
  }

  BinaryOutput out_;
  const std::size_t start_;
  std::size_t shared_ = 0;
};

}  // namespace

std::size_t WriteBinary(const Type& type, const void* object, BinaryOutput out) {
  BinaryWriter writer(out);
  writer.Write(type, object, 0);
  return writer.Size();
}

}  // namespace tenon::schema
