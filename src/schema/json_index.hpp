// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where the tokens of a JSON text begin: what simdjson's first stage finds with vector
// instructions, and all that is used of it.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

namespace tenon::schema {

enum class IndexFault : std::uint8_t {
  kNone,
  kEmpty,          // Nothing but white space.
  kNotUtf8,        // Somewhere.
  kControlInText,  // A character below U+0020 inside a string.
  kOpenText,       // A string that does not end.
  kTooLarge,       // More than 4 GiB.
};

// The buffers for one index at a time. Taken from the thread on construction and given back on
// destruction, so that reading needs no allocation once a thread is warm; a large one is freed
// instead. Nested use (a field's initializer that reads JSON) gets buffers of its own.
//
// Thread safety: stays on one thread.
class JsonIndex {
 public:
  JsonIndex();
  JsonIndex(const JsonIndex&) = delete;
  JsonIndex& operator=(const JsonIndex&) = delete;
  ~JsonIndex();

  // Also checks that all of the text is UTF-8 and that every string ends. Reads `text` and not a
  // byte more. Errors: throws bad_alloc.
  IndexFault Build(std::string_view text);

  // The offsets of brackets, commas, colons, and of the first character of everything else outside
  // of strings; then one more, which is the size of the text. Valid until the next Build.
  std::span<const std::uint32_t> Offsets() const noexcept;

  class Buffers;

 private:
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace tenon::schema
