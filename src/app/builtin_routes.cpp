// SPDX-License-Identifier: Apache-2.0
#include "app/builtin_routes.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "app/docs_page/docs_page.hpp"
#include "tenon/base/version.hpp"
#include "tenon/schema/json.hpp"
#include "tenon/schema/reflect.hpp"

namespace tenon::app {
namespace {

using Fill = std::function<void(const http::Request& request, http::Response& response)>;

// Answers at once with what a function fills in.
class FilledHandler final : public http::Handler {
 public:
  explicit FilledHandler(Fill fill) : fill_(std::move(fill)) {}

  Task<void> Serve(const http::Request& request, http::Response& response) const override {
    fill_(request, response);
    co_return;
  }

 private:
  const Fill fill_;
};

struct Index {
  std::string application;
  std::string tenon;
  std::map<std::string, std::string> see;
};

template <class T>
std::string Json(const T& value) {
  std::string text;
  schema::WriteJson(schema::TypeOf<T>(), &value, text);
  text += '\n';
  return text;
}

Fill Constant(std::string_view content_type, std::string text) {
  return [content_type, text = std::move(text)](const http::Request&, http::Response& response) {
    response.SetContentType(content_type);
    response.Body() += text;
  };
}

void WriteDocs(const http::Request&, http::Response& response) {
  response.SetContentType("text/html; charset=utf-8");
  response.AddHeader("Content-Security-Policy", std::string(kDocsPolicy));
  response.AddHeader("X-Content-Type-Options", "nosniff");
  WriteDocsPage(response.Body());
}

bool WantsPage(const http::Request& request) {
  return std::any_of(request.headers.begin(), request.headers.end(), [](const Header& header) {
    return RequestContext::NamesEqual(header.name, "accept") &&
           header.value.find("text/html") != std::string_view::npos;
  });
}

// People are led to the page, programs are told what there is.
Fill Root(const std::string& application) {
  return [text = Json(Index{.application = application,
                            .tenon = TENON_VERSION,
                            .see = {{"docs", "/docs"},
                                    {"openapi", "/openapi.json"},
                                    {"metrics", "/metrics"},
                                    {"routes", "/-/routes"},
                                    {"health", "/-/healthz"}}})](const http::Request& request,
                                                                 http::Response& response) {
    if (WantsPage(request)) {
      response.SetStatus(302);
      response.AddHeader("Location", "docs");
      return;
    }
    response.Body() += text;
  };
}

}  // namespace

std::vector<http::Route> WithBuiltinRoutes(std::vector<http::Route> routes,
                                           BuiltinContent content) {
  // Ray Serve's form: path to application.
  const std::string routes_text = Json(content.owners);
  const auto add = [&routes](std::string path, http::Readiness readiness, Fill fill) {
    const bool is_taken = std::any_of(routes.begin(), routes.end(), [&](const auto& route) {
      return route.path == path && route.method == "GET";
    });
    if (is_taken) return;
    routes.push_back({.method = "GET",
                      .path = std::move(path),
                      .handler = std::make_unique<FilledHandler>(std::move(fill)),
                      .readiness = readiness});
  };
  constexpr auto kAlways = http::Readiness::kAlways;
  add("/", kAlways, Root(content.application));
  add("/docs", kAlways, &WriteDocs);
  add("/openapi.json", kAlways, Constant("application/json", std::move(content.openapi)));
  add("/metrics", kAlways,
      [write = std::move(content.write_metrics)](const http::Request&, http::Response& response) {
        response.SetContentType("text/plain; version=0.0.4; charset=utf-8");
        write(response.Body());
      });
  if (content.write_execution_parameters) {
    add("/execution-parameters", http::Readiness::kWhenReady,
        [write = std::move(content.write_execution_parameters)](
            const http::Request&, http::Response& response) { write(response.Body()); });
  }
  add("/-/healthz", http::Readiness::kWhenReady, Constant("text/plain; charset=utf-8", "success"));
  add("/-/routes", kAlways, Constant("application/json", routes_text));
  return routes;
}

}  // namespace tenon::app
