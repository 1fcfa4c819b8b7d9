// SPDX-License-Identifier: Apache-2.0
#include "app/artifact_labels.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <system_error>
#include <utility>
#include <vector>

#include "app/config_keys.hpp"
#include "schema/utf8.hpp"

namespace tenon::app {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kMostBytes = 16U << 20U;

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = schema::Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

Result<> ReadList(const ConfigNode& node, std::string_view file, std::vector<std::string>& out) {
  for (const ConfigNode& item : node.items) {
    if (auto read = config_keys::ReadText(item, file, "labels", out.emplace_back()); !read) {
      return read;
    }
  }
  return {};
}

Result<> ReadFile(const fs::path& path, std::vector<std::string>& out) {
  std::error_code failure;
  const std::uintmax_t size = fs::file_size(path, failure);
  std::ifstream stream(path, std::ios::binary);
  if (failure || !stream) {
    return Error(ErrorCode::kInvalid,
                 fmt::format("The labels '{}' cannot be read{}.", path.string(),
                             failure ? ": " + failure.message() : ""));
  }
  if (size > kMostBytes) {
    return Error(ErrorCode::kInvalid,
                 fmt::format("The labels '{}' have more than 16 MiB.", path.string()));
  }
  const std::string text((std::istreambuf_iterator<char>(stream)),
                         std::istreambuf_iterator<char>());
  auto labels = SplitLabels(text, path.string());
  if (!labels) return std::move(labels).Error();
  out = *std::move(labels);
  return {};
}

}  // namespace

Result<> ReadBesideName(const ConfigNode& node, std::string_view file, std::string_view key,
                        std::string& out) {
  if (auto read = config_keys::ReadText(node, file, key, out); !read) return read;
  const fs::path path = fs::path(out).lexically_normal();
  if (path.is_absolute() || path.begin()->string() == "..") {
    return config_keys::Refuse(node, file, key, "a file beside this one");
  }
  return {};
}

Result<> ReadLabels(const ConfigNode& node, std::string_view file, runtime::steps::Labels& out) {
  std::vector<std::string> labels;
  if (node.kind == ConfigNode::Kind::kList && !node.items.empty()) {
    if (auto read = ReadList(node, file, labels); !read) return read;
  } else if (node.IsScalar()) {
    std::string name;
    if (auto read = ReadBesideName(node, file, "labels", name); !read) return read;
    auto read = ReadFile(fs::path(file).parent_path() / name, labels);
    if (!read) return ConfigError(file, node.line, read.Error().Detail());
  } else {
    return config_keys::Refuse(node, file, "labels", "a list, or the name of a file");
  }
  out = std::make_shared<const std::vector<std::string>>(std::move(labels));
  return {};
}

Result<std::vector<std::string>> SplitLabels(std::string_view text, std::string_view name) {
  const auto refuse = [&](std::size_t line, std::string_view why) {
    return Error(ErrorCode::kInvalid, fmt::format("{}:{}: {}", name, line, why));
  };
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  std::vector<std::string> labels;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty()) {
      return refuse(labels.size() + 1, "Each line is a label, and this one is empty.");
    }
    if (!IsUtf8(line)) return refuse(labels.size() + 1, "This label is not UTF-8.");
    labels.emplace_back(line);
  }
  if (labels.empty()) return refuse(1, "There is no label in it.");
  return labels;
}

}  // namespace tenon::app
