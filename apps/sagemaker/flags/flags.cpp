// SPDX-License-Identifier: Apache-2.0
#include "flags/flags.hpp"

#include <algorithm>
#include <charconv>

#include "checks/usage_error.hpp"
#include "tenon/base/duration_text.hpp"

namespace tenon::sagemaker_tool {
namespace {

// "--model-data-uri" is read from TENON_SAGEMAKER_MODEL_DATA_URI.
std::string VariableName(std::string_view flag) {
  std::string name = "TENON_SAGEMAKER_";
  for (const char c : flag.substr(2)) {
    name += c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name;
}

}  // namespace

Flags::Flags(std::span<const app::Flag> flags, Words words, app::Environment environment)
    : flags_(flags.begin(), flags.end()), environment_(std::move(environment)) {
  auto line = app::ParseCommandLine(flags, words);
  if (!line) throw UsageError(line.Error().Detail());
  line_ = *std::move(line);
  if (WantsHelp()) return;
  // A variable that makes no sense is found now, and not when its flag is looked at.
  for (const app::Flag& flag : flags_) {
    if (flag.value.empty()) Has(flag.name);
  }
}

std::optional<std::string> Flags::Variable(std::string_view name) const {
  return environment_(VariableName(name).c_str());
}

std::optional<std::string> Flags::Text(std::string_view name) const {
  if (const auto value = line_.Value(name)) {
    return value->empty() ? std::nullopt : std::optional<std::string>(*value);
  }
  return Variable(name);
}

std::vector<std::string> Flags::All(std::string_view name) const {
  std::vector<std::string> values;
  for (const auto& [flag, value] : line_.flags) {
    if (flag == name) values.emplace_back(value);
  }
  if (!values.empty()) return values;
  std::string lines = Variable(name).value_or("");
  for (std::size_t begin = 0; begin < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', begin), lines.size());
    if (end > begin) values.push_back(lines.substr(begin, end - begin));
    begin = end + 1;
  }
  return values;
}

bool Flags::Has(std::string_view name) const {
  if (line_.Value(name)) return true;
  const std::string text = Variable(name).value_or("0");
  if (text == "1" || text == "true") return true;
  if (text == "0" || text == "false") return false;
  Refuse(VariableName(name), text, "it takes 1 or true, 0 or false.");
}

bool Flags::IsGiven(std::string_view name) const {
  const auto it = std::find_if(flags_.begin(), flags_.end(),
                               [name](const app::Flag& flag) { return flag.name == name; });
  return it != flags_.end() && it->value.empty() ? Has(name) : Text(name).has_value();
}

std::string Flags::Required(std::string_view name) const {
  if (auto text = Text(name)) return *std::move(text);
  throw UsageError(std::string(name) + " is missing; it can also be set as " + VariableName(name) +
                   ".");
}

std::optional<std::int64_t> Flags::Integer(std::string_view name, Range range) const {
  const auto text = Text(name);
  if (!text) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size() || value < range.low ||
      value > range.high) {
    Refuse(name, *text,
           "it takes a whole number from " + std::to_string(range.low) + " to " +
               std::to_string(range.high) + ".");
  }
  return value;
}

std::optional<std::chrono::milliseconds> Flags::Seconds(std::string_view name) const {
  constexpr long double kLongest = 7 * 24 * 3600;
  const auto text = Text(name);
  if (!text) return std::nullopt;
  const auto seconds = ParseSeconds(*text);
  if (!seconds || *seconds < 0 || *seconds > kLongest) {
    Refuse(name, *text, "it takes seconds, or a time as 90s, 10m or 2h, up to a week.");
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(*seconds * 1000));
}

std::vector<std::string> Flags::TakeWords(std::span<const std::string_view> names) const {
  if (line_.words.size() > names.size()) {
    throw UsageError("The word '" + std::string(line_.words[names.size()]) + "' is too much.");
  }
  if (line_.words.size() < names.size()) {
    throw UsageError("The " + std::string(names[line_.words.size()]) + " is missing.");
  }
  return {line_.words.begin(), line_.words.end()};
}

void Flags::RefuseTogether(std::string_view a, std::string_view b, std::string_view reason) const {
  if (IsGiven(a) && IsGiven(b)) {
    throw UsageError(std::string(a) + " and " + std::string(b) +
                     " do not go together: " + std::string(reason));
  }
}

void Flags::RefuseWithout(std::string_view name, std::string_view needed) const {
  if (IsGiven(name) && !IsGiven(needed)) {
    throw UsageError(std::string(name) + " makes sense with " + std::string(needed) + " only.");
  }
}

}  // namespace tenon::sagemaker_tool
