// SPDX-License-Identifier: Apache-2.0
#include "target.hpp"

#include <fmt/format.h>
#include <netdb.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>

namespace tenon::bench {

Result<Url> ParseUrl(std::string_view text) {
  const auto wrong = [text](std::string_view why) {
    return Error(ErrorCode::kInvalid,
                 fmt::format("'{}' {}; the address is http://HOST:PORT/PATH.", text, why));
  };
  constexpr std::string_view kScheme = "http://";
  if (!text.starts_with(kScheme)) return wrong("does not begin with http://");
  std::string_view rest = text.substr(kScheme.size());
  const auto bad = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; };
  if (std::any_of(rest.begin(), rest.end(), bad)) return wrong("holds a space or worse");
  rest = rest.substr(0, rest.find('#'));
  const std::size_t path = rest.find_first_of("/?");
  std::string_view authority = rest.substr(0, path);
  Url url{.host = {}, .port = "80", .path = "/"};
  if (path != std::string_view::npos) {
    url.path =
        rest[path] == '/' ? std::string(rest.substr(path)) : "/" + std::string(rest.substr(path));
  }
  std::size_t host_end = authority.rfind(':');
  if (authority.starts_with('[')) {
    host_end = authority.find(']');
    if (host_end == std::string_view::npos) return wrong("has no ']'");
    url.host = authority.substr(1, host_end - 1);
    authority.remove_prefix(host_end + 1);
    host_end = 0;
    if (!authority.empty() && authority.front() != ':') return wrong("has no port behind ']'");
  } else {
    url.host = authority.substr(0, host_end);
    if (host_end == std::string_view::npos) host_end = authority.size();
  }
  if (url.host.empty()) return wrong("names no host");
  if (host_end < authority.size()) {
    url.port = authority.substr(host_end + 1);
    const bool digits =
        !url.port.empty() && url.port.size() <= 5 &&
        std::all_of(url.port.begin(), url.port.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (!digits || std::stoi(url.port) < 1 || std::stoi(url.port) > 65535) {
      return wrong("has a port that is not from 1 to 65535");
    }
  }
  return url;
}

Result<SocketAddress> Resolve(const Url& url) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  const int status = getaddrinfo(url.host.c_str(), url.port.c_str(), &hints, &first);
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> found(first, &freeaddrinfo);
  if (status != 0 || !found) {
    return Error(ErrorCode::kUnavailable,
                 fmt::format("The host '{}' is not found: {}.", url.host, gai_strerror(status)));
  }
  SocketAddress address;
  std::memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
  address.size = found->ai_addrlen;
  return address;
}

Result<std::string> ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  if (file && file.peek() == std::ifstream::traits_type::eof() && !file.bad() &&
      std::filesystem::is_regular_file(path)) {
    return std::string();
  }
  if (!file || !(text << file.rdbuf())) {
    return Error(ErrorCode::kNotFound, "The file '" + path.string() + "' cannot be read.");
  }
  return std::move(text).str();
}

Result<std::vector<std::string>> ReadBodies(const std::filesystem::path& folder) {
  std::error_code error;
  std::vector<std::filesystem::path> paths;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_regular_file()) paths.push_back(entry->path());
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> bodies;
  for (const auto& path : paths) {
    auto body = ReadFile(path);
    if (!body) return std::move(body).Error();
    bodies.push_back(*std::move(body));
  }
  if (bodies.empty()) {
    return Error(ErrorCode::kNotFound,
                 "There are no files in the folder '" + folder.string() + "'.");
  }
  return bodies;
}

Result<std::vector<std::string>> ReadLines(const std::filesystem::path& file) {
  auto text = ReadFile(file);
  if (!text) return std::move(text).Error();
  std::istringstream stream(*std::move(text));
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!line.empty()) lines.push_back(std::move(line));
  }
  if (lines.empty()) {
    return Error(ErrorCode::kNotFound, "There are no lines in the file '" + file.string() + "'.");
  }
  return lines;
}

std::string FormRequest(const Url& url, const RequestForm& form, std::string_view body) {
  const bool is_ipv6 = url.host.find(':') != std::string::npos;
  std::string text = fmt::format("{} {} HTTP/1.1\r\nHost: {}{}{}:{}\r\n", form.method, url.path,
                                 is_ipv6 ? "[" : "", url.host, is_ipv6 ? "]" : "", url.port);
  for (const std::string& header : form.headers) text += header + "\r\n";
  if (form.method != "GET" || !body.empty()) {
    if (!form.content_type.empty()) text += "Content-Type: " + form.content_type + "\r\n";
    text += fmt::format("Content-Length: {}\r\n", body.size());
  }
  text += "\r\n";
  text += body;
  return text;
}

}  // namespace tenon::bench
