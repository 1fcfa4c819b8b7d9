// SPDX-License-Identifier: Apache-2.0

// Bodies of requests for artifacts. What is read has the model's fields, and can be answered.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/artifact_json.hpp"
#include "tenon/testing/fake_runtime.hpp"

namespace {

using namespace tenon;

Model Make(std::vector<TensorSpec> specs) {
  testing::FakeRuntime runtime("fake", {.inputs = specs, .outputs = specs});
  return Model(std::shared_ptr<const runtime::LoadedModel>(runtime.Load("fake", {}).Value()));
}

void Check(const runtime::ArtifactJson& json, std::size_t fields, std::string_view body) {
  const Result<runtime::ArtifactRequest> request = json.Read(body);
  if (!request) return;
  if (runtime::TensorsOf(request->record).size() != fields) std::abort();
  std::string text;
  json.Write(request->record, *request, text);
  if (text.empty()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Model kTable = Make({{.name = "x",
                                     .element_type = ElementType::kFloat32,
                                     .dimensions = {runtime::kDynamic, 2},
                                     .symbols = {},
                                     .columns = {"age", "fare"}}});
  static const Model kSeveral = Make({{.name = "t",
                                       .element_type = ElementType::kString,
                                       .dimensions = {runtime::kDynamic},
                                       .symbols = {}},
                                      {.name = "n",
                                       .element_type = ElementType::kInt64,
                                       .dimensions = {runtime::kDynamic, 1},
                                       .symbols = {}}});
  static const runtime::ArtifactJson kTableJson(kTable, runtime::MakeArtifactTypes(kTable).Value(),
                                                "table");
  static const runtime::ArtifactJson kSeveralJson(
      kSeveral, runtime::MakeArtifactTypes(kSeveral).Value(), "several");
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  Check(kTableJson, 1, body);
  Check(kSeveralJson, 2, body);
  return 0;
}
