// SPDX-License-Identifier: Apache-2.0
#pragma once

// Values between processes: compact, and by name, so that two builds of a module understand each
// other when a field was added on one side. The form is specified in
// docs/design/0041-data-plane.md.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/schema/bytes.hpp"
#include "tenon/schema/type.hpp"

namespace tenon::schema {

// Bytes and tensors from this size on are neither copied into a payload nor out of one.
inline constexpr std::size_t kSharedFrom = 4096;
// Deeper nesting is refused.
inline constexpr std::size_t kMaxBinaryDepth = 128;

// Bytes that belong between what was written into the text: before `text[offset]`.
struct SharedPart {
  std::size_t offset = 0;
  Bytes bytes;
};

// A payload under way: appended to a text, which may hold something before it, and the parts that
// were not copied.
struct BinaryOutput {
  std::string& text;
  std::vector<SharedPart>& parts;
};

// Appends the object; returns the size of the payload, with the parts. Elements of tensors stand at
// a multiple of kTensorAlignment from its beginning.
// Errors: throws kInternal where it nests deeper than kMaxBinaryDepth; bad_alloc.
TENON_EXPORT std::size_t WriteBinary(const Type& type, const void* object, BinaryOutput out);

// Fills `object`, a constructed value of `type`. Fields that the payload does not have keep what
// they hold; those that the type does not have are skipped. With an `owner`, which keeps the bytes
// alive, large parts are shared with it; without one everything is copied. Where the payload starts
// at a multiple of kTensorAlignment, shared tensors are aligned.
// Errors: kMalformed for what is no payload or not of the type. After an error the content of
// `object` is unspecified, but it can be used and destroyed.
TENON_EXPORT Result<> ReadBinary(const Type& type, void* object, std::span<const std::byte> payload,
                                 const std::shared_ptr<const void>& owner);

// What stands for a field's name. REQUIRES of types that are sent: see CheckBinaryNames.
TENON_EXPORT std::uint32_t BinaryName(std::string_view name) noexcept;

// Whether the fields of all structs in the type can be told apart, and all of it can be sent.
// Errors: kInvalid, naming the struct and the fields.
TENON_EXPORT Result<> CheckBinaryNames(const Type& type);

// A number that is equal where names and kinds are equal, all the way down.
TENON_EXPORT std::uint64_t LayoutHash(const Type& type);

}  // namespace tenon::schema
