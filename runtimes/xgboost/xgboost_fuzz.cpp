// SPDX-License-Identifier: Apache-2.0

// Model files from anywhere: either notation, either output, and a run of what could be loaded.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "forest_model.hpp"
#include "xgboost_model.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tenon;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  try {
    const xgboost::Value document = xgboost::ReadDocument(bytes);
    for (const auto output : {xgboost::Output::kValue, xgboost::Output::kMargin}) {
      const trees::ForestModel<float> model(xgboost::ReadModel(document, {.output = output}));
      const std::int64_t features = model.Inputs()[0].dimensions[1];
      if (features > 4096) return 0;  // Rows of this length would be all that is tested.
      auto rows = Tensor<float>::Create({3, features});
      for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<float>(i % 7) - 3;
      for (std::int64_t i = 0; i < features; ++i) {
        rows[static_cast<std::size_t>(i)] = std::numeric_limits<float>::quiet_NaN();
      }
      const std::vector<AnyTensor> inputs = {rows};
      if (!model.Run(inputs, {})) return 0;
    }
  } catch (const xgboost::BrokenFile&) {
  } catch (const xgboost::NotCovered&) {
  }
  return 0;
}
