// SPDX-License-Identifier: Apache-2.0
#include "behaviours/behaviours.hpp"

namespace tenon::check {

const Behaviour* FindBehaviour(std::string_view name) {
  for (const auto list :
       {StartBehaviours(), LoadBehaviours(), StopBehaviours(), EnvironmentBehaviours()}) {
    for (const Behaviour& behaviour : list) {
      if (behaviour.name == name) return &behaviour;
    }
  }
  return nullptr;
}

Phase PhaseOf(const Case& checked) {
  const Behaviour* behaviour = checked.behaviour ? FindBehaviour(*checked.behaviour) : nullptr;
  return behaviour == nullptr ? Phase::kServing : behaviour->phase;
}

}  // namespace tenon::check
