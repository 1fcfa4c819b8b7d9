// SPDX-License-Identifier: Apache-2.0

// A library of custom operators for tests: tenon.testing.Addresses takes float32 of any shape and
// gives where its input and its output lie in memory, as int64[2]. So a test sees copies.

#include <onnxruntime_c_api.h>

#include <bit>
#include <cstdint>

namespace {

const OrtApi* api = nullptr;  // Set once, when the library is registered.

struct Domain {
  OrtCustomOpDomain* raw = nullptr;
  Domain() = default;
  Domain(const Domain&) = delete;
  Domain& operator=(const Domain&) = delete;
  ~Domain() { api->ReleaseCustomOpDomain(raw); }
};

void Compute(void*, OrtKernelContext* context) {
  const OrtValue* input = nullptr;
  OrtValue* output = nullptr;
  void* from = nullptr;
  void* to = nullptr;
  const std::int64_t two = 2;
  // None of these fails for an operator that was called as it was declared.
  static_cast<void>(api->KernelContext_GetInput(context, 0, &input));
  static_cast<void>(api->KernelContext_GetOutput(context, 0, &two, 1, &output));
  static_cast<void>(api->GetTensorMutableData(const_cast<OrtValue*>(input), &from));
  static_cast<void>(api->GetTensorMutableData(output, &to));
  auto* const addresses = static_cast<std::int64_t*>(to);
  addresses[0] = std::bit_cast<std::int64_t>(from);
  addresses[1] = std::bit_cast<std::int64_t>(to);
}

OrtCustomOp MakeOperator() {
  using Op = const OrtCustomOp*;
  OrtCustomOp op{};
  op.version = 15;
  op.CreateKernel = [](Op, const OrtApi*, const OrtKernelInfo*) -> void* { return nullptr; };
  op.GetName = [](Op) { return "Addresses"; };
  op.GetExecutionProviderType = [](Op) -> const char* { return nullptr; };
  op.GetInputType = [](Op, std::size_t) { return ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT; };
  op.GetInputTypeCount = [](Op) { return std::size_t{1}; };
  op.GetOutputType = [](Op, std::size_t) { return ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64; };
  op.GetOutputTypeCount = [](Op) { return std::size_t{1}; };
  op.KernelCompute = &Compute;
  op.KernelDestroy = [](void*) {};
  op.GetInputCharacteristic = [](Op, std::size_t) { return INPUT_OUTPUT_REQUIRED; };
  op.GetOutputCharacteristic = [](Op, std::size_t) { return INPUT_OUTPUT_REQUIRED; };
  op.GetInputMemoryType = [](Op, std::size_t) { return OrtMemTypeDefault; };
  return op;
}

}  // namespace

extern "C" __attribute__((visibility("default"))) OrtStatus* RegisterCustomOps(
    OrtSessionOptions* options, const OrtApiBase* base) {
  static const OrtCustomOp op = MakeOperator();
  static Domain domain;  // Goes with this library, which ONNX Runtime closes after its sessions.
  api = base->GetApi(15);
  if (domain.raw == nullptr) {
    if (auto* const failed = api->CreateCustomOpDomain("tenon.testing", &domain.raw)) return failed;
    if (auto* const failed = api->CustomOpDomain_Add(domain.raw, &op)) return failed;
  }
  return api->AddCustomOpDomain(options, domain.raw);
}
