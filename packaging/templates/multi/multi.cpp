// tenon run my_model:handle

#include <filesystem>

#include "deployment.hpp"
#include "orchestrator.hpp"

namespace {

// From the environment: MODEL_PATH.
struct Settings {
  std::filesystem::path model_path = tenon::kDefaultModelPath;
};

}  // namespace

TENON_APPLICATION(handle, app) {
  const auto settings = tenon::LoadSettings<Settings>();
  const auto classifier = app.Bind<my_model::Classifier>({}, settings.model_path);
  const auto extractor = app.Bind<my_model::NumberExtractor>();
  return tenon::sagemaker::Driver(app.Bind<my_model::Orchestrator>({}, classifier, extractor));
}
