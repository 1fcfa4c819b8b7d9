// SPDX-License-Identifier: Apache-2.0

// Two components behind one SageMaker endpoint: tenon run example_serving.multi:handle

#include <cstddef>
#include <filesystem>

#include <tenon/tenon.hpp>

#include "deployment.hpp"
#include "extraction.hpp"
#include "orchestrator.hpp"
#include "page_orchestrator.hpp"

namespace {

// From the environment: MODEL_PATH_A, MODEL_PATH_B, REPLICAS_A, REPLICAS_B. In the container the
// platform unpacks one archive with a folder for each component.
struct Settings {
  std::filesystem::path model_path_a = std::filesystem::path(tenon::kDefaultModelPath) / "a";
  std::filesystem::path model_path_b = std::filesystem::path(tenon::kDefaultModelPath) / "b";
  std::size_t replicas_a = 1;
  std::size_t replicas_b = 1;

  static constexpr auto schema =
      tenon::Describe(tenon::Field<&Settings::replicas_a>().Minimum(1).Maximum(64),
                      tenon::Field<&Settings::replicas_b>().Minimum(1).Maximum(64));
};

// Binds both components, and in front of them whichever orchestrator puts them together.
template <class Front>
tenon::http::Driver Serve(tenon::Application& app) {
  const auto settings = tenon::LoadSettings<Settings>();
  const auto classifier = app.Bind<example_serving::TextClassifier>(
      {.name = "Language", .num_replicas = settings.replicas_a}, settings.model_path_a);
  const auto extractor = app.Bind<example_serving::FieldExtractor>(
      {.name = "Fields", .num_replicas = settings.replicas_b}, settings.model_path_b);
  return tenon::sagemaker::Driver(app.Bind<Front>({}, classifier, extractor));
}

}  // namespace

// Both components at the same time.
TENON_APPLICATION(handle, app) { return Serve<example_serving::Orchestrator>(app); }

// Page by page, the second component by what the first has found.
TENON_APPLICATION(pages, app) { return Serve<example_serving::PageOrchestrator>(app); }
