// SPDX-License-Identifier: Apache-2.0
#pragma once

// From method and path to what answers them. The table is data; looking up is a pure function.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/error.hpp"
#include "tenon/http/route.hpp"

namespace tenon::http {

enum class MatchKind : std::uint8_t {
  kHandler,
  kHealth,            // The server's own /ping.
  kNoPath,            // 404
  kMethodNotAllowed,  // 405; `allow` lists the methods.
};

struct Match {
  MatchKind kind = MatchKind::kNoPath;
  const Route* route = nullptr;    // Of kHandler.
  const char* activity = nullptr;  // Of kHandler: "POST /invocations", for the watchdog.
  std::string_view allow = {};     // Of kMethodNotAllowed: "GET, HEAD".
};

inline constexpr std::string_view kHealthPath = "/ping";

// GET routes answer HEAD as well, unless there is one of its own. `/ping` answers GET, HEAD and
// POST and cannot be replaced: the server must be able to answer it while every loop is stuck.
//
// Thread safety: immutable.
class Router {
 public:
  explicit Router(std::vector<Route> routes);
  Router(const Router&) = delete;
  Router& operator=(const Router&) = delete;

  Match Find(std::string_view method, std::string_view path) const noexcept;

  // What a client is told that asked for a path that there is not: those that there are.
  Error NoPathError() const;
  // Routes that can never be reached: /ping, or the same method and path as one before.
  const std::vector<std::string>& Shadowed() const noexcept { return shadowed_; }

 private:
  struct Method {
    std::string_view name;
    const Route* route;  // Null: health.
    std::string activity;
  };
  struct Path {
    std::string path;
    std::vector<Method> methods;
    std::string allow;
  };

  Path& PathOf(std::string_view path);
  void Add(std::string_view method, std::string_view path, const Route* route);

  const std::vector<Route> routes_;
  std::vector<Path> paths_;
  std::string listing_;  // Of the paths, cut when it is long.
  std::vector<std::string> shadowed_;
};

}  // namespace tenon::http
