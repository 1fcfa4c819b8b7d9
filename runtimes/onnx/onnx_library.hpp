// SPDX-License-Identifier: Apache-2.0
#pragma once

// The ONNX Runtime library: found, opened and asked for a function table at run time, so that any
// release from 1.15 on works, the user's own included.

#include <onnxruntime_c_api.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "onnx_handles.hpp"
#include "tenon/base/result.hpp"

namespace tenon::onnx {

// The oldest function table that has all that this plug-in calls.
inline constexpr std::uint32_t kOldestApi = 15;

// The function table to ask a library for: the newest that both sides know. A release 1.N has
// table N. Nothing where the release is too old or its version cannot be read.
std::optional<std::uint32_t> NegotiateApi(std::string_view library_version,
                                          std::uint32_t headers_api);

// What ONNX Runtime reported, thrown inside this plug-in only. The text is for the log.
struct OnnxFailure {
  OrtErrorCode code;
  std::string text;
};

// An opened library with its environment. Thread safety: thread-safe.
// Lifetime: shared by everything made with it; the shared library itself is never closed.
class OnnxLibrary {
 public:
  // The file that TENON_ONNXRUNTIME_LIBRARY names, and no other, where it is set; else the library
  // beside this plug-in; else the system's.
  // Errors: kNotFound where there is none, kInternal where it cannot be used.
  static Result<std::shared_ptr<const OnnxLibrary>> Open();

  OnnxLibrary(const OrtApi& api, std::string version);

  const OrtApi& Api() const noexcept { return api_; }
  const std::string& Version() const noexcept { return version_; }
  const OrtEnv& Env() const noexcept { return *env_; }
  const OrtMemoryInfo& CpuMemory() const noexcept { return *cpu_memory_; }
  OrtAllocator& Allocator() const noexcept { return *allocator_; }
  const std::vector<std::string>& Providers() const noexcept { return providers_; }

  // Throws OnnxFailure for a status that is not success.
  void Check(OrtStatus* status) const;

  // `Own<ValuePtr>(object)`: the object in its owner.
  template <class Ptr>
  Ptr Own(typename Ptr::pointer object) const noexcept {
    return Ptr(object, typename Ptr::deleter_type{&api_});
  }

 private:
  const OrtApi& api_;
  const std::string version_;
  EnvPtr env_;
  MemoryInfoPtr cpu_memory_;
  OrtAllocator* allocator_ = nullptr;  // The library's own, never released.
  std::vector<std::string> providers_;
};

}  // namespace tenon::onnx
