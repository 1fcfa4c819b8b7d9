// SPDX-License-Identifier: Apache-2.0
#include "tenon/runtime/archive_plugin.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>

namespace {

archive* Of(void* reader) { return static_cast<archive*>(reader); }

void Say(std::string_view why, TenonArchiveFault& fault) {
  const std::size_t size = std::min(why.size(), sizeof fault.text - 1);
  std::memcpy(fault.text, why.data(), size);
  fault.text[size] = '\0';
}

void SayError(archive* reader, TenonArchiveFault& fault) {
  const char* const why = archive_error_string(reader);
  Say(why == nullptr ? "no reason is given" : why, fault);
}

la_ssize_t ReadSource(archive* reader, void* context, const void** bytes) {
  const auto& source = *static_cast<const TenonArchiveSource*>(context);
  const std::int64_t count = source.read(source.context, bytes);
  if (count < 0) archive_set_error(reader, EIO, "the file cannot be read");
  return static_cast<la_ssize_t>(count);
}

// Only what a model is packed with: every further format is further code that bad bytes reach.
void* Open(const TenonArchiveSource* source, TenonArchiveFault* fault) {
  archive* const reader = archive_read_new();
  if (reader == nullptr) {
    Say("there is no memory", *fault);
    return nullptr;
  }
  if (archive_read_support_filter_gzip(reader) == ARCHIVE_OK &&
      archive_read_support_format_tar(reader) == ARCHIVE_OK &&
      archive_read_open(reader, const_cast<TenonArchiveSource*>(source), nullptr, &ReadSource,
                        nullptr) == ARCHIVE_OK) {
    return reader;
  }
  SayError(reader, *fault);
  archive_read_free(reader);
  return nullptr;
}

std::int32_t KindOf(archive_entry* entry) {
  if (archive_entry_hardlink(entry) != nullptr || archive_entry_hardlink_utf8(entry) != nullptr) {
    return kTenonArchiveHardLink;
  }
  switch (archive_entry_filetype(entry)) {
    case AE_IFREG: return kTenonArchiveFile;
    case AE_IFDIR: return kTenonArchiveFolder;
    case AE_IFLNK: return kTenonArchiveSymbolicLink;
    default: return kTenonArchiveOther;
  }
}

// Names beyond ASCII are UTF-8 or bytes, depending on who wrote them; the program's locale is "C".
const char* Either(const char* bytes, const char* utf8) { return bytes != nullptr ? bytes : utf8; }

std::int32_t Next(void* reader, TenonArchiveEntry* out, TenonArchiveFault* fault) {
  archive_entry* entry = nullptr;
  const int status = archive_read_next_header(Of(reader), &entry);
  if (status == ARCHIVE_EOF) return 0;
  // A warning is of a name or an attribute; what cannot be used is null below.
  if (status != ARCHIVE_OK && status != ARCHIVE_WARN) {
    SayError(Of(reader), *fault);
    return -1;
  }
  out->kind = KindOf(entry);
  out->path = Either(archive_entry_pathname(entry), archive_entry_pathname_utf8(entry));
  out->link = nullptr;
  if (out->kind == kTenonArchiveHardLink) {
    out->link = Either(archive_entry_hardlink(entry), archive_entry_hardlink_utf8(entry));
  } else if (out->kind == kTenonArchiveSymbolicLink) {
    out->link = Either(archive_entry_symlink(entry), archive_entry_symlink_utf8(entry));
  }
  out->size = archive_entry_size(entry);
  return 1;
}

std::int64_t Read(void* reader, void* buffer, std::size_t size, TenonArchiveFault* fault) {
  const la_ssize_t count = archive_read_data(Of(reader), buffer, size);
  if (count >= 0) return count;
  SayError(Of(reader), *fault);
  return -1;
}

void Close(void* reader) { archive_read_free(Of(reader)); }

}  // namespace

extern "C" [[gnu::visibility("default")]] const TenonArchivePlugin* tenon_archive_plugin() {
  static const TenonArchivePlugin plugin{.version = tenon::runtime::kArchivePluginVersion,
                                         .open = &Open,
                                         .next = &Next,
                                         .read = &Read,
                                         .close = &Close};
  return &plugin;
}
