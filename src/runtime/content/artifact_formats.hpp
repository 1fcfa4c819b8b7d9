// SPDX-License-Identifier: Apache-2.0
#pragma once

// Requests for an artifact in any content type, and its answers.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/artifact_json.hpp"
#include "runtime/content/content_type.hpp"
#include "runtime/content/table_columns.hpp"
#include "runtime/content/table_reader.hpp"
#include "runtime/content/table_writer.hpp"
#include "schema/packed.hpp"
#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/runtime/artifact_content.hpp"
#include "tenon/runtime/artifact_types.hpp"

namespace tenon::runtime {

// CSV, LIBSVM and JSON Lines are rows, answered with one answer for each; NPY, NPZ and bare bytes
// are tensors. Lifetime: keeps what it needs of the model. Thread safety: thread-safe.
class TENON_EXPORT ArtifactFormats {
 public:
  // Errors: throws kInvalid for content types that the model's inputs do not fit, and for a shape
  // of bare bytes that is none of the input.
  ArtifactFormats(const Model& model, ArtifactTypes types, const ArtifactContent& content = {});

  // What can be read, and what can be written, the default first.
  std::span<const ContentType> Reads() const noexcept { return reads_; }
  std::span<const ContentType> Writes() const noexcept { return writes_; }
  bool IsRead(ContentType type) const noexcept;
  // What JSON can be beside the inputs and outputs by name, as JSON Schemas.
  std::vector<std::string> RequestSchemas() const;
  std::vector<std::string> ResponseSchemas() const;

  // `header` is of tables. REQUIRES: IsRead(type).
  // Errors: kMalformed, kInvalid and kTooLarge, with the place.
  Result<ArtifactRequest> Read(ContentType type, TableHeader header, std::string_view body) const;

  // Appends the answer. REQUIRES: one of Writes. Errors: kNotAcceptable for what has no such form.
  Result<> Write(const schema::Record& response, const ArtifactRequest& request, ContentType type,
                 WrittenHeader header, std::string& out) const;

  // Whether an example is short enough for people.
  bool HasShortExample() const noexcept;
  // A request that works, of zeros and short texts. REQUIRES: IsRead(type).
  std::string Example(ContentType type) const;

 private:
  Result<ArtifactRequest> FromTensors(Result<std::vector<AnyTensor>> tensors, Layout layout) const;
  Result<std::vector<AnyTensor>> ReadOctets(std::string_view body) const;
  bool CanRead(ContentType type) const;
  bool CanWrite(ContentType type) const;
  void SetOctets(const std::optional<OctetShape>& declared);

  const std::vector<TensorSpec> inputs_;
  const std::vector<TensorSpec> outputs_;
  const ArtifactTypes types_;
  const ArtifactJson json_;
  const TableColumns columns_;
  std::optional<schema::PackedShape> octets_;  // Nothing: bare bytes are not read.
  std::vector<ContentType> reads_;
  std::vector<ContentType> writes_;
};

}  // namespace tenon::runtime
