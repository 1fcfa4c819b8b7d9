// SPDX-License-Identifier: Apache-2.0
// A coroutine that holds its event loop, as nobody should.
#include <chrono>
#include <tenon/tenon.hpp>
#include <thread>

namespace {

struct Request {
  std::chrono::duration<double> hold_s;
};
struct Answer {
  bool held;
};

class Blocker {
 public:
  tenon::Task<Answer> Infer(Request request) const {
    std::this_thread::sleep_for(request.hold_s);
    co_return Answer{request.hold_s.count() > 0};
  }
};

}  // namespace

TENON_APPLICATION(handle, app) { return tenon::sagemaker::Driver(app.Bind<Blocker>()); }
