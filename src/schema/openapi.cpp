// SPDX-License-Identifier: Apache-2.0
#include "tenon/schema/openapi.hpp"

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "schema/json_object.hpp"
#include "schema/schema_writer.hpp"
#include "tenon/base/error.hpp"

namespace tenon::schema {
namespace {

constexpr std::string_view kProblem = "Problem";
constexpr std::string_view kProblemContent =
    R"({"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}})";
// What http::WriteError writes.
constexpr std::string_view kProblemSchema =
    R"({"type":"object","description":"Why a request was not answered (RFC 9457).","properties":{)"
    R"("title":{"type":"string","description":"The kind of failure."},)"
    R"("status":{"type":"integer","description":"The HTTP status."},)"
    R"("code":{"type":"string","description":"The kind of failure, for programs."},)"
    R"("detail":{"type":"string","description":"What went wrong and what to do."},)"
    R"("request_id":{"type":"string","description":"What the log has it under."},)"
    R"("retry_after_ms":{"type":"integer","description":"Try again after so many milliseconds."},)"
    R"("errors":{"type":"array","description":"The faults of an invalid request.","items":{)"
    R"("type":"object","properties":{"pointer":{"type":"string",)"
    R"("description":"The place, as a JSON pointer (RFC 6901)."},"detail":{"type":"string"}},)"
    R"("required":["pointer","detail"]}},)"
    R"("omitted":{"type":"integer","description":"Faults beyond the ones in errors."}},)"
    R"("required":["title","status","code","detail","request_id"]})";

struct UsualProblem {
  ErrorCode code;
  bool needs_body;  // Only where a request body is taken.
};
constexpr UsualProblem kUsualProblems[] = {
    {ErrorCode::kMalformed, true},        {ErrorCode::kNotAcceptable, true},
    {ErrorCode::kTooLarge, true},         {ErrorCode::kUnsupportedMediaType, true},
    {ErrorCode::kInvalid, true},          {ErrorCode::kOverloaded, true},
    {ErrorCode::kInternal, false},        {ErrorCode::kUnavailable, false},
    {ErrorCode::kDeadlineExceeded, true}, {ErrorCode::kOutOfMemory, true},
};

using Responses = std::map<int, OperationResponse>;

Responses AllResponses(const Operation& operation) {
  Responses all;
  all[200] = {.status = 200,
              .description = "The answer.",
              .body = operation.response,
              .media_type = operation.response_media_type};
  for (const UsualProblem& problem : kUsualProblems) {
    if (problem.needs_body && operation.request == nullptr) continue;
    const int status = HttpStatus(problem.code);
    all[status] = {.status = status, .description = std::string(Title(problem.code))};
  }
  for (const OperationResponse& response : operation.responses) all[response.status] = response;
  return all;
}

class DocumentWriter {
 public:
  DocumentWriter() { writer_.Names().Reserve(kProblem); }

  std::string Write(const OpenApiDocument& document) {
    std::string out;
    ObjectText root(out);
    root.Text("openapi", "3.1.0");
    ObjectText info(root.Key("info"));
    info.Text("title", document.title);
    info.Text("version", document.version);
    if (!document.description.empty()) info.Text("description", document.description);
    info.Close();
    WritePaths(document.operations, root.Key("paths"));
    ObjectText components(root.Key("components"));
    ObjectText schemas(components.Key("schemas"));
    writer_.WriteDefinitions(schemas);
    schemas.Json(kProblem, kProblemSchema);
    schemas.Close();
    components.Close();
    root.Close();
    return out;
  }

 private:
  // Paths in the order of their first operation.
  void WritePaths(const std::vector<Operation>& operations, std::string& out) {
    std::vector<std::string_view> paths;
    for (const Operation& operation : operations) {
      if (std::find(paths.begin(), paths.end(), operation.path) == paths.end()) {
        paths.push_back(operation.path);
      }
    }
    ObjectText all(out);
    for (const std::string_view path : paths) {
      ObjectText methods(all.Key(path));
      for (const Operation& operation : operations) {
        if (operation.path == path) WriteOperation(operation, methods);
      }
      methods.Close();
    }
    all.Close();
  }

  void WriteOperation(const Operation& operation, ObjectText& methods) {
    std::string method = operation.method;
    std::transform(method.begin(), method.end(), method.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    ObjectText object(methods.Key(method));
    if (!operation.operation_id.empty()) object.Text("operationId", operation.operation_id);
    if (!operation.summary.empty()) object.Text("summary", operation.summary);
    if (!operation.description.empty()) object.Text("description", operation.description);
    if (operation.request != nullptr) {
      ObjectText body(object.Key("requestBody"));
      body.Json("required", "true");
      WriteContent({.media_type = operation.request_media_type,
                    .type = *operation.request,
                    .schemas = operation.request_schemas,
                    .forms = operation.request_forms},
                   body);
      body.Close();
    }
    ObjectText responses(object.Key("responses"));
    for (const auto& [status, response] : AllResponses(operation)) {
      ObjectText one(responses.Key(std::to_string(status)));
      one.Text("description", response.description);
      if (response.body != nullptr) {
        Content content{
            .media_type = response.media_type, .type = *response.body, .schemas = {}, .forms = {}};
        if (status == 200 && response.body == operation.response) {
          content.schemas = operation.response_schemas;
          content.forms = operation.response_forms;
        }
        WriteContent(content, one);
      } else if (status >= 400) {
        one.Json("content", kProblemContent);
      }
      one.Close();
    }
    responses.Close();
    object.Close();
  }

  struct Content {
    std::string_view media_type;  // Of the JSON; empty: there is none.
    const Type& type;
    std::span<const std::string> schemas;  // What it can be beside that.
    std::span<const BodyForm> forms;
  };

  void WriteContent(const Content& content, ObjectText& to) {
    ObjectText all(to.Key("content"));
    if (!content.media_type.empty()) {
      ObjectText media(all.Key(content.media_type));
      WriteSchemas(content, media.Key("schema"));
      media.Close();
    }
    for (const BodyForm& form : content.forms) WriteForm(form, all);
    all.Close();
  }

  void WriteSchemas(const Content& content, std::string& out) {
    if (content.schemas.empty()) return writer_.Write(content.type, out);
    ObjectText choice(out);
    choice.Key("anyOf") += '[';
    writer_.Write(content.type, out);
    for (const std::string& schema : content.schemas) out.append(1, ',').append(schema);
    out += ']';
    choice.Close();
  }

  static void WriteForm(const BodyForm& form, ObjectText& to) {
    ObjectText media(to.Key(form.media_type));
    ObjectText schema(media.Key("schema"));
    // Bytes have no JSON Schema.
    if (!form.example.empty()) schema.Text("type", "string");
    if (!form.description.empty()) schema.Text("description", form.description);
    schema.Close();
    if (!form.example.empty()) media.Text("example", form.example);
    media.Close();
  }

  SchemaWriter writer_{"#/components/schemas/"};
};

}  // namespace

std::string WriteOpenApi(const OpenApiDocument& document) {
  return DocumentWriter().Write(document);
}

}  // namespace tenon::schema
