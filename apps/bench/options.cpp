// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "tenon/base/duration_text.hpp"

namespace tenon::bench {
namespace {

constexpr std::array kFlags = {
    app::Flag{"--body", "FILE", "the body of every request"},
    app::Flag{"--bodies", "DIR", "each file in it is a body; by turns"},
    app::Flag{"--csv", "FILE", "each line of it is a body; by turns"},
    app::Flag{"--content-type", "TYPE", "(application/json; text/csv with --csv)"},
    app::Flag{"--header", "LINE", "'Name: value', sent with each request; may come again"},
    app::Flag{"--method", "METHOD", "(POST with a body, else GET)"},
    app::Flag{"--rate", "R", "requests a second, sent when due, whatever the server does (100)"},
    app::Flag{"--arrivals", "KIND", "poisson or constant: how they are spread (poisson)"},
    app::Flag{"--connections", "C",
              "without --rate: so many clients that each wait for the answer; "
              "with it: at most so many connections (1024)"},
    app::Flag{"--pipeline", "N", "requests in flight per connection (1)"},
    app::Flag{"--find-capacity", "", "find the highest rate that holds --slo"},
    app::Flag{"--slo", "BOUND", "like p99=50ms"},
    app::Flag{"--duration", "TIME",
              "what is measured; of each trial with --find-capacity (30s; 5s)"},
    app::Flag{"--warmup", "TIME", "sent before that and not counted (3s; 1s)"},
    app::Flag{"--timeout", "TIME", "a request without answer after that has failed (10s)"},
    app::Flag{"--expect", "TEXT", "an answer without this text has failed"},
    app::Flag{"--streaming", "", "report the time to the first byte and between chunks"},
    app::Flag{"--seed", "N", "of the arrivals (1)"},
    app::Flag{"--json", "FILE", "write the result for programs, and for --compare"},
    app::Flag{"--html", "FILE", "write it as one page with plots"},
    app::Flag{"--compare", "", "compare two results: A.json B.json"},
};

constexpr double kMostSeconds = 86'400;
constexpr std::size_t kMostConnections = 100'000;
constexpr std::size_t kMostPipeline = 1'024;

Error Invalid(std::string text) { return Error(ErrorCode::kInvalid, std::move(text)); }

Result<> ReadTime(const app::CommandLine& line, std::string_view flag, std::int64_t& to,
                  bool may_be_zero) {
  const auto text = line.Value(flag);
  if (!text) return {};
  const auto seconds = ParseSeconds(*text);
  if (!seconds || *seconds < 0 || *seconds > kMostSeconds || (*seconds == 0 && !may_be_zero)) {
    return Invalid(std::string(flag) + " says '" + std::string(*text) +
                   "'; it takes a time like 30s, up to a day.");
  }
  to = static_cast<std::int64_t>(*seconds * 1e9L);
  return {};
}

Result<> ReadCount(const app::CommandLine& line, std::string_view flag, std::size_t most,
                   std::size_t& to) {
  const auto text = line.Value(flag);
  if (!text) return {};
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), to);
  if (error != std::errc() || end != text->data() + text->size() || to == 0 || to > most) {
    return Invalid(std::string(flag) + " says '" + std::string(*text) +
                   "'; it takes a number from 1 to " + std::to_string(most) + ".");
  }
  return {};
}

Result<> ReadRate(const app::CommandLine& line, Plan& plan) {
  const auto text = line.Value("--rate");
  if (!text) return {};
  double rate = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), rate);
  if (error != std::errc() || end != text->data() + text->size() || !(rate > 0) || rate > 1e7) {
    return Invalid("--rate says '" + std::string(*text) +
                   "'; it takes requests a second, up to 10000000.");
  }
  plan.rate = rate;
  return {};
}

// Open or closed loop, and what comes with each.
Result<> ReadLoop(const app::CommandLine& line, Options& options) {
  constexpr double kRate = 100;
  constexpr std::size_t kOpenConnections = 1'024;
  Plan& plan = options.plan;
  const bool finds = line.Value("--find-capacity").has_value();
  if (const auto text = line.Value("--slo")) {
    if (!finds) return Invalid("--slo is for --find-capacity.");
    auto slo = ParseSlo(*text);
    if (!slo) return std::move(slo).Error();
    options.slo = *slo;
    options.slo_text = *text;
  } else if (finds) {
    return Invalid("--find-capacity needs a bound: --slo p99=50ms.");
  }
  plan.connections = kOpenConnections;
  if (auto read = ReadRate(line, plan); !read) return read;
  if (auto read = ReadCount(line, "--connections", kMostConnections, plan.connections); !read) {
    return read;
  }
  if (auto read = ReadCount(line, "--pipeline", kMostPipeline, plan.pipeline); !read) return read;
  std::size_t seed = plan.seed;
  if (auto read = ReadCount(line, "--seed", 1'000'000'000, seed); !read) return read;
  plan.seed = seed;
  if (!plan.rate && (finds || !line.Value("--connections"))) plan.rate = kRate;
  if (const auto text = line.Value("--arrivals")) {
    if (!plan.rate)
      return Invalid("--arrivals is for --rate: with --connections alone, clients wait.");
    if (*text != "poisson" && *text != "constant") {
      return Invalid("--arrivals says '" + std::string(*text) + "'; it takes poisson or constant.");
    }
    plan.arrivals = *text == "poisson" ? Arrivals::poisson : Arrivals::constant;
  }
  plan.duration_ns = finds ? 5'000'000'000 : 30'000'000'000;
  plan.warmup_ns = finds ? 1'000'000'000 : 3'000'000'000;
  plan.timeout_ns = 10'000'000'000;
  if (auto read = ReadTime(line, "--duration", plan.duration_ns, false); !read) return read;
  if (auto read = ReadTime(line, "--warmup", plan.warmup_ns, true); !read) return read;
  return ReadTime(line, "--timeout", plan.timeout_ns, false);
}

Result<std::vector<std::string>> ReadBodiesOf(const app::CommandLine& line) {
  if (const auto folder = line.Value("--bodies")) return ReadBodies(*folder);
  if (const auto file = line.Value("--csv")) return ReadLines(*file);
  const auto file = line.Value("--body");
  if (!file) return std::vector<std::string>(1);
  auto body = ReadFile(*file);
  if (!body) return std::move(body).Error();
  return std::vector<std::string>{*std::move(body)};
}

Result<> ReadRequests(const app::CommandLine& line, Options& options) {
  const bool has_csv = line.Value("--csv").has_value();
  const int sources = int{line.Value("--body").has_value()} +
                      int{line.Value("--bodies").has_value()} + int{has_csv};
  if (sources > 1) return Invalid("Give one of --body, --bodies and --csv.");
  RequestForm form;
  form.method = line.Value("--method").value_or(sources == 0 ? "GET" : "POST");
  form.content_type =
      line.Value("--content-type").value_or(has_csv ? "text/csv" : "application/json");
  for (const auto& [flag, value] : line.flags) {
    if (flag == "--header") form.headers.emplace_back(value);
  }
  for (const std::string& header : form.headers) {
    if (header.find(':') == std::string::npos ||
        header.find_first_of("\r\n") != std::string::npos) {
      return Invalid("--header says '" + header + "'; it takes 'Name: value'.");
    }
  }
  if (form.method == "HEAD" || form.method.find_first_of(" \r\n") != std::string::npos) {
    return Invalid("--method says '" + form.method + "'; it takes a method that has answers.");
  }
  auto bodies = ReadBodiesOf(line);
  if (!bodies) return std::move(bodies).Error();
  for (const std::string& body : *bodies) {
    options.plan.requests.push_back(FormRequest(options.url, form, body));
  }
  return {};
}

}  // namespace

std::span<const app::Flag> BenchFlags() { return kFlags; }

Result<Options> ReadOptions(const app::CommandLine& line) {
  Options options;
  if (line.Value("--compare")) {
    if (line.words.size() != 2) return Invalid("--compare takes two files that --json wrote.");
    options.compared.assign(line.words.begin(), line.words.end());
    return options;
  }
  if (line.words.size() != 1) return Invalid("Name one address: http://HOST:PORT/invocations.");
  options.url_text = line.words.front();
  auto url = ParseUrl(options.url_text);
  if (!url) return std::move(url).Error();
  options.url = *std::move(url);
  if (auto read = ReadLoop(line, options); !read) return std::move(read).Error();
  if (auto read = ReadRequests(line, options); !read) return std::move(read).Error();
  options.plan.expected = line.Value("--expect").value_or("");
  options.plan.is_streaming = line.Value("--streaming").has_value();
  if (options.plan.is_streaming && options.plan.pipeline > 1) {
    return Invalid(
        "--streaming and --pipeline do not go together: a stream would wait for another.");
  }
  if (const auto file = line.Value("--json")) options.json = *file;
  if (const auto file = line.Value("--html")) options.html = *file;
  return options;
}

}  // namespace tenon::bench
