// SPDX-License-Identifier: Apache-2.0
// Bodies in every content type: the first byte says which. What is read has the model's fields, and
// is answered in every form.
#include "runtime/content/artifact_formats.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/testing/fake_runtime.hpp"

namespace {

using namespace tenon;
using runtime::ContentType;
using runtime::kContentTypes;

struct Served {
  explicit Served(const std::vector<TensorSpec>& specs)
      : model(std::shared_ptr<const runtime::LoadedModel>(
            testing::FakeRuntime("fake", {.inputs = specs, .outputs = specs})
                .Load("fake", {})
                .Value())),
        formats(model, runtime::MakeArtifactTypes(model).Value()) {}

  void Check(ContentType type, runtime::TableHeader header, std::string_view body) const {
    if (!formats.IsRead(type)) return;
    const auto request = formats.Read(type, header, body);
    if (!request) {
      if (request.Error().Code() == ErrorCode::kInternal) std::abort();
      return;
    }
    if (runtime::TensorsOf(request->record).size() != model.Inputs().size()) std::abort();
    for (const ContentType written : formats.Writes()) {
      std::string text;
      static_cast<void>(
          formats.Write(request->record, *request, written, runtime::WrittenHeader::kNames, text)
              .Ok());
    }
  }

  const Model model;
  const runtime::ArtifactFormats formats;
};

TensorSpec Spec(std::string name, ElementType type, std::vector<std::int64_t> dimensions,
                std::vector<std::string> columns = {}) {
  return {.name = std::move(name),
          .element_type = type,
          .dimensions = std::move(dimensions),
          .symbols = {},
          .columns = std::move(columns)};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Served kTable(
      {Spec("x", ElementType::kFloat32, {runtime::kDynamic, 2}, {"age", "fare"})});
  static const Served kSeveral({Spec("t", ElementType::kString, {runtime::kDynamic}),
                                Spec("n", ElementType::kInt64, {runtime::kDynamic, 1})});
  static const Served kOpen(
      {Spec("o", ElementType::kFloat64, {runtime::kDynamic, runtime::kDynamic})});
  if (size == 0) return 0;
  const ContentType type = kContentTypes[data[0] % 8 % kContentTypes.size()];
  const auto header = static_cast<runtime::TableHeader>(data[0] / 8 % 3);
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  kTable.Check(type, header, body);
  kSeveral.Check(type, header, body);
  kOpen.Check(type, header, body);
  return 0;
}
