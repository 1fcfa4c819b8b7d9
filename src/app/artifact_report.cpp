// SPDX-License-Identifier: Apache-2.0
// What `tenon inspect` says.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "app/artifact_application.hpp"
#include "app/artifact_source.hpp"
#include "runtime/content/artifact_formats.hpp"
#include "tenon/app/inspect.hpp"
#include "tenon/runtime/artifact_deployment.hpp"

namespace tenon::app {
namespace {

// What still reads well in a line.
constexpr std::size_t kMostShown = 400;

class Report {
 public:
  // Errors: throws as runtime::ArtifactFormats.
  Report(const ArtifactSource& source, const LoadedArtifact& loaded)
      : config_(source.config),
        loaded_(loaded),
        formats_(loaded.model, loaded.types, source.config.content) {}

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
    for (const runtime::ContentType type : formats_.Reads()) {
      text.append(text.empty() ? "" : ", ").append(NameOf(type));
    }
    return text;
  }

  void Example(const std::string& target);
  std::string Answer(runtime::ContentType type, const std::string& example) const;
  void Curls(const std::string& target);

  const ArtifactConfig& config_;
  const LoadedArtifact& loaded_;
  const runtime::ArtifactFormats formats_;
  std::string text_;
};

void Report::Example(const std::string& target) {
  const runtime::ContentType type = formats_.Reads().front();
  const std::string text = formats_.Example(type);
  const bool is_shown = text.size() <= kMostShown && runtime::IsText(type);
  const std::string by_flag = fmt::format("tenon inspect {} --example {}", target, NameOf(type));
  Row("request", is_shown ? std::string(text, 0, text.find_last_not_of('\n') + 1)
                          : fmt::format("{} bytes: {}", text.size(), by_flag));
  Row("answer", Answer(type, text));
  fmt::format_to(std::back_inserter(text_), "\nServe it:\n  tenon run {}\n", target);
  Curls(target);
}

// What the model says to the example, as JSON.
std::string Report::Answer(runtime::ContentType type, const std::string& example) const {
  const auto request = formats_.Read(type, runtime::TableHeader::kLook, example);
  if (!request) return "none: " + OneLine(request.Error());
  auto outputs = loaded_.model.TryRun(runtime::TensorsOf(request->record));
  if (!outputs) return "none: the model refuses it. " + OneLine(outputs.Error());
  std::string answer;
  const auto written =
      formats_.Write(runtime::RecordOf(loaded_.types.response, *std::move(outputs)), *request,
                     runtime::ContentType::kJson, runtime::WrittenHeader::kNone, answer);
  if (!written) return "none: " + OneLine(written.Error());
  return answer.size() <= kMostShown ? answer : fmt::format("{} bytes", answer.size());
}

// A command for each content type; they may be copied.
void Report::Curls(const std::string& target) {
  for (const runtime::ContentType type : formats_.Reads()) {
    const std::string text = runtime::IsText(type) ? formats_.Example(type) : "";
    const std::string command =
        fmt::format("curl http://127.0.0.1:8080/invocations -H 'Content-Type: {}'", NameOf(type));
    // A body of one line can stand in it.
    const std::size_t end = text.find_last_not_of('\n') + 1;
    const bool is_short = end > 0 && text.size() <= kMostShown && text.find_first_of("'\n") >= end;
    if (is_short) {
      fmt::format_to(std::back_inserter(text_), "  {} -d '{}'\n", command, text.substr(0, end));
    } else {
      fmt::format_to(std::back_inserter(text_),
                     "  tenon inspect {} --example {} | {} --data-binary @-\n", target,
                     NameOf(type), command);
    }
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
  try {
    return fmt::format("{}: {}\n  runtime   {}\n", path, artifact.kind->description,
                       opened->loaded.bare.Description()) +
           Report(opened->source, opened->loaded).Text(target);
  } catch (const Error& error) {
    return Error(error.Code(), OneLine(error));
  }
}

Result<std::string> ExampleRequest(const std::string& target, std::string_view content_type) {
  const Result<Opened> opened = Open(target);
  if (!opened) return opened.Error();
  try {
    const runtime::ArtifactFormats formats(opened->loaded.model, opened->loaded.types,
                                           opened->source.config.content);
    const auto type =
        content_type.empty() ? formats.Reads().front() : runtime::ContentTypeOf(content_type);
    if (type && formats.IsRead(*type)) {
      std::string text = formats.Example(*type);
      if (runtime::IsText(*type) && !text.ends_with('\n')) text += '\n';
      return text;
    }
    std::string list;
    for (const runtime::ContentType one : formats.Reads()) {
      list.append(list.empty() ? "" : ", ").append(NameOf(one));
    }
    return Error(ErrorCode::kInvalid,
                 fmt::format("{} is not asked as '{}'. It takes {}.", target, content_type, list));
  } catch (const Error& error) {
    return Error(error.Code(), OneLine(error));
  }
}

}  // namespace tenon::app
