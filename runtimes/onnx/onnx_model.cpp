// SPDX-License-Identifier: Apache-2.0
#include "onnx_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "half_floats.hpp"
#include "onnx_collections.hpp"
#include "onnx_settings.hpp"
#include "onnx_values.hpp"

namespace tenon::onnx {
namespace {

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

std::vector<const char*> NamesOf(const std::vector<Port>& ports) {
  std::vector<const char*> names;
  names.reserve(ports.size());
  for (const Port& port : ports) names.push_back(port.name.c_str());
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
  const Result<SessionSettings> settings = ReadSettings(*library, artifact, options);
  if (!settings) return settings.Error();
  try {
    const SessionOptionsPtr session_options = MakeSessionOptions(*library, *settings);
    OrtSession* raw = nullptr;
    library->Check(library->Api().CreateSession(&library->Env(), artifact.c_str(),
                                                session_options.get(), &raw));
    SessionPtr session = library->Own<SessionPtr>(raw);
    return std::unique_ptr<runtime::LoadedModel>(
        std::make_unique<OnnxModel>(std::move(library), std::move(session), InWords(*settings)));
  } catch (const OnnxFailure& failure) {
    return LoadError(failure, artifact);
  } catch (...) {
    return ErrorFromCurrentException();
  }
}

OnnxModel::OnnxModel(std::shared_ptr<const OnnxLibrary> library, SessionPtr session,
                     std::string_view settings)
    : library_(std::move(library)),
      session_(std::move(session)),
      description_(fmt::format("ONNX Runtime {}, {}", library_->Version(), settings)),
      input_ports_(ReadPorts(*library_, *session_, Side::kInput)),
      output_ports_(ReadPorts(*library_, *session_, Side::kOutput)),
      input_names_(NamesOf(input_ports_)),
      output_names_(NamesOf(output_ports_)) {
  inputs_.reserve(input_ports_.size());
  for (const Port& port : input_ports_) inputs_.push_back(port.shown.front());
  for (const Port& port : output_ports_) {
    outputs_.insert(outputs_.end(), port.shown.begin(), port.shown.end());
    const auto same = std::ranges::find(input_ports_, port.name, &Port::name);
    passed_through_.push_back(same == input_ports_.end()
                                  ? std::nullopt
                                  : std::optional<std::size_t>(same - input_ports_.begin()));
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
  std::vector<AnyTensor> stored;  // The inputs as the model holds them.
  std::vector<ValuePtr> given;
  std::vector<const OrtValue*> given_raw;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const ElementType type = input_ports_[i].stored;
    stored.push_back(type == inputs[i].Type() ? inputs[i] : NarrowToHalves(inputs[i], type));
    given_raw.push_back(given.emplace_back(ToOnnx(*library_, stored.back())).get());
  }

  RunOptionsPtr run;
  std::optional<StopCallback<Terminate>> terminate;
  if (options.stop.StopPossible()) {
    OrtRunOptions* raw = nullptr;
    library_->Check(api.CreateRunOptions(&raw));
    run = library_->Own<RunOptionsPtr>(raw);
    terminate.emplace(options.stop, Terminate{api, *raw});
  }

  std::vector<OrtValue*> computed_raw(output_ports_.size(), nullptr);
  OrtStatus* const status =
      api.Run(session_.get(), run.get(), input_names_.data(), given_raw.data(), given_raw.size(),
              output_names_.data(), output_names_.size(), computed_raw.data());
  std::vector<ValuePtr> computed;
  for (OrtValue* const value : computed_raw) computed.push_back(library_->Own<ValuePtr>(value));
  library_->Check(status);

  std::vector<AnyTensor> outputs;
  for (std::size_t i = 0; i < computed.size(); ++i) {
    const Port& port = output_ports_[i];
    if (port.form != Form::kTensor) {
      std::ranges::move(Unfold(library_, port, *computed[i]), std::back_inserter(outputs));
    } else if (passed_through_[i] && port.stored == port.shown.front().element_type) {
      // An input that is passed through stays the caller's memory, so it is the caller's tensor.
      outputs.push_back(inputs[*passed_through_[i]]);
    } else {
      outputs.push_back(FromOnnx(library_, std::move(computed[i])));
    }
  }
  return outputs;
}

}  // namespace tenon::onnx
