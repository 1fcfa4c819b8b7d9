// SPDX-License-Identifier: Apache-2.0
#pragma once

// Owners of what ONNX Runtime's C interface hands out.

#include <onnxruntime_c_api.h>

#include <memory>

namespace tenon::onnx {

// Gives an object back through the function table that it came from.
template <auto kRelease>
struct Releaser {
  const OrtApi* api = nullptr;
  template <class T>
  void operator()(T* object) const noexcept {
    (api->*kRelease)(object);
  }
};

using CudaOptionsPtr =
    std::unique_ptr<OrtCUDAProviderOptionsV2, Releaser<&OrtApi::ReleaseCUDAProviderOptions>>;
using EnvPtr = std::unique_ptr<OrtEnv, Releaser<&OrtApi::ReleaseEnv>>;
using MemoryInfoPtr = std::unique_ptr<OrtMemoryInfo, Releaser<&OrtApi::ReleaseMemoryInfo>>;
using RunOptionsPtr = std::unique_ptr<OrtRunOptions, Releaser<&OrtApi::ReleaseRunOptions>>;
using SessionOptionsPtr =
    std::unique_ptr<OrtSessionOptions, Releaser<&OrtApi::ReleaseSessionOptions>>;
using SessionPtr = std::unique_ptr<OrtSession, Releaser<&OrtApi::ReleaseSession>>;
using ShapeInfoPtr =
    std::unique_ptr<OrtTensorTypeAndShapeInfo, Releaser<&OrtApi::ReleaseTensorTypeAndShapeInfo>>;
using StatusPtr = std::unique_ptr<OrtStatus, Releaser<&OrtApi::ReleaseStatus>>;
using TypeInfoPtr = std::unique_ptr<OrtTypeInfo, Releaser<&OrtApi::ReleaseTypeInfo>>;
using ValuePtr = std::unique_ptr<OrtValue, Releaser<&OrtApi::ReleaseValue>>;

}  // namespace tenon::onnx
