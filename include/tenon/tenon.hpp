// SPDX-License-Identifier: Apache-2.0
#pragma once

// Everything that an application needs. Start reading at serving/application.hpp.

#include "tenon/app/module.hpp"
#include "tenon/base/error.hpp"
#include "tenon/base/result.hpp"
#include "tenon/protocol/sagemaker/driver.hpp"
#include "tenon/runtime/model.hpp"
#include "tenon/runtime/model_directory.hpp"
#include "tenon/runtime/typed_artifact.hpp"
#include "tenon/schema/tensor.hpp"
#include "tenon/serving/application.hpp"
#include "tenon/serving/batched.hpp"
#include "tenon/serving/handle.hpp"
#include "tenon/serving/request_context.hpp"
#include "tenon/serving/settings.hpp"
#include "tenon/task/compute.hpp"
#include "tenon/task/sleep.hpp"
#include "tenon/task/stream.hpp"
#include "tenon/task/task.hpp"
#include "tenon/task/when_all.hpp"
#include "tenon/task/when_any.hpp"
