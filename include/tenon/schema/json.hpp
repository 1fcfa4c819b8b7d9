// SPDX-License-Identifier: Apache-2.0
#pragma once

// JSON into objects and out of them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/schema/reflect.hpp"
#include "tenon/schema/type.hpp"

namespace tenon::schema {

class Record;

// A JSON document in memory. The reader looks at `size` bytes and no further; `capacity` says how
// many can be read, for the sake of those who could use that.
struct JsonText {
  const char* data = nullptr;
  std::size_t size = 0;
  std::size_t capacity = 0;
};

// Deeper nesting is refused.
inline constexpr std::size_t kMaxJsonDepth = 256;
// A failure carries so many faults; the others are counted.
inline constexpr std::size_t kMaxFaults = 20;

// What happens to members that the struct does not have.
enum class UnknownMembers : std::uint8_t {
  kIgnore,  // Checked to be JSON, and dropped.
  kRefuse,  // A fault.
};
// What happens to fields that the document does not have.
enum class AbsentMembers : std::uint8_t {
  kRequire,          // A fault, unless the field is optional or has a Default.
  kKeepInitializer,  // The field stays as it is, unless it is Required: the rule of settings.
};
struct ReadOptions {
  UnknownMembers unknown = UnknownMembers::kIgnore;
  AbsentMembers absent = AbsentMembers::kRequire;
};

// Fills `object`, which is a constructed value of `type`, from one JSON document.
//
// Decided, and the same in `/openapi.json`:
// - Numbers: 1.0 and 1e3 are integers; what does not fit the type is a fault, never cut. A float or
//   double takes any number up to its largest: 3.4028235e+38, 1.7976931348623157e+308.
// - Text is UTF-8; NUL and every escape of JSON are accepted; half a surrogate pair is not.
// - null is the value of optionals only. A key that comes twice is a fault, but not inside RawJson.
// - Enums by name, durations as seconds (rounded to the tick; whole ticks where a tick is a second
//   or longer), Bytes as base64 with padding, tensors as nested arrays of equal length.
//
// Errors: kMalformed for what is not JSON (also: not UTF-8, empty, nested deeper than 256), with
// line, column and byte in the detail. kInvalid for JSON that is not of the type, with up to 20
// faults, each with its JSON pointer, and the count of the rest. kOutOfMemory. After an error the
// content of `object` is unspecified, but it can be used and destroyed.
// Thread safety: thread-safe on distinct objects. Costs about 1 ns a byte.
TENON_EXPORT Result<void> ReadJson(const Type& type, void* object, JsonText text);
TENON_EXPORT Result<void> ReadJson(const Type& type, void* object, JsonText text,
                                   const ReadOptions& options);

// The same as a new value of T.
template <class T>
Result<T> ReadJson(std::string_view json) {
  T value{};
  auto read = ReadJson(TypeOf<T>(), &value,
                       {.data = json.data(), .size = json.size(), .capacity = json.size()});
  if (!read) return std::move(read).Error();
  return value;
}

// Appends the object to `out`, without spaces. Strings that are not UTF-8 are written with U+FFFD
// in the place of what is broken; non-finite numbers are written as null and counted; an enum
// without a name for its value is written as that number.
// Errors: none; bad_alloc is thrown. Thread safety: thread-safe on distinct strings.
TENON_EXPORT void WriteJson(const Type& type, const void* object, std::string& out);

template <class T>
std::string WriteJson(const T& value) {
  std::string out;
  WriteJson(TypeOf<T>(), &value, out);
  return out;
}

// Appends `text` as a JSON string, quoted and escaped.
TENON_EXPORT void WriteJsonString(std::string_view text, std::string& out);

// How many NaN and infinities this process has written as null. Thread safety: thread-safe.
TENON_EXPORT std::uint64_t NonFiniteNumbersWritten() noexcept;

}  // namespace tenon::schema
