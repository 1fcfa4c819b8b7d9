// tenon run my_model:handle

#include <filesystem>
#include <string>

#include "deployment.hpp"

namespace {

// From the environment: MODEL_NAME, MODEL_PATH.
struct Settings {
  std::string model_name = "my-model";
  std::filesystem::path model_path = tenon::kDefaultModelPath;
};

}  // namespace

TENON_APPLICATION(handle, app) {
  const auto settings = tenon::LoadSettings<Settings>();
  return tenon::sagemaker::Driver(
      app.Bind<my_model::Classifier>({.name = settings.model_name}, settings.model_path));
}
