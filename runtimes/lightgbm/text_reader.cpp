// SPDX-License-Identifier: Apache-2.0
#include "text_reader.hpp"

#include <fmt/format.h>

#include <charconv>
#include <system_error>

namespace tenon::lightgbm {
namespace {

constexpr std::string_view kTree = "Tree=";
constexpr std::string_view kEnd = "end of trees";
constexpr std::string_view kOldEnd = "feature importances:";  // What follows the trees in v2.

template <class T>
T Parse(std::string_view name, std::string_view text) {
  T number{};
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end) {
    throw BrokenFile{
        fmt::format("\"{}\" holds \"{}\", which is no number", name, text.substr(0, 40))};
  }
  return number;
}

}  // namespace

Sections ReadSections(std::string_view text) {
  Sections sections;
  Sections::Section* section = &sections.head;
  bool first = true;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (first && line != "tree") throw BrokenFile{"its first line is not \"tree\""};
    first = false;
    if (line == kEnd || line == kOldEnd) return sections;
    if (line.starts_with(kTree)) {
      const std::size_t number = ToCount("Tree", line.substr(kTree.size()));
      if (number != sections.trees.size()) {
        throw BrokenFile{fmt::format("tree {} follows {} others", number, sections.trees.size())};
      }
      section = &sections.trees.emplace_back();
    } else if (!line.empty()) {
      const std::size_t equals = line.find('=');
      section->emplace(line.substr(0, equals), equals == std::string_view::npos
                                                   ? std::string_view()
                                                   : line.substr(equals + 1));
    }
  }
  throw BrokenFile{first ? "it is empty" : "it has no line \"end of trees\": it is not complete"};
}

std::string_view Need(const Sections::Section& section, std::string_view name) {
  const auto found = section.find(name);
  if (found == section.end()) throw BrokenFile{fmt::format("it has no \"{}\"", name)};
  return found->second;
}

double ToNumber(std::string_view name, std::string_view text) { return Parse<double>(name, text); }
std::size_t ToCount(std::string_view name, std::string_view text) {
  return Parse<std::size_t>(name, text);
}

std::vector<double> NeedNumbers(const Sections::Section& section, std::string_view name,
                                std::size_t count) {
  const std::vector<std::string_view> words = Words(Need(section, name));
  if (words.size() != count) {
    throw BrokenFile{fmt::format("\"{}\" has {} items, not {}", name, words.size(), count)};
  }
  std::vector<double> numbers;
  numbers.reserve(count);
  for (const std::string_view word : words) numbers.push_back(ToNumber(name, word));
  return numbers;
}

std::vector<std::string_view> Words(std::string_view text) {
  std::vector<std::string_view> words;
  while (true) {
    const std::size_t start = text.find_first_not_of(' ');
    if (start == std::string_view::npos) return words;
    text.remove_prefix(start);
    words.push_back(text.substr(0, text.find(' ')));
    text.remove_prefix(words.back().size());
  }
}

}  // namespace tenon::lightgbm
