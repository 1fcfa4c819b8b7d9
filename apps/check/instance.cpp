// SPDX-License-Identifier: Apache-2.0
#include "instance.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace tenon::check {
namespace {

constexpr std::uint16_t kPlatformPort = 8080;
constexpr const char* kBindToPort = "SAGEMAKER_BIND_TO_PORT";

std::string Ping(const Address& address) {
  return "GET /ping HTTP/1.1\r\nHost: " + address.Text() + "\r\nConnection: close\r\n\r\n";
}

Launch PlanImage(const Options& options, const Variation& variation, const std::string& name,
                 std::uint16_t port) {
  Launch launch;
  launch.words = {
      options.engine, "run", "--rm", "--name", name, "-p", fmt::format("127.0.0.1:{0}:{0}", port)};
  // Killing the engine's client leaves its container running.
  launch.farewell = {options.engine, "rm", "-f", name};
  const auto add = [&launch](std::string flag, std::string value) {
    launch.words.push_back(std::move(flag));
    launch.words.push_back(std::move(value));
  };
  if (port != kPlatformPort) add("-e", fmt::format("{}={}", kBindToPort, port));
  for (const auto& [variable, value] : variation.environment) {
    add("-e", fmt::format("{}={}", variable, value));
  }
  if (options.model_directory) {
    add("-v", options.model_directory->string() + ":/opt/ml/model:ro");
  }
  if (variation.user) add("--user", fmt::format("{0}:{0}", *variation.user));
  launch.words.push_back(options.image);
  launch.words.push_back("serve");
  return launch;
}

}  // namespace

Launch PlanLaunch(const Options& options, const Variation& variation, const std::string& name) {
  const std::uint16_t port = variation.port.value_or(options.port);
  if (!options.image.empty()) return PlanImage(options, variation, name, port);
  Launch launch{
      .words = options.command, .environment = variation.environment, .user = variation.user};
  if (!options.as_is && launch.words.back() != "serve") launch.words.emplace_back("serve");
  if (port != kPlatformPort) launch.environment.emplace_back(kBindToPort, std::to_string(port));
  return launch;
}

Result<Instance> Instance::Start(const Options& options, const Variation& variation) {
  const std::string name = options.image.empty() ? "" : fmt::format("tenon-check-{}", getpid());
  const Address address{.host = "127.0.0.1", .port = variation.port.value_or(options.port)};
  if (Connection::Open(address, In(0.25))) {
    return Error(ErrorCode::kUnavailable, "Somebody listens at " + address.Text() +
                                              " already; end that, or choose another --port.");
  }
  auto process = Process::Start(PlanLaunch(options, variation, name));
  if (!process) return std::move(process).Error();
  Instance instance(*std::move(process), address);
  if (auto ready = instance.AwaitReady(options.startup_timeout_s); !ready) {
    return std::move(ready).Error();
  }
  return instance;
}

Result<> Instance::AwaitReady(double timeout_s) {
  const Time began = Now();
  const Time until = In(timeout_s);
  bool connected = false;
  std::string last = "nothing listened there";
  while (Now() < until) {
    if (const auto status = process_.AwaitEnd(Now())) {
      return Error(ErrorCode::kUnavailable,
                   fmt::format("The container ended with status {} before it was ready. It wrote: "
                               "{}",
                               *status, LastLines(process_.Output(), 5)));
    }
    if (auto connection = Connection::Open(address_, In(0.25))) {
      if (!std::exchange(connected, true)) startup_.connected_s = SecondsSince(began);
      connection->Send(Ping(address_), In(2));
      const Received received = connection->AwaitReply(In(2));
      if (received.ending == Ending::kReply && received.reply.status == 200) {
        startup_.ready_s = SecondsSince(began);
        return {};
      }
      if (received.ending == Ending::kReply) startup_.unready_status = received.reply.status;
      last = "the last ping: " + received.Text();
    }
    poll(nullptr, 0, 5);
  }
  return Error(ErrorCode::kUnavailable,
               fmt::format("GET /ping at {} was not answered with 200 within {:.3g} s ({}). The "
                           "container wrote: {}",
                           address_.Text(), timeout_s, last, LastLines(process_.Output(), 5)));
}

std::uint16_t FreePort() {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof where;
  const bool is_bound = bind(probe, reinterpret_cast<const sockaddr*>(&where), size) == 0 &&
                        getsockname(probe, reinterpret_cast<sockaddr*>(&where), &size) == 0;
  close(probe);
  return is_bound ? ntohs(where.sin_port) : std::uint16_t{0};
}

std::string LastLines(const std::string& text, std::size_t lines) {
  std::size_t begin = text.size();
  while (begin > 0 && lines > 0) {
    const std::size_t end = text.find_last_of('\n', begin - 1);
    begin = end == std::string::npos ? 0 : end;
    if (begin + 1 < text.size()) --lines;
  }
  const std::string last = text.substr(begin != 0 && begin < text.size() ? begin + 1 : begin);
  return last.empty() ? "nothing" : last;
}

}  // namespace tenon::check
