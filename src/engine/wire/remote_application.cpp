// SPDX-License-Identifier: Apache-2.0
#include "engine/wire/remote_application.hpp"

#include <sys/random.h>

#include <array>

#include "engine/wire/messages.hpp"
#include "schema/binary.hpp"

namespace tenon::engine {

Result<> CheckRemoteTypes(const Application& application) {
  for (const auto& deployment : application.Deployments()) {
    for (const schema::Type* type : {&deployment->RequestType(), &deployment->ResponseType()}) {
      auto checked = schema::CheckBinaryNames(*type);
      if (checked) continue;
      return Error(ErrorCode::kInvalid,
                   "The deployment '" + deployment->Name() +
                       "' cannot run in a process of its own: " + checked.Error().Detail() + ".");
    }
  }
  return {};
}

Result<std::string> MakeSecret() {
  std::array<unsigned char, 32> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    return Error(ErrorCode::kInternal, "The kernel gives no random numbers.");
  }
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

RemoteApplication::RemoteApplication(Application& application, std::span<EpollLoop* const> loops,
                                     const serving::ReplicaServices& services,
                                     const std::string& secret, std::uint64_t max_payload)
    : application_(application) {
  const CallerOptions options{.deployment = {},
                              .secret = secret,
                              .graph = GraphHash(application),
                              .max_payload = max_payload};
  for (const auto& deployment : application.Deployments()) {
    callers_.push_back(std::make_unique<Caller>(*deployment, loops, options, services));
    deployment->Connect(*callers_.back());
  }
}

RemoteApplication::~RemoteApplication() {
  const auto deployments = application_.Deployments();
  for (auto it = deployments.rbegin(); it != deployments.rend(); ++it) (*it)->Dismantle();
}

void RemoteApplication::Apply(const PeerTable& table) {
  for (std::size_t i = 0; i < callers_.size(); ++i) {
    if (application_.Deployments()[i]->Name() == table.deployment) callers_[i]->Apply(table);
  }
}

}  // namespace tenon::engine
