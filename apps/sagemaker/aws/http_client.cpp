// SPDX-License-Identifier: Apache-2.0
#include "aws/http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <exception>

#include "aws/failure.hpp"
#include "aws/interrupts.hpp"
#include "tenon/base/version.hpp"

namespace tenon::aws {
namespace {

constexpr std::size_t kMaxBody = 64 << 20;

struct HeaderList {
  ~HeaderList() { curl_slist_free_all(first); }
  void Append(const std::string& line) { first = curl_slist_append(first, line.c_str()); }
  curl_slist* first = nullptr;
};

// What the callbacks of one transfer work on.
struct Exchange {
  HttpResponse response;
  const Transfer* transfer = nullptr;
  Interrupts* interrupts = nullptr;
  std::exception_ptr thrown;  // Must not cross libcurl.
  bool too_large = false;
  std::string request_line;  // As it begins.
  int times_sent = 0;
};

std::size_t OnHeader(char* data, std::size_t, std::size_t size, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  std::string_view line(data, size);
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {
    exchange.response = {};  // An answer before the last one, as "100 Continue".
    const std::size_t space = line.find(' ');
    if (space != std::string_view::npos) {
      exchange.response.status = std::atoi(std::string(line.substr(space + 1, 3)).c_str());
    }
    return size;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return size;
  std::string name(line.substr(0, colon));
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  std::string_view value = line.substr(colon + 1);
  while (value.starts_with(' ')) value.remove_prefix(1);
  exchange.response.headers.emplace_back(std::move(name), value);
  return size;
}

std::size_t OnBody(char* data, std::size_t, std::size_t size, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  const bool good = exchange.response.status >= 200 && exchange.response.status < 300;
  if (good && exchange.transfer->on_body) {
    try {
      exchange.transfer->on_body({data, size});
    } catch (...) {
      exchange.thrown = std::current_exception();
      return 0;
    }
    return size;
  }
  if (exchange.response.body.size() + size > kMaxBody) {
    exchange.too_large = true;
    return 0;
  }
  exchange.response.body.append(data, size);
  return size;
}

int OnProgress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t sent) {
  auto& exchange = *static_cast<Exchange*>(user);
  if (exchange.interrupts->Requested()) {
    exchange.thrown = std::make_exception_ptr(Interrupted());
    return 1;
  }
  if (exchange.transfer->on_sent) exchange.transfer->on_sent(static_cast<std::uint64_t>(sent));
  return 0;
}

// libcurl sends a request again, unasked, when a kept connection turns out to be dead.
int OnTrace(CURL*, curl_infotype type, char* data, std::size_t size, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  if (type == CURLINFO_HEADER_OUT &&
      std::string_view(data, size).starts_with(exchange.request_line)) {
    ++exchange.times_sent;
  }
  return 0;
}

void AppendHeaders(const HttpRequest& request, HeaderList& list) {
  bool has_content_type = false;
  for (const auto& [name, value] : request.headers) {
    const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 32 || c == 127; };
    if (std::any_of(value.begin(), value.end(), is_control)) {
      throw Failure("The header " + name + " would hold a control character.");
    }
    has_content_type = has_content_type || name == "Content-Type";
    std::string line = name;
    line += value.empty() ? ";" : ": ";
    line += value;
    list.Append(line);
  }
  // libcurl's own ideas.
  list.Append("Expect:");
  if (!has_content_type) list.Append("Content-Type:");
}

}  // namespace

struct HttpClient::Handle {
  Handle() : curl(curl_easy_init()) {
    if (curl == nullptr) throw Failure("libcurl cannot be started.");
  }
  ~Handle() { curl_easy_cleanup(curl); }
  CURL* curl;
};

HttpClient::HttpClient(Interrupts& interrupts, std::string ca_bundle)
    : interrupts_(interrupts),
      ca_bundle_(std::move(ca_bundle)),
      handle_(std::make_unique<Handle>()) {}

HttpClient::~HttpClient() = default;

HttpResponse HttpClient::Send(const HttpRequest& request, const Transfer& transfer) {
  if (interrupts_.Requested()) throw Interrupted();
  CURL* curl = handle_->curl;
  curl_easy_reset(curl);  // Connections stay.
  Exchange exchange;
  exchange.transfer = &transfer;
  exchange.interrupts = &interrupts_;
  exchange.request_line = request.method + " ";
  HeaderList headers;
  AppendHeaders(request, headers);
  const std::string url = request.UrlText();
  char error[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "tenon-sagemaker/" TENON_VERSION);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.first);
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  if (request.method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET" && request.method != "DELETE") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                     static_cast<curl_off_t>(request.body.size()));
  }
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS,
                   static_cast<long>(transfer.connect_timeout.count()));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(transfer.timeout.count()));
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, static_cast<long>(transfer.idle_timeout.count()));
  if (transfer.proxy == ProxyUse::kNever) curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  if (!ca_bundle_.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, ca_bundle_.c_str());
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &OnHeader);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &OnBody);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &exchange);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &OnProgress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &exchange);

  curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);  // For the trace alone.
  curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, &OnTrace);
  curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &exchange);

  const CURLcode code = curl_easy_perform(curl);
  if (exchange.thrown) std::rethrow_exception(exchange.thrown);
  if (exchange.too_large) throw Failure(request.host + " answers with more than 64 MiB.");
  if (code != CURLE_OK) {
    throw NoAnswer("No answer from " + request.host + ": " +
                   (error[0] == '\0' ? curl_easy_strerror(code) : error) + ".");
  }
  exchange.response.times_sent = exchange.times_sent;
  return std::move(exchange.response);
}

}  // namespace tenon::aws
