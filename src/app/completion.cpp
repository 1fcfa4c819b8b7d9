// SPDX-License-Identifier: Apache-2.0
#include "tenon/app/completion.hpp"

#include <fmt/format.h>

#include <iterator>

namespace tenon::app {
namespace {

constexpr std::string_view kBashHead =
    R"(# Completion of tenon for bash. Load it with: source <(tenon completion bash)
_tenon() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local flags= values= files= folders= words=
  COMPREPLY=()
  if ((COMP_CWORD > 1)); then
    case ${COMP_WORDS[1]} in
)";

constexpr std::string_view kBashTail = R"(    esac
  else
    words=$commands
  fi
  if [[ $previous == -* && " $folders " == *" $previous "* ]]; then
    mapfile -t COMPREPLY < <(compgen -d -- "$current")
  elif [[ $previous == -* && " $files " == *" $previous "* ]]; then
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  elif [[ $previous == -* && " $values " == *" $previous "* ]]; then
    return
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$flags --help" -- "$current")
  elif [[ -n $words ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -o filenames -F _tenon tenon
)";

constexpr std::string_view kZshHead = R"(#compdef tenon
# Completion of tenon for zsh. Load it with: source <(tenon completion zsh)
_tenon() {
  local -a commands=(
)";

constexpr std::string_view kZshTail = R"(    *) _files ;;
  esac
}
if [[ ${funcstack[1]} == _tenon ]]; then
  _tenon "$@"
else
  compdef _tenon tenon
fi
)";

template <class Names>
std::string Joined(const Names& names) {
  return fmt::format("{}", fmt::join(names, " "));
}

// The names of the flags for which `wanted` holds.
template <class Wanted>
std::string FlagNames(std::span<const Flag> flags, Wanted wanted) {
  std::vector<std::string_view> names;
  for (const Flag& flag : flags) {
    if (wanted(flag)) names.push_back(flag.name);
  }
  return Joined(names);
}

std::string BashScript(std::span<const CompletedCommand> commands) {
  std::vector<std::string_view> names;
  for (const CompletedCommand& command : commands) names.push_back(command.name);
  std::string script(kBashHead);
  for (const CompletedCommand& command : commands) {
    const auto named = [](std::string_view value) {
      return [value](const Flag& flag) { return flag.value == value; };
    };
    fmt::format_to(std::back_inserter(script),
                   "      {})\n        flags='{}'\n        values='{}'\n        files='{}'\n"
                   "        folders='{}'\n        words='{}'\n        ;;\n",
                   command.name, FlagNames(command.flags, [](const Flag&) { return true; }),
                   FlagNames(command.flags, [](const Flag& flag) { return !flag.value.empty(); }),
                   FlagNames(command.flags, named("FILE")),
                   FlagNames(command.flags, named("FOLDER")), Joined(command.words));
  }
  script += kBashTail;
  constexpr std::string_view kPlace = "words=$commands";
  script.replace(script.find(kPlace), kPlace.size(), "words='" + Joined(names) + "'");
  return script;
}

// Text inside a quoted specification of zsh's: brackets and colons end its parts.
std::string ZshText(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '\'') {
      escaped += "'\\''";
      continue;
    }
    if (c == '[' || c == ']' || c == ':' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::string_view ZshAction(std::string_view value) {
  if (value == "FILE") return "_files";
  if (value == "FOLDER") return "_files -/";
  return " ";
}

std::string ZshScript(std::span<const CompletedCommand> commands) {
  std::string script(kZshHead);
  auto out = std::back_inserter(script);
  for (const CompletedCommand& command : commands) {
    fmt::format_to(out, "    '{}:{}'\n", command.name, ZshText(command.summary));
  }
  script +=
      "  )\n  if ((CURRENT == 2)); then\n    _describe command commands\n    return\n  fi\n"
      "  shift words\n  ((CURRENT--))\n  case ${words[1]} in\n";
  for (const CompletedCommand& command : commands) {
    fmt::format_to(out, "    {})\n      _arguments", command.name);
    for (const Flag& flag : command.flags) {
      fmt::format_to(out, " \\\n        '{}[{}]", flag.name, ZshText(flag.help));
      if (!flag.value.empty()) fmt::format_to(out, ":{}:{}", flag.value, ZshAction(flag.value));
      script += '\'';
    }
    script += " \\\n        '--help[print a text that explains the command]'";
    if (command.words.empty()) {
      script += " \\\n        '*:word:_files'\n      ;;\n";
    } else {
      fmt::format_to(out, " \\\n        '*:word:({})'\n      ;;\n", Joined(command.words));
    }
  }
  script += kZshTail;
  return script;
}

}  // namespace

std::string CompletionScript(Shell shell, std::span<const CompletedCommand> commands) {
  return shell == Shell::kBash ? BashScript(commands) : ZshScript(commands);
}

}  // namespace tenon::app
