// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which runtimes there are: plug-ins on disk, opened when an artifact first needs them.

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/runtime/runtime.hpp"

namespace tenon::runtime {

// Where plug-ins lie unless told otherwise: the folder that TENON_RUNTIME_DIR names, and no other,
// where it is set; else `tenon/runtimes` beside the library or program that holds this function,
// and in `../lib` from there.
TENON_EXPORT std::vector<std::filesystem::path> DefaultRuntimeDirectories();

// Runtimes by name. A name that was not added is looked for as `<directory>/<name>.so` in each
// directory in turn; the first one found is opened and stays open until the process ends.
//
// Lifetime: outlives nothing but its own answers: a Runtime from Find lives as long as the
// registry; a LoadedModel may outlive it. Thread safety: thread-safe.
class TENON_EXPORT RuntimeRegistry {
 public:
  RuntimeRegistry() : RuntimeRegistry(DefaultRuntimeDirectories()) {}
  explicit RuntimeRegistry(std::vector<std::filesystem::path> directories);
  RuntimeRegistry(const RuntimeRegistry&) = delete;
  RuntimeRegistry& operator=(const RuntimeRegistry&) = delete;
  ~RuntimeRegistry();

  // Takes a runtime of this program's own; it goes before a plug-in of the same name and replaces
  // nothing that Find has answered already.
  void Add(std::unique_ptr<Runtime> runtime);

  // The runtime of that name, never null.
  // Errors: kNotFound where no directory has it, kInternal where its plug-in is not one of this
  // build of Tenon, else what the plug-in itself reports (its third-party library is missing).
  Result<Runtime*> Find(std::string_view name);

  // Names of the runtimes that Find could try, sorted: those added and the plug-ins on disk.
  std::vector<std::string> Available() const;

 private:
  // REQUIRES: mutex_ is held.
  Result<std::unique_ptr<Runtime>> Open(const std::string& name) const;
  std::vector<std::string> Names() const;

  const std::vector<std::filesystem::path> directories_;
  mutable std::mutex mutex_;
  std::map<std::string, std::unique_ptr<Runtime>, std::less<>> runtimes_;  // Guarded by mutex_.
};

}  // namespace tenon::runtime
