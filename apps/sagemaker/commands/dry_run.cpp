// SPDX-License-Identifier: Apache-2.0
#include "commands/dry_run.hpp"

#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {

void PrintPlan(const std::vector<PlannedCall>& calls, const Flags& flags,
               aws::ServiceClient& client) {
  std::vector<JsonObject> list;
  std::string text;
  for (const PlannedCall& call : calls) {
    const aws::Url url = client.EndpointOf(call.service).url;
    const std::string address = url.scheme + "://" + url.host + url.path + "/";
    const std::string body = WithoutSecrets(call.body.Text());
    text.append("# ").append(call.why).append("\n").append(call.operation).append(" at ");
    text.append(address).append("\n").append(body).append("\n");
    list.push_back(JsonObject()
                       .SetText("operation", call.operation)
                       .SetText("url", address)
                       .SetText("why", call.why)
                       .SetRaw("body", {body}));
  }
  if (flags.Has("--json")) {
    const std::string json = JsonObject().SetList("calls", list).Text();
    PrintLine(json);
    return;
  }
  text.pop_back();
  PrintLine(text);
  PrintNote("a dry run: no call was made.");
}

}  // namespace tenon::sagemaker_tool
