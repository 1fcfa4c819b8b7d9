// SPDX-License-Identifier: Apache-2.0
// See first.cpp.
#include <tenon/tenon.hpp>

struct Request {
  int number;
  int other;
};
struct Response {
  int second;
};

class Model {
 public:
  tenon::Task<Response> Infer(Request request) const {
    co_return Response{request.number + request.other};
  }
};

TENON_APPLICATION(handle, app) { return tenon::sagemaker::Driver(app.Bind<Model>()); }
