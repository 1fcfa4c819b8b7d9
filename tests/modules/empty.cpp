// SPDX-License-Identifier: Apache-2.0
// A module without an application.
#include <tenon/tenon.hpp>
