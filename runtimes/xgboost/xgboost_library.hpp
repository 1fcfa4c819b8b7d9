// SPDX-License-Identifier: Apache-2.0
#pragma once

// XGBoost's own library, for models that this plug-in does not execute itself.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "library_model.hpp"
#include "xgboost_model.hpp"

namespace tenon::xgboost {

// What the library is asked to do.
struct LibraryRequest {
  std::string_view bytes;     // The artifact.
  ModelVersion version = {};  // That wrote it.
  std::string reason = {};    // Why this plug-in does not execute it: for errors.
  std::vector<std::string> feature_names = {};
  ModelOptions options = {};
  std::size_t threads = 1;
};

// The model in XGBoost's library, which is opened for it: the file that TENON_XGBOOST_LIBRARY
// names, or libxgboost.so beside the plug-in, or of the Python environment, or of the system.
// Errors: kNotFound where there is none; kInvalid for a library that is older than the model, which
// would read it wrongly without a word, and for what the library refuses.
Result<std::unique_ptr<runtime::LoadedModel>> LoadInLibrary(const LibraryRequest& request);

}  // namespace tenon::xgboost
