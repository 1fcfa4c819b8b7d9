// SPDX-License-Identifier: Apache-2.0
#pragma once

// A tar file (POSIX 2001) that depends on nothing but names and contents.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace tenon::sagemaker_tool {

using Sink = std::function<void(std::string_view bytes)>;

enum class EntryKind : std::uint8_t { kFile, kFolder };

class TarWriter {
 public:
  explicit TarWriter(Sink sink) : sink_(std::move(sink)) {}

  // Then come exactly `size` bytes of content by Write. Folders have none, and end with '/'.
  void Begin(EntryKind kind, const std::string& name, std::uint64_t size);
  void Write(std::string_view bytes);
  // Fills the entry's last block.
  void EndEntry();
  void EndArchive();

 private:
  void WriteHeader(char type, const std::string& name, std::uint64_t size);

  Sink sink_;
  std::uint64_t written_ = 0;  // Of the entry.
};

}  // namespace tenon::sagemaker_tool
