// SPDX-License-Identifier: Apache-2.0
// What `tenon inspect` says.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "app/artifact_application.hpp"
#include "app/artifact_source.hpp"
#include "tenon/app/inspect.hpp"
#include "tenon/protocol/sagemaker/artifact_driver.hpp"
#include "tenon/runtime/artifact_deployment.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::app {
namespace {

// What still reads well in a line.
constexpr std::size_t kMostShown = 400;

class Report {
 public:
  Report(const ArtifactSource& source, const LoadedArtifact& loaded)
      : config_(source.config), loaded_(loaded) {}

  std::string Text(const std::string& target) && {
    Specs("input", loaded_.bare.Inputs());
    Specs("output", loaded_.bare.Outputs());
    Config();
    Row("batching", BatchingInWords());
    Row("warm-up", WarmUpInWords());
    Row("reads", ContentTypes());
    Example(target);
    return std::move(text_);
  }

 private:
  void Row(std::string_view title, std::string_view content) {
    fmt::format_to(std::back_inserter(text_), "  {:<9} {}\n", title, content);
  }

  void Specs(std::string_view title, std::span<const TensorSpec> specs) {
    for (const TensorSpec& spec : specs) {
      Row(title, spec.name + ": " + runtime::ToString(spec));
      std::string columns;
      for (const std::string& column : spec.columns) {
        columns += (columns.empty() ? "columns " : ", ") + column;
      }
      if (!columns.empty()) Row("", "  " + columns);
    }
  }

  void Config() {
    if (config_.file.empty()) return;
    Row("config", config_.file);
    Steps("before", config_.steps.before);
    Steps("after", config_.steps.after);
    if (config_.steps.labels != nullptr) {
      Row("labels", fmt::format("{}, from {} to {}", config_.steps.labels->size(),
                                config_.steps.labels->front(), config_.steps.labels->back()));
    }
    if (!config_.steps.after.empty()) Specs("gives", loaded_.model.Outputs());
  }

  void Steps(std::string_view title, const std::vector<runtime::steps::Step>& steps) {
    std::string names;
    for (const runtime::steps::Step& step : steps) {
      if (!names.empty()) names += ", ";
      names += NameOf(step.step);
    }
    if (!names.empty()) Row(title, names);
  }

  std::string BatchingInWords() const {
    if (!runtime::IsBatchable(loaded_.model)) {
      return "off: a dimension of the model is fixed, so each request is a run";
    }
    if (config_.serving.batching == runtime::Batching::kOff) return "off, by the configuration";
    std::string text = "rows of requests that wait together become one run";
    if (const auto& most = config_.serving.batch.max_batch_size) {
      text += fmt::format(", up to {} requests", *most);
    }
    return text;
  }

  std::string WarmUpInWords() const {
    const runtime::ArtifactServing& serving = config_.serving;
    if (serving.warm_up_runs == 0) return "off, by the configuration";
    return fmt::format("{} run{} with zeros before /ping says 200", serving.warm_up_runs,
                       serving.warm_up_runs == 1 ? "" : "s");
  }

  std::string ContentTypes() const {
    std::string text;
    const auto add = [&](std::string_view type) {
      text.append(text.empty() ? "" : ", ").append(type);
    };
    if (config_.content_types.empty()) {
      std::ranges::for_each(sagemaker::ArtifactContentTypes(), add);
    } else {
      std::ranges::for_each(config_.content_types, add);
    }
    return text;
  }

  void Example(const std::string& target);

  const ArtifactConfig& config_;
  const LoadedArtifact& loaded_;
  std::string text_;
};

schema::Record ExampleRecord(const LoadedArtifact& loaded) {
  std::vector<AnyTensor> inputs = runtime::ZeroInputs(loaded.model);
  for (AnyTensor& input : inputs) {
    if (input.Type() != ElementType::kString) continue;
    for (std::string& text : input.Strings()) text = "hello";
  }
  return runtime::RecordOf(loaded.types.request, std::move(inputs));
}

std::string Written(const schema::Record& record) {
  std::string text;
  schema::WriteJson(*record.RecordType(), record.Data(), text);
  return text;
}

void Report::Example(const std::string& target) {
  const schema::Record request = ExampleRecord(loaded_);
  const std::string text = Written(request);
  const bool is_short = text.size() <= kMostShown;
  Row("request",
      is_short ? text : fmt::format("{} bytes: tenon inspect {} --example", text.size(), target));
  auto outputs = loaded_.model.TryRun(runtime::TensorsOf(request));
  if (!outputs) {
    Row("answer", "none: the model refuses it. " + OneLine(outputs.Error()));
  } else {
    const std::string answer =
        Written(runtime::RecordOf(loaded_.types.response, *std::move(outputs)));
    Row("answer", answer.size() <= kMostShown ? answer : fmt::format("{} bytes", answer.size()));
  }
  fmt::format_to(std::back_inserter(text_), "\nServe it:\n  tenon run {}\n", target);
  if (is_short && text.find('\'') == std::string::npos) {
    fmt::format_to(std::back_inserter(text_),
                   "  curl http://127.0.0.1:8080/invocations -H 'Content-Type: application/json' "
                   "-d '{}'\n",
                   text);
  } else {
    fmt::format_to(std::back_inserter(text_),
                   "  tenon inspect {} --example | curl http://127.0.0.1:8080/invocations -H "
                   "'Content-Type: application/json' -d @-\n",
                   target);
  }
}

struct Opened {
  ArtifactSource source;
  LoadedArtifact loaded;
};

Result<Opened> Open(const std::string& target) {
  Result<ArtifactSource> source = OpenArtifactSource(target);
  if (!source) return Error(source.Error().Code(), OneLine(source.Error()));
  Result<LoadedArtifact> loaded = LoadArtifact(*source, {});
  if (!loaded) return Error(loaded.Error().Code(), OneLine(loaded.Error()));
  return Opened{*std::move(source), *std::move(loaded)};
}

}  // namespace

Result<std::string> DescribeArtifact(const std::string& target) {
  const Result<Opened> opened = Open(target);
  if (!opened) return opened.Error();
  const runtime::Artifact& artifact = opened->source.artifact;
  std::string path = artifact.path.string();
  if (opened->source.unpacked) {
    path =
        target + "/" + artifact.path.lexically_relative(opened->source.unpacked->Path()).string();
  }
  return fmt::format("{}: {}\n  runtime   {}\n", path, artifact.kind->description,
                     opened->loaded.bare.Description()) +
         Report(opened->source, opened->loaded).Text(target);
}

Result<std::string> ExampleRequest(const std::string& target) {
  const Result<Opened> opened = Open(target);
  if (!opened) return opened.Error();
  return Written(ExampleRecord(opened->loaded));
}

}  // namespace tenon::app
