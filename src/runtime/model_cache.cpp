// SPDX-License-Identifier: Apache-2.0
#include "tenon/runtime/model_cache.hpp"

#include <chrono>
#include <system_error>
#include <utility>

namespace tenon::runtime {

ModelCache::Key ModelCache::KeyOf(const std::filesystem::path& artifact,
                                  const LoadOptions& options) {
  // What cannot be looked at is left to the loader to report.
  std::error_code error;
  std::filesystem::path path = std::filesystem::canonical(artifact, error);
  if (error) path = artifact;
  const auto written = std::filesystem::last_write_time(path, error);
  const std::int64_t written_ns =
      error ? 0
            : std::chrono::duration_cast<std::chrono::nanoseconds>(written.time_since_epoch())
                  .count();
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  return {path.string(), written_ns, error ? 0 : size, options};
}

std::shared_ptr<ModelCache::Slot> ModelCache::SlotOf(const Key& key) {
  const std::lock_guard lock(mutex_);
  std::erase_if(slots_, [](const auto& entry) {
    if (entry.second.use_count() > 1) return false;  // Somebody is loading.
    const std::lock_guard idle(entry.second->loading);
    return entry.second->model.expired();
  });
  std::shared_ptr<Slot>& slot = slots_[key];
  if (!slot) slot = std::make_shared<Slot>();
  return slot;
}

Result<std::shared_ptr<const LoadedModel>> ModelCache::Get(const std::filesystem::path& artifact,
                                                           const LoadOptions& options,
                                                           const Loader& load) {
  const std::shared_ptr<Slot> slot = SlotOf(KeyOf(artifact, options));
  const std::lock_guard lock(slot->loading);
  if (std::shared_ptr<const LoadedModel> model = slot->model.lock()) return model;
  Result<std::unique_ptr<LoadedModel>> loaded = load();
  if (!loaded) return std::move(loaded).Error();
  std::shared_ptr<const LoadedModel> model = *std::move(loaded);
  slot->model = model;
  return model;
}

}  // namespace tenon::runtime
