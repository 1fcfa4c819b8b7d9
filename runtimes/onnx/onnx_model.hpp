// SPDX-License-Identifier: Apache-2.0
#pragma once

// One session of ONNX Runtime.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "onnx_handles.hpp"
#include "onnx_library.hpp"
#include "onnx_ports.hpp"
#include "tenon/runtime/runtime.hpp"

namespace tenon::onnx {

// Thread safety: thread-safe; runs share the session's threads.
class OnnxModel final : public runtime::LoadedModel {
 public:
  // Errors: kInvalid for a file that is no ONNX model or that this library cannot execute, for
  // inputs and outputs that onnx_ports.hpp does not serve, and as ReadSettings.
  static Result<std::unique_ptr<runtime::LoadedModel>> Load(
      std::shared_ptr<const OnnxLibrary> library, const std::filesystem::path& artifact,
      const runtime::LoadOptions& options);

  // `settings` in words. Errors: throws OnnxFailure as ReadPorts.
  OnnxModel(std::shared_ptr<const OnnxLibrary> library, SessionPtr session,
            std::string_view settings);

  std::span<const runtime::TensorSpec> Inputs() const noexcept override { return inputs_; }
  std::span<const runtime::TensorSpec> Outputs() const noexcept override { return outputs_; }
  std::string Description() const override { return description_; }
  Result<std::vector<AnyTensor>> Run(std::span<const AnyTensor> inputs,
                                     const runtime::RunOptions& options) const override;

 private:
  std::vector<AnyTensor> RunChecked(std::span<const AnyTensor> inputs,
                                    const runtime::RunOptions& options) const;

  const std::shared_ptr<const OnnxLibrary> library_;  // Goes last.
  const SessionPtr session_;
  const std::string description_;
  const std::vector<Port> input_ports_;
  const std::vector<Port> output_ports_;
  const std::vector<const char*> input_names_;  // Into the ports, as the interface takes them.
  const std::vector<const char*> output_names_;
  std::vector<runtime::TensorSpec> inputs_;
  std::vector<runtime::TensorSpec> outputs_;
  // For each output port the input of the same name: ONNX Runtime hands that very input back.
  std::vector<std::optional<std::size_t>> passed_through_;
};

}  // namespace tenon::onnx
