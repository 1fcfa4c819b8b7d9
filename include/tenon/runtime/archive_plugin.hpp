// SPDX-License-Identifier: Apache-2.0
#pragma once

// The C face of the plug-in that reads archives. It says what stands in one, entry by entry, and
// writes nothing: what may be unpacked and where is decided by whoever asks. No exception and no
// C++ type crosses.

#include <cstddef>
#include <cstdint>

extern "C" {

enum TenonArchiveKind : std::int32_t {
  kTenonArchiveFile,
  kTenonArchiveFolder,
  kTenonArchiveSymbolicLink,
  kTenonArchiveHardLink,
  kTenonArchiveOther,  // A device, a pipe, a socket.
};

// Lives until the next call. Texts end with a zero and may be anything else.
struct TenonArchiveEntry {
  const char* path;  // Null where the name cannot be read.
  const char* link;  // What a link points to; null for others.
  std::int32_t kind;
  std::int64_t size;  // What the archive claims.
};

// Where the archive's bytes come from.
struct TenonArchiveSource {
  void* context;
  // Makes the next bytes available until the next call. Returns their number, 0 at the end, or -1.
  std::int64_t (*read)(void* context, const void** bytes);
};

struct TenonArchiveFault {
  char text[256];  // Ends with a zero.
};

struct TenonArchivePlugin {
  std::uint32_t version;
  // A reader of a tar archive, compressed by gzip or not; null with a fault. `source` outlives it.
  void* (*open)(const TenonArchiveSource* source, TenonArchiveFault* fault);
  // 1 with the next entry, 0 at the end, -1 with a fault, after which only `close` may follow.
  std::int32_t (*next)(void* reader, TenonArchiveEntry* entry, TenonArchiveFault* fault);
  // The next bytes of the entry's content: their number, 0 at its end, -1 with a fault.
  std::int64_t (*read)(void* reader, void* buffer, std::size_t size, TenonArchiveFault* fault);
  void (*close)(void* reader);
};

using TenonArchiveFunction = const TenonArchivePlugin* (*)();

}  // extern "C"

namespace tenon::runtime {

inline constexpr std::uint32_t kArchivePluginVersion = 1;
// The C symbol that gives the plug-in.
inline constexpr const char* kArchivePluginSymbol = "tenon_archive_plugin";

}  // namespace tenon::runtime
