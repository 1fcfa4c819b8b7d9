// SPDX-License-Identifier: Apache-2.0
#include "lightgbm_library.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

#include "library_model.hpp"
#include "shared_library.hpp"
#include "tenon/base/error.hpp"
#include "text_reader.hpp"

namespace tenon::lightgbm {
namespace {

// The functions of LightGBM's C interface that are called here, as its documentation declares them.
// All but the first give 0 for success.
struct Functions {
  const char* (*last_error)();
  int (*load)(const char* text, int* rounds, void** booster);
  int (*free)(void* booster);
  int (*features)(void* booster, int* count);
  int (*save)(void* booster, int start, int rounds, int importance, std::int64_t room,
              std::int64_t* length, char* text);
  int (*count)(void* booster, int rows, int kind, int start, int rounds, std::int64_t* numbers);
  int (*predict)(void* booster, const void* rows, int type, std::int32_t count,
                 std::int32_t columns, int row_major, int kind, int start, int rounds,
                 const char* parameters, std::int64_t* length, double* numbers);
};
constexpr int kDouble = 1;  // Of `type`.
constexpr int kValues = 0;  // Of `kind`.
constexpr int kMargins = 1;
constexpr int kAllRounds = -1;

// Empty, or the name of what is missing.
std::string FindAll(const runtime::SharedLibrary& library, Functions& f) {
  const auto find = [&](const char* name, auto*& function) {
    function = library.Find<std::remove_reference_t<decltype(*function)>>(name);
    return function != nullptr;
  };
  if (!find("LGBM_GetLastError", f.last_error)) return "LGBM_GetLastError";
  if (!find("LGBM_BoosterLoadModelFromString", f.load)) return "LGBM_BoosterLoadModelFromString";
  if (!find("LGBM_BoosterFree", f.free)) return "LGBM_BoosterFree";
  if (!find("LGBM_BoosterGetNumFeature", f.features)) return "LGBM_BoosterGetNumFeature";
  if (!find("LGBM_BoosterSaveModelToString", f.save)) return "LGBM_BoosterSaveModelToString";
  if (!find("LGBM_BoosterCalcNumPredict", f.count)) return "LGBM_BoosterCalcNumPredict";
  if (!find("LGBM_BoosterPredictForMat", f.predict)) return "LGBM_BoosterPredictForMat";
  return {};
}

class Booster {
 public:
  Booster(const Functions& functions, const LibraryRequest& request)
      : functions_(functions),
        booster_(Load(request.text), functions.free),
        kind_(request.output == Output::kMargin ? kMargins : kValues),
        parameters_(fmt::format("num_threads={} verbosity=-1", request.threads)) {}

  std::size_t Features() const {
    int count = 0;
    Check(functions_.features(booster_.get(), &count));
    return static_cast<std::size_t>(count);
  }

  // What the library itself writes: "v4".
  std::string Format() const {
    std::int64_t length = 0;
    Check(functions_.save(booster_.get(), 0, kAllRounds, 0, 0, &length, nullptr));
    std::string text(static_cast<std::size_t>(length), '\0');
    Check(functions_.save(booster_.get(), 0, kAllRounds, 0, length, &length, text.data()));
    constexpr std::string_view kLine = "\nversion=";
    const std::size_t at = text.find(kLine);
    if (at == std::string::npos) return {};
    text.erase(0, at + kLine.size());
    return text.substr(0, text.find('\n'));
  }

  std::vector<double> Predict(std::span<const double> rows, std::size_t count) const {
    const auto rows_count = static_cast<std::int32_t>(count);
    std::int64_t length = 0;
    Check(functions_.count(booster_.get(), rows_count, kind_, 0, kAllRounds, &length));
    std::vector<double> numbers(static_cast<std::size_t>(length));
    Check(functions_.predict(booster_.get(), rows.data(), kDouble, rows_count,
                             static_cast<std::int32_t>(rows.size() / count), 1, kind_, 0,
                             kAllRounds, parameters_.c_str(), &length, numbers.data()));
    return numbers;
  }

 private:
  void* Load(const std::string& text) const {
    int rounds = 0;
    void* raw = nullptr;
    Check(functions_.load(text.c_str(), &rounds, &raw));
    return raw;
  }
  void Check(int status) const {
    if (status != 0) throw trees::LibraryFailure{functions_.last_error()};
  }

  Functions functions_;
  std::unique_ptr<void, int (*)(void*)> booster_;
  int kind_;
  std::string parameters_;
};

Error Refused(const LibraryRequest& request, std::string_view why) {
  return Error(ErrorCode::kInvalid, "The artifact is not a LightGBM model that Tenon executes.")
      .WithPrivateDetail(
          fmt::format("{}; so LightGBM's library was asked, and {}", request.reason, why));
}

// "v4" < "v10".
bool IsOlder(std::string_view a, std::string_view b) noexcept {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

}  // namespace

Result<std::unique_ptr<runtime::LoadedModel>> LoadInLibrary(const LibraryRequest& request) {
  const auto library = runtime::SharedLibrary::Open(
      {.product = "LightGBM",
       .variable = "TENON_LIGHTGBM_LIBRARY",
       .file = "lib_lightgbm.so",
       .package = "lightgbm/lib",
       .system = {"lib_lightgbm.so"},
       .advice = fmt::format("{}: this model needs LightGBM's library; put lib_lightgbm.so (pip "
                             "install lightgbm)",
                             request.reason)});
  if (!library) return library.Error();
  Functions functions{};
  if (const std::string missing = FindAll(*library, functions); !missing.empty()) {
    return library->Unusable(fmt::format("it has no symbol {}", missing));
  }
  try {
    const auto booster = std::make_shared<const Booster>(functions, request);
    if (const std::string own = booster->Format(); IsOlder(own, request.format)) {
      return Refused(request, fmt::format("{} writes format \"{}\", older than the model's \"{}\": "
                                          "it may read it wrongly; install a newer LightGBM",
                                          library->Name(), own, request.format));
    }
    trees::LibraryBooster<double> made{
        .features = booster->Features(),
        .predict = [booster](std::span<const double> rows,
                             std::size_t count) { return booster->Predict(rows, count); },
        .feature_names = request.feature_names,
        .description = fmt::format("LightGBM {} model, LightGBM's library", request.format)};
    return std::unique_ptr<runtime::LoadedModel>(
        std::make_unique<trees::LibraryModel<double>>(std::move(made)));
  } catch (const trees::LibraryFailure& failure) {
    return Refused(request, fmt::format("it says: {}", failure.text));
  }
}

}  // namespace tenon::lightgbm
