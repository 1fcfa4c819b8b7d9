// SPDX-License-Identifier: Apache-2.0
#pragma once

// Which handler answers which method and path: data, not code.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/http/handler.hpp"
#include "tenon/schema/openapi.hpp"

namespace tenon::http {

// When a route may be answered.
enum class Readiness : std::uint8_t {
  kWhenReady,  // 503 with the reason until the application is ready, and again while draining ends.
  kAlways,     // Also while loading: health, metrics, documentation.
};

// One row of the route table. Paths are compared exactly, byte for byte.
struct Route {
  std::string method;
  std::string path;
  std::unique_ptr<Handler> handler;
  Readiness readiness = Readiness::kWhenReady;
};

// The front of an application: the routes of one protocol, and how to describe them. Protocols
// make one (`tenon::sagemaker::Driver(handle)`); an application may add routes of its own.
struct Driver {
  std::string protocol;  // "sagemaker", for the start block and `/-/routes`.
  std::vector<Route> routes;
  std::vector<schema::Operation> operations;  // What `/openapi.json` says of the routes.
};

}  // namespace tenon::http
