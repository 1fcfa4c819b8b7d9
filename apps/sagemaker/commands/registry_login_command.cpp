// SPDX-License-Identifier: Apache-2.0
#include "commands/command.hpp"
#include "commands/dry_run.hpp"
#include "services/ecr_api.hpp"
#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {
namespace {

constexpr app::Flag kFlags[] = {kJsonFlag, kDryRunFlag};

constexpr HelpText kHelp = {
    R"(Usage: tenon sagemaker registry-login [flags]

Prints the password for the account's image registry (ECR), valid for twelve hours. The user
is AWS; the registry's host is said on stderr.
)",
    R"(
Example:
  tenon sagemaker registry-login | docker login --username AWS --password-stdin \
    123456789012.dkr.ecr.eu-central-1.amazonaws.com
)"};

}  // namespace

int RegistryLogin(Words words, Surroundings& surroundings) {
  const auto flags = ReadFlags(kHelp, kFlags, words, surroundings);
  if (!flags) return kDone;
  flags->TakeWords({});
  if (flags->Has("--dry-run")) {
    Session session(*flags, surroundings, RegionLookUp::kMakesNoCall);
    PrintPlan({{.service = aws::Service::kEcr,
                .operation = "GetAuthorizationToken",
                .body = JsonObject(),
                .why = "The password"}},
              *flags, session.Client());
    return kDone;
  }
  Session session(*flags, surroundings);
  const RegistryPassword login = GetRegistryPassword(session.Client());
  if (flags->Has("--json")) {
    PrintLine(JsonObject()
                  .SetText("host", login.host)
                  .SetText("user", login.user)
                  .SetText("password", login.password.Reveal())
                  .Text());
    return kDone;
  }
  PrintLine(login.password.Reveal());
  PrintNote("for docker login --username " + login.user + " --password-stdin " + login.host);
  return kDone;
}

}  // namespace tenon::sagemaker_tool
