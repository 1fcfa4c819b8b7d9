// SPDX-License-Identifier: Apache-2.0

// The plug-in `xgboost`: executes models of XGBoost, all but a few without its library.

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
#include "tenon/runtime/plugin.hpp"
#include "tenon/runtime/runtime.hpp"
#include "xgboost_library.hpp"
#include "xgboost_model.hpp"

namespace tenon::xgboost {
namespace {

Result<std::unique_ptr<runtime::LoadedModel>> LoadBytes(const std::string& bytes,
                                                        const ModelOptions& options,
                                                        std::size_t threads) {
  LibraryRequest request{.bytes = bytes, .options = options, .threads = threads};
  try {
    const Value document = ReadDocument(bytes);
    request.version = VersionOf(document);
    request.feature_names = FeatureNames(document);
    return std::unique_ptr<runtime::LoadedModel>(
        std::make_unique<trees::ForestModel<float>>(ReadModel(document, options)));
  } catch (NotCovered& odd) {
    request.reason = std::move(odd.reason);
  }
  return LoadInLibrary(request);
}

class XgboostRuntime final : public runtime::Runtime {
 public:
  std::string_view Name() const noexcept override { return "xgboost"; }

  Result<std::unique_ptr<runtime::LoadedModel>> Load(const std::filesystem::path& artifact,
                                                     const runtime::LoadOptions& options) override {
    const Result<ModelOptions> read = ReadOptions(options);
    if (!read) return read.Error();
    try {
      const Result<std::string> bytes = trees::ReadArtifact(artifact);
      if (!bytes) return bytes.Error();
      return LoadBytes(*bytes, *read, std::max<std::size_t>(options.threads, 1));
    } catch (const BrokenFile& broken) {
      return Error(ErrorCode::kInvalid, "The artifact is not an XGBoost model that Tenon executes.")
          .WithPrivateDetail(
              fmt::format("loading {} failed: {}", artifact.string(), broken.reason));
    } catch (...) {
      return ErrorFromCurrentException();
    }
  }
};

Result<std::unique_ptr<runtime::Runtime>> Create() {
  return std::unique_ptr<runtime::Runtime>(std::make_unique<XgboostRuntime>());
}

}  // namespace
}  // namespace tenon::xgboost

TENON_RUNTIME_PLUGIN(&tenon::xgboost::Create);
