// SPDX-License-Identifier: Apache-2.0
#pragma once

// Types as JSON Schema, operations as OpenAPI.

#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/schema/type.hpp"

namespace tenon::schema {

// Appends the JSON Schema (2020-12) of a type: one document, with the structs and enums that it
// refers to under `$defs`. It allows what the reader takes and forbids what it refuses, except that
// no schema can say that nested arrays have equal lengths or that a key comes once.
TENON_EXPORT void WriteJsonSchema(const Type& type, std::string& out);

// One answer of an operation.
struct OperationResponse {
  int status = 200;
  std::string description = {};
  const Type* body = nullptr;                   // Null: see `problem`.
  std::string media_type = "application/json";  // Of the body.
};

// A body in another form than that of its type.
struct BodyForm {
  std::string media_type;  // "text/csv"
  std::string description = {};
  std::string example = {};  // Empty: the body is bytes that nobody reads.
};

// A method on a path. Lifetime: the types outlive it.
struct Operation {
  std::string method;  // "POST"
  std::string path;    // "/invocations"
  std::string operation_id;
  std::string summary;
  std::string description = {};
  const Type* request = nullptr;   // The JSON body; null: none is taken.
  const Type* response = nullptr;  // What 200 answers; null: nothing that has a schema.
  std::string response_media_type = "application/json";
  std::string request_media_type = "application/json";  // Empty: only `request_forms` are taken.
  // JSON Schemas of what JSON bodies can be beside `request` and `response`.
  std::vector<std::string> request_schemas = {};
  std::vector<std::string> response_schemas = {};
  std::vector<BodyForm> request_forms = {};   // Also taken.
  std::vector<BodyForm> response_forms = {};  // What 200 can also be.
  // Answers beyond the usual ones, or in their place. Usual are 200, and the problems that every
  // operation (500, 503), and one that takes a body (400, 406, 413, 415, 422, 429, 504, 507), can
  // answer. A status from 400 on without a body is a problem (RFC 9457).
  std::vector<OperationResponse> responses = {};
};

struct OpenApiDocument {
  std::string title;
  std::string version;
  std::string description = {};
  std::vector<Operation> operations = {};
};

// The document as OpenAPI 3.1, without spaces.
TENON_EXPORT std::string WriteOpenApi(const OpenApiDocument& document);

}  // namespace tenon::schema
