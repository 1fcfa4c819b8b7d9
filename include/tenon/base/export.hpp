// SPDX-License-Identifier: Apache-2.0
#pragma once

// Marks what libtenon shows to modules and programs; everything else is hidden.
#define TENON_EXPORT __attribute__((visibility("default")))
