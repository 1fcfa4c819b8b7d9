// SPDX-License-Identifier: Apache-2.0
#include "schema/npz.hpp"

#include <cstddef>
#include <limits>
#include <utility>

#include "schema/npy.hpp"
#include "schema/zip.hpp"

namespace tenon::schema {
namespace {

constexpr std::string_view kSuffix = ".npy";

Result<NamedTensor> ReadArray(const ZipEntry& entry) {
  std::string_view name = entry.name;
  if (name.ends_with(kSuffix)) name.remove_suffix(kSuffix.size());
  std::string buffer;
  const Result<std::string_view> bytes = Unpack(entry, buffer);
  if (!bytes) return bytes.Error();
  Result<AnyTensor> tensor = ReadNpy(*bytes);
  if (tensor) return NamedTensor{.name = std::string(name), .tensor = *std::move(tensor)};
  std::string shown;
  for (const char c : name.substr(0, 60)) shown += c < ' ' || c > '~' ? '?' : c;
  return Error(tensor.Error().Code(), "Array '" + shown + "': " + tensor.Error().Detail());
}

}  // namespace

Result<std::vector<NamedTensor>> ReadNpz(std::string_view bytes) {
  const Result<std::vector<ZipEntry>> entries = ReadZip(bytes);
  if (!entries) return entries.Error();
  std::vector<NamedTensor> arrays;
  for (const ZipEntry& entry : *entries) {
    Result<NamedTensor> array = ReadArray(entry);
    if (!array) return std::move(array).Error();
    arrays.push_back(*std::move(array));
  }
  return arrays;
}

Result<> WriteNpz(const std::vector<NamedTensor>& arrays, std::string& out) {
  ZipWriter zip(out);
  std::size_t total = 0;
  for (const NamedTensor& array : arrays) {
    std::string bytes;
    if (auto written = WriteNpy(array.tensor, bytes); !written) return written;
    total += bytes.size();
    if (total > std::numeric_limits<std::uint32_t>::max() / 2) {
      return Error(ErrorCode::kTooLarge, "The answer as NPZ is larger than 2 GiB.");
    }
    zip.Add(array.name + std::string(kSuffix), bytes);
  }
  zip.Finish();
  return {};
}

}  // namespace tenon::schema
