// SPDX-License-Identifier: Apache-2.0
#include "request_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace tenon::check {
namespace {

std::string Chunked(std::string_view body, std::size_t chunk_bytes) {
  std::string text;
  const std::size_t most = chunk_bytes == 0 ? std::max<std::size_t>(body.size(), 1) : chunk_bytes;
  while (!body.empty()) {
    const std::string_view chunk = body.substr(0, most);
    text += fmt::format("{:x}\r\n{}\r\n", chunk.size(), chunk);
    body.remove_prefix(chunk.size());
  }
  return text + "0\r\n\r\n";
}

}  // namespace

Result<std::string> WriteRequest(const RequestStep& step, const Values& values) {
  std::string head = step.method + " " + step.path + " HTTP/1.1\r\n";
  const auto add = [&head](std::string_view name, std::string_view value) {
    if (!value.empty()) head += fmt::format("{}: {}\r\n", name, value);
  };
  add("Host", step.host);
  add("Accept", step.accept);
  if (step.body) add("Content-Type", step.content_type);
  for (const HeaderLine& header : step.headers) add(header.name, header.value);
  auto text = Expand(head, values);
  if (!text) return text;

  std::string body;
  if (step.body) {
    auto expanded = Expand(*step.body, values);
    if (!expanded) return expanded;
    body = *std::move(expanded);
    if (body.size() < step.pad_to) body.append(step.pad_to - body.size(), ' ');
  }
  if (step.framing == Framing::chunked) {
    *text += "Transfer-Encoding: chunked\r\n\r\n" + Chunked(body, step.chunk_bytes);
  } else {
    if (step.framing == Framing::length && (step.body || step.method == "POST")) {
      *text += fmt::format("Content-Length: {}\r\n", body.size());
    }
    *text += "\r\n" + body;
  }
  std::string all;
  all.reserve(text->size() * step.copies);
  for (std::size_t i = 0; i < step.copies; ++i) all += *text;
  return all;
}

}  // namespace tenon::check
