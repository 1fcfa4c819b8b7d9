// SPDX-License-Identifier: Apache-2.0
#pragma once

// Serves a handle over HTTP: JSON in, typed call, JSON out.

#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include "tenon/base/export.hpp"
#include "tenon/http/handler.hpp"
#include "tenon/http/stream_format.hpp"
#include "tenon/schema/json.hpp"
#include "tenon/schema/reflect.hpp"
#include "tenon/serving/handle.hpp"
#include "tenon/task/compute.hpp"
#include "tenon/task/stream.hpp"

namespace tenon::http {

// Takes what a protocol's headers say into the context; see Handler::Prepare.
using PrepareFunction = void (*)(const Request& request, TimePoint now, RequestContext& context);
// Puts what the context has gathered into a reply's headers; see Handler::Finish.
using FinishFunction = void (*)(const RequestContext& context, Response& response);

// What a protocol does around each request; either may be null.
struct Protocol {
  PrepareFunction prepare = nullptr;
  FinishFunction finish = nullptr;
};

// The part that does not depend on types.
class TENON_EXPORT JsonHandlerBase : public Handler {
 public:
  explicit JsonHandlerBase(Protocol protocol) noexcept : protocol_(protocol) {}
  void Prepare(const Request& request, TimePoint now, RequestContext& context) const override;
  void Finish(const RequestContext& context, Response& response) const override;

 protected:
  // Larger bodies are parsed on the compute pool, so that a loop is not held by them.
  static constexpr std::size_t kInlineParseBytes = 256U << 10U;

  // Errors: kUnsupportedMediaType, kNotAcceptable.
  static Result<> CheckMediaTypes(const Request& request, std::string_view produced);
  // The form of a stream that Accept asks for. Errors: as of CheckMediaTypes.
  static Result<StreamFormat> CheckStream(const Request& request, ItemKind items);
  static Result<> Read(const Request& request, const schema::Type& type, void* object);
  static Result<> Flatten(Result<Result<>> nested) {
    if (!nested) return std::move(nested).Error();
    return *std::move(nested);
  }

 private:
  Protocol protocol_;
};

// `POST` of one JSON document to a handle; its Response as the answer.
//
// Errors: 415 and 406 for media types, 400 for what is not JSON, 422 with the faults for what does
// not fit the request type, and whatever the handle fails with.
template <class R, class A>
class JsonHandler final : public JsonHandlerBase {
 public:
  explicit JsonHandler(Handle<R(A)> handle, Protocol protocol = {})
      : JsonHandlerBase(protocol), handle_(handle) {}

  Task<void> Serve(const Request& request, Response& response) const override {
    if (auto fits = CheckMediaTypes(request, "application/json"); !fits) {
      response.Fail(std::move(fits).Error());
      co_return;
    }
    const schema::Type& type = schema::TypeOf<A>();
    A payload{};
    auto read =
        request.body.size <= kInlineParseBytes
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
  Handle<R(A)> handle_;
};

// The same for a handle that streams: each item is sent as soon as the model yields it and the
// client takes it, in JSON Lines, as server-sent events, or, where items are texts, as they are.
// Items that come within microseconds of each other may share a write, never a chunk.
//
// Errors: before the first item as above; later an item says why, and the body is cut off.
template <class R, class A>
class JsonHandler<Stream<R>, A> final : public JsonHandlerBase {
 public:
  explicit JsonHandler(Handle<Stream<R>(A)> handle, Protocol protocol = {})
      : JsonHandlerBase(protocol), handle_(handle) {}

  bool Streams() const noexcept override { return true; }

  Task<void> Serve(const Request& request, Response& response) const override {
    auto format = CheckStream(request, kItems);
    if (!format) {
      response.Fail(std::move(format).Error());
      co_return;
    }
    const schema::Type& type = schema::TypeOf<A>();
    A payload{};
    auto read =
        request.body.size <= kInlineParseBytes
            ? Read(request, type, &payload)
            : Flatten(co_await AsResult(Compute([&] { return Read(request, type, &payload); })));
    if (!read) {
      response.Fail(std::move(read).Error());
      co_return;
    }
    response.SetContentType(ContentTypeOf(*format));
    response.SetChunks(Chunks(handle_(std::move(payload)), *format), *format);
  }

 private:
  static constexpr ItemKind kItems =
      std::is_same_v<R, std::string> ? ItemKind::kText : ItemKind::kDocument;

  static void Append(StreamFormat format, const R& item, std::string& chunk) {
    if constexpr (kItems == ItemKind::kText) {
      if (format != StreamFormat::kJsonLines) return AppendItem(format, item, chunk);
    }
    std::string document;
    schema::WriteJson(schema::TypeOf<R>(), &item, document);
    AppendItem(format, document, chunk);
  }

  static Stream<std::string> Chunks(Stream<R> items, StreamFormat format) {
    while (std::optional<R> item = co_await items.Next()) {
      std::string chunk;
      Append(format, *item, chunk);
      co_yield std::move(chunk);
    }
  }
  Handle<Stream<R>(A)> handle_;
};

}  // namespace tenon::http
