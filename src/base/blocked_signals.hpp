// SPDX-License-Identifier: Apache-2.0
#pragma once

// Starting threads that leave the process's signals alone.

#include <pthread.h>

#include <csignal>

namespace tenon {

// While it lives, this thread blocks the signals that ask the process for something; threads
// started meanwhile inherit that for good. Those that report a thread's own fault stay deliverable.
class BlockedSignals {
 public:
  BlockedSignals() noexcept {
    sigset_t signals;
    sigfillset(&signals);
    for (int own : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS, SIGPROF}) {
      sigdelset(&signals, own);
    }
    pthread_sigmask(SIG_BLOCK, &signals, &before_);
  }
  ~BlockedSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  BlockedSignals(const BlockedSignals&) = delete;
  BlockedSignals& operator=(const BlockedSignals&) = delete;

 private:
  sigset_t before_;
};

}  // namespace tenon
