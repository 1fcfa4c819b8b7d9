// SPDX-License-Identifier: Apache-2.0
#pragma once

// The lines `name=value` of a LightGBM model file, and the lists of numbers in them.

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::lightgbm {

// What is wrong with a file. Thrown inside this plug-in only; the text is for the log.
struct BrokenFile {
  std::string reason;
};

// What this plug-in would not compute as LightGBM does, so that LightGBM itself has to.
struct NotCovered {
  std::string reason;
};

// The file in its parts. Everything points into the text.
struct Sections {
  using Section = std::map<std::string_view, std::string_view>;  // A line without `=` has no value.
  Section head;
  std::vector<Section> trees;  // Their numbers, counted from 0, are checked.
};

// Errors: throws BrokenFile for a text that is no model, or that ends before its trees do.
Sections ReadSections(std::string_view text);

// Errors: throw BrokenFile for what is missing or no number.
std::string_view Need(const Sections::Section& section, std::string_view name);
double ToNumber(std::string_view name, std::string_view text);
std::size_t ToCount(std::string_view name, std::string_view text);
// Numbers with spaces between them: `count` of them.
std::vector<double> NeedNumbers(const Sections::Section& section, std::string_view name,
                                std::size_t count);

// Texts with spaces between them.
std::vector<std::string_view> Words(std::string_view text);

}  // namespace tenon::lightgbm
