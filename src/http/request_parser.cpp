// SPDX-License-Identifier: Apache-2.0
#include "http/request_parser.hpp"

// The only place that includes Beast.
#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <limits>

namespace tenon::http {
namespace {

namespace beast = boost::beast;
using BeastError = beast::http::error;

std::string_view View(beast::string_view text) noexcept { return {text.data(), text.size()}; }

std::string_view FaultOf(const beast::error_code& error) noexcept {
  switch (static_cast<BeastError>(error.value())) {
    case BeastError::bad_method: return "The request does not begin with a method.";
    case BeastError::bad_target: return "The request target holds bytes that are not allowed.";
    case BeastError::bad_version: return "The request line does not end with HTTP/1.1 or HTTP/1.0.";
    case BeastError::bad_field: return "A header field has no valid name.";
    case BeastError::bad_value: return "A header field has a value that is not allowed.";
    case BeastError::bad_line_ending: return "A line does not end with CR LF.";
    case BeastError::bad_content_length:
    case BeastError::multiple_content_length: return "Content-Length is not one whole number.";
    case BeastError::bad_transfer_encoding:
      return "Transfer-Encoding contradicts another header field.";
    default: return "The request is not HTTP/1.1.";
  }
}

// Host is copied into no URL here, yet what no host can hold is a sign of confusion.
bool IsHost(std::string_view host) noexcept {
  return std::none_of(host.begin(), host.end(), [](char c) {
    return c == ' ' || c == '\t' || c == '/' || c == '?' || c == '#' || c == '@' || c == '\\';
  });
}

// Splits the target into path and query; false when it is none of the forms that a server takes.
bool SplitTarget(RequestHead& head) noexcept {
  std::string_view path = head.target;
  if (path.front() != '/') {
    if (path == "*") {
      head.path = path;
      return head.method == "OPTIONS";
    }
    // absolute-form: every server must take it (RFC 9112 §3.2.2).
    constexpr std::string_view kScheme = "http://";
    constexpr std::string_view kSecureScheme = "https://";
    const auto has_scheme = [path](std::string_view scheme) {
      return path.size() > scheme.size() &&
             RequestContext::NamesEqual(path.substr(0, scheme.size()), scheme);
    };
    if (has_scheme(kScheme)) {
      path.remove_prefix(kScheme.size());
    } else if (has_scheme(kSecureScheme)) {
      path.remove_prefix(kSecureScheme.size());
    } else {
      return false;
    }
    const std::size_t end = path.find_first_of("/?");
    if (end == 0) return false;
    path = end == std::string_view::npos ? std::string_view("/") : path.substr(end);
  }
  const std::size_t mark = path.find('?');
  head.path = path.substr(0, mark);
  if (head.path.empty()) head.path = "/";
  if (mark != std::string_view::npos) head.query = path.substr(mark + 1);
  return true;
}

// Puts the fields' views where they belong and refuses what Beast would let pass.
class HeadParser final : public beast::http::basic_parser<true> {
 public:
  explicit HeadParser(RequestHead& head) noexcept : head_(head) {
    body_limit(boost::none);
    header_limit(std::numeric_limits<std::uint32_t>::max());
  }

  // REQUIRES: called before the first byte is parsed, with the end of what will be.
  void SetEnd(const char* end) noexcept { end_ = end; }
  std::string_view Fault() const noexcept { return fault_; }
  bool HasTooManyFields() const noexcept { return head_.headers.size() >= kMaxHeaderFields; }

 private:
  using Error = beast::error_code;

  void Refuse(std::string_view fault, Error& error) noexcept {
    fault_ = fault;
    error = BeastError::bad_value;
  }

  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target,
                       int version, Error& error) override {
    head_.method = View(method);
    head_.target = View(target);
    head_.is_http_1_0 = version == 10;
    if (!SplitTarget(head_)) {
      Refuse("The request target is neither a path nor a URL with http or https.", error);
    }
  }

  void on_response_impl(int, beast::string_view, int, Error&) override {}

  void on_field_impl(beast::http::field field, beast::string_view name, beast::string_view value,
                     Error& error) override {
    if (HasTooManyFields()) return Refuse("The request has too many header fields.", error);
    // A folded value is put together elsewhere, or stands beyond a line end.
    const char* const after_name = name.data() + name.size() + 1;
    if (value.data() < after_name || value.data() > end_ ||
        std::any_of(after_name, value.data(), [](char c) { return c == '\r' || c == '\n'; })) {
      return Refuse("A header field is folded over several lines.", error);
    }
    head_.headers.push_back({View(name), View(value)});
    switch (field) {
      case beast::http::field::host:
        if (++hosts_ > 1) return Refuse("There is more than one Host.", error);
        if (!IsHost(View(value))) return Refuse("Host is not the name of a host.", error);
        return;
      case beast::http::field::content_length:
        if (++lengths_ > 1 || value.find(',') != beast::string_view::npos) {
          return Refuse("There is more than one Content-Length.", error);
        }
        return;
      case beast::http::field::transfer_encoding:
        if (++encodings_ > 1 || !RequestContext::NamesEqual(View(value), "chunked")) {
          return Refuse("Transfer-Encoding is not 'chunked', the only one served.", error);
        }
        return;
      case beast::http::field::expect:
        head_.expects_continue = RequestContext::NamesEqual(View(value), "100-continue");
        return;
      default: {
        constexpr std::string_view kTiming = "x-tenon-server-timing";
        if (name.size() == kTiming.size() && RequestContext::NamesEqual(View(name), kTiming)) {
          head_.wants_timing = View(value) == "1";
        }
      }
    }
  }

  void on_header_impl(Error& error) override {
    if (hosts_ == 0 && !head_.is_http_1_0) return Refuse("There is no Host.", error);
    head_.is_chunked = encodings_ != 0;
    if (head_.is_chunked && (head_.is_http_1_0 || lengths_ != 0)) {
      return Refuse("Transfer-Encoding contradicts Content-Length or HTTP/1.0.", error);
    }
    head_.content_length = content_length().value_or(0);
    head_.keeps_alive = keep_alive();
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}
  std::size_t on_body_impl(beast::string_view, Error&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, Error&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, Error&) override { return 0; }
  void on_finish_impl(Error&) override {}

  RequestHead& head_;
  const char* end_ = nullptr;
  std::string_view fault_;
  unsigned hosts_ = 0;
  unsigned lengths_ = 0;
  unsigned encodings_ = 0;
};

void Clear(RequestHead& head) noexcept {
  std::vector<Header> headers = std::move(head.headers);
  headers.clear();
  head = RequestHead{};
  head.headers = std::move(headers);
}

}  // namespace

HeadResult ParseHead(std::string_view bytes, std::size_t max_head_bytes, RequestHead& head) {
  Clear(head);
  const std::string_view allowed = bytes.substr(0, max_head_bytes);
  std::size_t begin = 0;
  while (allowed.substr(begin).starts_with("\r\n")) begin += 2;
  const std::string_view text = allowed.substr(begin);

  beast::error_code error;
  std::size_t consumed = 0;
  HeadParser parser(head);
  if (text.empty() || text == "\r") {
    error = BeastError::need_more;
  } else {
    parser.SetEnd(text.data() + text.size());
    consumed = parser.put(boost::asio::const_buffer(text.data(), text.size()), error);
  }
  if (error == BeastError::need_more) {
    if (bytes.size() < max_head_bytes) return {};
    return {ParseOutcome::kTooLarge, "The request line and the header fields are too long."};
  }
  if (error) {
    const bool is_too_large = parser.HasTooManyFields() && !parser.Fault().empty();
    return {is_too_large ? ParseOutcome::kTooLarge : ParseOutcome::kMalformed,
            parser.Fault().empty() ? FaultOf(error) : parser.Fault()};
  }
  head.size = begin + consumed;
  return {ParseOutcome::kComplete, {}};
}

}  // namespace tenon::http
