// SPDX-License-Identifier: Apache-2.0
#include "base/log_record.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <iterator>

namespace tenon {
namespace {

constexpr std::size_t kMaxText = 4'096;
constexpr std::size_t kMaxKey = 128;
constexpr std::size_t kMaxFields = 16;
constexpr std::string_view kCutMark = "...";

constexpr std::array<std::string_view, 5> kLevelNames{"trace", "debug", "info", "warning", "error"};

struct Head {
  std::int64_t time_us;
  std::uint32_t message_size;
  std::uint8_t level;
  std::uint8_t fields;
  bool message_cut;
};

struct FieldHead {
  LogField::Number number;
  std::uint32_t text_size;
  std::uint8_t key_size;
  LogField::Kind kind;
  bool cut;
};

class Writer {
 public:
  explicit Writer(std::byte* out) noexcept : out_(out) {}
  template <class T>
  void Put(const T& value) noexcept {
    std::memcpy(out_, &value, sizeof value);
    out_ += sizeof value;
  }
  void PutText(std::string_view text) noexcept {
    if (!text.empty()) std::memcpy(out_, text.data(), text.size());
    out_ += text.size();
  }

 private:
  std::byte* out_;
};

class Reader {
 public:
  explicit Reader(std::span<const std::byte> bytes) noexcept : bytes_(bytes) {}
  template <class T>
  T Take() noexcept {
    T value;
    std::memcpy(&value, bytes_.data(), sizeof value);
    bytes_ = bytes_.subspan(sizeof value);
    return value;
  }
  std::string_view TakeText(std::size_t size) noexcept {
    const std::string_view text(reinterpret_cast<const char*>(bytes_.data()), size);
    bytes_ = bytes_.subspan(size);
    return text;
  }

 private:
  std::span<const std::byte> bytes_;
};

std::string_view Cut(std::string_view text, std::size_t limit) noexcept {
  return text.substr(0, limit);
}

// The length of the UTF-8 character at the front of `text`, or 0 when there is none.
std::size_t CharacterLength(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  }
  // Overlong forms, surrogates, and what lies beyond Unicode.
  const unsigned char second = byte(1);
  if ((first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
      (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F)) {
    return 0;
  }
  return length;
}

void AppendJsonText(std::string& out, std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = CharacterLength(text);
    const char c = text.front();
    if (length == 0) {
      out += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned char>(c));
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

void AppendPlainText(std::string& out, std::string_view text, bool quoted) {
  for (char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      if (quoted && (c == '"' || c == '\\')) out += '\\';
      out += c;
    }
  }
}

void AppendQuotedWhereNeeded(std::string& out, std::string_view text, bool cut) {
  const bool plain = !text.empty() && std::ranges::none_of(text, [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == '"' || c == '=' || c == 0x7F;
  });
  if (!plain) out += '"';
  AppendPlainText(out, text, !plain);
  if (cut) out += kCutMark;
  if (!plain) out += '"';
}

void AppendNumber(std::string& out, const FieldHead& field, LogFormat format) {
  const auto to = std::back_inserter(out);
  switch (field.kind) {
    case LogField::Kind::kSigned: fmt::format_to(to, "{}", field.number.integer); break;
    case LogField::Kind::kUnsigned: fmt::format_to(to, "{}", field.number.natural); break;
    case LogField::Kind::kBool: out += field.number.boolean ? "true" : "false"; break;
    case LogField::Kind::kReal:
      if (format == LogFormat::kJson && !std::isfinite(field.number.real)) {
        out += "null";
      } else {
        fmt::format_to(to, "{}", field.number.real);
      }
      break;
    case LogField::Kind::kText: break;
  }
}

void AppendTime(std::string& out, std::int64_t time_us) {
  const std::int64_t second = time_us >= 0 ? time_us / 1'000'000 : (time_us - 999'999) / 1'000'000;
  fmt::format_to(std::back_inserter(out), "{:%Y-%m-%dT%H:%M:%S}.{:06}Z",
                 fmt::gmtime(static_cast<std::time_t>(second)), time_us - second * 1'000'000);
}

void RenderText(Reader& reader, const Head& head, std::string& out) {
  AppendTime(out, head.time_us);
  fmt::format_to(std::back_inserter(out), " {:<7} ", kLevelNames[head.level]);
  AppendPlainText(out, reader.TakeText(head.message_size), false);
  if (head.message_cut) out += kCutMark;
  for (std::size_t i = 0; i < head.fields; ++i) {
    const auto field = reader.Take<FieldHead>();
    out += ' ';
    AppendPlainText(out, reader.TakeText(field.key_size), false);
    out += '=';
    if (field.kind == LogField::Kind::kText) {
      AppendQuotedWhereNeeded(out, reader.TakeText(field.text_size), field.cut);
    } else {
      AppendNumber(out, field, LogFormat::kText);
    }
  }
  out += '\n';
}

void RenderJson(Reader& reader, const Head& head, std::string& out) {
  out += "{\"time\":\"";
  AppendTime(out, head.time_us);
  out += "\",\"level\":\"";
  out += kLevelNames[head.level];
  out += "\",\"message\":\"";
  AppendJsonText(out, reader.TakeText(head.message_size));
  if (head.message_cut) out += kCutMark;
  out += '"';
  for (std::size_t i = 0; i < head.fields; ++i) {
    const auto field = reader.Take<FieldHead>();
    out += ",\"";
    AppendJsonText(out, reader.TakeText(field.key_size));
    out += "\":";
    if (field.kind == LogField::Kind::kText) {
      out += '"';
      AppendJsonText(out, reader.TakeText(field.text_size));
      if (field.cut) out += kCutMark;
      out += '"';
    } else {
      AppendNumber(out, field, LogFormat::kJson);
    }
  }
  out += "}\n";
}

}  // namespace

std::size_t EncodedSize(const LogLine& line) noexcept {
  std::size_t size = sizeof(Head) + Cut(line.message, kMaxText).size();
  std::size_t fields = 0;
  for (const LogField& field : line.fields) {
    if (++fields > kMaxFields) break;
    size +=
        sizeof(FieldHead) + Cut(field.Key(), kMaxKey).size() + Cut(field.Text(), kMaxText).size();
  }
  return size;
}

void EncodeLogLine(const LogLine& line, std::byte* out) noexcept {
  Writer writer(out);
  const std::string_view message = Cut(line.message, kMaxText);
  Head head{};
  head.time_us =
      std::chrono::duration_cast<std::chrono::microseconds>(line.time.time_since_epoch()).count();
  head.message_size = static_cast<std::uint32_t>(message.size());
  head.level = static_cast<std::uint8_t>(line.level);
  head.fields = static_cast<std::uint8_t>(std::min(line.fields.size(), kMaxFields));
  head.message_cut = message.size() < line.message.size();
  writer.Put(head);
  writer.PutText(message);
  for (std::size_t i = 0; i < head.fields; ++i) {
    const LogField& field = line.fields.begin()[i];
    const std::string_view key = Cut(field.Key(), kMaxKey);
    const std::string_view text = Cut(field.Text(), kMaxText);
    FieldHead field_head{};
    field_head.number = field.Value();
    field_head.text_size = static_cast<std::uint32_t>(text.size());
    field_head.key_size = static_cast<std::uint8_t>(key.size());
    field_head.kind = field.ValueKind();
    field_head.cut = text.size() < field.Text().size();
    writer.Put(field_head);
    writer.PutText(key);
    writer.PutText(text);
  }
}

void RenderLogLine(std::span<const std::byte> encoded, LogFormat format, std::string& out) {
  Reader reader(encoded);
  const auto head = reader.Take<Head>();
  format == LogFormat::kJson ? RenderJson(reader, head, out) : RenderText(reader, head, out);
}

}  // namespace tenon
