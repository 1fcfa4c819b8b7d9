// SPDX-License-Identifier: Apache-2.0
#include "tenon/protocol/sagemaker/artifact_driver.hpp"

#include <array>
#include <memory>
#include <string>
#include <utility>

#include "protocol/sagemaker/artifact_media.hpp"
#include "runtime/content/artifact_formats.hpp"
#include "tenon/http/json_handler.hpp"
#include "tenon/protocol/sagemaker/driver.hpp"

namespace tenon::sagemaker {
namespace {

using runtime::ContentType;

constexpr const char* kForms =
    "Inputs by name; the same inside \"inputs\"; rows as \"instances\" or as a plain list, which "
    "are answered with \"predictions\"; one row by the names of its columns, where the model has "
    "them; and the Open Inference form. null is a missing value in rows of floats. Accept chooses "
    "the form of the answer.";

class ArtifactHandler final : public http::JsonHandlerBase {
 public:
  ArtifactHandler(Handle<schema::Record(schema::Record)> handle,
                  std::unique_ptr<const runtime::ArtifactFormats> formats)
      : JsonHandlerBase(detail::kProtocol),
        handle_(handle),
        formats_(std::move(formats)),
        media_types_(*formats_) {}

  Task<void> Serve(const http::Request& request, http::Response& response) const override {
    const Result<ArtifactMedia> media = media_types_.Choose(request);
    if (!media) {
      response.Fail(media.Error());
      co_return;
    }
    auto read = request.body.size <= kInlineParseBytes
                    ? Read(request, *media)
                    : Flatten(co_await AsResult(Compute([&] { return Read(request, *media); })));
    if (!read) {
      response.Fail(std::move(read).Error());
      co_return;
    }
    auto answer = co_await handle_(std::move(read->record)).AsResult();
    if (!answer) {
      response.Fail(std::move(answer).Error());
      co_return;
    }
    response.SetContentType(media->written_type);
    const auto write = [&] {
      return formats_->Write(*answer, *read, media->write, media->written_header, response.Body());
    };
    auto written = ElementsOf(*answer) <= kInlineWrittenElements
                       ? write()
                       : Flatten(co_await AsResult(Compute(write)));
    if (!written) response.Fail(std::move(written).Error());
  }

 private:
  // Larger answers are written on the compute pool, so that a loop is not held by them: a number
  // takes up to 50 ns.
  static constexpr std::size_t kInlineWrittenElements = 8192;

  static std::size_t ElementsOf(const schema::Record& answer) {
    std::size_t elements = 0;
    for (const schema::Member& member : answer.RecordType()->members) {
      elements += member.type->tensor->get(member.In(answer.Data())).size();
    }
    return elements;
  }

  using ReadResult = Result<runtime::ArtifactRequest>;
  using JsonHandlerBase::Flatten;
  static ReadResult Flatten(Result<ReadResult> nested) {
    if (!nested) return std::move(nested).Error();
    return *std::move(nested);
  }
  ReadResult Read(const http::Request& request, const ArtifactMedia& media) const {
    return formats_->Read(media.read, media.read_header, request.body.Text());
  }

  const Handle<schema::Record(schema::Record)> handle_;
  const std::unique_ptr<const runtime::ArtifactFormats> formats_;
  const ArtifactMediaTypes media_types_;
};

std::string_view DescriptionOf(ContentType type) noexcept {
  switch (type) {
    case ContentType::kJson: break;
    case ContentType::kJsonLines: return "A row a line, in any of the forms of a row in JSON.";
    case ContentType::kCsv: return "A row a line; a first line of names only is a header.";
    case ContentType::kLibsvm: return "A row a line, as index:value; indices begin at 0.";
    case ContentType::kNpy: return "One array, as numpy.save writes it.";
    case ContentType::kNpz: return "Arrays by name, as numpy.savez writes them.";
    case ContentType::kOctets: return "The elements alone: row-major, little-endian.";
  }
  return {};
}

void DescribeForms(const runtime::ArtifactFormats& formats, schema::Operation& operation) {
  if (!formats.IsRead(ContentType::kJson)) operation.request_media_type.clear();
  operation.request_schemas = formats.RequestSchemas();
  operation.response_schemas = formats.ResponseSchemas();
  for (const ContentType type : formats.Reads()) {
    if (type == ContentType::kJson) continue;
    schema::BodyForm form{.media_type = std::string(NameOf(type)),
                          .description = std::string(DescriptionOf(type))};
    if (IsText(type) && formats.HasShortExample()) form.example = formats.Example(type);
    operation.request_forms.push_back(std::move(form));
  }
  for (const ContentType type : formats.Writes()) {
    if (type == ContentType::kJson) continue;
    operation.response_forms.push_back(
        {.media_type = std::string(NameOf(type)), .description = std::string(DescriptionOf(type))});
  }
}

}  // namespace

std::span<const std::string_view> ArtifactContentTypes() noexcept {
  static const auto kTypes = [] {
    std::array<std::string_view, runtime::kContentTypes.size()> names;
    for (std::size_t i = 0; i < names.size(); ++i) names[i] = NameOf(runtime::kContentTypes[i]);
    return names;
  }();
  return kTypes;
}

http::Driver ArtifactDriver(const Handle<schema::Record(schema::Record)>& handle,
                            const Model& model, runtime::ArtifactTypes types,
                            const runtime::ArtifactContent& content) {
  const schema::Type& request = *types.request;
  const schema::Type& response = *types.response;
  auto formats = std::make_unique<const runtime::ArtifactFormats>(model, std::move(types), content);
  const runtime::ArtifactFormats& described = *formats;
  http::Driver driver = detail::MakeDriver(
      std::make_unique<ArtifactHandler>(handle, std::move(formats)), request, response);
  driver.operations[0].description = kForms;
  DescribeForms(described, driver.operations[0]);
  return driver;
}

}  // namespace tenon::sagemaker
