// SPDX-License-Identifier: Apache-2.0
// Deployments whose construction fails, hangs or takes its time.
#include <chrono>
#include <stdexcept>
#include <string>
#include <tenon/tenon.hpp>
#include <thread>

namespace {

struct Request {
  std::string text;
};
struct Answer {
  std::string text;
};

class Ready {
 public:
  tenon::Task<Answer> Infer(Request request) const { co_return Answer{prefix_ + request.text}; }

 protected:
  std::string prefix_;
};

class Throws : public Ready {
 public:
  Throws() { throw std::runtime_error("the weights have 3 layers, and 4 are needed"); }
  tenon::Task<Answer> Infer(Request request) const { return Ready::Infer(std::move(request)); }
};

class ThrowsNumber : public Ready {
 public:
  ThrowsNumber() { throw 42; }
  tenon::Task<Answer> Infer(Request request) const { return Ready::Infer(std::move(request)); }
};

class Waits : public Ready {
 public:
  explicit Waits(std::chrono::duration<double> time) { std::this_thread::sleep_for(time); }
  tenon::Task<Answer> Infer(Request request) const { return Ready::Infer(std::move(request)); }
};

class Configured : public Ready {
 public:
  struct Config {
    std::string prefix;
  };
  void Reconfigure(const Config& config) { prefix_ = config.prefix; }
  tenon::Task<Answer> Infer(Request request) const { return Ready::Infer(std::move(request)); }
};

class NeedsModel : public Ready {
 public:
  explicit NeedsModel(const std::filesystem::path& path) : model_(tenon::LoadModel(path)) {}
  tenon::Task<Answer> Infer(Request request) const { return Ready::Infer(std::move(request)); }

 private:
  tenon::Model model_;
};

struct Settings {
  std::chrono::milliseconds wait{0};
  std::filesystem::path model_path = tenon::kDefaultModelPath;
  tenon::Secret token;
};

struct StrictSettings {
  std::string label;
  int layers = 1;
  tenon::Secret token;

  static constexpr auto schema =
      tenon::Describe(tenon::Field<&StrictSettings::label>().Required(),
                      tenon::Field<&StrictSettings::layers>().Minimum(1).Maximum(10));
};

struct Config {
  std::string config;
};

}  // namespace

TENON_APPLICATION(throws, app) { return tenon::sagemaker::Driver(app.Bind<Throws>()); }
TENON_APPLICATION(throws_number, app) { return tenon::sagemaker::Driver(app.Bind<ThrowsNumber>()); }
TENON_APPLICATION(builder_throws, app) {
  throw std::runtime_error("no such vocabulary: 'klingon'");
}
TENON_APPLICATION(waits, app) {
  const auto settings = tenon::LoadSettings<Settings>();  // WAIT, such as 300ms
  return tenon::sagemaker::Driver(
      app.Bind<Waits>({}, std::chrono::duration<double>(settings.wait)));
}
TENON_APPLICATION(body_waits, app) {
  std::this_thread::sleep_for(tenon::LoadSettings<Settings>().wait);
  return tenon::sagemaker::Driver(app.Bind<Ready>());
}
TENON_APPLICATION(strict, app) {
  tenon::LoadSettings<StrictSettings>({.prefix = "STRICT_"});
  return tenon::sagemaker::Driver(app.Bind<Ready>());
}
TENON_APPLICATION(configured, app, Config arguments) {
  return tenon::sagemaker::Driver(app.Bind<Configured>({.user_config = arguments.config}));
}
TENON_APPLICATION(model, app) {
  const auto settings = tenon::LoadSettings<Settings>();  // MODEL_PATH
  return tenon::sagemaker::Driver(app.Bind<NeedsModel>({}, settings.model_path));
}
