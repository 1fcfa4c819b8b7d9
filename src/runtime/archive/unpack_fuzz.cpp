// SPDX-License-Identifier: Apache-2.0
// Archives of any bytes, unpacked: nothing may come out of the folder.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <span>
#include <utility>

#include "runtime/archive/temporary_folder.hpp"
#include "runtime/archive/unpack.hpp"

namespace {

using namespace tenon;
namespace fs = std::filesystem;

class Once final : public runtime::archive::Source {
 public:
  explicit Once(std::span<const std::byte> bytes) : bytes_(bytes) {}
  Result<std::span<const std::byte>> Next() override { return std::exchange(bytes_, {}); }

 private:
  std::span<const std::byte> bytes_;
};

// A link must end inside, or nowhere.
void CheckLinks(const fs::path& folder) {
  const fs::path root = fs::canonical(folder);
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_symlink()) continue;
    std::error_code failure;
    const fs::path end = fs::canonical(entry.path(), failure);
    if (!failure && end.lexically_relative(root).begin()->string() == "..") std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr runtime::archive::UnpackLimits kLimits{
      .bytes = 1U << 20U, .entries = 64, .ratio = 50, .ratio_from = 1U << 18U};
  const auto outer = runtime::TemporaryFolder::Make("tenon-fuzz-");
  if (!outer) std::abort();
  const fs::path inside = outer->Path() / "inside";
  fs::create_directory(inside);
  Once source(std::as_bytes(std::span(data, size)));
  const auto unpacked = runtime::archive::Unpack(source, inside, kLimits);
  if (!unpacked && unpacked.Error().Code() == ErrorCode::kNotFound) std::abort();  // No plug-in.
  if (std::distance(fs::directory_iterator(outer->Path()), {}) != 1) std::abort();
  CheckLinks(inside);
  return 0;
}
