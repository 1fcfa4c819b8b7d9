// SPDX-License-Identifier: Apache-2.0
#pragma once

// The forms in which a stream of items can be answered.

#include <cstdint>
#include <string>
#include <string_view>

#include "tenon/base/export.hpp"

namespace tenon::http {

enum class StreamFormat : std::uint8_t {
  kJsonLines,         // One JSON document a line.
  kServerSentEvents,  // `data: ` and the document, or the text, in an event each.
  kRaw,               // The text of the items, one after the other.
};

// Whether items are documents, or texts that can also be sent as they are.
enum class ItemKind : std::uint8_t { kDocument, kText };

// "application/jsonlines", ...
TENON_EXPORT std::string_view ContentTypeOf(StreamFormat format) noexcept;

// Appends an item that is written already: JSON, or the text itself for kText in any form but JSON
// Lines.
TENON_EXPORT void AppendItem(StreamFormat format, std::string_view text, std::string& out);

}  // namespace tenon::http
