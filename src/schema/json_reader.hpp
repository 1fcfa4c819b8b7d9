// SPDX-License-Identifier: Apache-2.0
#pragma once

// Fills an object from JSON as its Type says. One reader for everything: structs of C++ and records
// made at run time.

#include <string>
#include <string_view>
#include <type_traits>

#include "schema/json_cursor.hpp"
#include "schema/json_faults.hpp"
#include "schema/json_number.hpp"
#include "schema/json_wording.hpp"
#include "tenon/schema/json.hpp"
#include "tenon/schema/type.hpp"

namespace tenon::schema {

// Functions that answer bool are false only when the text is not JSON. A value that is not what the
// type wants is noted as a fault and skipped, so that all faults are found at once.
class Reader {
 public:
  Reader(Cursor& cursor, const ReadOptions& options) noexcept
      : cursor_(cursor), options_(options) {}

  // `path` leads to the object; null for the document. `object` is a constructed value of `type`.
  bool Read(const Type& type, const Constraints& constraints, void* object, const Path* path);

  FaultList& Faults() noexcept { return faults_; }

 private:
  // json_scalars.cpp
  bool ReadBool(bool& out, const Path* path);
  bool ReadInteger(const Type& type, const Constraints& constraints, void* object,
                   const Path* path);
  bool ReadNumber(const Type& type, const Constraints& constraints, void* object, const Path* path);
  bool ReadDuration(const Type& type, const Constraints& constraints, void* object,
                    const Path* path);
  bool ReadString(const Type& type, const Constraints& constraints, std::string& out,
                  const Path* path);
  bool ReadPath(const Type& type, void* object, const Path* path);
  bool ReadSecret(const Type& type, void* object, const Path* path);
  bool ReadEnum(const Type& type, void* object, const Path* path);
  bool ReadBytes(const Type& type, void* object, const Path* path);
  bool ReadAnything(void* object);

  // json_containers.cpp
  bool ReadOptional(const Type& type, const Constraints& constraints, void* object,
                    const Path* path);
  bool ReadList(const Type& type, const Constraints& constraints, void* object, const Path* path);
  bool ReadPlainList(const Type& type, void* object, const Path* path, std::size_t& count);
  bool ReadArray(const Type& type, void* object, const Path* path);
  bool ReadMap(const Type& type, const Constraints& constraints, void* object, const Path* path);
  void CheckItems(const Type& type, const Constraints& constraints, std::size_t count,
                  const Path* path);

  // json_structs.cpp
  bool ReadStruct(const Type& type, void* object, const Path* path);
  void FillAbsent(const Member& member, void* object, const Path* path);

  // json_tensors.cpp
  template <class T>
  class TensorReader;
  bool ReadTensor(const Type& type, const Constraints& constraints, void* object, const Path* path);

  // One element of a list or tensor; T is what holds it. Without an index it is `outer` itself.
  template <class T>
  bool ReadElement(T& out, const Path* outer, std::size_t index);
  bool RefuseElement(ElementType type, const Path* outer, std::size_t index);
  void AddElementFault(ElementType type, const Path* outer, std::size_t index,
                       const std::string& found);

  // Notes that the next value is not what was expected, and skips it.
  bool Mismatch(const Type& type, const Constraints& constraints, const Path* path);
  // Notes it of the token that was just taken.
  void AddMismatch(const Type& type, const Constraints& constraints, std::string_view token,
                   const Path* path);

  Cursor& cursor_;
  const ReadOptions options_;
  FaultList faults_;
};

// Whether a token may be a number. What begins with none of JSON's characters counts too, so that
// reading it as one refuses it.
constexpr bool MayBeNumber(char first) noexcept {
  return first != '"' && first != '{' && first != '[' && first != 't' && first != 'f' &&
         first != 'n';
}

template <class T>
bool Reader::ReadElement(T& out, const Path* outer, std::size_t index) {
  if constexpr (std::is_same_v<T, bool>) {
    const char first = cursor_.Peek();
    if (first == 't' || first == 'f') {
      out = first == 't';
      return cursor_.ReadWord(out ? "true" : "false");
    }
  } else if constexpr (std::is_same_v<T, std::string>) {
    if (cursor_.Peek() == '"') return cursor_.ReadText(out);
  } else if (MayBeNumber(cursor_.Peek()) && !cursor_.IsAtEnd()) {
    Decimal number;
    std::string_view token;
    if (!cursor_.ReadNumber(number, token)) return false;
    if (Convert(token, number, out) == Fit::kFits) return true;
    AddElementFault(kElementTypeOf<T>, outer, index, FoundMisfit(kElementTypeOf<T>, token));
    return true;
  }
  return RefuseElement(kElementTypeOf<T>, outer, index);
}

}  // namespace tenon::schema
