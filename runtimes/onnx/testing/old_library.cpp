// SPDX-License-Identifier: Apache-2.0

// ONNX Runtime as a user may have it, for tests: the real library, which says that it is release
// 1.15 and has no function that came later, and which claims to have CUDA. Its CUDA does nothing.

#include <dlfcn.h>
#include <onnxruntime_c_api.h>

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace {

constexpr std::uint32_t kApi = 15;

const OrtApiBase* Real() {
  void* const library = dlopen(TENON_TEST_ONNXRUNTIME, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return nullptr;
  using Function = const OrtApiBase*();
  return reinterpret_cast<Function*>(dlsym(library, "OrtGetApiBase"))();
}

char cpu[] = "CPUExecutionProvider";
char cuda[] = "CUDAExecutionProvider";
char* providers[] = {cuda, cpu};

OrtApi MakeTable() {
  const OrtApi& real = *Real()->GetApi(kApi);
  OrtApi table;
  std::memset(&table, 0, sizeof table);
  // What follows is newer, and would be another function's address, or none.
  std::memcpy(&table, &real, offsetof(OrtApi, CreateROCMProviderOptions));
  table.GetAvailableProviders = [](char*** names, int* count) noexcept -> OrtStatus* {
    *names = providers;
    *count = 2;
    return nullptr;
  };
  table.ReleaseAvailableProviders = [](char**, int) noexcept -> OrtStatus* { return nullptr; };
  table.CreateCUDAProviderOptions = [](OrtCUDAProviderOptionsV2** options) noexcept -> OrtStatus* {
    *options = nullptr;
    return nullptr;
  };
  table.ReleaseCUDAProviderOptions = [](OrtCUDAProviderOptionsV2*) {};
  table.SessionOptionsAppendExecutionProvider_CUDA_V2 =
      [](OrtSessionOptions*, const OrtCUDAProviderOptionsV2*) noexcept -> OrtStatus* {
    return nullptr;
  };
  return table;
}

const OrtApi* GetApi(std::uint32_t version) noexcept {
  static const OrtApi table = MakeTable();
  return version <= kApi ? &table : nullptr;
}

const char* GetVersionString() noexcept { return "1.15.1"; }

}  // namespace

extern "C" __attribute__((visibility("default"))) const OrtApiBase* OrtGetApiBase() {
  static const OrtApiBase base = {&GetApi, &GetVersionString};
  return &base;
}
