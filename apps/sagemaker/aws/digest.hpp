// SPDX-License-Identifier: Apache-2.0
#pragma once

// Digests and their spellings, by libcrypto.

#include <optional>
#include <string>
#include <string_view>

namespace tenon::aws {

// The 32 bytes of the digest.
std::string Sha256(std::string_view bytes);
// The 32 bytes of the keyed digest.
std::string HmacSha256(std::string_view key, std::string_view bytes);
// The 20 bytes. Only names of cache files are made of it.
std::string Sha1(std::string_view bytes);

// Lower-case digits.
std::string Hex(std::string_view bytes);

// Nothing for what is no base64.
std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace tenon::aws
