// SPDX-License-Identifier: Apache-2.0
#include "tenon/runtime/artifact_types.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "tenon/schema/reflect.hpp"

namespace tenon::runtime {
namespace {

const schema::Type* TypeOfElements(ElementType type) noexcept {
  switch (type) {
    case ElementType::kBool: return &schema::TypeOf<Tensor<bool>>();
    case ElementType::kInt8: return &schema::TypeOf<Tensor<std::int8_t>>();
    case ElementType::kInt16: return &schema::TypeOf<Tensor<std::int16_t>>();
    case ElementType::kInt32: return &schema::TypeOf<Tensor<std::int32_t>>();
    case ElementType::kInt64: return &schema::TypeOf<Tensor<std::int64_t>>();
    case ElementType::kUint8: return &schema::TypeOf<Tensor<std::uint8_t>>();
    case ElementType::kUint16: return &schema::TypeOf<Tensor<std::uint16_t>>();
    case ElementType::kUint32: return &schema::TypeOf<Tensor<std::uint32_t>>();
    case ElementType::kUint64: return &schema::TypeOf<Tensor<std::uint64_t>>();
    case ElementType::kFloat32: return &schema::TypeOf<Tensor<float>>();
    case ElementType::kFloat64: return &schema::TypeOf<Tensor<double>>();
    case ElementType::kString: return &schema::TypeOf<Tensor<std::string>>();
    case ElementType::kFloat16:
    case ElementType::kBFloat16: break;
  }
  return nullptr;
}

std::shared_ptr<const schema::Type> MakeType(std::string_view name,
                                             std::span<const TensorSpec> specs) {
  schema::TypeBuilder builder(name);
  for (const TensorSpec& spec : specs) {
    const schema::Type* const type = TypeOfElements(spec.element_type);
    if (type == nullptr) {
      throw Error(ErrorCode::kInvalid, "The model cannot be served without code.")
          .WithPrivateDetail(fmt::format("\"{}\" is {}, which JSON has no form for; let the graph "
                                         "cast it to float32, or write a deployment",
                                         spec.name, ToString(spec)));
    }
    const std::string description = ToString(spec);
    schema::Constraints constraints{.description = description};
    if (!spec.dimensions.empty() && spec.dimensions.size() <= schema::ShapeLimit::kMaxRank) {
      schema::ShapeLimit shape{.rank = spec.dimensions.size()};
      std::ranges::copy(spec.dimensions, shape.dimensions.begin());
      constraints.shape = shape;
    }
    builder.Add(spec.name, *type, constraints);
  }
  return builder.Build();
}

bool HasRows(const TensorSpec& spec) noexcept {
  return !spec.dimensions.empty() && spec.dimensions.front() == kDynamic;
}

}  // namespace

Result<ArtifactTypes> MakeArtifactTypes(const Model& model) {
  try {
    return ArtifactTypes{.request = MakeType("Request", model.Inputs()),
                         .response = MakeType("Response", model.Outputs())};
  } catch (...) {
    return ErrorFromCurrentException();
  }
}

std::vector<AnyTensor> TensorsOf(const schema::Record& record) {
  std::vector<AnyTensor> tensors;
  for (const schema::Member& member : record.RecordType()->members) {
    tensors.push_back(member.type->tensor->get(member.In(record.Data())));
  }
  return tensors;
}

schema::Record RecordOf(std::shared_ptr<const schema::Type> type, std::vector<AnyTensor> tensors) {
  schema::Record record(std::move(type));
  std::size_t i = 0;
  for (const schema::Member& member : record.RecordType()->members) {
    member.type->tensor->assign(member.In(record.Data()), std::move(tensors[i++]));
  }
  return record;
}

bool IsBatchable(const Model& model) noexcept {
  return !model.Inputs().empty() && std::ranges::all_of(model.Inputs(), &HasRows) &&
         std::ranges::all_of(model.Outputs(), &HasRows);
}

std::vector<AnyTensor> ZeroInputs(const Model& model, std::int64_t rows) {
  std::vector<AnyTensor> inputs;
  for (const TensorSpec& spec : model.Inputs()) {
    std::vector<std::int64_t> shape = spec.dimensions;
    if (HasRows(spec)) shape.front() = rows;
    for (std::int64_t& length : shape) length = length == kDynamic ? 1 : length;
    inputs.push_back(AnyTensor::Create(spec.element_type, std::move(shape)));
  }
  return inputs;
}

}  // namespace tenon::runtime
