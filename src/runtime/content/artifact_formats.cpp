// SPDX-License-Identifier: Apache-2.0
#include "runtime/content/artifact_formats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "runtime/content/array_reader.hpp"
#include "runtime/content/json_forms.hpp"
#include "schema/npy.hpp"
#include "schema/npz.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::runtime {
namespace {

// Lengths that each request decides as 1.
std::vector<std::int64_t> ExampleShape(std::vector<std::int64_t> shape) {
  std::ranges::replace_if(shape, [](std::int64_t length) { return length < 0; }, 1);
  return shape;
}

std::vector<AnyTensor> ExampleInputs(const std::vector<TensorSpec>& specs) {
  std::vector<AnyTensor> inputs;
  for (const TensorSpec& spec : specs) {
    inputs.push_back(AnyTensor::Create(spec.element_type, ExampleShape(spec.dimensions)));
    if (spec.element_type == ElementType::kString) {
      std::ranges::fill(inputs.back().Strings(), "hello");
    }
  }
  return inputs;
}

bool HaveRows(const std::vector<TensorSpec>& specs) {
  return !specs.empty() && std::ranges::all_of(specs, [&](const TensorSpec& spec) {
    return !spec.dimensions.empty() && spec.dimensions[0] == specs[0].dimensions[0];
  });
}

bool IsOfNumbers(const TensorSpec& spec) noexcept {
  return spec.element_type != ElementType::kString;
}

// Whether a declared shape can be that of the input.
bool IsShapeOf(std::span<const std::int64_t> shape, const TensorSpec& input) {
  if (input.dimensions.empty()) return true;
  std::span<const std::int64_t> wanted = input.dimensions;
  if (shape.size() + 1 == wanted.size()) wanted = wanted.subspan(1);
  return std::ranges::equal(shape, wanted, [](std::int64_t given, std::int64_t own) {
    return given == -1 || own == kDynamic || given == own;
  });
}

std::vector<schema::NamedTensor> Named(const std::vector<TensorSpec>& specs,
                                       const std::vector<AnyTensor>& tensors) {
  std::vector<schema::NamedTensor> named;
  named.reserve(tensors.size());
  for (std::size_t i = 0; i < tensors.size(); ++i) {
    named.push_back({.name = specs[i].name, .tensor = tensors[i]});
  }
  return named;
}

std::string SparseText(const AnyTensor& row) {
  std::string text = "0";
  for (std::size_t i = 0; i < row.size(); ++i) text += fmt::format(" {}:0", i);
  return text + "\n";
}

}  // namespace

ArtifactFormats::ArtifactFormats(const Model& model, ArtifactTypes types,
                                 const ArtifactContent& content)
    : inputs_(model.Inputs().begin(), model.Inputs().end()),
      outputs_(model.Outputs().begin(), model.Outputs().end()),
      types_(std::move(types)),
      json_(model, types_, content.name),
      columns_(inputs_) {
  SetOctets(content.octets);
  for (const ContentType type : kContentTypes) {
    if (CanWrite(type)) writes_.push_back(type);
    const bool is_allowed = content.types.empty() ||
                            std::ranges::find(content.types, NameOf(type)) != content.types.end();
    if (!is_allowed) continue;
    if (CanRead(type)) {
      reads_.push_back(type);
    } else if (!content.types.empty()) {
      throw Error(ErrorCode::kInvalid, "A content type does not fit the model.")
          .WithPrivateDetail(fmt::format(
              "'{}' in 'content_types' cannot be what the model's inputs are made of{}",
              NameOf(type),
              type == ContentType::kOctets ? "; let 'octet_stream' say its shape" : ""));
    }
  }
}

void ArtifactFormats::SetOctets(const std::optional<OctetShape>& declared) {
  if (inputs_.size() != 1 || !IsOfNumbers(inputs_[0])) {
    if (!declared) return;
    throw Error(ErrorCode::kInvalid, "The shape of 'octet_stream' does not fit the model.")
        .WithPrivateDetail("bare bytes are one tensor of numbers, and the model takes others");
  }
  const TensorSpec& input = inputs_[0];
  if (!declared) {
    const auto open = std::ranges::count(input.dimensions, kDynamic);
    if (!input.dimensions.empty() && open <= 1) {
      octets_ = {.type = input.element_type, .shape = input.dimensions};
    }
    return;
  }
  octets_ = {.type = declared->type.value_or(input.element_type), .shape = declared->shape};
  if (!IsShapeOf(octets_->shape, input) || octets_->type == ElementType::kString ||
      (octets_->type == ElementType::kBool) != (input.element_type == ElementType::kBool)) {
    throw Error(ErrorCode::kInvalid, "The shape of 'octet_stream' does not fit the model.")
        .WithPrivateDetail(fmt::format("the model takes {}", ToString(input)));
  }
}

bool ArtifactFormats::CanRead(ContentType type) const {
  switch (type) {
    case ContentType::kJson: return true;
    case ContentType::kJsonLines: return HaveRows(inputs_);
    case ContentType::kCsv: return columns_.Fits();
    case ContentType::kLibsvm: return TakesSparseRows(columns_);
    case ContentType::kNpy: return inputs_.size() == 1;
    case ContentType::kNpz: return !inputs_.empty();
    case ContentType::kOctets: return octets_.has_value();
  }
  return false;
}

bool ArtifactFormats::CanWrite(ContentType type) const {
  switch (type) {
    case ContentType::kJson:
    case ContentType::kJsonLines: return true;
    case ContentType::kCsv: return HaveRows(outputs_);
    case ContentType::kLibsvm: return false;
    case ContentType::kNpy: return outputs_.size() == 1;
    case ContentType::kNpz: return !outputs_.empty();
    case ContentType::kOctets: return outputs_.size() == 1 && IsOfNumbers(outputs_[0]);
  }
  return false;
}

bool ArtifactFormats::IsRead(ContentType type) const noexcept {
  return std::ranges::find(reads_, type) != reads_.end();
}

std::vector<std::string> ArtifactFormats::RequestSchemas() const {
  return runtime::RequestSchemas(inputs_);
}

std::vector<std::string> ArtifactFormats::ResponseSchemas() const {
  return runtime::ResponseSchemas(outputs_);
}

Result<ArtifactRequest> ArtifactFormats::FromTensors(Result<std::vector<AnyTensor>> tensors,
                                                     Layout layout) const {
  if (!tensors) return std::move(tensors).Error();
  return ArtifactRequest{.record = RecordOf(types_.request, *std::move(tensors)), .layout = layout};
}

Result<std::vector<AnyTensor>> ArtifactFormats::ReadOctets(std::string_view body) const {
  Result<AnyTensor> tensor = schema::ReadPacked(body, *octets_);
  if (tensor) tensor = FitArray(*std::move(tensor), inputs_[0]);
  if (!tensor) return std::move(tensor).Error();
  return std::vector{*std::move(tensor)};
}

Result<ArtifactRequest> ArtifactFormats::Read(ContentType type, TableHeader header,
                                              std::string_view body) const {
  switch (type) {
    case ContentType::kJson: return json_.Read(body);
    case ContentType::kJsonLines: return json_.ReadLines(body);
    case ContentType::kCsv: return FromTensors(ReadCsvTable(body, header, columns_), Layout::kRows);
    case ContentType::kLibsvm: return FromTensors(ReadSparseTable(body, columns_), Layout::kRows);
    case ContentType::kNpy: {
      Result<AnyTensor> tensor = schema::ReadNpy(body);
      if (tensor) tensor = FitArray(*std::move(tensor), inputs_[0]);
      if (!tensor) return std::move(tensor).Error();
      return FromTensors(std::vector{*std::move(tensor)}, Layout::kTensors);
    }
    case ContentType::kNpz: {
      Result<std::vector<schema::NamedTensor>> arrays = schema::ReadNpz(body);
      if (!arrays) return std::move(arrays).Error();
      return FromTensors(FitArrays(*std::move(arrays), inputs_), Layout::kTensors);
    }
    case ContentType::kOctets: return FromTensors(ReadOctets(body), Layout::kTensors);
  }
  return Error(ErrorCode::kUnsupportedMediaType, "This content type is not read.");
}

Result<> ArtifactFormats::Write(const schema::Record& response, const ArtifactRequest& request,
                                ContentType type, WrittenHeader header, std::string& out) const {
  switch (type) {
    case ContentType::kJson: json_.Write(response, request, out); return {};
    case ContentType::kJsonLines: json_.WriteLines(response, out); return {};
    case ContentType::kCsv: return WriteCsvTable(outputs_, TensorsOf(response), header, out);
    case ContentType::kNpy: return schema::WriteNpy(TensorsOf(response)[0], out);
    case ContentType::kNpz: return schema::WriteNpz(Named(outputs_, TensorsOf(response)), out);
    case ContentType::kOctets: schema::WritePacked(TensorsOf(response)[0], out); return {};
    case ContentType::kLibsvm: break;
  }
  return Error(ErrorCode::kNotAcceptable, "Answers are not written in this content type.");
}

bool ArtifactFormats::HasShortExample() const noexcept {
  constexpr std::size_t kMostElements = 1000;
  std::size_t elements = 0;
  for (const TensorSpec& input : inputs_) {
    std::size_t own = 1;
    for (const std::int64_t length : input.dimensions) {
      own *= length < 0 ? 1 : static_cast<std::size_t>(length);
      if (own > kMostElements) return false;
    }
    elements += own;
  }
  return elements <= kMostElements;
}

std::string ArtifactFormats::Example(ContentType type) const {
  const std::vector<AnyTensor> inputs = ExampleInputs(inputs_);
  const schema::Record record = RecordOf(types_.request, inputs);
  std::string text;
  Result<> written;
  switch (type) {
    case ContentType::kJson: schema::WriteJson(*record.RecordType(), record.Data(), text); break;
    case ContentType::kJsonLines: json_.WriteLines(record, text); break;
    case ContentType::kCsv:
      written = WriteCsvTable(inputs_, inputs, WrittenHeader::kNone, text);
      break;
    case ContentType::kLibsvm: text = SparseText(inputs[0]); break;
    case ContentType::kNpy: written = schema::WriteNpy(inputs[0], text); break;
    case ContentType::kNpz: written = schema::WriteNpz(Named(inputs_, inputs), text); break;
    case ContentType::kOctets:
      text.assign(ElementCount(ExampleShape(octets_->shape)) * ElementSize(octets_->type), '\0');
      break;
  }
  return written ? text : std::string();
}

}  // namespace tenon::runtime
