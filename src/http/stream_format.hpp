// SPDX-License-Identifier: Apache-2.0
#pragma once

// How the items of a stream are written, as the client accepts it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tenon/base/error.hpp"
#include "tenon/http/stream_format.hpp"

namespace tenon::http {

// What an Accept header asks for: a form that it names, else JSON Lines (or raw bytes, where items
// are text) if it allows that. Nothing where it allows neither.
std::optional<StreamFormat> ChooseStreamFormat(std::string_view accept, ItemKind items);

// The last thing in a stream that fails when it has begun: an event that says why, before the body
// is cut off. Raw streams have no place for one: empty.
std::string FailureItem(StreamFormat format, const Error& error, std::string_view request_id);

}  // namespace tenon::http
