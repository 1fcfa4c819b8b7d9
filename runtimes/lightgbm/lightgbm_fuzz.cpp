// SPDX-License-Identifier: Apache-2.0

// Model files from anywhere, and a run of what could be loaded.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "forest_model.hpp"
#include "lightgbm_model.hpp"
#include "text_reader.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tenon;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const trees::ForestModel<double> model(lightgbm::ReadModel(text, lightgbm::Output::kValue));
    const std::int64_t features = model.Inputs()[0].dimensions[1];
    if (features > 4096) return 0;  // Rows of this length would be all that is tested.
    auto rows = Tensor<double>::Create({3, features});
    for (std::size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<double>(i % 7) - 3;
    for (std::int64_t i = 0; i < features; ++i) {
      rows[static_cast<std::size_t>(i)] = std::numeric_limits<double>::quiet_NaN();
    }
    const std::vector<AnyTensor> inputs = {rows};
    if (!model.Run(inputs, {})) return 0;
  } catch (const lightgbm::BrokenFile&) {
  } catch (const lightgbm::NotCovered&) {
  }
  return 0;
}
