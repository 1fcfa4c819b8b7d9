// SPDX-License-Identifier: Apache-2.0
// The `tenon.yaml` that `tenon inspect --write` leaves.
#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <iterator>
#include <memory>
#include <system_error>

#include "app/artifact_source.hpp"
#include "app/build_application.hpp"
#include "app/config.hpp"
#include "tenon/app/inspect.hpp"

namespace tenon::app {
namespace {

namespace fs = std::filesystem;

// A name that says something: most models are called "model" and lie in a folder that is not.
std::string InferredName(const std::string& target) {
  fs::path path = fs::absolute(target).lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  std::string name = path.filename().string();
  if (const std::size_t dot = name.find('.', 1); dot != std::string::npos) name.resize(dot);
  if (name == "model" && path.parent_path().has_filename()) {
    name = path.parent_path().filename().string();
  }
  return name;
}

void AppendSpecs(std::string_view title, std::span<const TensorSpec> specs, std::string& text) {
  for (const TensorSpec& spec : specs) {
    fmt::format_to(std::back_inserter(text), "# {:<6} {}: {}\n", title, spec.name,
                   runtime::ToString(spec));
  }
}

std::string ConfigText(const ArtifactSource& source, const Model& model,
                       const std::string& target) {
  std::string text = fmt::format(
      "# Written by 'tenon inspect {} --write': what is served without it, to be changed.\n\n"
      "name: {}\nartifact: {}\n",
      target, YamlScalar(InferredName(target)), YamlScalar(source.config_names));
  AppendSpecs("input", model.Inputs(), text);
  AppendSpecs("output", model.Outputs(), text);
  text +=
      "\n# labels: labels.txt      # A label a line, beside this file.\n"
      "# preprocess:\n#   - scale: {by: 1, add: 0}\n#   - normalise: {axis: 1, mean: 0, std: 1}\n"
      "# postprocess:\n#   - softmax\n#   - top_k: {k: 3}        # Or argmax, threshold, look_up, "
      "sigmoid, keep, rename.\n"
      "# content_types: [application/json, text/csv]\n"
      "# octet_stream: {type: uint8, shape: [-1, 28, 28]}\n\n";
  text += runtime::IsBatchable(model)
              ? "# Requests become batches of a learned size; max_batch_size sets it.\n"
                "batching: {max_concurrent_batches: 1}\n"
              : "batching: off            # A dimension of the model is fixed.\n";
  text += "warm_up: {runs: 1, rows: 1}\n";
  return text;
}

Result<> WriteNew(const fs::path& file, const std::string& text) {
  const auto close = [](std::FILE* stream) { std::fclose(stream); };
  const std::unique_ptr<std::FILE, decltype(close)> stream(std::fopen(file.c_str(), "wxe"), close);
  if (stream != nullptr && std::fwrite(text.data(), 1, text.size(), stream.get()) == text.size() &&
      std::fflush(stream.get()) == 0) {
    return {};
  }
  if (errno == EEXIST) {
    return Error(ErrorCode::kInvalid,
                 fmt::format("{} is there already, and is read. Remove it first.", file.string()));
  }
  return Error(ErrorCode::kInvalid, fmt::format("{} cannot be written: {}.", file.string(),
                                                std::generic_category().message(errno)));
}

}  // namespace

Result<fs::path> WriteArtifactConfig(const std::string& target) {
  const Result<ArtifactSource> source = OpenArtifactSource(target);
  if (!source) return Error(source.Error().Code(), OneLine(source.Error()));
  const Result<LoadedArtifact> loaded = LoadArtifact(*source, {});
  if (!loaded) return Error(loaded.Error().Code(), OneLine(loaded.Error()));
  if (auto written = WriteNew(source->config_place, ConfigText(*source, loaded->bare, target));
      !written) {
    return std::move(written).Error();
  }
  return source->config_place;
}

}  // namespace tenon::app
