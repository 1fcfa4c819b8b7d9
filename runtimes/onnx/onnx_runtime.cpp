// SPDX-License-Identifier: Apache-2.0

// The plug-in `onnx`: executes .onnx files with the ONNX Runtime library.

#include <filesystem>
#include <memory>
#include <string_view>
#include <utility>

#include "onnx_library.hpp"
#include "onnx_model.hpp"
#include "tenon/runtime/plugin.hpp"
#include "tenon/runtime/runtime.hpp"

namespace tenon::onnx {
namespace {

class OnnxRuntime final : public runtime::Runtime {
 public:
  explicit OnnxRuntime(std::shared_ptr<const OnnxLibrary> library) : library_(std::move(library)) {}

  std::string_view Name() const noexcept override { return "onnx"; }
  Result<std::unique_ptr<runtime::LoadedModel>> Load(const std::filesystem::path& artifact,
                                                     const runtime::LoadOptions& options) override {
    return OnnxModel::Load(library_, artifact, options);
  }

 private:
  const std::shared_ptr<const OnnxLibrary> library_;
};

Result<std::unique_ptr<runtime::Runtime>> Create() {
  Result<std::shared_ptr<const OnnxLibrary>> library = OnnxLibrary::Open();
  if (!library) return std::move(library).Error();
  return std::unique_ptr<runtime::Runtime>(std::make_unique<OnnxRuntime>(*std::move(library)));
}

}  // namespace
}  // namespace tenon::onnx

TENON_RUNTIME_PLUGIN(&tenon::onnx::Create);
