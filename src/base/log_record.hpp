// SPDX-License-Identifier: Apache-2.0
#pragma once

// A log line between the thread that logs and the thread that writes.

#include <chrono>
#include <cstddef>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "tenon/base/log.hpp"

namespace tenon {

// What a line says; it borrows all of it.
struct LogLine {
  std::chrono::system_clock::time_point time;
  LogLevel level = LogLevel::kInfo;
  std::string_view message;
  std::initializer_list<LogField> fields;
};

// The bytes that EncodeLogLine writes, after cutting what is too long.
std::size_t EncodedSize(const LogLine& line) noexcept;
void EncodeLogLine(const LogLine& line, std::byte* out) noexcept;

// Appends an encoded line in the given format, with its newline. Whatever the texts hold, it stays
// one line, and valid JSON where that is the format.
void RenderLogLine(std::span<const std::byte> encoded, LogFormat format, std::string& out);

}  // namespace tenon
