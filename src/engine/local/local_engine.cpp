// SPDX-License-Identifier: Apache-2.0
#include "tenon/engine/local_engine.hpp"

#include "tenon/serving/application.hpp"

namespace tenon::engine {

Result<> LocalEngine::Start(Application& application, const serving::ReplicaServices& services) {
  applications_.push_back(&application);
  for (const auto& deployment : application.Deployments()) {
    constructing_ = deployment.get();
    auto made = deployment->Materialize(services);
    constructing_ = nullptr;
    if (!made) {
      const Error& cause = made.Error();
      return Error(cause.Code(),
                   "The deployment '" + deployment->Name() + "' did not start: " + cause.Detail())
          .WithPrivateDetail(cause.PrivateDetail())
          .WithFaults(cause.Faults(), cause.OmittedFaults());
    }
  }
  if (application.Tuning() != nullptr) {
    application.Tuning()->OnStarted(application.Deployments(), services);
    tuned_.push_back(&application);
  }
  return {};
}

std::string_view LocalEngine::Constructing() const noexcept {
  const serving::BoundDeployment* deployment = constructing_;
  return deployment == nullptr ? std::string_view() : deployment->Name();
}

void LocalEngine::Stop() noexcept {
  for (Application* application : tuned_) {
    application->Tuning()->OnStopping(application->Deployments());
  }
  tuned_.clear();
  // Against the order of binding: whoever holds a handle goes before what the handle leads to.
  for (Application* application : applications_) {
    const auto deployments = application->Deployments();
    for (auto it = deployments.rbegin(); it != deployments.rend(); ++it) (*it)->Dismantle();
  }
  applications_.clear();
}

}  // namespace tenon::engine
