// SPDX-License-Identifier: Apache-2.0
// Bytes as a request: no crash, and the same outcome wherever they are split.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "http/chunked_decoder.hpp"
#include "http/request_parser.hpp"

namespace {

using tenon::http::ChunkedDecoder;
using tenon::http::GrowingBody;
using tenon::http::HeadResult;
using tenon::http::ParseHead;
using tenon::http::ParseOutcome;
using tenon::http::RequestHead;

constexpr std::size_t kMaxHead = 2'048;
constexpr std::size_t kMaxBody = 1'024;

void Require(bool condition) {
  if (!condition) std::abort();
}

bool IsWithin(std::string_view part, std::string_view whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void CheckHead(std::string_view bytes, std::size_t split) {
  RequestHead whole;
  const HeadResult expected = ParseHead(bytes, kMaxHead, whole);
  if (expected.outcome == ParseOutcome::kComplete) {
    Require(whole.size <= bytes.size() && whole.size <= kMaxHead);
    for (const std::string_view view : {whole.method, whole.target, whole.path, whole.query}) {
      Require(IsWithin(view, bytes) || view == "/");
    }
    for (const tenon::Header& header : whole.headers) {
      Require(IsWithin(header.name, bytes) && IsWithin(header.value, bytes));
      Require(header.value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
    }
  } else {
    Require(expected.fault.empty() == (expected.outcome == ParseOutcome::kIncomplete));
  }
  // What was decided on a part is decided on the whole.
  const std::vector<char> exact(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(split));
  RequestHead part;
  const HeadResult early = ParseHead({exact.data(), exact.size()}, kMaxHead, part);
  if (early.outcome == ParseOutcome::kIncomplete) return;
  Require(early.outcome == expected.outcome);
  if (early.outcome == ParseOutcome::kComplete) Require(part.size == whole.size);
}

struct Decoded {
  ParseOutcome outcome = ParseOutcome::kIncomplete;
  std::string body;
  std::size_t consumed = 0;
};

Decoded Decode(std::string_view bytes, std::size_t split) {
  ChunkedDecoder decoder(kMaxBody);
  GrowingBody body;
  Decoded decoded;
  for (const std::string_view part : {bytes.substr(0, split), bytes.substr(split)}) {
    if (decoded.outcome != ParseOutcome::kIncomplete) break;
    const std::vector<char> exact(part.begin(), part.end());
    const ChunkedDecoder::Step step = decoder.Feed({exact.data(), exact.size()}, body);
    Require(step.consumed <= exact.size());
    Require(step.outcome != ParseOutcome::kIncomplete || step.consumed == exact.size());
    decoded.outcome = step.outcome;
    decoded.consumed += step.consumed;
  }
  const std::size_t size = body.Size();
  Require(size <= kMaxBody);
  const tenon::http::Block block = body.TakeBlock();
  if (size != 0) decoded.body.assign(block.Data(), size);
  return decoded;
}

void CheckChunks(std::string_view bytes, std::size_t split) {
  const Decoded whole = Decode(bytes, 0);
  const Decoded parts = Decode(bytes, split);
  Require(whole.outcome == parts.outcome);
  Require(whole.body == parts.body);
  Require(whole.consumed == parts.consumed);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The first two bytes say where to split, the third what to read.
  if (size < 3) return 0;
  const std::vector<char> memory(data + 3, data + size);
  const std::string_view bytes(memory.data(), memory.size());
  const std::size_t wish = data[0] + std::size_t{data[1]} * 256;
  const std::size_t split = wish % (bytes.size() + 1);
  if (data[2] % 2 == 0) {
    CheckHead(bytes, split);
  } else {
    CheckChunks(bytes, split);
  }
  return 0;
}
