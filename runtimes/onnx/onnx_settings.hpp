// SPDX-License-Identifier: Apache-2.0
#pragma once

// What LoadOptions ask for, and ONNX Runtime's options from it.

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "onnx_handles.hpp"
#include "onnx_library.hpp"
#include "tenon/runtime/runtime.hpp"

namespace tenon::onnx {

// Settings by name, which win over the members of LoadOptions:
//
//   providers=cuda,cpu            best first: ONNX Runtime's names, with or without the
//                                 "ExecutionProvider" at their end, in any case
//   optimization=extended         none, basic, extended or all
//   threads=2                     of one run
//   idle_threads=spin             sleep or spin
//   custom_op_libraries=ops.so    files, separated by commas; beside the model where not absolute
//   session.KEY=VALUE             any other name with a dot: an entry of the session's
//   configuration
struct SessionSettings {
  std::vector<std::string> providers = {};  // In full; the CPU is always the last resort of a node.
  runtime::Optimization optimization = runtime::Optimization::kAll;
  std::size_t threads = 1;
  runtime::IdleThreads idle_threads = runtime::IdleThreads::kSleep;
  std::vector<std::filesystem::path> custom_op_libraries = {};
  std::map<std::string, std::string> entries = {};
};

// Errors: kInvalid for settings that there are not, for providers that the library has not (it says
// which it has), and for libraries of operators that are not there.
Result<SessionSettings> ReadSettings(const OnnxLibrary& library,
                                     const std::filesystem::path& artifact,
                                     const runtime::LoadOptions& options);

// Errors: throws OnnxFailure; also for a provider that does not start.
SessionOptionsPtr MakeSessionOptions(const OnnxLibrary& library, const SessionSettings& settings);

// "CUDA, 2 threads", for people.
std::string InWords(const SessionSettings& settings);

}  // namespace tenon::onnx
