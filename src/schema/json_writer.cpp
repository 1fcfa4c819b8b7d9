// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <type_traits>

#include "schema/base64.hpp"
#include "schema/element_types.hpp"
#include "schema/number_text.hpp"
#include "tenon/schema/bytes.hpp"
#include "tenon/schema/json.hpp"
#include "tenon/schema/raw_json.hpp"
#include "tenon/schema/record.hpp"

namespace tenon::schema {
namespace {

// A piece of output on the stack, so that many small numbers do not each go through a string.
class Block {
 public:
  explicit Block(std::string& out) noexcept : out_(out) {}
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;

  void Put(char c) {
    if (end_ == text_.data() + text_.size()) Flush();
    *end_++ = c;
  }
  template <class T>
  void PutElement(const T& value) {
    if (end_ > text_.data() + text_.size() - kLongestNumber) Flush();
    if constexpr (std::is_same_v<T, bool>) {
      const std::string_view word = value ? "true" : "false";
      end_ = std::copy(word.begin(), word.end(), end_);
    } else if constexpr (std::is_same_v<T, std::string>) {
      Flush();
      WriteJsonString(value, out_);
    } else if constexpr (std::is_floating_point_v<T>) {
      end_ = PutNumber(end_, value);
    } else if constexpr (std::is_signed_v<T>) {
      end_ = PutNumber(end_, std::int64_t{value});
    } else {
      end_ = PutNumber(end_, std::uint64_t{value});
    }
  }

  // REQUIRES: called at the end; a destructor could not throw.
  void Flush() {
    out_.append(text_.data(), end_);
    end_ = text_.data();
  }

 private:
  std::string& out_;
  std::array<char, 1024> text_;
  char* end_ = text_.data();
};

template <class T>
const T* PutTensor(std::span<const std::int64_t> shape, const T* element, Block& block) {
  if (shape.empty()) {
    block.PutElement(*element);
    return element + 1;
  }
  block.Put('[');
  for (std::int64_t i = 0; i < shape.front(); ++i) {
    if (i > 0) block.Put(',');
    element = PutTensor(shape.subspan(1), element, block);
  }
  block.Put(']');
  return element;
}

void WriteTensor(const AnyTensor& tensor, std::string& out) {
  VisitElementType(tensor.Type(), [&]<class T>(std::type_identity<T>) {
    Block block(out);
    PutTensor(std::span<const std::int64_t>(tensor.Shape()), static_cast<const T*>(tensor.data()),
              block);
    block.Flush();
  });
}

void WriteNumber(ElementType type, const void* object, std::string& out) {
  VisitElementType(type, [&]<class T>(std::type_identity<T>) {
    if constexpr (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) {
      using Wide =
          std::conditional_t<std::is_floating_point_v<T>, T,
                             std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>>;
      std::array<char, kLongestNumber> text;
      out.append(text.data(), PutNumber(text.data(), Wide{*static_cast<const T*>(object)}));
    }
  });
}

void WriteEnum(const Type& type, const void* object, std::string& out) {
  const std::int64_t value = LoadInteger(type.representation, object);
  for (const Enumerator& enumerator : type.enumerators) {
    if (enumerator.value == value) return WriteJsonString(enumerator.name, out);
  }
  WriteNumber(type.representation, object, out);
}

void WriteElements(const Type& element, const void* first, std::size_t count, std::string& out) {
  const auto* at = static_cast<const std::byte*>(first);
  out += '[';
  for (std::size_t i = 0; i < count; ++i, at += element.size) {
    if (i > 0) out += ',';
    WriteJson(element, at, out);
  }
  out += ']';
}

void WriteList(const Type& type, const void* list, std::string& out) {
  const std::size_t size = type.list->size(list);
  if (type.list->copy_block == nullptr) {
    return WriteElements(*type.element, type.list->data(list), size, out);
  }
  VisitElementType(type.element->representation, [&]<class T>(std::type_identity<T>) {
    if constexpr (std::is_arithmetic_v<T>) {
      constexpr std::size_t kBlock = 256;
      std::array<T, kBlock> elements;
      Block block(out);
      block.Put('[');
      for (std::size_t i = 0; i < size; ++i) {
        if (i % kBlock == 0) {
          type.list->copy_block(list, i, std::min(kBlock, size - i), elements.data());
        }
        if (i > 0) block.Put(',');
        block.PutElement(elements[i % kBlock]);
      }
      block.Put(']');
      block.Flush();
    }
  });
}

void WriteMap(const Type& type, const void* map, std::string& out) {
  struct Context {
    const Type& element;
    std::string& out;
    bool is_first;
  } context{*type.element, out, true};
  out += '{';
  type.map->each(map, &context, [](void* opaque, std::string_view key, const void* value) {
    auto& to = *static_cast<Context*>(opaque);
    if (!to.is_first) to.out += ',';
    to.is_first = false;
    WriteJsonString(key, to.out);
    to.out += ':';
    WriteJson(to.element, value, to.out);
  });
  out += '}';
}

void WriteStruct(const Type& type, const void* object, std::string& out) {
  char before = '{';
  for (const Member& member : type.members) {
    out += before;
    before = ',';
    out += member.key;
    WriteJson(*member.type, member.In(object), out);
  }
  if (before == '{') out += '{';
  out += '}';
}

void WriteOptional(const Type& type, const void* object, std::string& out) {
  const void* const content = type.optional->get(object);
  if (content == nullptr) {
    out += "null";
  } else {
    WriteJson(*type.element, content, out);
  }
}

}  // namespace

void WriteJson(const Type& type, const void* object, std::string& out) {
  switch (type.kind) {
    case Kind::kBool: out += *static_cast<const bool*>(object) ? "true" : "false"; return;
    case Kind::kInteger:
    case Kind::kNumber: return WriteNumber(type.representation, object, out);
    case Kind::kString: return WriteJsonString(*static_cast<const std::string*>(object), out);
    case Kind::kPath:
      return WriteJsonString(static_cast<const std::filesystem::path*>(object)->native(), out);
    case Kind::kSecret: out += "\"***\""; return;
    case Kind::kEnum: return WriteEnum(type, object, out);
    case Kind::kDuration: return AppendSeconds(type, object, out);
    case Kind::kBytes: {
      const auto& bytes = *static_cast<const Bytes*>(object);
      out += '"';
      EncodeBase64({bytes.data(), bytes.size()}, out);
      out += '"';
      return;
    }
    case Kind::kJson: {
      const std::string& text = static_cast<const RawJson*>(object)->text;
      out += text.empty() ? "null" : text;
      return;
    }
    case Kind::kOptional: return WriteOptional(type, object, out);
    case Kind::kList: return WriteList(type, object, out);
    case Kind::kArray: return WriteElements(*type.element, object, type.length, out);
    case Kind::kMap: return WriteMap(type, object, out);
    case Kind::kStruct: return WriteStruct(type, object, out);
    case Kind::kTensor: return WriteTensor(type.tensor->get(object), out);
    case Kind::kRecord: {
      const auto& record = *static_cast<const Record*>(object);
      if (record.RecordType() == nullptr) {
        out += "null";
      } else {
        WriteStruct(*record.RecordType(), record.Data(), out);
      }
      return;
    }
  }
}

}  // namespace tenon::schema
