// SPDX-License-Identifier: Apache-2.0
// Deployments that fail in every way there is, as the request says.
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <tenon/tenon.hpp>
#include <vector>

namespace {

enum class How { kNot, kException, kNumber, kError, kMemory };

struct Request {
  How how;
};
struct Answer {
  std::string text;
};

// What no client may see.
constexpr const char* kSecret = "cannot open /srv/secret/weights.bin at 0x7ffd";

void Fail(How how) {
  switch (how) {
    case How::kNot: return;
    case How::kException: throw std::runtime_error(kSecret);
    case How::kNumber: throw 42;
    case How::kError:
      throw tenon::Error(tenon::ErrorCode::kInvalid, "The text is in no language that is known.")
          .WithPrivateDetail(kSecret);
    case How::kMemory: throw std::bad_alloc();
  }
}

class Coroutine {
 public:
  tenon::Task<Answer> Infer(Request request) const {
    Fail(request.how);
    co_return Answer{"coroutine"};
  }
};

class Function {
 public:
  Answer Infer(const Request& request) const {
    Fail(request.how);
    return {"function"};
  }
};

class Batch {
 public:
  std::vector<Answer> Infer(std::span<const Request> batch) const {
    for (const Request& request : batch) Fail(request.how);
    return std::vector<Answer>(batch.size(), Answer{"batch"});
  }
};

struct Count {
  bool right;
};

// One answer too many, or none, unless the request is right.
class WrongCount {
 public:
  std::vector<Answer> Infer(std::span<const Count> batch) const {
    std::size_t count = 0;
    for (const Count& request : batch) count += request.right ? 1 : 2;
    return std::vector<Answer>(count, Answer{"counted"});
  }
};

}  // namespace

TENON_APPLICATION(coroutine, app) { return tenon::sagemaker::Driver(app.Bind<Coroutine>()); }
TENON_APPLICATION(function, app) { return tenon::sagemaker::Driver(app.Bind<Function>()); }
TENON_APPLICATION(batch, app) { return tenon::sagemaker::Driver(app.Bind<Batch>()); }
TENON_APPLICATION(wrong_count, app) {
  return tenon::sagemaker::Driver(app.Bind<WrongCount>({.batch = {.max_batch_size = 1}}));
}
