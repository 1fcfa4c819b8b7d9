// SPDX-License-Identifier: Apache-2.0
#include "runtime/archive/entry_policy.hpp"

#include <fmt/format.h>

namespace tenon::runtime::archive {
namespace {

constexpr std::size_t kMostPathBytes = 1024;
constexpr std::size_t kMostNameBytes = 255;

Error Refused(std::string why) { return {ErrorCode::kInvalid, std::move(why)}; }

std::vector<std::string_view> Parts(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t end = path.find('/');
    const std::string_view part = path.substr(0, end);
    if (!part.empty() && part != ".") parts.push_back(part);
    path = end == std::string_view::npos ? std::string_view() : path.substr(end + 1);
  }
  return parts;
}

double Megabytes(std::uint64_t bytes) { return static_cast<double>(bytes) / (1U << 20U); }

}  // namespace

Result<std::vector<std::string>> EntryPath(std::string_view path) {
  if (path.starts_with('/')) {
    return Refused("its path is absolute; pack with relative paths: tar -C FOLDER -czf FILE .");
  }
  if (path.size() > kMostPathBytes) return Refused("its path is longer than 1024 bytes");
  std::vector<std::string> names;
  for (const std::string_view part : Parts(path)) {
    if (part == "..") return Refused("its path leads out of the archive with '..'");
    if (part.size() > kMostNameBytes) return Refused("its name is longer than 255 bytes");
    names.emplace_back(part);
  }
  return names;
}

Result<> CheckSymbolicLink(const std::vector<std::string>& place, std::string_view target) {
  constexpr const char* kAdvice = "pack what links point to: tar --dereference";
  if (target.empty()) return Refused("it is a link to nothing");
  if (target.starts_with('/')) {
    return Refused(fmt::format("it is a link out of the archive; {}", kAdvice));
  }
  std::size_t up = 0;
  bool is_down = false;
  for (const std::string_view part : Parts(target)) {
    if (part != "..") {
      is_down = true;
      continue;
    }
    if (is_down) return Refused(fmt::format("it is a link with '..' behind a name; {}", kAdvice));
    ++up;
  }
  // The link itself is the last of its path.
  if (up + 1 > place.size()) {
    return Refused(fmt::format("it is a link out of the archive; {}", kAdvice));
  }
  return {};
}

Result<> UnpackMeter::AddEntry() {
  if (++entries_ <= limits_.entries) return {};
  return Refused(
      fmt::format("the archive has more than {} entries; no model has", limits_.entries));
}

Result<> UnpackMeter::CheckClaim(std::int64_t size) const {
  const auto claimed = static_cast<std::uint64_t>(size < 0 ? 0 : size);
  if (claimed <= limits_.bytes - bytes_) return {};
  return Refused(
      fmt::format("it claims {:.0f} MiB, and more than {:.0f} MiB are not unpacked; "
                  "unpack it yourself and name the folder",
                  Megabytes(claimed), Megabytes(limits_.bytes)));
}

Result<> UnpackMeter::AddBytes(std::uint64_t count, std::uint64_t read) {
  bytes_ += count;
  if (bytes_ > limits_.bytes) {
    return Refused(
        fmt::format("more than {:.0f} MiB are not unpacked; unpack it yourself and name "
                    "the folder",
                    Megabytes(limits_.bytes)));
  }
  if (bytes_ > limits_.ratio_from && bytes_ / limits_.ratio >= read) {
    return Refused(
        fmt::format("{:.0f} MiB came out of {:.1f} MiB, which is no model; unpack it "
                    "yourself and name the folder",
                    Megabytes(bytes_), Megabytes(read)));
  }
  return {};
}

}  // namespace tenon::runtime::archive
