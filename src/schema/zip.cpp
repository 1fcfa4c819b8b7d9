// SPDX-License-Identifier: Apache-2.0
#include "schema/zip.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "schema/inflate.hpp"

namespace tenon::schema {
namespace {

// RFC 1952 §8, a byte at a time.
constexpr std::array<std::uint32_t, 256> kChecksums = [] {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < table.size(); ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit)
      value = (value & 1U) != 0 ? 0xEDB88320U ^ value >> 1U : value >> 1U;
    table[i] = value;
  }
  return table;
}();

std::uint32_t ChecksumOf(std::string_view bytes) noexcept {
  std::uint32_t value = 0xFFFFFFFFU;
  for (const char c : bytes) {
    value = kChecksums[(value ^ static_cast<unsigned char>(c)) & 0xFFU] ^ value >> 8U;
  }
  return ~value;
}

constexpr std::uint32_t kLocalMark = 0x04034B50;
constexpr std::uint32_t kDirectoryMark = 0x02014B50;
constexpr std::uint32_t kEndMark = 0x06054B50;
constexpr std::size_t kLocalSize = 30;
constexpr std::size_t kDirectorySize = 46;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kStored = 0;
constexpr std::size_t kDeflated = 8;

// A number of 2 or 4 bytes. REQUIRES: they are there.
std::size_t NumberAt(std::string_view bytes, std::size_t at, std::size_t width) noexcept {
  std::size_t value = 0;
  for (std::size_t i = 0; i < width; ++i) {
    value |= static_cast<std::size_t>(static_cast<unsigned char>(bytes[at + i])) << (8 * i);
  }
  return value;
}

void Append(std::size_t value, std::size_t width, std::string& out) {
  for (std::size_t i = 0; i < width; ++i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
}

Error Broken(std::string_view why) {
  return {ErrorCode::kMalformed, fmt::format("The body is no zip file (NPZ is one): {}.", why)};
}

std::string Shown(std::string_view name) {
  constexpr std::size_t kMost = 60;
  std::string text = "'";
  for (const char c : name.substr(0, kMost)) text += c < ' ' || c > '~' ? '?' : c;
  return text + "'";
}

// The end of the directory, which only a comment may follow.
Result<std::size_t> FindEnd(std::string_view bytes) {
  constexpr std::size_t kLongestComment = 0xFFFF;
  if (bytes.size() < kEndSize) return Broken("it is too short");
  const std::size_t last = bytes.size() - kEndSize;
  const std::size_t first = last > kLongestComment ? last - kLongestComment : 0;
  for (std::size_t at = last + 1; at-- > first;) {
    if (NumberAt(bytes, at, 4) == kEndMark &&
        at + kEndSize + NumberAt(bytes, at + 20, 2) == bytes.size()) {
      return at;
    }
  }
  return Broken("it has no directory at its end; it may be cut");
}

// Where the entry's bytes are.
Result<std::string_view> PackedBytes(std::string_view bytes, std::size_t at, std::size_t size) {
  if (at > bytes.size() || bytes.size() - at < kLocalSize || NumberAt(bytes, at, 4) != kLocalMark) {
    return Broken("an entry is not where the directory says");
  }
  const std::size_t begin =
      at + kLocalSize + NumberAt(bytes, at + 26, 2) + NumberAt(bytes, at + 28, 2);
  if (begin > bytes.size() || bytes.size() - begin < size) return Broken("an entry is cut");
  return bytes.substr(begin, size);
}

// Reads the entries of the directory, one after the other.
class Directory {
 public:
  Directory(std::string_view bytes, std::size_t at, std::size_t end, const ZipLimits& limits)
      : bytes_(bytes), at_(at), end_(end), limits_(limits) {}

  Result<ZipEntry> Next() {
    if (end_ - at_ < kDirectorySize || NumberAt(bytes_, at_, 4) != kDirectoryMark) {
      return Broken("its directory is cut");
    }
    const std::size_t name = NumberAt(bytes_, at_ + 28, 2);
    const std::size_t more = NumberAt(bytes_, at_ + 30, 2) + NumberAt(bytes_, at_ + 32, 2);
    if (end_ - at_ - kDirectorySize < name + more) return Broken("its directory is cut");
    ZipEntry entry{.name = bytes_.substr(at_ + kDirectorySize, name),
                   .size = NumberAt(bytes_, at_ + 24, 4),
                   .checksum = static_cast<std::uint32_t>(NumberAt(bytes_, at_ + 16, 4))};
    const std::size_t flags = NumberAt(bytes_, at_ + 8, 2);
    const std::size_t method = NumberAt(bytes_, at_ + 10, 2);
    if (auto fits = Check(entry, flags, method); !fits) return std::move(fits).Error();
    entry.is_deflated = method == kDeflated;
    const Result<std::string_view> packed =
        PackedBytes(bytes_, NumberAt(bytes_, at_ + 42, 4), NumberAt(bytes_, at_ + 20, 4));
    if (!packed) return packed.Error();
    entry.packed = *packed;
    if (!entry.is_deflated && entry.packed.size() != entry.size) {
      return Broken("an entry that is not compressed has two sizes");
    }
    at_ += kDirectorySize + name + more;
    return entry;
  }

 private:
  Result<> Check(const ZipEntry& entry, std::size_t flags, std::size_t method) {
    if ((flags & 1U) != 0 || (method != kStored && method != kDeflated)) {
      return Error(ErrorCode::kInvalid,
                   fmt::format("The entry {} of the zip file is encrypted or compressed by method "
                               "{}; entries are read that are stored or deflated.",
                               Shown(entry.name), method));
    }
    if (!names_.insert(entry.name).second) {
      return Error(ErrorCode::kInvalid,
                   fmt::format("The zip file has two entries {}.", Shown(entry.name)));
    }
    total_ += entry.size;
    if (total_ <= limits_.bytes) return {};
    return Error(ErrorCode::kTooLarge, fmt::format("The zip file says that it unpacks to more than "
                                                   "{} MiB.",
                                                   limits_.bytes >> 20U));
  }

  const std::string_view bytes_;
  std::size_t at_;
  const std::size_t end_;
  const ZipLimits limits_;
  std::size_t total_ = 0;
  std::set<std::string_view> names_;
};

bool Overlap(std::vector<std::string_view> parts) {
  std::ranges::sort(parts, {}, [](std::string_view part) { return part.data(); });
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i - 1].data() + parts[i - 1].size() > parts[i].data()) return true;
  }
  return false;
}

}  // namespace

Result<std::vector<ZipEntry>> ReadZip(std::string_view bytes, const ZipLimits& limits) {
  const Result<std::size_t> end = FindEnd(bytes);
  if (!end) return end.Error();
  const std::size_t count = NumberAt(bytes, *end + 10, 2);
  const std::size_t at = NumberAt(bytes, *end + 16, 4);
  if (count > limits.entries) {
    return Error(ErrorCode::kTooLarge, fmt::format("The zip file has {} entries, and {} are read.",
                                                   count, limits.entries));
  }
  if (at > *end) return Broken("its directory is not where its end says");
  Directory directory(bytes, at, *end, limits);
  std::vector<ZipEntry> entries;
  std::vector<std::string_view> parts;
  for (std::size_t i = 0; i < count; ++i) {
    Result<ZipEntry> entry = directory.Next();
    if (!entry) return std::move(entry).Error();
    parts.push_back(entry->packed);
    entries.push_back(*std::move(entry));
  }
  // Small files that unpack to huge ones name the same bytes many times.
  if (Overlap(std::move(parts))) return Broken("two of its entries share bytes");
  return entries;
}

Result<std::string_view> Unpack(const ZipEntry& entry, std::string& buffer) {
  std::string_view content = entry.packed;
  if (entry.is_deflated) {
    // One byte of DEFLATE gives 1032 at most.
    constexpr std::size_t kMostRatio = 1032;
    if (entry.size / kMostRatio > entry.packed.size()) {
      return Broken(fmt::format("its entry {} cannot be as large as it says", Shown(entry.name)));
    }
    buffer.resize(entry.size);
    if (Inflate(entry.packed, buffer) != InflateFault::kNone) {
      return Broken(fmt::format("its entry {} is broken", Shown(entry.name)));
    }
    content = buffer;
  }
  if (ChecksumOf(content) == entry.checksum) return content;
  return Broken(fmt::format("its entry {} is broken: the checksum differs", Shown(entry.name)));
}

void ZipWriter::Add(std::string_view name, std::string_view content) {
  const std::size_t at = out_.size() - begin_;
  std::string common;
  Append(20, 2, common);      // Version 2.0.
  Append(0x0800, 2, common);  // Names are UTF-8.
  Append(kStored, 2, common);
  Append(0, 2, common);     // Midnight,
  Append(0x21, 2, common);  // 1980-01-01.
  Append(ChecksumOf(content), 4, common);
  Append(content.size(), 4, common);
  Append(content.size(), 4, common);
  Append(name.size(), 2, common);
  Append(0, 2, common);
  Append(kLocalMark, 4, out_);
  out_.append(common).append(name).append(content);
  Append(kDirectoryMark, 4, directory_);
  Append(20, 2, directory_);
  directory_ += common;
  directory_.append(10, '\0');  // No comment, first disk, no attributes.
  Append(at, 4, directory_);
  directory_ += name;
  ++entries_;
}

void ZipWriter::Finish() {
  const std::size_t at = out_.size() - begin_;
  out_ += directory_;
  Append(kEndMark, 4, out_);
  Append(0, 4, out_);
  Append(entries_, 2, out_);
  Append(entries_, 2, out_);
  Append(directory_.size(), 4, out_);
  Append(at, 4, out_);
  Append(0, 2, out_);
}

}  // namespace tenon::schema
