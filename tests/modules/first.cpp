// SPDX-License-Identifier: Apache-2.0
// A module whose `Request` and `Model` have the same names as those of second.cpp, and differ.
#include <string>
#include <tenon/tenon.hpp>

struct Request {
  std::string text;
};
struct Response {
  std::string first;
};

class Model {
 public:
  tenon::Task<Response> Infer(Request request) const {
    co_return Response{"first " + request.text};
  }
};

TENON_APPLICATION(handle, app) { return tenon::sagemaker::Driver(app.Bind<Model>()); }
