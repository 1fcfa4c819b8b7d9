// SPDX-License-Identifier: Apache-2.0
#pragma once

// Where artifacts lie when nobody says otherwise.

namespace tenon {

// The model directory of a serving container: the platform unpacks `model.tar.gz` there.
inline constexpr const char* kDefaultModelPath = "/opt/ml/model";

}  // namespace tenon
