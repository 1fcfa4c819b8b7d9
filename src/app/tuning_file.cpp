// SPDX-License-Identifier: Apache-2.0
#include "app/tuning_file.hpp"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <vector>

#include "app/build_application.hpp"
#include "tenon/base/log.hpp"
#include "tenon/base/version.hpp"
#include "tenon/schema/json.hpp"
#include "tenon/schema/reflect.hpp"
#include "tenon/serving/bound_deployment.hpp"
#include "tenon/serving/tuning.hpp"

namespace tenon::app {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kFormat = 1;

struct CurvePoint {
  std::uint64_t size = 0;
  std::uint64_t samples = 0;
  double item_cost_ns = 0;
};

// One batched function of a deployment.
struct Curve {
  std::vector<CurvePoint> points;
};

struct Learned {
  std::string application;
  std::string deployment;
  std::string model;
  std::vector<Curve> curves;
};

struct Tuning {
  std::int64_t format = kFormat;
  std::string machine;
  std::vector<Learned> deployments;
};

std::string OfFile(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error) return "?";
  const auto time = fs::last_write_time(path, error);
  return std::to_string(size) + "@" + std::to_string(time.time_since_epoch().count());
}

// Nothing where there is no file.
Result<std::optional<Tuning>> Read(const fs::path& file) {
  std::error_code error;
  if (!fs::exists(file, error)) return std::optional<Tuning>();
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (!stream.good() && !stream.eof()) return Error(ErrorCode::kNotFound, "it cannot be read");
  auto tuning = schema::ReadJson<Tuning>(text);
  if (!tuning) return std::move(tuning).Error();
  if (tuning->format != kFormat) {
    return Error(ErrorCode::kInvalid, "its format is " + std::to_string(tuning->format) +
                                          ", this program's is " + std::to_string(kFormat));
  }
  return std::optional<Tuning>(*std::move(tuning));
}

void Warn(Logger& log, const fs::path& file, const std::string& why) {
  log.Log(LogLevel::kWarning, "the tuning file is not used: batching learns anew",
          {{"file", std::string_view(file.native())}, {"reason", std::string_view(why)}});
}

std::vector<std::vector<serving::BatchCostPoint>> CurvesOf(const Learned& learned) {
  std::vector<std::vector<serving::BatchCostPoint>> curves;
  for (const Curve& curve : learned.curves) {
    auto& points = curves.emplace_back();
    for (const CurvePoint& point : curve.points) {
      if (!(point.item_cost_ns > 0)) continue;
      points.push_back({.size = static_cast<std::size_t>(point.size),
                        .samples = static_cast<std::size_t>(point.samples),
                        .item_cost_ns = point.item_cost_ns});
    }
  }
  return curves;
}

std::optional<Learned> LearnedBy(const TunedDeployment& tuned) {
  Learned learned{.application = tuned.application,
                  .deployment = tuned.deployment->Name(),
                  .model = tuned.model,
                  .curves = {}};
  bool knows_any = false;
  for (const serving::BatchReport& report : tuned.deployment->Read().batching) {
    Curve& curve = learned.curves.emplace_back();
    for (const serving::BatchCostPoint& point : report.curve) {
      curve.points.push_back(
          {.size = point.size, .samples = point.samples, .item_cost_ns = point.item_cost_ns});
      knows_any = true;
    }
  }
  if (!knows_any) return std::nullopt;
  return learned;
}

class FileTuning final : public serving::Tuning {
 public:
  FileTuning(fs::path file, std::string application, std::string model)
      : file_(std::move(file)), application_(std::move(application)), model_(std::move(model)) {}

  void OnStarted(Deployments deployments, const serving::ReplicaServices& services) override {
    log_ = &services.log;
    machine_ = MachineFingerprint(services.cpus);
    RestoreTuning(file_, machine_, TunedOf(deployments), *log_);
  }
  void OnStopping(Deployments deployments) noexcept override {
    try {
      SaveTuning(file_, machine_, TunedOf(deployments), *log_);
    } catch (...) {
      // Out of memory, on the way down: what was learned is learned again.
      log_->Warning("what batching has learned is lost");
    }
  }

 private:
  std::vector<TunedDeployment> TunedOf(Deployments deployments) const {
    std::vector<TunedDeployment> tuned;
    for (const auto& deployment : deployments) {
      tuned.push_back(
          {.application = application_, .model = model_, .deployment = deployment.get()});
    }
    return tuned;
  }

  const fs::path file_;
  const std::string application_;
  const std::string model_;
  // Since OnStarted.
  std::string machine_;
  Logger* log_ = nullptr;
};

}  // namespace

std::string ModelFingerprint(const fs::path& path) {
  std::error_code error;
  if (!fs::is_directory(path, error)) return OfFile(path);
  std::vector<std::string> parts;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    parts.push_back(entry->path().filename().string() + " " + OfFile(entry->path()));
  }
  std::sort(parts.begin(), parts.end());
  std::string all;
  for (const std::string& part : parts) all += (all.empty() ? "" : ", ") + part;
  return all;
}

std::string MachineFingerprint(std::size_t cpus) {
  std::string model = "an unknown CPU";
  std::ifstream stream("/proc/cpuinfo");
  for (std::string line; std::getline(stream, line);) {
    const std::size_t colon = line.find(": ");
    if (!line.starts_with("model name") || colon == std::string::npos) continue;
    model = line.substr(colon + 2);
    break;
  }
  return std::to_string(cpus) + " x " + model + ", tenon " + TENON_VERSION;
}

void RestoreTuning(const fs::path& file, const std::string& machine,
                   std::span<const TunedDeployment> deployments, Logger& log) {
  const Result<std::optional<Tuning>> read = Read(file);
  if (!read) return Warn(log, file, OneLine(read.Error()));
  if (!*read) return;
  const Tuning& tuning = **read;
  if (tuning.machine != machine) {
    return Warn(log, file, "it is from " + tuning.machine + ", this is " + machine);
  }
  for (const Learned& learned : tuning.deployments) {
    const auto tuned = std::ranges::find_if(deployments, [&](const TunedDeployment& candidate) {
      return candidate.application == learned.application &&
             candidate.deployment->Name() == learned.deployment;
    });
    if (tuned == deployments.end()) continue;
    if (tuned->model != learned.model) {
      Warn(log, file, "the model of '" + learned.deployment + "' has changed since");
      continue;
    }
    tuned->deployment->RestoreBatching(CurvesOf(learned));
  }
}

void SaveTuning(const fs::path& file, const std::string& machine,
                std::span<const TunedDeployment> deployments, Logger& log) {
  Tuning tuning{.format = kFormat, .machine = machine, .deployments = {}};
  for (const TunedDeployment& tuned : deployments) {
    if (auto learned = LearnedBy(tuned)) tuning.deployments.push_back(*std::move(learned));
  }
  // Nothing was learned: what the file may hold is better.
  if (tuning.deployments.empty()) return;
  if (auto before = Read(file); before && *before && (*before)->machine == machine) {
    for (Learned& other : (*before)->deployments) {
      const bool is_new = std::ranges::any_of(tuning.deployments, [&](const Learned& learned) {
        return learned.application == other.application && learned.deployment == other.deployment;
      });
      if (!is_new) tuning.deployments.push_back(std::move(other));
    }
  }
  fs::path fresh = file;
  fresh += ".new";
  bool is_written = false;
  {
    std::ofstream stream(fresh, std::ios::binary | std::ios::trunc);
    stream << schema::WriteJson(tuning) << '\n';
    is_written = static_cast<bool>(stream.flush());
  }
  std::error_code error;
  if (is_written) fs::rename(fresh, file, error);
  if (is_written && !error) return;
  log.Log(LogLevel::kWarning, "the tuning file cannot be written: what was learned is lost",
          {{"file", std::string_view(file.native())}});
  fs::remove(fresh, error);
}

std::unique_ptr<serving::Tuning> MakeFileTuning(fs::path file, std::string application,
                                                const fs::path& model) {
  return std::make_unique<FileTuning>(std::move(file), std::move(application),
                                      ModelFingerprint(model));
}

}  // namespace tenon::app
