// SPDX-License-Identifier: Apache-2.0
#pragma once

// An application of the test's own program, called through its driver: everything but the socket.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/app/module.hpp"
#include "tenon/base/export.hpp"
#include "tenon/testing/captured_log.hpp"
#include "tenon/testing/manual_clock.hpp"

namespace tenon::testing {

// Compile the file with the TENON_APPLICATION into the test, and:
//
//   InProcess app("handle");
//   EXPECT_EQ(app.Post("/invocations", R"({"text":"hi"})"), R"({"text":"hi"})");
//
// Time passes by itself, as fast as the work allows; `Clock` moves it on. Thread safety: confined.
class TENON_EXPORT InProcess {
 public:
  // Builds and starts the application that was exported under that name; `arguments` are its
  // `key=value` words. Throws the Error when it does not start.
  explicit InProcess(std::string_view application, app::ArgumentList arguments = {},
                     const app::ModuleHeader& self = *tenon_module());
  ~InProcess();
  InProcess(const InProcess&) = delete;
  InProcess& operator=(const InProcess&) = delete;

  // The answer's body. Throws the Error that the request was answered with, and kNotFound for a
  // path that is no POST route of the application.
  std::string Post(std::string_view path, std::string json);
  // Sends all bodies at the same time; the answers in their order.
  std::vector<std::string> PostAll(std::string_view path, std::vector<std::string> bodies);

  const Application& App() const noexcept;
  ManualClock& Clock() noexcept;
  CapturedLog& Log() noexcept;

 private:
  struct Content;
  std::unique_ptr<Content> content_;
};

}  // namespace tenon::testing
