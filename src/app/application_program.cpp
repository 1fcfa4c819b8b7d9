// SPDX-License-Identifier: Apache-2.0
#include "tenon/app/application_program.hpp"

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "tenon/app/module_loader.hpp"
#include "tenon/app/replica.hpp"
#include "tenon/app/run.hpp"
#include "tenon/app/serve_options.hpp"

namespace tenon::app {
namespace {

constexpr int kUsage = 2;
constexpr int kFailed = 1;

constexpr const char* kText =
    R"(Usage: %s [APPLICATION] [flags] [key=value...]
       %s serve

Serves an application of this program until SIGTERM or Ctrl-C. 'serve' is for containers: the
environment says the rest.

Applications: %s

Flags (each but --app-dir, --name and --reload is also read from the environment, as TENON_PORT
for --port; the flag wins):
%s
Exit status: 0 after a clean end, 1 when the start failed, 2 for wrong usage.
)";

int Refuse(const Error& error, int status) {
  std::fprintf(stderr, "tenon: %s\n", error.Detail().c_str());
  return status;
}

std::string NamesOf(const LoadedModule& self) {
  std::string names;
  for (const ApplicationEntry& entry : self.Applications()) {
    names += (names.empty() ? "" : ", ") + std::string(entry.name);
  }
  return names;
}

std::string TargetOf(std::string_view application) {
  return std::string(kOwnProgram) + ":" + std::string(application);
}

// The words without the application's name, and that name.
Result<std::string> TakeApplication(const LoadedModule& self, std::vector<const char*>& words) {
  const bool named = !words.empty() && words[0][0] != '-' &&
                     std::string_view(words[0]).find('=') == std::string_view::npos;
  if (named) {
    std::string name = words[0];
    words.erase(words.begin());
    return name;
  }
  if (self.Applications().size() == 1) return std::string(self.Applications()[0].name);
  return Error(ErrorCode::kInvalid,
               "This program has several applications; name one: " + NamesOf(self) + ".");
}

int RunWords(const char* program, std::vector<const char*> words) {
  const auto self = LoadModule(kOwnProgram, {});
  if (!self) return Refuse(self.Error(), kFailed);
  if (!words.empty() && std::string_view(words[0]) == kReplicaCommand) {
    return RunReplica({words.begin() + 1, words.end()});
  }
  if (!words.empty() && std::string_view(words[0]) == "serve") {
    auto options = ReadServeOptions(ProcessEnvironment());
    if (!options) return Refuse(options.Error(), kUsage);
    words.erase(words.begin());
    auto application = TakeApplication(*self, words);
    if (!application) return Refuse(application.Error(), kUsage);
    options->target = TargetOf(*application);
    return Run(*options);
  }
  const auto line = ParseCommandLine(RunFlags(), words);
  if (!line) return Refuse(line.Error(), kUsage);
  if (line->wants_help) {
    std::printf(kText, program, program, NamesOf(*self).c_str(), DescribeFlags(RunFlags()).c_str());
    return 0;
  }
  auto application = TakeApplication(*self, words);
  if (!application) return Refuse(application.Error(), kUsage);
  const std::string target = TargetOf(*application);
  words.insert(words.begin(), target.c_str());
  const auto whole = ParseCommandLine(RunFlags(), words);
  if (!whole) return Refuse(whole.Error(), kUsage);
  const auto options = ReadRunOptions(*whole, ProcessEnvironment());
  if (!options) return Refuse(options.Error(), kUsage);
  return Run(*options);
}

}  // namespace

int RunOwnApplication(int argc, char** argv) {
  const std::vector<const char*> words(argv, argv + argc);
  try {
    return words.empty() ? RunWords("program", {})
                         : RunWords(words[0], {words.begin() + 1, words.end()});
  } catch (const std::exception& exception) {
    return Refuse(Error(ErrorCode::kInternal, exception.what()), kFailed);
  }
}

}  // namespace tenon::app
