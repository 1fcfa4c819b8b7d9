// SPDX-License-Identifier: Apache-2.0
#include "onnx_settings.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

#include "tenon/base/error.hpp"
#include "tenon/base/nearest_name.hpp"

namespace tenon::onnx {
namespace {

using runtime::IdleThreads;
using runtime::Optimization;

constexpr std::string_view kProviderEnding = "ExecutionProvider";
constexpr std::string_view kCpu = "CPUExecutionProvider";
constexpr std::string_view kCuda = "CUDAExecutionProvider";
constexpr std::size_t kMostThreads = 1024;  // More is a mistake.

constexpr std::array<std::pair<std::string_view, Optimization>, 4> kOptimizations = {{
    {"none", Optimization::kNone},
    {"basic", Optimization::kBasic},
    {"extended", Optimization::kExtended},
    {"all", Optimization::kAll},
}};
constexpr std::array<std::pair<std::string_view, IdleThreads>, 2> kIdleThreads = {{
    {"sleep", IdleThreads::kSleep},
    {"spin", IdleThreads::kSpin},
}};

// What is wrong with a setting; for the log. Thrown in this file only.
struct WrongSetting {
  std::string reason;
};

template <class T, std::size_t kCount>
T Choose(std::string_view name, std::string_view value,
         const std::array<std::pair<std::string_view, T>, kCount>& choices) {
  std::vector<std::string_view> names;
  for (const auto& [text, choice] : choices) {
    if (text == value) return choice;
    names.push_back(text);
  }
  throw WrongSetting{
      fmt::format("{} is \"{}\"; it can be {}", name, value, fmt::join(names, ", "))};
}

std::vector<std::string> Items(std::string_view list) {
  std::vector<std::string> items;
  while (true) {
    const std::size_t comma = list.find(',');
    if (const auto item = list.substr(0, comma); !item.empty()) items.emplace_back(item);
    if (comma == std::string_view::npos) return items;
    list.remove_prefix(comma + 1);
  }
}

std::size_t ReadThreads(std::string_view value) {
  std::size_t threads = 0;
  const auto [end, error] = std::from_chars(value.begin(), value.end(), threads);
  if (error != std::errc() || end != value.end() || threads == 0 || threads > kMostThreads) {
    throw WrongSetting{
        fmt::format("threads is \"{}\"; it is a number from 1 to {}", value, kMostThreads)};
  }
  return threads;
}

std::filesystem::path FindOperators(const std::string& file,
                                    const std::filesystem::path& artifact) {
  std::error_code error;
  std::filesystem::path beside = artifact.parent_path() / file;  // `file`, if absolute.
  if (std::filesystem::exists(beside, error)) return beside;
  if (std::filesystem::exists(file, error)) return std::filesystem::absolute(file);
  throw WrongSetting{
      fmt::format("custom_op_libraries names \"{}\", which is neither beside the "
                  "model in {} nor in the working directory",
                  file, artifact.parent_path().string())};
}

bool EqualInAnyCase(std::string_view a, std::string_view b) noexcept {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

std::string_view ShortName(std::string_view provider) noexcept {
  if (provider.ends_with(kProviderEnding)) provider.remove_suffix(kProviderEnding.size());
  return provider;
}

std::vector<std::string> FindProviders(const OnnxLibrary& library,
                                       const std::vector<std::string>& wanted) {
  std::vector<std::string> found;
  for (const std::string& name : wanted) {
    const auto same = std::ranges::find_if(library.Providers(), [&](std::string_view provider) {
      return EqualInAnyCase(ShortName(provider), ShortName(name));
    });
    if (same == library.Providers().end()) {
      throw WrongSetting{
          fmt::format("asked for {}; this ONNX Runtime {} has {}; name another library in "
                      "TENON_ONNXRUNTIME_LIBRARY, or another provider",
                      name, library.Version(), fmt::join(library.Providers(), ", "))};
    }
    found.push_back(*same);
  }
  return found;
}

void ReadSetting(const std::string& name, const std::string& value,
                 const std::filesystem::path& artifact, std::vector<std::string>& providers,
                 SessionSettings& settings) {
  if (name == "providers") {
    providers = Items(value);
  } else if (name == "optimization") {
    settings.optimization = Choose(name, value, kOptimizations);
  } else if (name == "threads") {
    settings.threads = ReadThreads(value);
  } else if (name == "idle_threads") {
    settings.idle_threads = Choose(name, value, kIdleThreads);
  } else if (name == "custom_op_libraries") {
    for (const std::string& file : Items(value)) {
      settings.custom_op_libraries.push_back(FindOperators(file, artifact));
    }
  } else if (name.find('.') != std::string::npos) {
    settings.entries.emplace(name, value);
  } else {
    const std::vector<std::string> names = {"providers", "optimization", "threads", "idle_threads",
                                            "custom_op_libraries"};
    throw WrongSetting{
        fmt::format("there is no setting \"{}\".{} There are {}, and the session's own, such as "
                    "session.set_denormal_as_zero",
                    name, DidYouMean(name, names), fmt::join(names, ", "))};
  }
}

GraphOptimizationLevel LevelOf(Optimization optimization) noexcept {
  switch (optimization) {
    case Optimization::kNone: return ORT_DISABLE_ALL;
    case Optimization::kBasic: return ORT_ENABLE_BASIC;
    case Optimization::kExtended: return ORT_ENABLE_EXTENDED;
    case Optimization::kAll: break;
  }
  return ORT_ENABLE_ALL;
}

void AppendProvider(const OnnxLibrary& library, const std::string& provider,
                    OrtSessionOptions& options) {
  const OrtApi& api = library.Api();
  if (provider == kCpu) return;  // Always there.
  if (provider == kCuda) {
    OrtCUDAProviderOptionsV2* raw = nullptr;
    library.Check(api.CreateCUDAProviderOptions(&raw));
    const auto owner = library.Own<CudaOptionsPtr>(raw);
    library.Check(api.SessionOptionsAppendExecutionProvider_CUDA_V2(&options, raw));
    return;
  }
  const std::string name(ShortName(provider));
  library.Check(
      api.SessionOptionsAppendExecutionProvider(&options, name.c_str(), nullptr, nullptr, 0));
}

}  // namespace

Result<SessionSettings> ReadSettings(const OnnxLibrary& library,
                                     const std::filesystem::path& artifact,
                                     const runtime::LoadOptions& options) {
  try {
    SessionSettings settings{.optimization = options.optimization,
                             .threads = std::clamp<std::size_t>(options.threads, 1, kMostThreads),
                             .idle_threads = options.idle_threads};
    std::vector<std::string> providers = options.providers;
    for (const auto& [name, value] : options.settings) {
      ReadSetting(name, value, artifact, providers, settings);
    }
    settings.providers = FindProviders(library, providers);
    return settings;
  } catch (WrongSetting& wrong) {
    return Error(ErrorCode::kInvalid, "A setting of the ONNX runtime is wrong.")
        .WithPrivateDetail(std::move(wrong.reason));
  }
}

SessionOptionsPtr MakeSessionOptions(const OnnxLibrary& library, const SessionSettings& settings) {
  const OrtApi& api = library.Api();
  OrtSessionOptions* raw = nullptr;
  library.Check(api.CreateSessionOptions(&raw));
  SessionOptionsPtr owner = library.Own<SessionOptionsPtr>(raw);
  library.Check(api.SetIntraOpNumThreads(raw, static_cast<int>(settings.threads)));
  library.Check(api.SetInterOpNumThreads(raw, 1));
  library.Check(api.SetSessionExecutionMode(raw, ORT_SEQUENTIAL));
  library.Check(api.SetSessionGraphOptimizationLevel(raw, LevelOf(settings.optimization)));
  const bool spin = settings.idle_threads == IdleThreads::kSpin;
  library.Check(
      api.AddSessionConfigEntry(raw, "session.intra_op.allow_spinning", spin ? "1" : "0"));
  for (const auto& [key, value] : settings.entries) {
    library.Check(api.AddSessionConfigEntry(raw, key.c_str(), value.c_str()));
  }
  for (const std::filesystem::path& file : settings.custom_op_libraries) {
    library.Check(api.RegisterCustomOpsLibrary_V2(raw, file.c_str()));
  }
  for (const std::string& provider : settings.providers) AppendProvider(library, provider, *raw);
  return owner;
}

std::string InWords(const SessionSettings& settings) {
  std::vector<std::string_view> providers;
  providers.reserve(settings.providers.size());
  for (const std::string& provider : settings.providers) providers.push_back(ShortName(provider));
  if (providers.empty()) providers.push_back(ShortName(kCpu));
  return fmt::format("{}, {} thread{}", fmt::join(providers, "+"), settings.threads,
                     settings.threads == 1 ? "" : "s");
}

}  // namespace tenon::onnx
