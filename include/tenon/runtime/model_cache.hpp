// SPDX-License-Identifier: Apache-2.0
#pragma once

// One session for each artifact, however many replicas use it.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/runtime/runtime.hpp"

namespace tenon::runtime {

// Models that are in use somewhere in this process. The cache owns none: a model goes when its last
// user drops it, and is loaded anew when asked for again.
//
// Thread safety: thread-safe. Whoever asks for a model that another thread is loading waits for it;
// different models load at the same time.
class TENON_EXPORT ModelCache {
 public:
  using Loader = std::function<Result<std::unique_ptr<LoadedModel>>()>;

  ModelCache() = default;
  ModelCache(const ModelCache&) = delete;
  ModelCache& operator=(const ModelCache&) = delete;

  // The model of this file loaded with these options, by `load` where nobody uses it yet. A file
  // that was replaced since counts as another. A failed load is not remembered.
  Result<std::shared_ptr<const LoadedModel>> Get(const std::filesystem::path& artifact,
                                                 const LoadOptions& options, const Loader& load);

 private:
  struct Key {
    std::string path;  // Canonical.
    std::int64_t written;
    std::uintmax_t size;
    LoadOptions options;
    auto operator<=>(const Key&) const = default;
  };
  struct Slot {
    std::mutex loading;
    std::weak_ptr<const LoadedModel> model;  // Guarded by loading.
  };
  static Key KeyOf(const std::filesystem::path& artifact, const LoadOptions& options);
  std::shared_ptr<Slot> SlotOf(const Key& key);

  std::mutex mutex_;
  std::map<Key, std::shared_ptr<Slot>> slots_;  // Guarded by mutex_.
};

}  // namespace tenon::runtime
