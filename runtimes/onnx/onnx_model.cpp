// SPDX-License-Identifier: Apache-2.0
#include "onnx_model.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "onnx_values.hpp"

namespace tenon::onnx {
namespace {

constexpr const char* kCpuProvider = "CPUExecutionProvider";
constexpr std::size_t kMostThreads = 1024;  // More is a mistake.

// ONNX Runtime has no code of its own for an allocation that failed, only words.
bool IsOutOfMemory(std::string_view text) noexcept {
  return text.find("bad_alloc") != std::string_view::npos ||
         text.find("bad allocation") != std::string_view::npos ||
         text.find("Failed to allocate memory") != std::string_view::npos;
}

Error RunError(OnnxFailure failure, const StopToken& stop) {
  if (stop.StopRequested()) {
    return Error(ErrorCode::kCancelled, "The run was stopped.")
        .WithPrivateDetail(std::move(failure.text));
  }
  if (IsOutOfMemory(failure.text)) {
    return Error(ErrorCode::kOutOfMemory, "The model needs more memory than there is.")
        .WithPrivateDetail(std::move(failure.text));
  }
  if (failure.code == ORT_INVALID_ARGUMENT) {
    return Error(ErrorCode::kInvalid, "The model does not take these values.")
        .WithPrivateDetail(std::move(failure.text));
  }
  return Error(ErrorCode::kInternal, "The model failed while it ran.")
      .WithPrivateDetail(std::move(failure.text));
}

Error LoadError(const OnnxFailure& failure, const std::filesystem::path& artifact) {
  const auto said = [&](ErrorCode code, const char* detail, std::string_view advice) {
    return Error(code, detail)
        .WithPrivateDetail(
            fmt::format("loading {} failed: {}{}", artifact.string(), failure.text, advice));
  };
  if (IsOutOfMemory(failure.text)) {
    return said(ErrorCode::kOutOfMemory, "The model needs more memory than there is.", "");
  }
  if (failure.code == ORT_INVALID_PROTOBUF) {
    return said(ErrorCode::kInvalid, "The artifact is not a complete ONNX model.",
                "; copy or export it again");
  }
  return said(ErrorCode::kInvalid, "ONNX Runtime cannot execute this model.", "");
}

GraphOptimizationLevel LevelOf(runtime::Optimization optimization) noexcept {
  switch (optimization) {
    case runtime::Optimization::kNone: return ORT_DISABLE_ALL;
    case runtime::Optimization::kBasic: return ORT_ENABLE_BASIC;
    case runtime::Optimization::kExtended: return ORT_ENABLE_EXTENDED;
    case runtime::Optimization::kAll: break;
  }
  return ORT_ENABLE_ALL;
}

Result<> CheckProviders(const OnnxLibrary& library, const runtime::LoadOptions& options) {
  for (const std::string& provider : options.providers) {
    if (provider == kCpuProvider) continue;
    return Error(ErrorCode::kInvalid, "A provider that was asked for cannot be had.")
        .WithPrivateDetail(fmt::format(
            "asked for {}; Tenon runs ONNX models on {} (this ONNX Runtime {} itself has {})",
            provider, kCpuProvider, library.Version(), fmt::join(library.Providers(), ", ")));
  }
  return {};
}

SessionOptionsPtr MakeSessionOptions(const OnnxLibrary& library,
                                     const runtime::LoadOptions& options, std::size_t threads) {
  const OrtApi& api = library.Api();
  OrtSessionOptions* raw = nullptr;
  library.Check(api.CreateSessionOptions(&raw));
  SessionOptionsPtr owner = library.Own<SessionOptionsPtr>(raw);
  library.Check(api.SetIntraOpNumThreads(raw, static_cast<int>(threads)));
  library.Check(api.SetInterOpNumThreads(raw, 1));
  library.Check(api.SetSessionExecutionMode(raw, ORT_SEQUENTIAL));
  library.Check(api.SetSessionGraphOptimizationLevel(raw, LevelOf(options.optimization)));
  const bool spin = options.idle_threads == runtime::IdleThreads::kSpin;
  library.Check(
      api.AddSessionConfigEntry(raw, "session.intra_op.allow_spinning", spin ? "1" : "0"));
  for (const auto& [key, value] : options.settings) {
    library.Check(api.AddSessionConfigEntry(raw, key.c_str(), value.c_str()));
  }
  return owner;
}

std::string_view KindName(ONNXType kind) noexcept {
  switch (kind) {
    case ONNX_TYPE_SEQUENCE: return "a sequence";
    case ONNX_TYPE_MAP: return "a map";
    case ONNX_TYPE_SPARSETENSOR: return "a sparse tensor";
    case ONNX_TYPE_OPTIONAL: return "an optional value";
    default: return "of a kind that Tenon does not know";
  }
}

// What keeps an input or output from being used, as the reason of a failed load.
OnnxFailure NoTensor(std::string_view what, std::string_view name, std::string_view found) {
  return {ORT_NOT_IMPLEMENTED,
          fmt::format("{} \"{}\" is {}; Tenon takes models whose inputs and outputs are tensors of "
                      "numbers, booleans or strings (skl2onnx: options={{'zipmap': False}})",
                      what, name, found)};
}

// Reads the names and types of one side of a session.
class SpecReader {
 public:
  using GetInfo = decltype(OrtApi::SessionGetInputTypeInfo);
  using GetName = decltype(OrtApi::SessionGetInputName);

  SpecReader(const OnnxLibrary& library, const OrtSession& session)
      : library_(library), session_(session) {}

  runtime::TensorSpec Read(std::string_view what, std::size_t index, GetName get_name,
                           GetInfo get_info) const {
    const OrtApi& api = library_.Api();
    runtime::TensorSpec spec;
    spec.name = Name(index, get_name);
    OrtTypeInfo* raw = nullptr;
    library_.Check(get_info(&session_, index, &raw));
    const TypeInfoPtr info = library_.Own<TypeInfoPtr>(raw);
    ONNXType kind{};
    library_.Check(api.GetOnnxTypeFromTypeInfo(raw, &kind));
    if (kind != ONNX_TYPE_TENSOR) throw NoTensor(what, spec.name, KindName(kind));
    const OrtTensorTypeAndShapeInfo* tensor = nullptr;  // Part of info.
    library_.Check(api.CastTypeInfoToTensorInfo(raw, &tensor));
    ONNXTensorElementDataType number{};
    library_.Check(api.GetTensorElementType(tensor, &number));
    const std::optional<ElementType> type = ElementTypeFromOnnx(number);
    if (!type) throw NoTensor(what, spec.name, fmt::format("of element type {}", int{number}));
    spec.element_type = *type;
    ReadShape(*tensor, spec);
    return spec;
  }

 private:
  std::string Name(std::size_t index, GetName get_name) const {
    OrtAllocator& allocator = library_.Allocator();
    char* raw = nullptr;
    library_.Check(get_name(&session_, index, &allocator, &raw));
    const auto free = [&allocator](char* text) { allocator.Free(&allocator, text); };
    const std::unique_ptr<char, decltype(free)> owner(raw, free);
    return raw;
  }

  void ReadShape(const OrtTensorTypeAndShapeInfo& tensor, runtime::TensorSpec& spec) const {
    const OrtApi& api = library_.Api();
    std::size_t rank = 0;
    library_.Check(api.GetDimensionsCount(&tensor, &rank));
    spec.dimensions.resize(rank);
    library_.Check(api.GetDimensions(&tensor, spec.dimensions.data(), rank));
    for (std::int64_t& length : spec.dimensions) {
      if (length < 0) length = runtime::kDynamic;
    }
    std::vector<const char*> symbols(rank);
    library_.Check(api.GetSymbolicDimensions(&tensor, symbols.data(), rank));
    spec.symbols.assign(symbols.begin(), symbols.end());
  }

  const OnnxLibrary& library_;
  const OrtSession& session_;
};

std::vector<const char*> NamesOf(const std::vector<runtime::TensorSpec>& specs) {
  std::vector<const char*> names;
  for (const runtime::TensorSpec& spec : specs) names.push_back(spec.name.c_str());
  return names;
}

// Ends the run when stop is requested.
struct Terminate {
  const OrtApi& api;
  OrtRunOptions& run;
  void operator()() const noexcept {
    // Setting a flag does not fail; were it to, the run would just go on.
    const StatusPtr status(api.RunOptionsSetTerminate(&run), {&api});
  }
};

}  // namespace

Result<std::unique_ptr<runtime::LoadedModel>> OnnxModel::Load(
    std::shared_ptr<const OnnxLibrary> library, const std::filesystem::path& artifact,
    const runtime::LoadOptions& options) {
  if (Result<> providers = CheckProviders(*library, options); !providers) {
    return std::move(providers).Error();
  }
  try {
    const std::size_t threads = std::clamp<std::size_t>(options.threads, 1, kMostThreads);
    const SessionOptionsPtr session_options = MakeSessionOptions(*library, options, threads);
    OrtSession* raw = nullptr;
    library->Check(library->Api().CreateSession(&library->Env(), artifact.c_str(),
                                                session_options.get(), &raw));
    SessionPtr session = library->Own<SessionPtr>(raw);
    return std::unique_ptr<runtime::LoadedModel>(
        std::make_unique<OnnxModel>(std::move(library), std::move(session), threads));
  } catch (const OnnxFailure& failure) {
    return LoadError(failure, artifact);
  } catch (...) {
    return ErrorFromCurrentException();
  }
}

OnnxModel::OnnxModel(std::shared_ptr<const OnnxLibrary> library, SessionPtr session,
                     std::size_t threads)
    : library_(std::move(library)),
      session_(std::move(session)),
      description_(fmt::format("ONNX Runtime {}, CPU, {} thread{}", library_->Version(), threads,
                               threads == 1 ? "" : "s")) {
  const OrtApi& api = library_->Api();
  const SpecReader reader(*library_, *session_);
  std::size_t count = 0;
  library_->Check(api.SessionGetInputCount(session_.get(), &count));
  for (std::size_t i = 0; i < count; ++i) {
    inputs_.push_back(
        reader.Read("input", i, api.SessionGetInputName, api.SessionGetInputTypeInfo));
  }
  library_->Check(api.SessionGetOutputCount(session_.get(), &count));
  for (std::size_t i = 0; i < count; ++i) {
    outputs_.push_back(
        reader.Read("output", i, api.SessionGetOutputName, api.SessionGetOutputTypeInfo));
  }
  input_names_ = NamesOf(inputs_);
  output_names_ = NamesOf(outputs_);
  for (const runtime::TensorSpec& output : outputs_) {
    const auto same = std::ranges::find(inputs_, output.name, &runtime::TensorSpec::name);
    passed_through_.push_back(
        same == inputs_.end() ? std::nullopt : std::optional<std::size_t>(same - inputs_.begin()));
  }
}

Result<std::vector<AnyTensor>> OnnxModel::Run(std::span<const AnyTensor> inputs,
                                              const runtime::RunOptions& options) const {
  if (Result<> checked = runtime::CheckInputs(inputs_, inputs); !checked) {
    return std::move(checked).Error();
  }
  try {
    return RunChecked(inputs, options);
  } catch (OnnxFailure& failure) {
    return RunError(std::move(failure), options.stop);
  } catch (...) {
    return ErrorFromCurrentException();
  }
}

std::vector<AnyTensor> OnnxModel::RunChecked(std::span<const AnyTensor> inputs,
                                             const runtime::RunOptions& options) const {
  const OrtApi& api = library_->Api();
  std::vector<ValuePtr> given;
  std::vector<const OrtValue*> given_raw;
  for (const AnyTensor& input : inputs) {
    given_raw.push_back(given.emplace_back(ToOnnx(*library_, input)).get());
  }

  RunOptionsPtr run;
  std::optional<StopCallback<Terminate>> terminate;
  if (options.stop.StopPossible()) {
    OrtRunOptions* raw = nullptr;
    library_->Check(api.CreateRunOptions(&raw));
    run = library_->Own<RunOptionsPtr>(raw);
    terminate.emplace(options.stop, Terminate{api, *raw});
  }

  std::vector<OrtValue*> computed_raw(outputs_.size(), nullptr);
  OrtStatus* const status =
      api.Run(session_.get(), run.get(), input_names_.data(), given_raw.data(), given_raw.size(),
              output_names_.data(), output_names_.size(), computed_raw.data());
  std::vector<ValuePtr> computed;
  for (OrtValue* const value : computed_raw) computed.push_back(library_->Own<ValuePtr>(value));
  library_->Check(status);

  std::vector<AnyTensor> outputs;
  for (std::size_t i = 0; i < computed.size(); ++i) {
    // An input that is passed through stays the caller's memory, so it is the caller's tensor.
    outputs.push_back(passed_through_[i] ? inputs[*passed_through_[i]]
                                         : FromOnnx(library_, std::move(computed[i])));
  }
  return outputs;
}

}  // namespace tenon::onnx
