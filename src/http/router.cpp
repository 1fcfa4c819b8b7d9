// SPDX-License-Identifier: Apache-2.0
#include "http/router.hpp"

#include <algorithm>
#include <utility>

namespace tenon::http {
namespace {

template <class Methods>
auto FindMethod(Methods& methods, std::string_view name) noexcept {
  return std::find_if(methods.begin(), methods.end(),
                      [name](const auto& method) { return method.name == name; });
}

}  // namespace

Router::Router(std::vector<Route> routes) : routes_(std::move(routes)) {
  for (const std::string_view method : {"GET", "POST"}) Add(method, kHealthPath, nullptr);
  for (const Route& route : routes_) Add(route.method, route.path, &route);
  for (Path& path : paths_) {
    const auto get = FindMethod(path.methods, "GET");
    if (get != path.methods.end() && FindMethod(path.methods, "HEAD") == path.methods.end()) {
      Method head = *get;
      head.name = "HEAD";
      path.methods.push_back(std::move(head));
    }
    std::vector<std::string_view> names;
    names.reserve(path.methods.size());
    for (const Method& method : path.methods) names.push_back(method.name);
    std::sort(names.begin(), names.end());
    for (const std::string_view name : names) {
      if (!path.allow.empty()) path.allow += ", ";
      path.allow += name;
    }
  }
  constexpr std::size_t kMostListed = 600;
  for (const Path& path : paths_) {
    if (listing_.size() > kMostListed) {
      listing_ += ", ...";
      break;
    }
    if (!listing_.empty()) listing_ += ", ";
    listing_ += path.path;
  }
}

Error Router::NoPathError() const {
  return {ErrorCode::kNotFound, "There is no route with this path; there are " + listing_ + "."};
}

Router::Path& Router::PathOf(std::string_view path) {
  const auto found = std::find_if(paths_.begin(), paths_.end(),
                                  [path](const Path& known) { return known.path == path; });
  if (found != paths_.end()) return *found;
  return paths_.emplace_back(Path{.path = std::string(path), .methods = {}, .allow = {}});
}

void Router::Add(std::string_view method, std::string_view path, const Route* route) {
  Path& known = PathOf(path);
  std::string label = std::string(method) + " " + std::string(path);
  if (FindMethod(known.methods, method) != known.methods.end() ||
      (route != nullptr && path == kHealthPath)) {
    shadowed_.push_back(std::move(label));
    return;
  }
  known.methods.push_back({.name = method, .route = route, .activity = std::move(label)});
}

Match Router::Find(std::string_view method, std::string_view path) const noexcept {
  // There are about ten paths: comparing lengths and then bytes beats any hash.
  for (const Path& known : paths_) {
    if (known.path != path) continue;
    const auto found = FindMethod(known.methods, method);
    if (found == known.methods.end()) {
      return {.kind = MatchKind::kMethodNotAllowed, .allow = known.allow};
    }
    if (found->route == nullptr) return {.kind = MatchKind::kHealth};
    return {
        .kind = MatchKind::kHandler, .route = found->route, .activity = found->activity.c_str()};
  }
  return {};
}

}  // namespace tenon::http
