// SPDX-License-Identifier: Apache-2.0

// One component behind a SageMaker endpoint: tenon run example_serving.single:handle

#include <filesystem>
#include <string>

#include <tenon/tenon.hpp>

#include "deployment.hpp"

namespace {

// From the environment: MODEL_NAME, MODEL_PATH.
struct Settings {
  std::string model_name = "Language of a text";
  std::filesystem::path model_path = tenon::kDefaultModelPath;
};

}  // namespace

TENON_APPLICATION(handle, app) {
  const auto settings = tenon::LoadSettings<Settings>();
  const auto model =
      app.Bind<example_serving::TextClassifier>({.name = settings.model_name}, settings.model_path);
  return tenon::sagemaker::Driver(model);  // GET /ping, POST /invocations
}
