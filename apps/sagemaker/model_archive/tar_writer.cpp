// SPDX-License-Identifier: Apache-2.0
#include "model_archive/tar_writer.hpp"

#include <array>
#include <cstdio>
#include <cstring>

namespace tenon::sagemaker_tool {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::uint64_t kLargestOctal = 077777777777;  // 8 GiB - 1; more is said in a record.

struct Header {
  char name[100];
  char mode[8];
  char uid[8];
  char gid[8];
  char size[12];
  char mtime[12];
  char checksum[8];
  char type;
  char link[100];
  char magic[6];
  char version[2];
  char user[32];
  char group[32];
  char major[8];
  char minor[8];
  char prefix[155];
  char rest[12];
};
static_assert(sizeof(Header) == kBlock);

template <std::size_t kSize>
void SetOctal(char (&field)[kSize], std::uint64_t value) {
  for (std::size_t i = kSize - 1; i-- > 0;) {
    field[i] = static_cast<char>('0' + (value & 7));
    value >>= 3;
  }
}

// "27 path=...\n", whose first number is its own length.
std::string Record(std::string_view key, std::string_view value) {
  const std::size_t rest = key.size() + value.size() + 3;
  std::size_t length = rest + 1;
  while (std::to_string(length).size() + rest != length) ++length;
  return std::to_string(length) + " " + std::string(key) + "=" + std::string(value) + "\n";
}

bool FitsHeader(std::string_view name) {
  if (name.size() > sizeof(Header::name)) return false;
  for (const char c : name) {
    if (static_cast<unsigned char>(c) > 126) return false;
  }
  return true;
}

}  // namespace

void TarWriter::WriteHeader(char type, const std::string& name, std::uint64_t size) {
  Header header;
  std::memset(&header, 0, sizeof header);
  std::memcpy(header.name, name.data(), std::min(name.size(), sizeof header.name));
  SetOctal(header.mode, type == '5' ? 0755 : 0644);
  SetOctal(header.uid, 0);
  SetOctal(header.gid, 0);
  SetOctal(header.size, std::min(size, kLargestOctal));
  SetOctal(header.mtime, 0);
  header.type = type;
  std::memcpy(header.magic, "ustar", 6);
  std::memcpy(header.version, "00", 2);
  std::memset(header.checksum, ' ', sizeof header.checksum);
  std::array<unsigned char, kBlock> bytes;
  std::memcpy(bytes.data(), &header, kBlock);
  std::uint64_t sum = 0;
  for (const unsigned char byte : bytes) sum += byte;
  char digits[7];
  SetOctal(digits, sum);
  std::memcpy(header.checksum, digits, 6);
  header.checksum[6] = '\0';
  sink_({reinterpret_cast<const char*>(&header), kBlock});
}

void TarWriter::Begin(EntryKind kind, const std::string& name, std::uint64_t size) {
  std::string records;
  if (!FitsHeader(name)) records += Record("path", name);
  if (size > kLargestOctal) records += Record("size", std::to_string(size));
  if (!records.empty()) {
    WriteHeader('x', "././@PaxHeader", records.size());
    written_ = 0;
    Write(records);
    EndEntry();
  }
  WriteHeader(kind == EntryKind::kFolder ? '5' : '0', name, size);
  written_ = 0;
}

void TarWriter::Write(std::string_view bytes) {
  sink_(bytes);
  written_ += bytes.size();
}

void TarWriter::EndEntry() {
  const std::size_t over = written_ % kBlock;
  if (over != 0) sink_(std::string(kBlock - over, '\0'));
}

void TarWriter::EndArchive() { sink_(std::string(2 * kBlock, '\0')); }

}  // namespace tenon::sagemaker_tool
