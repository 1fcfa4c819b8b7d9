// SPDX-License-Identifier: Apache-2.0
#pragma once

// Serves a handle over HTTP: JSON in, typed call, JSON out.

#include <string>
#include <utility>

#include "tenon/base/export.hpp"
#include "tenon/http/handler.hpp"
#include "tenon/schema/json.hpp"
#include "tenon/schema/reflect.hpp"
#include "tenon/serving/handle.hpp"
#include "tenon/task/compute.hpp"
#include "tenon/task/stream.hpp"

namespace tenon::http {

// Takes what a protocol's headers say into the context; see Handler::Prepare.
using PrepareFunction = void (*)(const Request& request, TimePoint now, RequestContext& context);

// The part that does not depend on types.
class TENON_EXPORT JsonHandlerBase : public Handler {
 public:
  explicit JsonHandlerBase(PrepareFunction prepare) noexcept : prepare_(prepare) {}
  void Prepare(const Request& request, TimePoint now, RequestContext& context) const override;

 protected:
  // Larger bodies are parsed on the compute pool, so that a loop is not held by them.
  static constexpr std::size_t kInlineParseBytes = 256U << 10U;

  // Errors: kUnsupportedMediaType, kNotAcceptable.
  static Result<> CheckMediaTypes(const Request& request, std::string_view produced);
  static Result<> Read(const Request& request, const schema::Type& type, void* object);

 private:
  PrepareFunction prepare_;
};

// `POST` of one JSON document to a handle; its Response as the answer.
//
// Errors: 415 and 406 for media types, 400 for what is not JSON, 422 with the faults for what does
// not fit the request type, and whatever the handle fails with.
template <class R, class A>
class JsonHandler final : public JsonHandlerBase {
 public:
  JsonHandler(Handle<R(A)> handle, PrepareFunction prepare)
      : JsonHandlerBase(prepare), handle_(handle) {}

  Task<void> Serve(const Request& request, Response& response) const override {
    if (auto fits = CheckMediaTypes(request, "application/json"); !fits) {
      response.Fail(std::move(fits).Error());
      co_return;
    }
    const schema::Type& type = schema::TypeOf<A>();
    A payload{};
    auto read = request.body.size <= kInlineParseBytes
                    ? Read(request, type, &payload)
                    : Flatten(co_await AsResult(Compute([&] { return Read(request, type, &payload); })));
    if (!read) {
      response.Fail(std::move(read).Error());
      co_return;
    }
    auto result = co_await handle_(std::move(payload)).AsResult();
    if (!result) {
      response.Fail(std::move(result).Error());
      co_return;
    }
    schema::WriteJson(schema::TypeOf<R>(), &*result, response.Body());
  }

 private:
  static Result<> Flatten(Result<Result<>> nested) {
    if (!nested) return std::move(nested).Error();
    return *std::move(nested);
  }
  Handle<R(A)> handle_;
};

// The same for a handle that streams: one JSON document a line (JSON Lines), each sent as soon as
// the model yields it and the client takes it.
template <class R, class A>
class JsonHandler<Stream<R>, A> final : public JsonHandlerBase {
 public:
  JsonHandler(Handle<Stream<R>(A)> handle, PrepareFunction prepare)
      : JsonHandlerBase(prepare), handle_(handle) {}

  Task<void> Serve(const Request& request, Response& response) const override {
    if (auto fits = CheckMediaTypes(request, "application/jsonlines"); !fits) {
      response.Fail(std::move(fits).Error());
      co_return;
    }
    A payload{};
    if (auto read = Read(request, schema::TypeOf<A>(), &payload); !read) {
      response.Fail(std::move(read).Error());
      co_return;
    }
    response.SetContentType("application/jsonlines");
    response.SetChunks(Lines(handle_(std::move(payload))));
  }

 private:
  static Stream<std::string> Lines(Stream<R> items) {
    while (auto item = co_await items.Next()) {
      std::string line;
      schema::WriteJson(schema::TypeOf<R>(), &*item, line);
      line.push_back('\n');
      co_yield std::move(line);
    }
  }
  Handle<Stream<R>(A)> handle_;
};

}  // namespace tenon::http
