// SPDX-License-Identifier: Apache-2.0
// Bytes as replies: no crash, and the same replies wherever the bytes are split.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "reply_parser.hpp"

namespace {

using tenon::bench::ReplyParser;

struct Seen {
  int status;
  std::uint64_t size;
  std::uint64_t chunks;
  bool keeps;
  std::string body;
  bool operator==(const Seen&) const = default;
};

// The replies in the bytes, given in pieces of that size; an exact copy each, so that a read beyond
// one is found.
std::vector<Seen> Replies(std::string_view bytes, std::size_t piece, bool& malformed) {
  ReplyParser parser;
  parser.KeepBodies(64);
  std::vector<Seen> seen;
  malformed = false;
  while (!bytes.empty() && !malformed) {
    const std::vector<char> copy(
        bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(std::min(piece, bytes.size())));
    bytes.remove_prefix(copy.size());
    std::string_view rest(copy.data(), copy.size());
    while (!rest.empty() && !malformed) {
      const std::size_t before = rest.size();
      switch (parser.Read(rest)) {
        case ReplyParser::Outcome::kComplete:
          seen.push_back({parser.Status(), parser.BodySize(), parser.Chunks(),
                          parser.KeepsConnection(), parser.Body()});
          if (rest.size() == before) std::abort();
          break;
        case ReplyParser::Outcome::kIncomplete:
          if (!rest.empty()) std::abort();
          break;
        case ReplyParser::Outcome::kMalformed: malformed = true; break;
      }
    }
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  bool whole_malformed = false;
  bool parts_malformed = false;
  const auto whole = Replies(bytes, bytes.size() + 1, whole_malformed);
  const auto parts = Replies(bytes, std::size_t{data[0]} % 32 + 1, parts_malformed);
  if (whole != parts || whole_malformed != parts_malformed) std::abort();
  return 0;
}
