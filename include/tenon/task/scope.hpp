// SPDX-License-Identifier: Apache-2.0
#pragma once

// What flows down with every call, unseen: where it runs, until when, and whether anybody waits.

#include "tenon/base/clock.hpp"
#include "tenon/base/stop.hpp"
#include "tenon/task/event_loop.hpp"

namespace tenon {

class ComputePool;
class ComputeShare;
class RequestContext;

// The surroundings of a coroutine. A child inherits its parent's at `co_await`; WhenAll, deadlines
// and handles narrow it. `co_await tenon::CurrentScope()` reads it.
//
// Lifetime: a scope outlives every operation that was started with it. Thread safety: a value.
struct Scope {
  EventLoop* loop = nullptr;    // Never null while a coroutine runs.
  ComputePool* pool = nullptr;  // Null: work for the pool runs inline (unit tests).
  StopToken stop;
  Deadline deadline = Deadline::Never();
  const RequestContext* request = nullptr;  // Null outside a request.
  const char* activity = nullptr;           // The deployment at work, for the watchdog.
  ComputeShare* share = nullptr;            // For what the pool's time counts; null: its own.
};

}  // namespace tenon
