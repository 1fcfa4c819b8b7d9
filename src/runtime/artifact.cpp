// SPDX-License-Identifier: Apache-2.0
#include "tenon/runtime/artifact.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>
#include <vector>

namespace tenon::runtime {
namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n";

// {"learner": ... or {"version": ..., with or without line breaks.
bool BeginsLikeXgboost(std::string_view text) noexcept {
  for (const std::string_view part : {"", "{"}) {
    if (!text.starts_with(part)) return false;
    text.remove_prefix(part.size());
    text.remove_prefix(std::min(text.find_first_not_of(kWhiteSpace), text.size()));
  }
  return text.starts_with("\"learner\"") || text.starts_with("\"version\"");
}

bool BeginsLikeLightgbm(std::string_view text) noexcept {
  return text.starts_with("tree\nversion=") || text.starts_with("tree\r\nversion=");
}

constexpr std::string_view kPickleAdvice =
    "export it from Python: skl2onnx.to_onnx(model, example, options={'zipmap': False}) for "
    "scikit-learn, model.save_model('model.ubj') for XGBoost, "
    "model.booster_.save_model('model.txt') for LightGBM";
constexpr std::string_view kWeightsAdvice =
    "load them into their model in Python and export that with torch.onnx.export(model, example, "
    "'model.onnx')";
constexpr std::string_view kKerasAdvice =
    "export it with python -m tf2onnx.convert --keras FILE --output model.onnx";

constexpr std::array kKinds = {
    ArtifactKind{".onnx", "an ONNX model", "onnx", ""},
    ArtifactKind{".ubj", "an XGBoost model", "xgboost", ""},
    ArtifactKind{".json", "an XGBoost model", "xgboost", "", &BeginsLikeXgboost},
    // What SageMaker's own XGBoost writes; the content says in which notation.
    ArtifactKind{"xgboost-model", "an XGBoost model", "xgboost", ""},
    ArtifactKind{".txt", "a LightGBM model", "lightgbm", "", &BeginsLikeLightgbm},
    ArtifactKind{".pkl", "a Python pickle", "", kPickleAdvice},
    ArtifactKind{".pickle", "a Python pickle", "", kPickleAdvice},
    ArtifactKind{".joblib", "a Python pickle", "", kPickleAdvice},
    ArtifactKind{".pth", "PyTorch weights without their model", "", kWeightsAdvice},
    ArtifactKind{".ckpt", "PyTorch weights without their model", "", kWeightsAdvice},
    ArtifactKind{"pytorch_model.bin", "PyTorch weights without their model", "", kWeightsAdvice},
    ArtifactKind{".safetensors", "weights without their model", "", kWeightsAdvice},
    ArtifactKind{".pt", "a PyTorch model", "",
                 "load it in Python and export it with torch.onnx.export(model, example, "
                 "'model.onnx')"},
    ArtifactKind{".h5", "a Keras model", "", kKerasAdvice},
    ArtifactKind{".keras", "a Keras model", "", kKerasAdvice},
    ArtifactKind{".tflite", "a TensorFlow Lite model", "",
                 "export it with python -m tf2onnx.convert --tflite model.tflite --output "
                 "model.onnx"},
    ArtifactKind{".cbm", "a CatBoost model", "",
                 "export it from Python with model.save_model('model.onnx', format='onnx')"},
    ArtifactKind{"saved_model.pb", "a TensorFlow SavedModel", "",
                 "export it with python -m tf2onnx.convert --saved-model FOLDER --output "
                 "model.onnx"},
};

// A listing that is longer than this is a wrong directory, not a model directory.
constexpr std::size_t kListedEntries = 10;

bool EndsWithIgnoringCase(std::string_view text, std::string_view suffix) noexcept {
  if (text.size() < suffix.size()) return false;
  return std::equal(
      suffix.begin(), suffix.end(), text.end() - std::ssize(suffix),
      [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

std::string Loadable() {
  std::string text;
  for (const ArtifactKind& kind : kKinds) {
    if (kind.runtime.empty()) continue;
    fmt::format_to(std::back_inserter(text), "{}{} ({})", text.empty() ? "" : ", ", kind.suffix,
                   kind.description);
  }
  return text;
}

// The kind of a file in a directory, where others of its name may lie.
const ArtifactKind* KindOfEntry(const DirectoryEntry& entry) noexcept {
  if (entry.type == EntryType::kDirectory) return nullptr;
  const ArtifactKind* const kind = KindOfFileName(entry.name);
  if (kind == nullptr || kind->matches == nullptr || kind->matches(entry.beginning)) return kind;
  return nullptr;
}

std::string Listing(std::span<const DirectoryEntry> entries) {
  std::string text;
  for (std::size_t i = 0; i < std::min(entries.size(), kListedEntries); ++i) {
    fmt::format_to(std::back_inserter(text), "{}{}{}", i == 0 ? "" : ", ", entries[i].name,
                   entries[i].type == EntryType::kDirectory ? "/" : "");
  }
  if (entries.size() > kListedEntries) {
    fmt::format_to(std::back_inserter(text), ", and {} more", entries.size() - kListedEntries);
  }
  return text;
}

Error NotLoadable(const std::filesystem::path& path, const ArtifactKind& kind) {
  return Error(ErrorCode::kInvalid,
               fmt::format("The artifact is {}, which no runtime executes: {}.", kind.description,
                           kind.advice))
      .WithPrivateDetail(fmt::format("found {}; Tenon loads {}", path.string(), Loadable()));
}

Error Missing(const std::filesystem::path& path) {
  return Error(ErrorCode::kNotFound, "The model directory or artifact does not exist.")
      .WithPrivateDetail(fmt::format(
          "looked for {}; mount or unpack the model there, or name another path in the settings",
          path.string()));
}

Error Unreadable(const std::filesystem::path& path, const std::error_code& reason) {
  return Error(ErrorCode::kInvalid, "The model directory or artifact cannot be read.")
      .WithPrivateDetail(fmt::format("reading {} failed: {}; check its permissions", path.string(),
                                     reason.message()));
}

Result<Artifact> ArtifactOfFile(const std::filesystem::path& path) {
  const ArtifactKind* kind = KindOfFileName(path.filename().string());
  if (kind == nullptr) {
    return Error(ErrorCode::kInvalid, "The artifact is of no kind that Tenon knows.")
        .WithPrivateDetail(fmt::format("found {}; Tenon loads {}", path.string(), Loadable()));
  }
  if (kind->runtime.empty()) return NotLoadable(path, *kind);
  return Artifact{path, kind};
}

std::string ReadBeginning(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return {};  // A pipe would block.
  std::string text(kBeginning, '\0');
  std::ifstream stream(file, std::ios::binary);
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max(stream.gcount(), std::streamsize{0})));
  return text;
}

Result<std::vector<DirectoryEntry>> List(const std::filesystem::path& directory) {
  std::error_code error;
  std::vector<DirectoryEntry> entries;
  auto position = std::filesystem::directory_iterator(directory, error);
  for (; !error && position != std::filesystem::directory_iterator(); position.increment(error)) {
    std::error_code ignored;  // An entry that vanished meanwhile counts as a file.
    DirectoryEntry entry{position->path().filename().string(), position->is_directory(ignored)
                                                                   ? EntryType::kDirectory
                                                                   : EntryType::kFile};
    const ArtifactKind* const kind = KindOfFileName(entry.name);
    if (kind != nullptr && kind->matches != nullptr) {
      entry.beginning = ReadBeginning(position->path());
    }
    entries.push_back(std::move(entry));
  }
  if (error) return Unreadable(directory, error);
  return entries;
}

}  // namespace

std::span<const ArtifactKind> KnownArtifactKinds() noexcept { return kKinds; }

const ArtifactKind* KindOfFileName(std::string_view name) noexcept {
  for (const ArtifactKind& kind : kKinds) {
    const bool whole_name = !kind.suffix.starts_with('.');
    if (whole_name ? name == kind.suffix
                   : name.size() > kind.suffix.size() && EndsWithIgnoringCase(name, kind.suffix)) {
      return &kind;
    }
  }
  return nullptr;
}

Result<Artifact> ChooseArtifact(const std::filesystem::path& directory,
                                std::span<const DirectoryEntry> all) {
  std::vector<DirectoryEntry> entries;
  std::copy_if(all.begin(), all.end(), std::back_inserter(entries),
               [](const DirectoryEntry& entry) { return !entry.name.starts_with('.'); });
  std::sort(entries.begin(), entries.end(),
            [](const DirectoryEntry& a, const DirectoryEntry& b) { return a.name < b.name; });
  if (entries.empty()) {
    return Error(ErrorCode::kNotFound, "The model directory is empty.")
        .WithPrivateDetail(fmt::format("looked in {} for {}; unpack the model there",
                                       directory.string(), Loadable()));
  }

  std::vector<DirectoryEntry> candidates;
  const DirectoryEntry* not_loadable = nullptr;
  for (const DirectoryEntry& entry : entries) {
    const ArtifactKind* const kind = KindOfEntry(entry);
    if (kind == nullptr) continue;
    if (kind->runtime.empty()) {
      not_loadable = &entry;
    } else {
      candidates.push_back(entry);
    }
  }
  if (candidates.size() > 1) {
    return Error(ErrorCode::kInvalid, "The model directory holds several artifacts.")
        .WithPrivateDetail(fmt::format("found {} in {}; name the file that should be loaded",
                                       Listing(candidates), directory.string()));
  }
  if (candidates.size() == 1) {
    const std::string& name = candidates.front().name;
    return Artifact{directory / name, KindOfFileName(name)};
  }
  if (not_loadable != nullptr) {
    return NotLoadable(directory / not_loadable->name, *KindOfFileName(not_loadable->name));
  }
  return Error(ErrorCode::kNotFound, "The model directory holds no artifact that Tenon loads.")
      .WithPrivateDetail(fmt::format("looked in {} for {}; found {}", directory.string(),
                                     Loadable(), Listing(entries)));
}

namespace {

// What stands one folder deeper, where `directory` itself holds nothing: models are often packed
// with their folder. `nothing` is the error then.
Result<Artifact> FindInside(const std::filesystem::path& directory,
                            std::span<const DirectoryEntry> entries, Error nothing) {
  std::vector<Artifact> found;
  for (const DirectoryEntry& entry : entries) {
    if (entry.type != EntryType::kDirectory || entry.name.starts_with('.')) continue;
    const std::filesystem::path inside = directory / entry.name;
    const Result<std::vector<DirectoryEntry>> own = List(inside);
    Result<Artifact> artifact = own ? ChooseArtifact(inside, *own) : own.Error();
    if (artifact) {
      found.push_back(*std::move(artifact));
    } else if (artifact.Error().Code() != ErrorCode::kNotFound) {
      nothing = std::move(artifact).Error();
    }
  }
  if (found.empty()) return nothing;
  if (found.size() == 1) return found.front();
  std::string paths;
  for (const Artifact& artifact : found) {
    if (!paths.empty()) paths += ", ";
    paths += artifact.path.lexically_relative(directory).string();
  }
  return Error(ErrorCode::kInvalid, "The model directory holds several artifacts.")
      .WithPrivateDetail(fmt::format("found {} in {}; name the file that should be loaded", paths,
                                     directory.string()));
}

}  // namespace

Result<Artifact> FindArtifact(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) return Missing(path);
  if (error) return Unreadable(path, error);
  if (status.type() != std::filesystem::file_type::directory) return ArtifactOfFile(path);
  Result<std::vector<DirectoryEntry>> entries = List(path);
  if (!entries) return std::move(entries).Error();
  Result<Artifact> chosen = ChooseArtifact(path, *entries);
  if (chosen || chosen.Error().Code() != ErrorCode::kNotFound) return chosen;
  return FindInside(path, *entries, std::move(chosen).Error());
}

}  // namespace tenon::runtime
