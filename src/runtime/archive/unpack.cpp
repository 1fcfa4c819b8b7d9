// SPDX-License-Identifier: Apache-2.0
#include "runtime/archive/unpack.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "runtime/archive/folder_writer.hpp"
#include "runtime/own_plugin.hpp"

namespace tenon::runtime::archive {
namespace {

constexpr std::size_t kChunk = std::size_t{64} << 10U;

constexpr OwnPlugin kPlugin = {.name = "archive",
                               .purpose = "An archive",
                               .package = "libarchive13",
                               .symbol = kArchivePluginSymbol};

// A name for a message: what is in the archive may be anything.
std::string Shown(const char* name) {
  constexpr std::size_t kMost = 100;
  if (name == nullptr) return "without a readable name";
  std::string text = name;
  if (text.size() > kMost) text = text.substr(0, kMost) + "...";
  for (char& c : text) {
    if (c < ' ' || c > '~') c = '?';
  }
  return "'" + text + "'";
}

Error Broken(std::string_view reason) {
  return Error(ErrorCode::kInvalid, "The archive cannot be read.")
      .WithPrivateDetail(fmt::format("{}; a .tar or .tar.gz is expected: pack it anew, or copy it "
                                     "again",
                                     reason));
}

// Reads a source through the plug-in.
class Reader {
 public:
  Reader(const TenonArchivePlugin& plugin, Source& source)
      : plugin_(plugin), source_(source), face_{.context = this, .read = &Feed} {}
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader() {
    if (reader_ != nullptr) plugin_.close(reader_);
  }

  Result<> Open() {
    reader_ = plugin_.open(&face_, &fault_);
    if (reader_ == nullptr) return Fault();
    return {};
  }
  // False at the end.
  Result<bool> Next(TenonArchiveEntry& entry) {
    const std::int32_t status = plugin_.next(reader_, &entry, &fault_);
    if (status < 0) return Fault();
    return status == 1;
  }
  Result<std::size_t> Read(std::span<std::byte> buffer) {
    const std::int64_t count = plugin_.read(reader_, buffer.data(), buffer.size(), &fault_);
    if (count < 0) return Fault();
    return static_cast<std::size_t>(count);
  }
  std::uint64_t BytesRead() const noexcept { return bytes_read_; }

 private:
  static std::int64_t Feed(void* context, const void** bytes) {
    auto& self = *static_cast<Reader*>(context);
    Result<std::span<const std::byte>> next = self.source_.Next();
    if (!next) {
      self.failure_ = std::move(next).Error();
      return -1;
    }
    *bytes = next->data();
    self.bytes_read_ += next->size();
    return static_cast<std::int64_t>(next->size());
  }
  Error Fault() const { return failure_ ? *failure_ : Broken(fault_.text); }

  const TenonArchivePlugin& plugin_;
  Source& source_;
  const TenonArchiveSource face_;
  TenonArchiveFault fault_{};
  std::optional<Error> failure_;  // Of the source.
  std::uint64_t bytes_read_ = 0;
  void* reader_ = nullptr;
};

class Unpacking {
 public:
  Unpacking(Reader& reader, const FolderWriter& folder, const UnpackLimits& limits)
      : reader_(reader), folder_(folder), meter_(limits) {}

  Result<> All() {
    TenonArchiveEntry entry{};
    for (;;) {
      const Result<bool> is_there = reader_.Next(entry);
      if (!is_there) return is_there.Error();
      if (!*is_there) break;
      if (auto done = One(entry); !done) return Placed(entry, done.Error());
    }
    if (meter_.Entries() > 0) return {};
    return Error(ErrorCode::kInvalid, "The archive is empty.")
        .WithPrivateDetail("pack the model into it: tar -C FOLDER -czf model.tar.gz .");
  }

 private:
  // What refuses one entry says so of it; what is broken is the archive's.
  Error Placed(const TenonArchiveEntry& entry, const Error& why) const {
    if (!why.PrivateDetail().empty()) return why;
    return Error(why.Code(), "The archive is not unpacked.")
        .WithPrivateDetail(
            fmt::format("its entry {}, {}: {}", meter_.Entries(), Shown(entry.path), why.Detail()));
  }

  Result<> One(const TenonArchiveEntry& entry) {
    if (auto counted = meter_.AddEntry(); !counted) return counted;
    if (entry.path == nullptr) return Error(ErrorCode::kInvalid, "give it a name in UTF-8");
    const Result<std::vector<std::string>> path = EntryPath(entry.path);
    if (!path) return path.Error();
    if (entry.kind == kTenonArchiveFolder) return folder_.MakeFolder(*path);
    if (path->empty()) return Error(ErrorCode::kInvalid, "it has no name");
    switch (entry.kind) {
      case kTenonArchiveFile: return File(entry, *path);
      case kTenonArchiveSymbolicLink: {
        const std::string target = entry.link == nullptr ? "" : entry.link;
        if (auto fits = CheckSymbolicLink(*path, target); !fits) return fits;
        return folder_.MakeLink(*path, target);
      }
      case kTenonArchiveHardLink: return HardLink(entry, *path);
      default:
        return Error(ErrorCode::kInvalid,
                     "it is neither a file nor a folder but a device, a pipe or a socket");
    }
  }

  Result<> HardLink(const TenonArchiveEntry& entry, const std::vector<std::string>& path) {
    const Result<std::vector<std::string>> file =
        EntryPath(entry.link == nullptr ? "" : entry.link);
    if (!file) return file.Error();
    if (file->empty()) return Error(ErrorCode::kInvalid, "it is a link to nothing");
    return folder_.MakeSecondName(path, *file);
  }

  Result<> File(const TenonArchiveEntry& entry, const std::vector<std::string>& path) {
    if (auto fits = meter_.CheckClaim(entry.size); !fits) return fits;
    const auto claimed = static_cast<std::uint64_t>(std::max<std::int64_t>(entry.size, 0));
    if (auto fits = folder_.CheckSpace(claimed); !fits) return fits;
    const Result<Descriptor> file = folder_.MakeFile(path);
    if (!file) return file.Error();
    for (;;) {
      const Result<std::size_t> count = reader_.Read(buffer_);
      if (!count) return count.Error();
      if (*count == 0) return {};
      if (auto fits = meter_.AddBytes(*count, reader_.BytesRead()); !fits) return fits;
      if (auto written = WriteAll(*file, std::span(buffer_).first(*count)); !written) {
        return written;
      }
    }
  }

  Reader& reader_;
  const FolderWriter& folder_;
  UnpackMeter meter_;
  std::vector<std::byte> buffer_ = std::vector<std::byte>(kChunk);
};

class FileSource final : public Source {
 public:
  explicit FileSource(Descriptor file) noexcept : file_(std::move(file)) {}

  Result<std::span<const std::byte>> Next() override {
    for (;;) {
      const ssize_t count = read(file_.Get(), buffer_.data(), buffer_.size());
      if (count >= 0)
        return std::span<const std::byte>(buffer_).first(static_cast<std::size_t>(count));
      if (errno == EINTR) continue;
      return Error(ErrorCode::kInternal, "The archive cannot be read.")
          .WithPrivateDetail(std::generic_category().message(errno));
    }
  }

 private:
  const Descriptor file_;
  std::vector<std::byte> buffer_ = std::vector<std::byte>(kChunk);
};

}  // namespace

Source::~Source() = default;

bool IsArchiveName(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 3> kSuffixes = {".tar", ".tar.gz", ".tgz"};
  return std::any_of(kSuffixes.begin(), kSuffixes.end(), [&](std::string_view suffix) {
    return name.size() > suffix.size() &&
           std::equal(suffix.rbegin(), suffix.rend(), name.rbegin(),
                      [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
  });
}

Result<> Unpack(Source& source, const std::filesystem::path& folder, const UnpackLimits& limits) {
  const auto plugin = OpenOwnPlugin<TenonArchivePlugin>(kPlugin, kArchivePluginVersion);
  if (!plugin) return plugin.Error();
  const Result<FolderWriter> writer = FolderWriter::Open(folder);
  if (!writer) return writer.Error();
  Reader reader(**plugin, source);
  if (auto open = reader.Open(); !open) return open;
  return Unpacking(reader, *writer, limits).All();
}

Result<> Unpack(const std::filesystem::path& file, const std::filesystem::path& folder,
                const UnpackLimits& limits) {
  // A pipe without a writer would block.
  Descriptor descriptor(open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (descriptor.Get() < 0) {
    return Error(errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kInvalid,
                 "The archive cannot be opened.")
        .WithPrivateDetail(
            fmt::format("{}: {}", file.string(), std::generic_category().message(errno)));
  }
  FileSource source(std::move(descriptor));
  auto unpacked = Unpack(source, folder, limits);
  if (unpacked || unpacked.Error().PrivateDetail().empty()) return unpacked;
  return Error(unpacked.Error().Code(), unpacked.Error().Detail())
      .WithPrivateDetail(file.string() + ": " + unpacked.Error().PrivateDetail());
}

}  // namespace tenon::runtime::archive
