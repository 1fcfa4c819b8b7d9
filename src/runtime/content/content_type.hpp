// SPDX-License-Identifier: Apache-2.0
#pragma once

// In which forms artifacts are asked and answered.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tenon::runtime {

enum class ContentType : std::uint8_t {
  kJson,
  kJsonLines,
  kCsv,
  kLibsvm,  // Requests only.
  kNpy,
  kNpz,
  kOctets,
};

inline constexpr std::array kContentTypes = {
    ContentType::kJson, ContentType::kJsonLines, ContentType::kCsv,   ContentType::kLibsvm,
    ContentType::kNpy,  ContentType::kNpz,       ContentType::kOctets};

// "text/csv": a string that lives as long as the program.
std::string_view NameOf(ContentType type) noexcept;
// All its names, that one first. They live as long as the program.
std::vector<std::string_view> NamesOf(ContentType type);
// The type of a name, of those that clients of SageMaker use too; in any case. Nothing for others.
std::optional<ContentType> ContentTypeOf(std::string_view name) noexcept;
// Whether people can read it.
bool IsText(ContentType type) noexcept;

}  // namespace tenon::runtime
