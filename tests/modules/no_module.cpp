// SPDX-License-Identifier: Apache-2.0
// A shared library that is no module.
extern "C" __attribute__((visibility("default"))) int tenon_test_function() { return 1; }
