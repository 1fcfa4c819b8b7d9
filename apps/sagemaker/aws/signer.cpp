// SPDX-License-Identifier: Apache-2.0
#include "aws/signer.hpp"

#include <algorithm>
#include <map>

#include "aws/digest.hpp"
#include "aws/times.hpp"
#include "aws/uri.hpp"

namespace tenon::aws {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

// Outer spaces go, runs of inner ones become one.
std::string Trimmed(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == ' ' && (out.empty() || out.back() == ' ')) continue;
    out += c;
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string SigningKey(const Credentials& credentials, const SigningScope& scope,
                       std::string_view date) {
  std::string key = HmacSha256("AWS4" + credentials.secret_access_key.Reveal(), date);
  key = HmacSha256(key, scope.region);
  key = HmacSha256(key, scope.service);
  return HmacSha256(key, "aws4_request");
}

}  // namespace

void Sign(HttpRequest& request, const Credentials& credentials, const SigningScope& scope,
          WallTime now) {
  const std::string time = CompactTime(now);
  const std::string date = time.substr(0, 8);
  const std::string body_digest = Hex(Sha256(request.body));
  std::erase_if(request.headers, [](const auto& header) {
    const std::string name = Lower(header.first);
    return name == "authorization" || name == "x-amz-security-token";
  });
  request.SetHeader("X-Amz-Date", time);
  if (!credentials.session_token.empty()) {
    request.SetHeader("X-Amz-Security-Token", credentials.session_token.Reveal());
  }
  if (scope.rules == SigningRules::kS3) request.SetHeader("X-Amz-Content-SHA256", body_digest);

  std::map<std::string, std::string> signed_headers = {{"host", request.host}};
  for (const auto& [name, value] : request.headers) signed_headers[Lower(name)] = Trimmed(value);
  std::string header_lines;
  std::string header_names;
  for (const auto& [name, value] : signed_headers) {
    header_lines.append(name).append(":").append(value).append("\n");
    header_names.append(header_names.empty() ? "" : ";").append(name);
  }
  const std::string path =
      scope.rules == SigningRules::kS3 ? request.path : EncodePath(request.path);
  const std::string canonical = request.method + "\n" + path + "\n" + request.QueryText() + "\n" +
                                header_lines + "\n" + header_names + "\n" + body_digest;
  const std::string scope_text = date + "/" + scope.region + "/" + scope.service + "/aws4_request";
  const std::string to_sign =
      std::string(kAlgorithm) + "\n" + time + "\n" + scope_text + "\n" + Hex(Sha256(canonical));
  const std::string signature = Hex(HmacSha256(SigningKey(credentials, scope, date), to_sign));
  request.SetHeader("Authorization", std::string(kAlgorithm) +
                                         " Credential=" + credentials.access_key_id + "/" +
                                         scope_text + ", SignedHeaders=" + header_names +
                                         ", Signature=" + signature);
}

}  // namespace tenon::aws
