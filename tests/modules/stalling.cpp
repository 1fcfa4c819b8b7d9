// SPDX-License-Identifier: Apache-2.0
// A deployment that answers at once, but for one part of each second, when nobody gets an answer:
// how long each request waits follows from when it came.
#include <chrono>
#include <tenon/tenon.hpp>

namespace {

struct Request {
  double stall_s;
};
struct Answer {
  double waited_s;
};

class Staller {
 public:
  tenon::Task<Answer> Infer(Request request) const {
    const std::chrono::duration<double> now = std::chrono::steady_clock::now().time_since_epoch();
    const double into_second = now.count() - static_cast<double>(static_cast<long>(now.count()));
    if (into_second >= request.stall_s) co_return Answer{0};
    const std::chrono::duration<double> left(request.stall_s - into_second);
    co_await tenon::Sleep(std::chrono::duration_cast<tenon::Duration>(left));
    co_return Answer{left.count()};
  }
};

}  // namespace

TENON_APPLICATION(handle, app) { return tenon::sagemaker::Driver(app.Bind<Staller>()); }
