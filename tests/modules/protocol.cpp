// SPDX-License-Identifier: Apache-2.0
// What SageMaker's protocol has beside a request and its response.
#include <chrono>
#include <optional>
#include <string>
#include <tenon/tenon.hpp>
#include <vector>

namespace {

struct Request {
  std::string text;
  std::optional<std::string> reply_attributes;
  std::optional<bool> fail;
};
struct Answer {
  std::string text;
  std::string id;
  std::string attributes;
  std::string session;
  std::optional<double> remaining_s;
};

// Says what it knows of the request, and sends back the attributes that it is told to.
class Mirror {
 public:
  tenon::Task<Answer> Infer(Request request, const tenon::RequestContext& context) const {
    if (request.reply_attributes) context.ReplyCustomAttributes(*request.reply_attributes);
    if (request.fail.value_or(false)) {
      throw tenon::Error(tenon::ErrorCode::kInvalid, "Told to fail.");
    }
    Answer answer{request.text, std::string(context.Id()), std::string(context.CustomAttributes()),
                  std::string(context.SessionId()), std::nullopt};
    if (!context.Deadline().IsNever()) {
      const tenon::SystemClock clock;
      answer.remaining_s =
          std::chrono::duration<double>(context.Deadline().Remaining(clock.Now())).count();
    }
    co_return answer;
  }
};

struct Message {
  std::string role;
  std::string content;
};
struct Chat {
  std::string model;
  std::vector<Message> messages;
};
struct Completion {
  std::string model;
  std::string content;
};

class Chatter {
 public:
  tenon::Task<Completion> Infer(Chat chat) const {
    co_return Completion{chat.model, chat.messages.empty() ? "" : chat.messages.back().content};
  }
};

struct Words {
  std::vector<std::string> words;
  std::optional<std::size_t> fail_at;
};

// Texts as they are, and the time that is left at the first of them.
class Speaker {
 public:
  tenon::Stream<std::string> Infer(Words request, const tenon::RequestContext& context) const {
    context.ReplyCustomAttributes("spoken=yes");
    for (std::size_t i = 0; i < request.words.size(); ++i) {
      if (request.fail_at == i) throw tenon::Error(tenon::ErrorCode::kInternal, "Lost the thread.");
      co_yield request.words[i];
    }
  }
};

}  // namespace

TENON_APPLICATION(mirror, app) {
  auto driver = tenon::sagemaker::Driver(app.Bind<Mirror>());
  tenon::sagemaker::ServeOpenAi(driver, "/v1/chat/completions", app.Bind<Chatter>());
  return driver;
}
TENON_APPLICATION(speaker, app) { return tenon::sagemaker::Driver(app.Bind<Speaker>()); }
