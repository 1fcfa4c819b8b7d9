// SPDX-License-Identifier: Apache-2.0
#pragma once

// SageMaker's hosting protocol in front of a model: `GET /ping`, `POST /invocations`.

#include <memory>
#include <string>
#include <utility>

#include "tenon/base/export.hpp"
#include "tenon/http/json_handler.hpp"
#include "tenon/http/route.hpp"
#include "tenon/schema/reflect.hpp"
#include "tenon/serving/handle.hpp"

namespace tenon::sagemaker {

namespace detail {

// Request id, deadline, custom attributes and session from SageMaker's headers.
TENON_EXPORT void Prepare(const http::Request& request, TimePoint now, RequestContext& context);

// Custom attributes that the model has set, as the header that SageMaker passes on.
TENON_EXPORT void Finish(const RequestContext& context, http::Response& response);
inline constexpr http::Protocol kProtocol{.prepare = &Prepare, .finish = &Finish};

TENON_EXPORT void AddOpenAiRoute(http::Driver& driver, std::string path,
                                 std::unique_ptr<http::Handler> handler,
                                 const schema::Type& request, const schema::Type& response);

TENON_EXPORT http::Driver MakeDriver(std::unique_ptr<http::Handler> invocations,
                                     const schema::Type& request, const schema::Type& response);

template <class R>
struct Element {
  using Type = R;
};
template <class R>
struct Element<Stream<R>> {
  using Type = R;
};

}  // namespace detail

// The driver for a model: `return tenon::sagemaker::Driver(model);` at the end of an application.
//
// `POST /invocations` reads one request of the handle's type as JSON and answers with its response;
// a handle that streams is answered in chunks, as JSON Lines or as server-sent events (by Accept;
// items that are std::string also as plain text). `GET /ping` (and POST, which some platforms send)
// is 200 when the application is ready. Headers of SageMaker (custom attributes, inference id,
// session id) and of Tenon (`X-Tenon-Timeout-Ms`) reach the deployments in their RequestContext;
// what a client may send as `X-Tenon-*` is also read from custom attributes, since SageMaker strips
// headers that it does not know (`tenon-timeout-ms=200`).
template <class R, class A>
http::Driver Driver(const Handle<R(A)>& model) {
  return detail::MakeDriver(std::make_unique<http::JsonHandler<R, A>>(model, detail::kProtocol),
                            schema::TypeOf<A>(),
                            schema::TypeOf<typename detail::Element<R>::Type>());
}

// Serves a handle at an OpenAI-shaped path, too, and at the same path under /openai; SageMaker's
// OpenAI-compatible route ends at one of them:
//
//   auto driver = tenon::sagemaker::Driver(model);
//   tenon::sagemaker::ServeOpenAi(driver, "/v1/chat/completions", chat);
//
// Clients of AWS send an empty `model`. REQUIRES: the path begins with /v1/.
template <class R, class A>
void ServeOpenAi(http::Driver& driver, const std::string& path, const Handle<R(A)>& model) {
  for (const std::string& place : {path, "/openai" + path}) {
    detail::AddOpenAiRoute(
        driver, place, std::make_unique<http::JsonHandler<R, A>>(model, detail::kProtocol),
        schema::TypeOf<A>(), schema::TypeOf<typename detail::Element<R>::Type>());
  }
}

}  // namespace tenon::sagemaker
