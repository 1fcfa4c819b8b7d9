// SPDX-License-Identifier: Apache-2.0
#include "schema/json_reader.hpp"

#include "schema/json_index.hpp"
#include "schema/json_place.hpp"
#include "tenon/schema/record.hpp"

namespace tenon::schema {

bool Reader::Read(const Type& type, const Constraints& constraints, void* object,
                  const Path* path) {
  switch (type.kind) {
    case Kind::kBool: return ReadBool(*static_cast<bool*>(object), path);
    case Kind::kInteger: return ReadInteger(type, constraints, object, path);
    case Kind::kNumber: return ReadNumber(type, constraints, object, path);
    case Kind::kString:
      return ReadString(type, constraints, *static_cast<std::string*>(object), path);
    case Kind::kPath: return ReadPath(type, object, path);
    case Kind::kSecret: return ReadSecret(type, object, path);
    case Kind::kEnum: return ReadEnum(type, object, path);
    case Kind::kDuration: return ReadDuration(type, constraints, object, path);
    case Kind::kBytes: return ReadBytes(type, object, path);
    case Kind::kJson: return ReadAnything(object);
    case Kind::kOptional: return ReadOptional(type, constraints, object, path);
    case Kind::kList: return ReadList(type, constraints, object, path);
    case Kind::kArray: return ReadArray(type, object, path);
    case Kind::kMap: return ReadMap(type, constraints, object, path);
    case Kind::kStruct: return ReadStruct(type, object, path);
    case Kind::kTensor: return ReadTensor(type, constraints, object, path);
    case Kind::kRecord: {
      auto& record = *static_cast<Record*>(object);
      if (record.RecordType() == nullptr) {
        throw Error(ErrorCode::kInternal, "A record without a type cannot be read.");
      }
      return ReadStruct(*record.RecordType(), record.Data(), path);
    }
  }
  return cursor_.Skip();
}

bool Reader::Mismatch(const Type& type, const Constraints& constraints, const Path* path) {
  if (cursor_.IsAtEnd()) return cursor_.Skip();  // Which refuses.
  const std::string found = type.kind == Kind::kSecret ? FoundKind(cursor_) : Found(cursor_);
  if (!cursor_.Skip()) return false;
  faults_.Add(path, "expected " + Expected(type, constraints) + ", found " + found);
  return true;
}

void Reader::AddMismatch(const Type& type, const Constraints& constraints, std::string_view token,
                         const Path* path) {
  faults_.Add(path, "expected " + Expected(type, constraints) + ", found " + Shown(token));
}

bool Reader::RefuseElement(ElementType type, const Path* outer, std::size_t index) {
  if (cursor_.IsAtEnd()) return cursor_.Skip();  // Which refuses.
  const std::string found = Found(cursor_);
  if (!cursor_.Skip()) return false;
  AddElementFault(type, outer, index, found);
  return true;
}

void Reader::AddElementFault(ElementType type, const Path* outer, std::size_t index,
                             const std::string& found) {
  const Path element{.outer = outer, .key = {}, .index = index};
  faults_.Add(index == Path::kNoIndex ? outer : &element,
              "expected " + ExpectedElement(type) + ", found " + found);
}

Result<void> ReadJson(const Type& type, void* object, JsonText text) {
  return ReadJson(type, object, text, ReadOptions{});
}

Result<void> ReadJson(const Type& type, void* object, JsonText text, const ReadOptions& options) {
  const std::string_view json(text.data, text.size);
  try {
    JsonIndex index;
    if (const IndexFault fault = index.Build(json); fault != IndexFault::kNone) {
      return Malformed(json, fault);
    }
    Cursor cursor(json, index.Offsets());
    Reader reader(cursor, options);
    if (!reader.Read(type, kNoConstraints, object, nullptr)) return cursor.TakeFailure();
    if (!cursor.IsAtEnd()) {
      cursor.Refuse("the end of the document");
      return cursor.TakeFailure();
    }
    if (!reader.Faults().IsEmpty()) return std::move(reader.Faults()).ToError();
  } catch (...) {
    return ErrorFromCurrentException();
  }
  return {};
}

}  // namespace tenon::schema
