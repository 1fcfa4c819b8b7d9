// SPDX-License-Identifier: Apache-2.0
#pragma once

// LightGBM's own library, for models that this plug-in does not execute itself.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "lightgbm_model.hpp"
#include "tenon/base/result.hpp"
#include "tenon/runtime/runtime.hpp"

namespace tenon::lightgbm {

// What the library is asked to do.
struct LibraryRequest {
  std::string text;         // The artifact.
  std::string format = {};  // "v4".
  std::string reason = {};  // Why this plug-in does not execute it: for errors.
  std::vector<std::string> feature_names = {};
  Output output = Output::kValue;
  std::size_t threads = 1;
};

// The model in LightGBM's library, which is opened for it: the file that TENON_LIGHTGBM_LIBRARY
// names, or lib_lightgbm.so beside the plug-in, or of the Python environment, or of the system.
// Errors: kNotFound where there is none; kInvalid for a library that itself writes an older format
// than the model's, and for what the library refuses.
Result<std::unique_ptr<runtime::LoadedModel>> LoadInLibrary(const LibraryRequest& request);

}  // namespace tenon::lightgbm
