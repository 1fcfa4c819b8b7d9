// SPDX-License-Identifier: Apache-2.0

// The plug-in `lightgbm`: executes models of LightGBM, all but a few without its library.

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "artifact_file.hpp"
#include "forest_model.hpp"
#include "lightgbm_library.hpp"
#include "lightgbm_model.hpp"
#include "tenon/runtime/plugin.hpp"
#include "tenon/runtime/runtime.hpp"
#include "text_reader.hpp"

namespace tenon::lightgbm {
namespace {

Result<std::unique_ptr<runtime::LoadedModel>> LoadText(const std::string& text, Output output,
                                                       std::size_t threads) {
  LibraryRequest request{.text = text, .output = output, .threads = threads};
  try {
    return std::unique_ptr<runtime::LoadedModel>(
        std::make_unique<trees::ForestModel<double>>(ReadModel(text, output)));
  } catch (NotCovered& odd) {
    request.reason = std::move(odd.reason);
  }
  ModelHead head = ReadHead(text);
  request.format = std::move(head.format);
  request.feature_names = std::move(head.feature_names);
  return LoadInLibrary(request);
}

class LightgbmRuntime final : public runtime::Runtime {
 public:
  std::string_view Name() const noexcept override { return "lightgbm"; }

  Result<std::unique_ptr<runtime::LoadedModel>> Load(const std::filesystem::path& artifact,
                                                     const runtime::LoadOptions& options) override {
    const Result<Output> output = ReadOptions(options);
    if (!output) return output.Error();
    try {
      const Result<std::string> text = trees::ReadArtifact(artifact);
      if (!text) return text.Error();
      return LoadText(*text, *output, std::max<std::size_t>(options.threads, 1));
    } catch (const BrokenFile& broken) {
      return Error(ErrorCode::kInvalid, "The artifact is not a LightGBM model that Tenon executes.")
          .WithPrivateDetail(
              fmt::format("loading {} failed: {}", artifact.string(), broken.reason));
    } catch (...) {
      return ErrorFromCurrentException();
    }
  }
};

Result<std::unique_ptr<runtime::Runtime>> Create() {
  return std::unique_ptr<runtime::Runtime>(std::make_unique<LightgbmRuntime>());
}

}  // namespace
}  // namespace tenon::lightgbm

TENON_RUNTIME_PLUGIN(&tenon::lightgbm::Create);
