// SPDX-License-Identifier: Apache-2.0
#include "onnx_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <iterator>
#include <system_error>
#include <utility>

namespace tenon::onnx {
namespace {

constexpr const char* kVariable = "TENON_ONNXRUNTIME_LIBRARY";
constexpr std::size_t kRememberedLog = 2000;

// What ONNX Runtime logged on this thread since its last failure. It goes nowhere until a call
// fails, and then explains it.
thread_local std::string recent_log;

void ORT_API_CALL Remember(void*, OrtLoggingLevel, const char*, const char*, const char*,
                           const char* message) {
  if (message == nullptr || recent_log.size() >= kRememberedLog) return;
  recent_log.append(recent_log.empty() ? "" : "; ").append(message);
}

std::filesystem::path FolderOfPlugin() {
  Dl_info info{};
  std::error_code error;
  if (dladdr(reinterpret_cast<const void*>(&FolderOfPlugin), &info) == 0) return {};
  return std::filesystem::canonical(info.dli_fname, error).parent_path();
}

// Names to give to dlopen, best first.
std::vector<std::string> Candidates() {
  if (const char* given = std::getenv(kVariable); given != nullptr && *given != '\0') {
    return {given};
  }
  std::vector<std::string> found;
  std::error_code error;
  auto entry = std::filesystem::directory_iterator(FolderOfPlugin(), error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (entry->path().filename().string().starts_with("libonnxruntime.so")) {
      found.push_back(entry->path().string());
    }
  }
  std::sort(found.begin(), found.end());
  found.insert(found.end(), {"libonnxruntime.so.1", "libonnxruntime.so"});
  return found;
}

Error Unusable(const std::string& name, std::string_view reason) {
  return Error(ErrorCode::kInternal, "The ONNX Runtime library cannot be used.")
      .WithPrivateDetail(fmt::format("{}: {}", name, reason));
}

Error NotFound(const std::vector<std::string>& reasons) {
  std::string text;
  for (const std::string& reason : reasons) {
    fmt::format_to(std::back_inserter(text), "{}{}", text.empty() ? "" : "; ", reason);
  }
  return Error(ErrorCode::kNotFound, "The ONNX Runtime library is not installed.")
      .WithPrivateDetail(
          fmt::format("put libonnxruntime.so (1.{} or newer) beside the plug-in in {}, "
                      "or name its file in {}; tried: {}",
                      kOldestApi, FolderOfPlugin().string(), kVariable, text));
}

Result<std::shared_ptr<const OnnxLibrary>> Use(void* handle, const std::string& name) {
  using BaseFunction = const OrtApiBase*(ORT_API_CALL*)();
  const auto get_base = reinterpret_cast<BaseFunction>(dlsym(handle, "OrtGetApiBase"));
  if (get_base == nullptr) return Unusable(name, "it has no symbol OrtGetApiBase");
  const OrtApiBase* const base = get_base();
  std::string version = base->GetVersionString();
  const std::optional<std::uint32_t> number = NegotiateApi(version, ORT_API_VERSION);
  const OrtApi* const api = number ? base->GetApi(*number) : nullptr;
  if (api == nullptr) {
    return Unusable(name,
                    fmt::format("it is release {}; 1.{} or newer is needed", version, kOldestApi));
  }
  try {
    return std::shared_ptr<const OnnxLibrary>(
        std::make_shared<OnnxLibrary>(*api, std::move(version)));
  } catch (const OnnxFailure& failure) {
    return Unusable(name, failure.text);
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
  std::vector<std::string> reasons;
  for (const std::string& name : Candidates()) {
    // Never closed: its threads and exit handlers may outlive every owner here.
    if (void* const handle = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL)) return Use(handle, name);
    const char* const reason = dlerror();
    reasons.emplace_back(reason == nullptr ? name : reason);
  }
  return NotFound(reasons);
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
