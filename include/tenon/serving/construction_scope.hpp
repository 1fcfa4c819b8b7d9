// SPDX-License-Identifier: Apache-2.0
#pragma once

// How members of a deployment become known to the engine that constructs it.

#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/serving/batch_policy.hpp"

namespace tenon::serving {

class BatchQueue;

// Stands while a deployment's constructor runs on this thread; what is constructed meanwhile adds
// itself and is attached once the constructor has returned. Scopes nest.
// Thread safety: confined to its thread.
class TENON_EXPORT ConstructionScope {
 public:
  // `batch`: for batched members that name no options themselves.
  explicit ConstructionScope(BatchOptions batch = {});
  ~ConstructionScope();
  ConstructionScope(const ConstructionScope&) = delete;
  ConstructionScope& operator=(const ConstructionScope&) = delete;

  // The innermost scope of this thread, or null: then nothing constructs on an engine's behalf.
  static ConstructionScope* Current() noexcept;

  const BatchOptions& Batch() const noexcept { return batch_; }
  void Add(BatchQueue& queue) { queues_.push_back(&queue); }
  const std::vector<BatchQueue*>& Queues() const noexcept { return queues_; }

 private:
  ConstructionScope* outer_;
  const BatchOptions batch_;
  std::vector<BatchQueue*> queues_;
};

}  // namespace tenon::serving
