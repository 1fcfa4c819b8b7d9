// SPDX-License-Identifier: Apache-2.0
#pragma once

// Ctrl-C as a value that is asked for, so that a command can still clean up.

#include <chrono>

namespace tenon::aws {

// Takes SIGINT and SIGTERM from the process: they no longer end it, but are seen here. The signals
// stay blocked for the rest of the process.
// REQUIRES: made before any other thread. Thread safety: thread-compatible.
class Interrupts {
 public:
  Interrupts();
  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  // Whether one has come since the last Forget.
  bool Requested();
  // The next one counts anew: for the cleaning up after the first.
  void Forget() { requested_ = false; }
  // Throws Interrupted as soon as one comes.
  void Sleep(std::chrono::milliseconds time);
  // Waits until `descriptor` can be read. Throws Interrupted as soon as one comes.
  void WaitReadable(int descriptor);

 private:
  int signals_;  // A signalfd.
  bool requested_ = false;
};

}  // namespace tenon::aws
