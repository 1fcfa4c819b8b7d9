// SPDX-License-Identifier: Apache-2.0
#pragma once

// The version of Tenon: the one place where it is written. A module is rebuilt for each minor
// version; see docs/versions.md.

#define TENON_VERSION_MAJOR 0
#define TENON_VERSION_MINOR 1
#define TENON_VERSION_PATCH 0
#define TENON_VERSION "0.1.0"
