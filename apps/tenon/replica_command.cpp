// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"
#include "tenon/app/replica.hpp"

namespace tenon::command {

int Replica(Words words) { return app::RunReplica(words); }

}  // namespace tenon::command
