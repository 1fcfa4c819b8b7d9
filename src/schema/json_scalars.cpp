// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <filesystem>
#include <memory>
#include <utility>

#include "schema/base64.hpp"
#include "schema/duration_ticks.hpp"
#include "schema/element_types.hpp"
#include "schema/json_reader.hpp"
#include "schema/limits.hpp"
#include "schema/utf8.hpp"
#include "tenon/schema/bytes.hpp"
#include "tenon/schema/raw_json.hpp"
#include "tenon/schema/secret.hpp"

namespace tenon::schema {
namespace {

bool IsNumber(const Cursor& cursor) { return MayBeNumber(cursor.Peek()) && !cursor.IsAtEnd(); }

}  // namespace

bool Reader::ReadBool(bool& out, const Path* path) {
  const char first = cursor_.Peek();
  if (first != 't' && first != 'f') {
    return Mismatch({.kind = Kind::kBool}, kNoConstraints, path);
  }
  out = first == 't';
  return cursor_.ReadWord(out ? "true" : "false");
}

bool Reader::ReadInteger(const Type& type, const Constraints& constraints, void* object,
                         const Path* path) {
  if (!IsNumber(cursor_)) return Mismatch(type, constraints, path);
  Decimal number;
  std::string_view token;
  if (!cursor_.ReadNumber(number, token)) return false;
  const bool fits = VisitElementType(type.representation, [&]<class T>(std::type_identity<T>) {
    if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
      auto& value = *static_cast<T*>(object);
      return Convert(token, number, value) == Fit::kFits &&
             AllowsInteger(constraints, static_cast<long double>(value));
    } else {
      return false;
    }
  });
  if (!fits) AddMismatch(type, constraints, token, path);
  return true;
}

bool Reader::ReadNumber(const Type& type, const Constraints& constraints, void* object,
                        const Path* path) {
  if (!IsNumber(cursor_)) return Mismatch(type, constraints, path);
  Decimal number;
  std::string_view token;
  if (!cursor_.ReadNumber(number, token)) return false;
  const auto read = [&](auto& value) {
    if (Convert(token, number, value) != Fit::kFits) {
      faults_.Add(path, "expected " + Expected(type, constraints) + ", found " +
                            FoundMisfit(type.representation, token));
    } else if (constraints.LimitsNumber() &&
               !AllowsNumber(type, constraints, static_cast<long double>(value), token)) {
      AddMismatch(type, constraints, token, path);
    }
  };
  if (type.representation == ElementType::kFloat32) {
    read(*static_cast<float*>(object));
  } else {
    read(*static_cast<double*>(object));
  }
  return true;
}

bool Reader::ReadDuration(const Type& type, const Constraints& constraints, void* object,
                          const Path* path) {
  if (!IsNumber(cursor_)) return Mismatch(type, constraints, path);
  Decimal number;
  std::string_view token;
  if (!cursor_.ReadNumber(number, token)) return false;
  const Fit fit = StoreTicks(type, token, number, object);
  if (fit == Fit::kOutOfRange) {
    faults_.Add(path, "expected " + Expected(type, constraints) + ", found " + Shown(token) +
                          ", which is out of range");
  } else if (fit == Fit::kNotWhole ||
             (constraints.LimitsNumber() &&
              !AllowsNumber(type, constraints, AsSeconds(number), token))) {
    AddMismatch(type, constraints, token, path);
  }
  return true;
}

bool Reader::ReadString(const Type& type, const Constraints& constraints, std::string& out,
                        const Path* path) {
  if (cursor_.Peek() != '"') return Mismatch(type, constraints, path);
  if (!cursor_.ReadText(out)) return false;
  if (!constraints.min_length && !constraints.max_length) return true;
  const std::size_t length = CountCharacters(out);
  if (length < constraints.min_length.value_or(0) ||
      length > constraints.max_length.value_or(length)) {
    faults_.Add(path,
                "expected " + Expected(type, constraints) + ", found " + std::to_string(length));
  }
  return true;
}

bool Reader::ReadPath(const Type& type, void* object, const Path* path) {
  if (cursor_.Peek() != '"') return Mismatch(type, kNoConstraints, path);
  const std::string_view token = cursor_.Token();
  std::string text;
  if (!cursor_.ReadText(text)) return false;
  // Every call of the system would take what stands before it.
  if (text.find('\0') != std::string::npos) AddMismatch(type, kNoConstraints, token, path);
  *static_cast<std::filesystem::path*>(object) = std::move(text);
  return true;
}

bool Reader::ReadSecret(const Type& type, void* object, const Path* path) {
  if (cursor_.Peek() != '"') return Mismatch(type, kNoConstraints, path);
  std::string text;
  if (!cursor_.ReadText(text)) return false;
  *static_cast<Secret*>(object) = Secret(std::move(text));
  return true;
}

bool Reader::ReadEnum(const Type& type, void* object, const Path* path) {
  if (cursor_.Peek() != '"') return Mismatch(type, kNoConstraints, path);
  const std::string_view token = cursor_.Token();
  std::string name;
  if (!cursor_.ReadText(name)) return false;
  for (const Enumerator& enumerator : type.enumerators) {
    if (enumerator.name != name) continue;
    StoreInteger(type.representation, enumerator.value, object);
    return true;
  }
  AddMismatch(type, kNoConstraints, token, path);
  return true;
}

bool Reader::ReadBytes(const Type& type, void* object, const Path* path) {
  if (cursor_.Peek() != '"') return Mismatch(type, kNoConstraints, path);
  const std::string_view token = cursor_.Token();
  std::string_view text;
  std::string unescaped;
  // Only few encoders escape the slash.
  if (token.find('\\') == std::string_view::npos) {
    if (!cursor_.ReadRaw(text)) return false;
  } else {
    if (!cursor_.ReadText(unescaped)) return false;
    text = unescaped;
  }
  const auto size = DecodedSize(text);
  const std::shared_ptr<std::byte[]> bytes(size ? new std::byte[*size] : nullptr);
  if (!size || !DecodeBase64(text, bytes.get())) {
    AddMismatch(type, kNoConstraints, token, path);
    return true;
  }
  *static_cast<Bytes*>(object) = Bytes(bytes, std::span<const std::byte>(bytes.get(), *size));
  return true;
}

bool Reader::ReadAnything(void* object) {
  const std::size_t start = cursor_.Offset();
  if (!cursor_.Skip()) return false;
  std::string_view text = cursor_.Text().substr(start, cursor_.Offset() - start);
  // Up to the next token, less the white space before it.
  text = text.substr(0, text.find_last_not_of(" \t\r\n") + 1);
  static_cast<RawJson*>(object)->text = text;
  return true;
}

}  // namespace tenon::schema
