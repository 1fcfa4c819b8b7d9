// SPDX-License-Identifier: Apache-2.0
#pragma once

// Content-Type and Accept.

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace tenon::http {

// The type without parameters, trimmed: "application/json; charset=utf-8" → "application/json".
std::string_view EssenceOf(std::string_view content_type) noexcept;

// Whether the body of a request with this Content-Type is read as JSON. An absent one is: SageMaker
// passes on what the caller gave, and boto3 gives none by itself.
bool IsJson(std::string_view content_type) noexcept;

// Whether an Accept header (RFC 9110 §12.5.1) allows `produced`. An absent or empty one allows all;
// a range with q=0 forbids what it matches.
bool Accepts(std::string_view accept, std::string_view produced) noexcept;

// The one of `produced` that an Accept header likes best: by its q, then the one that it names most
// exactly, then the first. Nothing where it forbids all.
std::optional<std::size_t> ChooseAccepted(std::string_view accept,
                                          std::span<const std::string_view> produced) noexcept;

// The value of a parameter: "present" for "header" in "text/csv; header=present". Of the first
// entry of a list that has it. Empty where none has.
std::string_view ParameterOf(std::string_view value, std::string_view name) noexcept;

}  // namespace tenon::http
