// SPDX-License-Identifier: Apache-2.0

// For tests: as much of an old release of XGBoost's library as is asked before it is trusted.

extern "C" __attribute__((visibility("default"))) void XGBoostVersion(int* major, int* minor,
                                                                      int* patch) {
  *major = 1;
  *minor = 7;
  *patch = 4;
}
