// SPDX-License-Identifier: Apache-2.0
#include "tenon/app/command_line.hpp"

#include <algorithm>

#include "tenon/base/nearest_name.hpp"

namespace tenon::app {
namespace {

const Flag* Find(std::span<const Flag> flags, std::string_view name) {
  const auto it = std::find_if(flags.begin(), flags.end(),
                               [name](const Flag& flag) { return flag.name == name; });
  return it == flags.end() ? nullptr : &*it;
}

Error UnknownFlag(std::span<const Flag> flags, std::string_view name) {
  std::vector<std::string> names = {"--help"};
  for (const Flag& flag : flags) names.emplace_back(flag.name);
  return {ErrorCode::kInvalid,
          "There is no flag '" + std::string(name) + "'." + DidYouMean(name, names)};
}

}  // namespace

std::optional<std::string_view> CommandLine::Value(std::string_view name) const {
  for (auto it = flags.rbegin(); it != flags.rend(); ++it) {
    if (it->first == name) return it->second;
  }
  return std::nullopt;
}

Result<CommandLine> ParseCommandLine(std::span<const Flag> flags,
                                     std::span<const char* const> words) {
  CommandLine line;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    if (word == "--") {
      for (++i; i < words.size(); ++i) line.words.emplace_back(words[i]);
      break;
    }
    if (word == "-h" || word == "--help") {
      line.wants_help = true;
      continue;
    }
    if (word.size() < 2 || word[0] != '-') {
      line.words.push_back(word);
      continue;
    }
    const std::size_t equals = word.find('=');
    const std::string_view name = word.substr(0, equals);
    const Flag* flag = Find(flags, name);
    if (flag == nullptr) return UnknownFlag(flags, name);
    if (flag->value.empty()) {
      if (equals != std::string_view::npos) {
        return Error(ErrorCode::kInvalid, "'" + std::string(name) + "' takes no value.");
      }
      line.flags.emplace_back(flag->name, "");
    } else if (equals != std::string_view::npos) {
      line.flags.emplace_back(flag->name, word.substr(equals + 1));
    } else if (i + 1 < words.size()) {
      line.flags.emplace_back(flag->name, words[++i]);
    } else {
      return Error(ErrorCode::kInvalid, "'" + std::string(name) +
                                            "' needs a value: " + std::string(name) + " " +
                                            std::string(flag->value) + ".");
    }
  }
  return line;
}

std::string DescribeFlags(std::span<const Flag> flags) {
  constexpr std::string_view kHelpFlag = "--help";
  const auto width_of = [](const Flag& flag) {
    return flag.name.size() + (flag.value.empty() ? 0 : 1 + flag.value.size());
  };
  std::size_t width = kHelpFlag.size();
  for (const Flag& flag : flags) width = std::max(width, width_of(flag));
  std::string text;
  for (const Flag& flag : flags) {
    text += "  ";
    text += flag.name;
    if (!flag.value.empty()) text += " " + std::string(flag.value);
    text.append(width - width_of(flag) + 2, ' ');
    text += flag.help;
    text += '\n';
  }
  text += "  " + std::string(kHelpFlag);
  text.append(width - kHelpFlag.size() + 2, ' ');
  text += "print this text\n";
  return text;
}

}  // namespace tenon::app
