// SPDX-License-Identifier: Apache-2.0
#pragma once

// What a serving process has from the one that started it, where that keeps the port for it.

#include <functional>
#include <optional>

#include "tenon/http/server.hpp"

namespace tenon::app {

struct Inheritance {
  std::optional<int> listening_socket = {};
  http::Accepting accepting = http::Accepting::kFromStart;
  std::function<void()> say_ready;  // Once requests are taken.
};

}  // namespace tenon::app
