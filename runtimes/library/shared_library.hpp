// SPDX-License-Identifier: Apache-2.0
#pragma once

// Third-party libraries that plug-ins open when they are first used.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/error.hpp"
#include "tenon/base/result.hpp"

namespace tenon::runtime {

// Where to look for a library, and what to say where it is not.
struct LibrarySearch {
  std::string_view product;   // "ONNX Runtime".
  std::string_view variable;  // The environment variable that names the file, and then no other.
  std::string_view file;      // "libonnxruntime.so": how files beside the plug-in begin.
  std::string_view package;   // In Python's site-packages: "onnxruntime/capi".
  std::vector<std::string> system;  // What the system's loader is asked for, best first.
  std::string advice;               // "put libonnxruntime.so (1.15 or newer)".
};

// A library that was opened. It is never closed: its threads and exit handlers may outlive every
// owner here.
class SharedLibrary {
 public:
  // The file that the variable names, where it is set; else the one beside this plug-in; else the
  // wheel's in the Python environment that this plug-in was installed into; else the system's.
  // Errors: kNotFound where there is none; what was tried stands in the private detail.
  static Result<SharedLibrary> Open(const LibrarySearch& search);

  // Null where the library has no such symbol.
  template <class Function>
  Function* Find(const char* symbol) const noexcept {
    return reinterpret_cast<Function*>(Address(symbol));
  }
  // The name that it was opened by.
  const std::string& Name() const noexcept { return name_; }
  // It was found, but is of no use. kInternal, with its name and the reason in the private detail.
  Error Unusable(std::string_view reason) const;

 private:
  SharedLibrary(void* handle, std::string_view product, std::string name)
      : handle_(handle), product_(product), name_(std::move(name)) {}
  void* Address(const char* symbol) const noexcept;

  void* handle_;
  std::string product_;
  std::string name_;
};

}  // namespace tenon::runtime
