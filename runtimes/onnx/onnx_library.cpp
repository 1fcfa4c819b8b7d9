// SPDX-License-Identifier: Apache-2.0
#include "onnx_library.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "shared_library.hpp"

namespace tenon::onnx {
namespace {

constexpr std::size_t kRememberedLog = 2000;

// What ONNX Runtime logged on this thread since its last failure. It goes nowhere until a call
// fails, and then explains it.
thread_local std::string recent_log;

void ORT_API_CALL Remember(void*, OrtLoggingLevel, const char*, const char*, const char*,
                           const char* message) {
  if (message == nullptr || recent_log.size() >= kRememberedLog) return;
  recent_log.append(recent_log.empty() ? "" : "; ").append(message);
}

Result<std::shared_ptr<const OnnxLibrary>> Use(const runtime::SharedLibrary& library) {
  const auto get_base = library.Find<const OrtApiBase * ORT_API_CALL()>("OrtGetApiBase");
  if (get_base == nullptr) return library.Unusable("it has no symbol OrtGetApiBase");
  const OrtApiBase* const base = get_base();
  std::string version = base->GetVersionString();
  const std::optional<std::uint32_t> number = NegotiateApi(version, ORT_API_VERSION);
  const OrtApi* const api = number ? base->GetApi(*number) : nullptr;
  if (api == nullptr) {
    return library.Unusable(
        fmt::format("it is release {}; 1.{} or newer is needed", version, kOldestApi));
  }
  try {
    return std::shared_ptr<const OnnxLibrary>(
        std::make_shared<OnnxLibrary>(*api, std::move(version)));
  } catch (const OnnxFailure& failure) {
    return library.Unusable(failure.text);
  }
}

}  // namespace

std::optional<std::uint32_t> NegotiateApi(std::string_view version, std::uint32_t headers_api) {
  if (!version.starts_with("1.")) return std::nullopt;
  version.remove_prefix(2);
  std::uint32_t minor = 0;
  const auto [end, error] = std::from_chars(version.begin(), version.end(), minor);
  if (error != std::errc() || minor < kOldestApi) return std::nullopt;
  return std::min(minor, headers_api);
}

Result<std::shared_ptr<const OnnxLibrary>> OnnxLibrary::Open() {
  const auto library = runtime::SharedLibrary::Open(
      {.product = "ONNX Runtime",
       .variable = "TENON_ONNXRUNTIME_LIBRARY",
       .file = "libonnxruntime.so",
       .package = "onnxruntime/capi",
       .system = {"libonnxruntime.so.1", "libonnxruntime.so"},
       .advice = fmt::format("put libonnxruntime.so (1.{} or newer)", kOldestApi)});
  if (!library) return library.Error();
  return Use(*library);
}

OnnxLibrary::OnnxLibrary(const OrtApi& api, std::string version)
    : api_(api), version_(std::move(version)) {
  OrtEnv* env = nullptr;
  Check(api_.CreateEnvWithCustomLogger(&Remember, nullptr, ORT_LOGGING_LEVEL_ERROR, "tenon", &env));
  env_ = Own<EnvPtr>(env);
  OrtMemoryInfo* memory = nullptr;
  Check(api_.CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory));
  cpu_memory_ = Own<MemoryInfoPtr>(memory);
  Check(api_.GetAllocatorWithDefaultOptions(&allocator_));
  char** names = nullptr;
  int count = 0;
  Check(api_.GetAvailableProviders(&names, &count));
  providers_.assign(names, names + count);
  Check(api_.ReleaseAvailableProviders(names, count));
}

void OnnxLibrary::Check(OrtStatus* status) const {
  if (status == nullptr) return;
  const StatusPtr owner = Own<StatusPtr>(status);
  OnnxFailure failure{api_.GetErrorCode(status), api_.GetErrorMessage(status)};
  if (const std::string log = std::exchange(recent_log, {}); !log.empty()) {
    failure.text.append(" [log: ").append(log).append("]");
  }
  throw failure;
}

}  // namespace tenon::onnx
