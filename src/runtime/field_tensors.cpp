// SPDX-License-Identifier: Apache-2.0
#include "tenon/runtime/field_tensors.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "runtime/field_values.hpp"
#include "tenon/base/error.hpp"
#include "tenon/base/nearest_name.hpp"
#include "tenon/runtime/artifact_types.hpp"

namespace tenon::runtime {
namespace {

using schema::Kind;
using schema::Member;
using schema::Type;

const void* At(ConstObjects objects, std::size_t index) noexcept {
  return static_cast<const std::byte*>(objects.first) + index * objects.size;
}
void* At(Objects objects, std::size_t index) noexcept {
  return static_cast<std::byte*>(objects.first) + index * objects.size;
}

// The dimensions that a field shows.
std::vector<std::int64_t> RowOf(const TensorSpec& spec, bool is_batchable) {
  const std::ptrdiff_t skip = is_batchable ? 1 : 0;
  return {spec.dimensions.begin() + skip, spec.dimensions.end()};
}

// What keeps a field from being that row, or nothing.
std::optional<std::string> Mismatch(const Type& field, const std::vector<std::int64_t>& row,
                                    const TensorSpec& spec) {
  const std::optional<FieldShape> shape = ShapeOfField(field);
  if (!shape) return "is of a type that is no tensor's: use numbers, texts, vectors or Tensor";
  if (shape->element != spec.element_type) {
    return fmt::format("is {}, the model has {}", Name(shape->element), ToString(spec));
  }
  if (field.kind == Kind::kTensor || spec.dimensions.empty()) return std::nullopt;
  if (shape->rank == 0) {
    const bool one = std::ranges::all_of(row, [](std::int64_t n) { return n == 1; });
    if (one) return std::nullopt;
    return fmt::format("is one value, the model has {}: use a vector, an array or a Tensor",
                       ToString(spec));
  }
  if (row.size() != 1) {
    return fmt::format("is a list, the model has {}: use a Tensor", ToString(spec));
  }
  if (field.kind == Kind::kArray && row[0] != kDynamic && !std::cmp_equal(row[0], field.length)) {
    return fmt::format("has {} items, the model has {}", field.length, ToString(spec));
  }
  return std::nullopt;
}

const Type& WithoutOptional(const Type& type) noexcept {
  return type.kind == Kind::kOptional ? *type.element : type;
}

}  // namespace

// Collects all that does not match.
class FieldTensors::Matcher {
 public:
  explicit Matcher(const Model& model) : model_(model) {
    fields_.is_batchable_ = runtime::IsBatchable(model);
    fields_.input_specs_.assign(model.Inputs().begin(), model.Inputs().end());
  }

  void MatchRequest(const Type& request) {
    const std::span<const TensorSpec> inputs = model_.Inputs();
    const bool by_columns = inputs.size() == 1 && !inputs[0].columns.empty() &&
                            std::ranges::none_of(request.members, [&](const Member& member) {
                              return member.name == inputs[0].name;
                            });
    if (by_columns) return MatchColumns(request, inputs[0]);
    fields_.request_ = MatchTensors("input", request, inputs);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (!Has(fields_.request_, i)) {
        Add(fmt::format("input \"{}\" ({}) has no field in {}", inputs[i].name, ToString(inputs[i]),
                        request.name));
      }
    }
    std::ranges::sort(fields_.request_, {}, &Field::tensor);
  }

  void MatchResponse(const Type& response) {
    fields_.response_ = MatchTensors("output", response, model_.Outputs());
  }

  Result<FieldTensors> Finish() && {
    if (mismatches_.empty()) return std::move(fields_);
    return Error(ErrorCode::kInvalid, "The fields of a struct do not match the model.")
        .WithPrivateDetail(fmt::format("{}", fmt::join(mismatches_, "; ")));
  }

 private:
  void Add(std::string mismatch) { mismatches_.push_back(std::move(mismatch)); }
  static bool Has(const std::vector<Field>& fields, std::size_t tensor) {
    return std::ranges::find(fields, tensor, &Field::tensor) != fields.end();
  }

  std::vector<Field> MatchTensors(std::string_view what, const Type& type,
                                  std::span<const TensorSpec> specs) {
    std::vector<std::string> names;
    for (const TensorSpec& spec : specs) names.push_back(spec.name);
    std::vector<Field> fields;
    for (const Member& member : type.members) {
      const auto found = std::ranges::find(names, member.name);
      if (found == names.end()) {
        Add(fmt::format("field {}::{} is no {} of the model, which has {}.{}", type.name,
                        member.name, what, fmt::join(names, ", "), DidYouMean(member.name, names)));
        continue;
      }
      const auto index = static_cast<std::size_t>(found - names.begin());
      if (auto wrong =
              Mismatch(*member.type, RowOf(specs[index], fields_.is_batchable_), specs[index])) {
        Add(fmt::format("field {}::{} {}", type.name, member.name, *wrong));
      }
      fields.push_back({&member, index});
    }
    return fields;
  }

  void MatchColumns(const Type& type, const TensorSpec& spec) {
    fields_.inputs_ = Inputs::kColumns;
    for (const Member& member : type.members) {
      const auto found = std::ranges::find(spec.columns, member.name);
      if (found == spec.columns.end()) {
        Add(fmt::format("field {}::{} is no column of input \"{}\", which has {}.{}", type.name,
                        member.name, spec.name, fmt::join(spec.columns, ", "),
                        DidYouMean(member.name, spec.columns)));
        continue;
      }
      const std::optional<FieldShape> shape = ShapeOfField(WithoutOptional(*member.type));
      const bool floats =
          spec.element_type == ElementType::kFloat32 || spec.element_type == ElementType::kFloat64;
      if (member.type->kind == Kind::kOptional && !floats) {
        Add(fmt::format("field {}::{} is optional, and only numbers with a NaN may be missing",
                        type.name, member.name));
      }
      if (!shape || shape->rank != 0 || shape->element != spec.element_type) {
        Add(fmt::format("field {}::{} is no {}, as the columns of {} are", type.name, member.name,
                        Name(spec.element_type), ToString(spec)));
      }
      fields_.request_.push_back({&member, static_cast<std::size_t>(found - spec.columns.begin())});
    }
    for (std::size_t i = 0; i < spec.columns.size(); ++i) {
      if (!Has(fields_.request_, i)) {
        Add(fmt::format("column \"{}\" has no field in {}", spec.columns[i], type.name));
      }
    }
  }

  const Model& model_;
  FieldTensors fields_;
  std::vector<std::string> mismatches_;
};

Result<FieldTensors> FieldTensors::Match(const Type& request, const Type& response,
                                         const Model& model) {
  Matcher matcher(model);
  matcher.MatchRequest(request);
  matcher.MatchResponse(response);
  return std::move(matcher).Finish();
}

AnyTensor FieldTensors::GatherColumns(ConstObjects requests) const {
  const TensorSpec& spec = input_specs_.front();
  const std::size_t width = spec.columns.size();
  AnyTensor rows = AnyTensor::Create(spec.element_type, {static_cast<std::int64_t>(requests.count),
                                                         static_cast<std::int64_t>(width)});
  for (std::size_t i = 0; i < requests.count; ++i) {
    for (const Field& field : request_) {
      const void* value = field.member->In(At(requests, i));
      const Type& type = *field.member->type;
      if (type.kind == Kind::kOptional) value = type.optional->get(value);
      CopyColumn(value, spec.element_type, rows, i * width + field.tensor);
    }
  }
  return rows;
}

Result<std::vector<AnyTensor>> FieldTensors::Gather(ConstObjects requests) const {
  if (inputs_ == Inputs::kColumns) return std::vector<AnyTensor>{GatherColumns(requests)};
  std::vector<AnyTensor> inputs;
  for (const Field& field : request_) {
    const TensorSpec& spec = input_specs_[field.tensor];
    const Type& type = *field.member->type;
    const auto value = [&](std::size_t i) { return field.member->In(At(requests, i)); };
    std::vector<std::int64_t> row = ShapeOfValue(type, value(0));
    // One value where the model has [rows, 1]: the ones are its own.
    if (row.empty() && type.kind != Kind::kTensor) row = RowOf(spec, is_batchable_);
    std::vector<std::int64_t> shape = row;
    if (is_batchable_) {
      shape.insert(shape.begin(), static_cast<std::int64_t>(requests.count));
    }
    AnyTensor tensor = AnyTensor::Create(spec.element_type, std::move(shape));
    const std::vector<std::int64_t> first = ShapeOfValue(type, value(0));
    const std::size_t length = ElementCount(row);
    for (std::size_t i = 0; i < requests.count; ++i) {
      if (ShapeOfValue(type, value(i)) != first) {
        return Error(ErrorCode::kInvalid, "The requests of a batch differ in shape.");
      }
      CopyIn(type, value(i), tensor, i * length);
    }
    inputs.push_back(std::move(tensor));
  }
  return inputs;
}

Result<> FieldTensors::Scatter(std::span<const AnyTensor> outputs, Objects responses) const {
  for (const Field& field : response_) {
    const AnyTensor& output = outputs[field.tensor];
    std::vector<std::int64_t> row = output.Shape();
    if (is_batchable_) {
      if (row.empty() || !std::cmp_equal(row.front(), responses.count)) {
        return Error(ErrorCode::kInternal, "The model's answer has another number of rows.")
            .WithPrivateDetail(fmt::format("\"{}\" has the shape [{}] for {} rows",
                                           field.member->name, fmt::join(output.Shape(), ", "),
                                           responses.count));
      }
      row.erase(row.begin());
    }
    for (std::size_t i = 0; i < responses.count; ++i) {
      if (!CopyOut(output, i * ElementCount(row), row, *field.member->type,
                   field.member->In(At(responses, i)))) {
        return Error(ErrorCode::kInternal, "The model's answer does not fit its struct.")
            .WithPrivateDetail(fmt::format("\"{}\" has the shape [{}]", field.member->name,
                                           fmt::join(output.Shape(), ", ")));
      }
    }
  }
  return {};
}

Result<> FieldTensors::RunTogether(const Model& model, ConstObjects requests, Objects responses,
                                   const RunOptions& options) const {
  const auto inputs = Gather(requests);
  if (!inputs) return inputs.Error();
  const auto outputs = model.TryRun(*inputs, options);
  if (!outputs) return outputs.Error();
  return Scatter(*outputs, responses);
}

std::vector<Result<>> FieldTensors::Run(const Model& model, ConstObjects requests,
                                        Objects responses, const RunOptions& options) const {
  try {
    if (requests.count > 1 && is_batchable_ &&
        RunTogether(model, requests, responses, options).Ok()) {
      return std::vector<Result<>>(requests.count);
    }
    std::vector<Result<>> outcomes;
    outcomes.reserve(requests.count);
    for (std::size_t i = 0; i < requests.count; ++i) {
      outcomes.push_back(RunTogether(model, {At(requests, i), requests.size, 1},
                                     {At(responses, i), responses.size, 1}, options));
    }
    return outcomes;
  } catch (...) {
    return std::vector<Result<>>(requests.count, ErrorFromCurrentException());
  }
}

}  // namespace tenon::runtime
