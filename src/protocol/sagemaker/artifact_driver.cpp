// SPDX-License-Identifier: Apache-2.0
#include "tenon/protocol/sagemaker/artifact_driver.hpp"

#include <array>
#include <memory>
#include <utility>

#include "http/media_type.hpp"
#include "runtime/artifact_json.hpp"
#include "tenon/http/json_handler.hpp"
#include "tenon/protocol/sagemaker/driver.hpp"

namespace tenon::sagemaker {
namespace {

constexpr std::string_view kJson = "application/json";

constexpr const char* kForms =
    "Also read: the same inside \"inputs\"; rows as \"instances\" or as a plain list, which are "
    "answered with \"predictions\"; and one row by the names of its columns, where the model has "
    "them. null is a missing value in rows of floats.";

class ArtifactHandler final : public http::JsonHandlerBase {
 public:
  ArtifactHandler(Handle<schema::Record(schema::Record)> handle, const Model& model,
                  runtime::ArtifactTypes types, std::vector<std::string> allowed)
      : JsonHandlerBase(detail::kProtocol),
        handle_(handle),
        json_(model, std::move(types)),
        allowed_(std::move(allowed)) {}

  Task<void> Serve(const http::Request& request, http::Response& response) const override {
    if (auto fits = CheckAllowed(request); !fits) {
      response.Fail(std::move(fits).Error());
      co_return;
    }
    if (auto fits = CheckMediaTypes(request, "application/json"); !fits) {
      response.Fail(std::move(fits).Error());
      co_return;
    }
    auto read =
        request.body.size <= kInlineParseBytes
            ? json_.Read(request.body.Text())
            : Flatten(co_await AsResult(Compute([&] { return json_.Read(request.body.Text()); })));
    if (!read) {
      response.Fail(std::move(read).Error());
      co_return;
    }
    auto answer = co_await handle_(std::move(read->record)).AsResult();
    if (!answer) {
      response.Fail(std::move(answer).Error());
      co_return;
    }
    json_.Write(*answer, read->layout, response.Body());
  }

 private:
  using ReadResult = Result<runtime::ArtifactRequest>;
  static ReadResult Flatten(Result<ReadResult> nested) {
    if (!nested) return std::move(nested).Error();
    return *std::move(nested);
  }

  // What nobody reads is left to whoever reads the body.
  Result<> CheckAllowed(const http::Request& request) const {
    if (allowed_.empty()) return {};
    std::string_view type = kJson;
    for (const Header& header : request.headers) {
      if (!RequestContext::NamesEqual(header.name, "content-type")) continue;
      if (!http::IsJson(header.value)) type = http::EssenceOf(header.value);
    }
    std::string list;
    for (const std::string& one : allowed_) {
      if (RequestContext::NamesEqual(one, type)) return {};
      list += (list.empty() ? "" : " or ") + one;
    }
    return Error(ErrorCode::kUnsupportedMediaType, "This model takes " + list + ".");
  }

  const Handle<schema::Record(schema::Record)> handle_;
  const runtime::ArtifactJson json_;
  const std::vector<std::string> allowed_;  // Empty: all.
};

}  // namespace

std::span<const std::string_view> ArtifactContentTypes() noexcept {
  static constexpr std::array kTypes = {kJson};
  return kTypes;
}

http::Driver ArtifactDriver(const Handle<schema::Record(schema::Record)>& handle,
                            const Model& model, runtime::ArtifactTypes types,
                            std::vector<std::string> allowed) {
  const schema::Type& request = *types.request;
  const schema::Type& response = *types.response;
  http::Driver driver = detail::MakeDriver(
      std::make_unique<ArtifactHandler>(handle, model, std::move(types), std::move(allowed)),
      request, response);
  driver.operations[0].description = kForms;
  return driver;
}

}  // namespace tenon::sagemaker
