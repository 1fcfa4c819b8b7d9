// SPDX-License-Identifier: Apache-2.0
#include "subcommand.hpp"

#include <cstdio>
#include <exception>
#include <fstream>
#include <vector>

namespace tenon::subcommand {

int Refuse(const Manual& manual, const Error& error, int status) {
  const std::string advice =
      status == kUsage ? " See 'tenon " + std::string(manual.name) + " --help'." : "";
  std::fprintf(stderr, "tenon: %s%s\n", error.Detail().c_str(), advice.c_str());
  return status;
}

void Print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
}

bool WriteReport(const std::filesystem::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (file) return true;
  std::fprintf(stderr, "tenon: the report %s cannot be written.\n", path.c_str());
  return false;
}

int Run(const Manual& manual, int argc, char** argv,
        const std::function<int(const app::CommandLine&)>& body) {
  try {
    const std::vector<const char*> words(argv, argv + argc);
    const auto line =
        app::ParseCommandLine(manual.flags, std::span(words).subspan(words.empty() ? 0 : 1));
    if (!line) return Refuse(manual, line.Error(), kUsage);
    if (!line->wants_help) return body(*line);
    Print(std::string(manual.text) + app::DescribeFlags(manual.flags) +
          std::string(manual.example));
    return kDone;
  } catch (const std::exception& exception) {
    std::fprintf(stderr, "tenon: %s\n", exception.what());
    return kFailed;
  }
}

}  // namespace tenon::subcommand
