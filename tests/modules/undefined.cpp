// SPDX-License-Identifier: Apache-2.0
// A shared library that needs what no version of Tenon has.
namespace tenon {
int FunctionOfAnotherVersion(int value);
}  // namespace tenon
extern "C" __attribute__((visibility("default"))) int tenon_test_function() {
  return tenon::FunctionOfAnotherVersion(1);
}
