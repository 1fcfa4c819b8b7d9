// SPDX-License-Identifier: Apache-2.0
#include "runtime/artifact_json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <utility>

#include "runtime/rows.hpp"
#include "schema/json_lines.hpp"
#include "tenon/schema/raw_json.hpp"
#include "tenon/schema/reflect.hpp"

namespace tenon::runtime {
namespace {

constexpr std::string_view kWhiteSpace = " \t\r\n";

struct Wrapper {
  std::optional<RawJson> instances;
  std::optional<RawJson> inputs;
};

char FirstOf(std::string_view json) noexcept {
  const std::size_t at = json.find_first_not_of(kWhiteSpace);
  return at == std::string_view::npos ? '\0' : json[at];
}

bool Mentions(std::string_view json, std::string_view name) {
  std::string quoted;
  schema::WriteJsonString(name, quoted);
  return json.find(quoted) != std::string_view::npos;
}

// Faults of a part, as faults of the whole.
Error At(const std::string& place, const Error& error) {
  if (place.empty()) return error;
  std::vector<Fault> faults = error.Faults();
  for (Fault& fault : faults) fault.pointer.insert(0, place);
  return Error(error.Code(), error.Detail())
      .WithPrivateDetail(error.PrivateDetail())
      .WithFaults(std::move(faults), error.OmittedFaults());
}

Error FaultAt(const std::string& place, std::string detail) {
  return Error(ErrorCode::kInvalid, "The request does not fit the model.")
      .WithFaults({{.pointer = place, .detail = std::move(detail)}}, 0);
}

schema::JsonText TextOf(std::string_view json) noexcept {
  return {.data = json.data(), .size = json.size(), .capacity = json.size()};
}

// A member's name in a JSON pointer.
std::string Step(std::string_view name) {
  std::string step = "/";
  for (const char c : name) {
    if (c == '~') {
      step += "~0";
    } else if (c == '/') {
      step += "~1";
    } else {
      step += c;
    }
  }
  return step;
}

template <class T>
Result<T> ReadAt(std::string_view json, const std::string& place) {
  Result<T> read = schema::ReadJson<T>(json);
  if (!read) return At(place, read.Error());
  return read;
}

// A row by its columns: all may be missing, which is a missing value.
std::shared_ptr<const schema::Type> ColumnsOf(std::span<const TensorSpec> inputs) {
  if (inputs.size() != 1 || inputs[0].columns.empty() || inputs[0].dimensions.size() != 2 ||
      inputs[0].columns.size() > schema::TypeBuilder::kMaxFields) {
    return nullptr;
  }
  const bool is_float = inputs[0].element_type == ElementType::kFloat32 ||
                        inputs[0].element_type == ElementType::kFloat64;
  if (!is_float) return nullptr;
  try {
    schema::TypeBuilder builder("Row");
    for (const std::string& name : inputs[0].columns) {
      builder.Add(name, inputs[0].element_type == ElementType::kFloat32
                            ? schema::TypeOf<std::optional<float>>()
                            : schema::TypeOf<std::optional<double>>());
    }
    return builder.Build();
  } catch (const Error&) {
    return nullptr;  // Two columns of one name.
  }
}

template <class T>
using Lists = std::vector<std::vector<std::optional<T>>>;

template <class T>
AnyTensor FromLists(const Lists<T>& lists, std::size_t columns) {
  auto tensor = Tensor<T>::Create(
      {static_cast<std::int64_t>(lists.size()), static_cast<std::int64_t>(columns)});
  T* to = tensor.data();
  for (const auto& row : lists) {
    for (const std::optional<T>& value : row) {
      *to++ = value.value_or(std::numeric_limits<T>::quiet_NaN());
    }
  }
  return std::move(tensor).Any();
}

// Rows with null in them.
template <class T>
Result<AnyTensor> ReadWithMissing(std::string_view json, const std::string& place) {
  const Result<Lists<T>> lists = ReadAt<Lists<T>>(json, place);
  if (!lists) return lists.Error();
  const std::size_t columns = lists->empty() ? 0 : lists->front().size();
  for (std::size_t i = 0; i < lists->size(); ++i) {
    if ((*lists)[i].size() == columns) continue;
    return FaultAt(fmt::format("{}/{}", place, i),
                   fmt::format("expected {} numbers as in the first row, found {}", columns,
                               (*lists)[i].size()));
  }
  return FromLists<T>(*lists, columns);
}

Result<AnyTensor> ReadWithMissing(std::string_view json, const std::string& place,
                                  const TensorSpec& spec) {
  return spec.element_type == ElementType::kFloat32 ? ReadWithMissing<float>(json, place)
                                                    : ReadWithMissing<double>(json, place);
}

// The values of objects of the type, whose members are optional numbers of that type.
template <class T>
Result<AnyTensor> ReadObjectsOf(const std::shared_ptr<const schema::Type>& type,
                                const std::vector<PlacedJson>& rows) {
  Lists<T> lists;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    schema::Record row(type);
    // A name that the model does not know is a mistake, not a value to leave out.
    const auto read = schema::ReadJson(*type, row.Data(), TextOf(rows[i].text),
                                       {.unknown = schema::UnknownMembers::kRefuse});
    if (!read) return At(rows[i].place, read.Error());
    std::vector<std::optional<T>>& values = lists.emplace_back();
    for (const schema::Member& member : type->members) {
      values.push_back(
          *static_cast<const std::optional<T>*>(member.In(static_cast<const void*>(row.Data()))));
    }
  }
  return FromLists<T>(lists, type->members.size());
}

bool TakesMissing(const TensorSpec& spec) noexcept {
  return spec.dimensions.size() == 2 &&
         (spec.element_type == ElementType::kFloat32 || spec.element_type == ElementType::kFloat64);
}

}  // namespace

ArtifactJson::ArtifactJson(const Model& model, ArtifactTypes types, std::string name)
    : name_(std::move(name)),
      inputs_(model.Inputs().begin(), model.Inputs().end()),
      outputs_(model.Outputs().begin(), model.Outputs().end()),
      types_(std::move(types)),
      columns_(ColumnsOf(inputs_)) {}

Result<ArtifactRequest> ArtifactJson::Read(std::string_view body) const {
  if (FirstOf(body) == '[') return ReadRows(body, "");
  if (body.find("\"instances\"") != std::string_view::npos ||
      body.find("\"inputs\"") != std::string_view::npos) {
    return ReadWrapped(body);
  }
  return ReadTensors(body, "");
}

Result<ArtifactRequest> ArtifactJson::ReadWrapped(std::string_view body) const {
  const Result<Wrapper> wrapper = schema::ReadJson<Wrapper>(body);
  if (!wrapper) return wrapper.Error();
  // An input may have one of these names itself.
  const auto is_input = [&](std::string_view name) {
    return std::ranges::find(inputs_, name, &TensorSpec::name) != inputs_.end();
  };
  if (wrapper->instances && !is_input("instances")) {
    return ReadRows(wrapper->instances->text, "/instances");
  }
  if (wrapper->inputs && !is_input("inputs")) {
    const std::string& text = wrapper->inputs->text;
    if (IsOpenInference(text)) return ReadOpenTensors(body);
    return FirstOf(text) == '{' ? ReadTensors(text, "/inputs") : ReadSingle(text, "/inputs");
  }
  return ReadTensors(body, "");
}

Result<ArtifactRequest> ArtifactJson::ReadOpenTensors(std::string_view body) const {
  Result<OpenInferenceRequest> read = ReadOpenInference(body, inputs_, outputs_);
  if (!read) return std::move(read).Error();
  return ArtifactRequest{
      .record = RecordOf(types_.request, std::move(read->tensors)),
      .layout = Layout::kOpenInference,
      .open_inference = std::make_shared<const OpenInferenceDetails>(std::move(read->details))};
}

Result<ArtifactRequest> ArtifactJson::ReadLines(std::string_view body) const {
  const Result<std::string> array = schema::JoinJsonLines(body);
  if (!array) return array.Error();
  return ReadRows(*array, "");
}

bool ArtifactJson::NamesColumns(std::string_view object) const {
  return columns_ != nullptr && !Mentions(object, inputs_[0].name);
}

Result<ArtifactRequest> ArtifactJson::ReadTensors(std::string_view object,
                                                  const std::string& place) const {
  if (NamesColumns(object) && FirstOf(object) == '{') {
    return ReadColumns({{.text = object, .place = place}});
  }
  Result<schema::Record> record = schema::ReadRecord(types_.request, TextOf(object));
  if (record) return ArtifactRequest{*std::move(record), Layout::kTensors};
  if (inputs_.size() == 1 && TakesMissing(inputs_[0]) &&
      object.find("null") != std::string_view::npos) {
    // Reads the only member again, by the slower way that knows null.
    schema::TypeBuilder builder("Request");
    builder.Add(inputs_[0].name, schema::TypeOf<RawJson>());
    const Result<schema::Record> raw = schema::ReadRecord(builder.Build(), TextOf(object));
    if (!raw) return At(place, raw.Error());
    Result<AnyTensor> tensor = ReadWithMissing(raw->Get<RawJson>(inputs_[0].name).text,
                                               place + Step(inputs_[0].name), inputs_[0]);
    if (!tensor) return std::move(tensor).Error();
    return ArtifactRequest{RecordOf(types_.request, {*std::move(tensor)}), Layout::kTensors};
  }
  return At(place, record.Error());
}

Result<ArtifactRequest> ArtifactJson::ReadSingle(std::string_view array,
                                                 const std::string& place) const {
  if (inputs_.size() != 1) {
    return FaultAt(place, fmt::format("expected an object with the {} inputs of the model, found "
                                      "an array",
                                      inputs_.size()));
  }
  schema::Record record(types_.request);
  const schema::Member& member = record.RecordType()->members[0];
  const auto read = schema::ReadJson(*member.type, member.In(record.Data()), TextOf(array));
  if (read) {
    AnyTensor tensor = TensorsOf(record)[0];
    return ArtifactRequest{RecordOf(types_.request, {WithRows(std::move(tensor), inputs_[0])}),
                           Layout::kTensors};
  }
  if (!TakesMissing(inputs_[0]) || array.find("null") == std::string_view::npos) {
    return At(place, read.Error());
  }
  Result<AnyTensor> tensor = ReadWithMissing(array, place, inputs_[0]);
  if (!tensor) return std::move(tensor).Error();
  return ArtifactRequest{RecordOf(types_.request, {*std::move(tensor)}), Layout::kTensors};
}

Result<ArtifactRequest> ArtifactJson::ReadRows(std::string_view array,
                                               const std::string& place) const {
  const std::size_t open = array.find('[');
  const bool objects = open != std::string_view::npos && FirstOf(array.substr(open + 1)) == '{';
  Result<ArtifactRequest> request = objects ? ReadObjects(array, place) : ReadSingle(array, place);
  if (request) request->layout = Layout::kRows;
  return request;
}

Result<ArtifactRequest> ArtifactJson::ReadObjects(std::string_view array,
                                                  const std::string& place) const {
  const Result<std::vector<RawJson>> rows = ReadAt<std::vector<RawJson>>(array, place);
  if (!rows) return rows.Error();
  if (NamesColumns(array)) {
    std::vector<PlacedJson> placed;
    for (const RawJson& row : *rows) {
      placed.push_back({.text = row.text, .place = fmt::format("{}/{}", place, placed.size())});
    }
    return ReadColumns(placed);
  }
  // Each row gives its inputs without the leading dimension.
  schema::TypeBuilder builder("Row");
  for (const schema::Member& member : types_.request->members)
    builder.Add(member.name, *member.type);
  const std::shared_ptr<const schema::Type> type = builder.Build();
  std::vector<std::vector<AnyTensor>> requests;
  for (std::size_t i = 0; i < rows->size(); ++i) {
    const std::string at = fmt::format("{}/{}", place, i);
    const Result<schema::Record> row = schema::ReadRecord(type, TextOf((*rows)[i].text));
    if (!row) return At(at, row.Error());
    std::vector<AnyTensor>& tensors = requests.emplace_back();
    for (const AnyTensor& tensor : TensorsOf(*row)) {
      std::vector<std::int64_t> shape = tensor.Shape();
      shape.insert(shape.begin(), 1);
      tensors.push_back(tensor.Reshape(std::move(shape)));
    }
  }
  const std::optional<JoinedRows> joined = JoinRows(requests);
  if (!joined) return FaultAt(place, "expected rows of one shape");
  return ArtifactRequest{RecordOf(types_.request, joined->tensors), Layout::kRows};
}

Result<ArtifactRequest> ArtifactJson::ReadColumns(const std::vector<PlacedJson>& rows) const {
  Result<AnyTensor> tensor = inputs_[0].element_type == ElementType::kFloat32
                                 ? ReadObjectsOf<float>(columns_, rows)
                                 : ReadObjectsOf<double>(columns_, rows);
  if (!tensor) return std::move(tensor).Error();
  return ArtifactRequest{RecordOf(types_.request, {*std::move(tensor)}), Layout::kRows};
}

void ArtifactJson::Write(const schema::Record& response, const ArtifactRequest& request,
                         std::string& out) const {
  if (request.layout == Layout::kOpenInference) {
    return WriteOpenInference(name_, outputs_, TensorsOf(response), *request.open_inference, out);
  }
  if (request.layout == Layout::kRows) {
    const std::vector<std::string> rows = WriteRows(response);
    if (!rows.empty()) {
      out += "{\"predictions\":[";
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i > 0) out += ',';
        out += rows[i];
      }
      out += "]}";
      return;
    }
  }
  schema::WriteJson(*response.RecordType(), response.Data(), out);
}

void ArtifactJson::WriteLines(const schema::Record& response, std::string& out) const {
  const std::vector<std::string> rows = WriteRows(response);
  for (const std::string& row : rows) out.append(row).append(1, '\n');
  if (!rows.empty()) return;
  schema::WriteJson(*response.RecordType(), response.Data(), out);
  out += '\n';
}

std::vector<std::string> ArtifactJson::WriteRows(const schema::Record& response) const {
  const std::vector<AnyTensor> outputs = TensorsOf(response);
  if (outputs.empty() || outputs[0].Rank() == 0) return {};
  const std::int64_t count = outputs[0].Shape()[0];
  std::vector<std::string> rows(static_cast<std::size_t>(count));
  const auto members = response.RecordType()->members;
  schema::Record row(response.SharedType());
  for (std::int64_t i = 0; i < count; ++i) {
    std::string& text = rows[static_cast<std::size_t>(i)];
    for (std::size_t m = 0; m < outputs.size(); ++m) {
      const std::optional<AnyTensor> part = SliceRows(outputs[m], i, 1, count);
      if (!part) return {};
      const std::vector<std::int64_t> shape(part->Shape().begin() + 1, part->Shape().end());
      members[m].type->tensor->assign(members[m].In(row.Data()), part->Reshape(shape));
    }
    if (outputs.size() == 1) {
      schema::WriteJson(*members[0].type, members[0].In(row.Data()), text);
    } else {
      schema::WriteJson(*row.RecordType(), row.Data(), text);
    }
  }
  return rows;
}

}  // namespace tenon::runtime
