// SPDX-License-Identifier: Apache-2.0
#include <tenon/tenon.hpp>

struct Request { std::string text; };
struct Response { std::string text; };

class Echo {
 public:
  tenon::Task<Response> Infer(Request request) const { co_return Response{request.text}; }
};

TENON_APPLICATION(handle, app) {
  return tenon::sagemaker::Driver(app.Bind<Echo>());
}
