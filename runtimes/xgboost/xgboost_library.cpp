// SPDX-License-Identifier: Apache-2.0
#include "xgboost_library.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <limits>
#include <memory>
#include <utility>

#include "shared_library.hpp"
#include "tenon/base/error.hpp"

namespace tenon::xgboost {
namespace {

// The functions of XGBoost's C interface that are called here, as its documentation declares them.
// All but the first two give 0 for success.
struct Functions {
  void (*version)(int* major, int* minor, int* patch);
  const char* (*last_error)();
  int (*create)(void* const* matrices, std::uint64_t count, void** booster);
  int (*free)(void* booster);
  int (*load)(void* booster, const void* bytes, std::uint64_t size);
  int (*set)(void* booster, const char* name, const char* value);
  int (*features)(void* booster, std::uint64_t* count);
  int (*matrix)(const float* rows, std::uint64_t count, std::uint64_t columns, float missing,
                void** matrix);
  int (*free_matrix)(void* matrix);
  int (*predict)(void* booster, void* matrix, const char* config, const std::uint64_t** shape,
                 std::uint64_t* dimensions, const float** numbers);
};

template <class Function>
bool Find(const runtime::SharedLibrary& library, const char* name, Function*& function) {
  function = library.Find<Function>(name);
  return function != nullptr;
}

// Empty, or the name of what is missing.
std::string FindAll(const runtime::SharedLibrary& library, Functions& f) {
  if (!Find(library, "XGBGetLastError", f.last_error)) return "XGBGetLastError";
  if (!Find(library, "XGBoosterCreate", f.create)) return "XGBoosterCreate";
  if (!Find(library, "XGBoosterFree", f.free)) return "XGBoosterFree";
  if (!Find(library, "XGBoosterLoadModelFromBuffer", f.load)) return "XGBoosterLoadModelFromBuffer";
  if (!Find(library, "XGBoosterSetParam", f.set)) return "XGBoosterSetParam";
  if (!Find(library, "XGBoosterGetNumFeature", f.features)) return "XGBoosterGetNumFeature";
  if (!Find(library, "XGDMatrixCreateFromMat", f.matrix)) return "XGDMatrixCreateFromMat";
  if (!Find(library, "XGDMatrixFree", f.free_matrix)) return "XGDMatrixFree";
  if (!Find(library, "XGBoosterPredictFromDMatrix", f.predict)) {
    return "XGBoosterPredictFromDMatrix";
  }
  return {};
}

// Owners of what the library makes.
using Owner = std::unique_ptr<void, int (*)(void*)>;

class Booster {
 public:
  Booster(const Functions& functions, const LibraryRequest& request)
      : functions_(functions),
        booster_(Create()),
        config_(fmt::format(R"({{"type":{},"training":false,"iteration_begin":0,)"
                            R"("iteration_end":0,"strict_shape":false}})",
                            request.options.output == Output::kMargin ? 1 : 0)) {
    Check(functions_.load(booster_.get(), request.bytes.data(), request.bytes.size()));
    Check(functions_.set(booster_.get(), "nthread", std::to_string(request.threads).c_str()));
  }

  std::size_t Features() const {
    std::uint64_t count = 0;
    Check(functions_.features(booster_.get(), &count));
    return count;
  }

  std::vector<float> Predict(std::span<const float> rows, std::size_t count) const {
    void* raw = nullptr;
    Check(functions_.matrix(rows.data(), count, rows.size() / count,
                            std::numeric_limits<float>::quiet_NaN(), &raw));
    const Owner matrix(raw, functions_.free_matrix);
    const std::uint64_t* shape = nullptr;
    std::uint64_t dimensions = 0;
    const float* numbers = nullptr;  // Both are the booster's, until its next call.
    Check(functions_.predict(booster_.get(), raw, config_.c_str(), &shape, &dimensions, &numbers));
    std::size_t size = 1;
    for (std::uint64_t i = 0; i < dimensions; ++i) size *= shape[i];
    return {numbers, numbers + size};
  }

 private:
  Owner Create() const {
    void* raw = nullptr;
    Check(functions_.create(nullptr, 0, &raw));
    return {raw, functions_.free};
  }
  void Check(int status) const {
    if (status != 0) throw trees::LibraryFailure{functions_.last_error()};
  }

  Functions functions_;
  Owner booster_;
  std::string config_;
};

Error Refused(const LibraryRequest& request, std::string_view why) {
  return Error(ErrorCode::kInvalid, "The artifact is not an XGBoost model that Tenon executes.")
      .WithPrivateDetail(
          fmt::format("{}; so XGBoost's library was asked, and {}", request.reason, why));
}

}  // namespace

Result<std::unique_ptr<runtime::LoadedModel>> LoadInLibrary(const LibraryRequest& request) {
  if (request.options.rounds != Rounds::kAll) {
    return Refused(request, "there rounds=best is not known");
  }
  const auto library = runtime::SharedLibrary::Open(
      {.product = "XGBoost",
       .variable = "TENON_XGBOOST_LIBRARY",
       .file = "libxgboost.so",
       .package = "xgboost/lib",
       .system = {"libxgboost.so"},
       .advice =
           fmt::format("{}: this model needs XGBoost's library; put libxgboost.so (pip install "
                       "xgboost-cpu) of {} or newer",
                       request.reason, InWords(request.version))});
  if (!library) return library.Error();
  Functions functions{};
  if (!Find(*library, "XGBoostVersion", functions.version)) {
    return library->Unusable("it has no symbol XGBoostVersion");
  }
  int major = 0;
  int minor = 0;
  int patch = 0;
  functions.version(&major, &minor, &patch);
  if (ModelVersion{major, minor} < request.version) {
    return Refused(request,
                   fmt::format("{} is version {}.{}.{}, older than the model's {}: it would read "
                               "it wrongly; install that version or a newer one",
                               library->Name(), major, minor, patch, InWords(request.version)));
  }
  if (const std::string missing = FindAll(*library, functions); !missing.empty()) {
    return library->Unusable(fmt::format("it has no symbol {}", missing));
  }
  try {
    const auto booster = std::make_shared<const Booster>(functions, request);
    trees::LibraryBooster<float> made{
        .features = booster->Features(),
        .predict = [booster](std::span<const float> rows,
                             std::size_t count) { return booster->Predict(rows, count); },
        .feature_names = request.feature_names,
        .absence = runtime::Absence::kMissing,
        .description = fmt::format("XGBoost {} model, XGBoost's library {}.{}.{}",
                                   InWords(request.version), major, minor, patch)};
    return std::unique_ptr<runtime::LoadedModel>(
        std::make_unique<trees::LibraryModel<float>>(std::move(made)));
  } catch (const trees::LibraryFailure& failure) {
    return Refused(request, fmt::format("it says: {}", failure.text));
  }
}

}  // namespace tenon::xgboost
