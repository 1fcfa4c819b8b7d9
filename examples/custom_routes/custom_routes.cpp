// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <tenon/tenon.hpp>

struct Text {
  std::string text;
};
struct Greeting {
  std::string greeting;
};
struct WordCount {
  int words = 0;
};

class Greeter {
 public:
  tenon::Task<Greeting> Infer(Text name) const { co_return Greeting{"Hello, " + name.text + "!"}; }
};

class Counter {
 public:
  WordCount Infer(const Text& text) const {
    WordCount count;
    bool inside = false;
    for (const char c : text.text) {
      const bool is_space = c == ' ' || c == '\n' || c == '\t';
      if (!is_space && !inside) ++count.words;
      inside = !is_space;
    }
    return count;
  }
};

// A route by hand: it sees the HTTP request and fills in the response.
class Version final : public tenon::http::Handler {
 public:
  tenon::Task<void> Serve(const tenon::http::Request&,
                          tenon::http::Response& response) const override {
    response.Body() += R"({"model":"greeter","version":"1.2.0"})";
    co_return;
  }
};

TENON_APPLICATION(handle, app) {
  tenon::http::Driver driver = tenon::sagemaker::Driver(app.Bind<Greeter>());

  driver.routes.push_back({.method = "GET",
                           .path = "/version",
                           .handler = std::make_unique<Version>(),
                           .readiness = tenon::http::Readiness::kAlways});

  // A typed route: JSON is read, checked and written as for the model itself.
  const auto counter = app.Bind<Counter>();
  driver.routes.push_back(
      {.method = "POST",
       .path = "/words",
       .handler = std::make_unique<tenon::http::JsonHandler<WordCount, Text>>(counter)});
  tenon::schema::Operation operation;
  operation.method = "POST";
  operation.path = "/words";
  operation.operation_id = "countWords";
  operation.summary = "Count the words of a text.";
  operation.request = &tenon::schema::TypeOf<Text>();
  operation.response = &tenon::schema::TypeOf<WordCount>();
  driver.operations.push_back(operation);
  return driver;
}
