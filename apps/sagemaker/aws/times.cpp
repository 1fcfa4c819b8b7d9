// SPDX-License-Identifier: Apache-2.0
#include "aws/times.hpp"

#include <ctime>

namespace tenon::aws {
namespace {

std::string Formatted(WallTime time, const char* format) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  return {text, std::strftime(text, sizeof text, format, &parts)};
}

// "+0100", "-01:30".
std::optional<std::chrono::minutes> ParseOffset(std::string_view text) {
  std::string digits;
  for (const char c : text.substr(1)) {
    if (c >= '0' && c <= '9') {
      digits += c;
    } else if (c != ':') {
      return std::nullopt;
    }
  }
  if (digits.size() != 4) return std::nullopt;
  const int minutes =
      ((digits[0] - '0') * 10 + digits[1] - '0') * 60 + (digits[2] - '0') * 10 + digits[3] - '0';
  return std::chrono::minutes(text[0] == '-' ? -minutes : minutes);
}

}  // namespace

std::string CompactTime(WallTime time) { return Formatted(time, "%Y%m%dT%H%M%SZ"); }

std::string ReadableTime(WallTime time) { return Formatted(time, "%Y-%m-%d %H:%M:%S"); }

std::optional<WallTime> ParseTime(std::string_view text) {
  const std::string copy(text);
  std::tm parts{};
  const char* end = strptime(copy.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (end == nullptr) return std::nullopt;
  std::string_view rest = end;
  if (rest.starts_with('.')) {
    const std::size_t zone = rest.find_first_not_of("0123456789", 1);
    if (zone == std::string_view::npos) return std::nullopt;
    rest.remove_prefix(zone);
  }
  const WallTime time = std::chrono::system_clock::from_time_t(timegm(&parts));
  if (rest == "Z" || rest == "UTC") return time;
  if (!rest.starts_with('+') && !rest.starts_with('-')) return std::nullopt;
  const auto offset = ParseOffset(rest);
  if (!offset) return std::nullopt;
  return time - *offset;
}

WallTime FromEpochSeconds(double seconds) {
  return WallTime(
      std::chrono::duration_cast<WallTime::duration>(std::chrono::duration<double>(seconds)));
}

}  // namespace tenon::aws
