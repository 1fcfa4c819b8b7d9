// SPDX-License-Identifier: Apache-2.0

// What ONNX Runtime itself needs to load a model, from the opening of the library to the session:
//
//   own_load LIBRARY MODEL THREADS     prints milliseconds

#include <dlfcn.h>
#include <onnxruntime_c_api.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace {

const OrtApi* api = nullptr;

void Check(OrtStatus* status) {
  if (status == nullptr) return;
  std::fprintf(stderr, "own_load: %s\n", api->GetErrorMessage(status));
  std::exit(1);
}

}  // namespace

int main(int count, char** words) {
  if (count != 4) {
    std::fprintf(stderr, "usage: own_load LIBRARY MODEL THREADS\n");
    return 2;
  }
  const auto began = std::chrono::steady_clock::now();
  void* const library = dlopen(words[1], RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    std::fprintf(stderr, "own_load: %s\n", dlerror());
    return 1;
  }
  using Base = const OrtApiBase*();
  api = reinterpret_cast<Base*>(dlsym(library, "OrtGetApiBase"))()->GetApi(15);
  OrtEnv* environment = nullptr;
  OrtSessionOptions* options = nullptr;
  OrtSession* session = nullptr;
  Check(api->CreateEnv(ORT_LOGGING_LEVEL_ERROR, "own_load", &environment));
  Check(api->CreateSessionOptions(&options));
  Check(api->SetIntraOpNumThreads(options, std::atoi(words[3])));
  Check(api->SetInterOpNumThreads(options, 1));
  Check(api->SetSessionGraphOptimizationLevel(options, ORT_ENABLE_ALL));
  Check(api->AddSessionConfigEntry(options, "session.intra_op.allow_spinning", "0"));
  Check(api->CreateSession(environment, words[2], options, &session));
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - began;
  std::printf("%.2f\n", took.count());
  return 0;
}
