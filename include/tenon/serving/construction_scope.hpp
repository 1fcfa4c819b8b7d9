// SPDX-License-Identifier: Apache-2.0
#pragma once

// How members of a deployment become known to the engine that constructs it.

#include <vector>

#include "tenon/base/export.hpp"

namespace tenon::serving {

class BatchQueue;

// Stands while a deployment's constructor runs on this thread; what is constructed meanwhile adds
// itself and is attached once the constructor has returned. Scopes nest.
// Thread safety: confined to its thread.
class TENON_EXPORT ConstructionScope {
 public:
  ConstructionScope() noexcept;
  ~ConstructionScope();
  ConstructionScope(const ConstructionScope&) = delete;
  ConstructionScope& operator=(const ConstructionScope&) = delete;

  // The innermost scope of this thread, or null: then nothing constructs on an engine's behalf.
  static ConstructionScope* Current() noexcept;

  void Add(BatchQueue& queue) { queues_.push_back(&queue); }
  const std::vector<BatchQueue*>& Queues() const noexcept { return queues_; }

 private:
  ConstructionScope* outer_;
  std::vector<BatchQueue*> queues_;
};

}  // namespace tenon::serving
