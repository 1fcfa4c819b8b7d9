// SPDX-License-Identifier: Apache-2.0
#include "aws/s3.hpp"

#include <algorithm>

#include "aws/failure.hpp"
#include "aws/service_error.hpp"
#include "aws/uri.hpp"
#include "aws/xml.hpp"

namespace tenon::aws {
namespace {

bool IsBucketName(std::string_view name) {
  if (name.size() < 3 || name.size() > 63) return false;
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
  };
  return std::all_of(name.begin(), name.end(), fits) && name.front() != '-' &&
         name.front() != '.' && name.back() != '-' && name.back() != '.';
}

// Large bodies take as long as they take, while bytes move.
Transfer LongTransfer(const S3::OnSent& on_sent) {
  return {.timeout = std::chrono::milliseconds::zero(), .on_sent = on_sent};
}

}  // namespace

std::optional<S3Location> ParseS3Uri(std::string_view text) {
  constexpr std::string_view kScheme = "s3://";
  if (!text.starts_with(kScheme)) return std::nullopt;
  text.remove_prefix(kScheme.size());
  const std::size_t slash = text.find('/');
  S3Location location{.bucket = std::string(text.substr(0, slash)), .key = ""};
  if (slash != std::string_view::npos) location.key = text.substr(slash + 1);
  if (!IsBucketName(location.bucket)) return std::nullopt;
  return location;
}

ServiceRequest S3::Request(std::string operation, std::string method, const S3Location& location) {
  ServiceRequest request{.service = Service::kS3, .operation = std::move(operation)};
  request.http.method = std::move(method);
  request.http.path = "/" + EncodePath(location.key);
  // A dot in the bucket's name breaks the certificate; a given address has no names below it.
  const bool in_path = client_.EndpointOf(Service::kS3).is_override ||
                       location.bucket.find('.') != std::string::npos;
  if (in_path) {
    request.http.path = "/" + location.bucket + request.http.path;
  } else {
    request.host_prefix = location.bucket + ".";
  }
  return request;
}

bool S3::Exists(const S3Location& location) {
  ServiceRequest request = Request("HeadObject", "HEAD", location);
  request.accepts = [](int status) { return status == 404; };
  return client_.Send(request).status != 404;
}

S3Look S3::Read(const S3Location& location) {
  ServiceRequest request = Request("GetObject", "GET", location);
  request.transfer.timeout = std::chrono::milliseconds::zero();
  request.accepts = [](int status) { return status == 404 || status == 403; };
  HttpResponse response = client_.Send(request);
  if (response.status == 403 || response.status == 404) {
    const ServiceError error = ReadServiceError("GetObject", response);
    if (!error.SaysDenied() && !error.SaysMissing()) throw error;
    return {.body = std::nullopt, .is_denied = error.SaysDenied()};
  }
  return {.body = std::move(response.body)};
}

void S3::Write(const S3Location& location, std::string body, const OnSent& on_sent) {
  ServiceRequest request = Request("PutObject", "PUT", location);
  request.http.SetHeader("Content-Type", "application/gzip");
  request.http.body = std::move(body);
  request.transfer = LongTransfer(on_sent);
  client_.Send(request);
}

std::string S3::BeginParts(const S3Location& location) {
  ServiceRequest request = Request("CreateMultipartUpload", "POST", location);
  request.http.query = {{"uploads", ""}};
  request.http.SetHeader("Content-Type", "application/gzip");
  const auto upload = XmlText(client_.Send(request).body, "UploadId");
  if (!upload) throw Failure("CreateMultipartUpload answers without an UploadId.");
  return *upload;
}

std::string S3::WritePart(const S3Location& location, const std::string& upload, int number,
                          std::string body, const OnSent& on_sent) {
  ServiceRequest request = Request("UploadPart", "PUT", location);
  request.http.query = {{"partNumber", std::to_string(number)}, {"uploadId", upload}};
  request.http.body = std::move(body);
  request.transfer = LongTransfer(on_sent);
  const HttpResponse response = client_.Send(request);
  const std::string tag(response.Header("etag"));
  if (tag.empty()) throw Failure("UploadPart answers without an ETag.");
  return tag;
}

void S3::CompleteParts(const S3Location& location, const std::string& upload,
                       const std::vector<std::string>& tags) {
  ServiceRequest request = Request("CompleteMultipartUpload", "POST", location);
  request.http.query = {{"uploadId", upload}};
  request.http.SetHeader("Content-Type", "application/xml");
  request.http.body = "<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">";
  for (std::size_t i = 0; i < tags.size(); ++i) {
    request.http.body += "<Part><PartNumber>" + std::to_string(i + 1) + "</PartNumber><ETag>" +
                         XmlEscaped(tags[i]) + "</ETag></Part>";
  }
  request.http.body += "</CompleteMultipartUpload>";
  const HttpResponse response = client_.Send(request);
  // This one call can fail with 200.
  if (XmlText(response.body, "Code")) {
    throw ReadServiceError("CompleteMultipartUpload", response);
  }
}

void S3::AbortParts(const S3Location& location, const std::string& upload) {
  ServiceRequest request = Request("AbortMultipartUpload", "DELETE", location);
  request.http.query = {{"uploadId", upload}};
  request.accepts = [](int status) { return status == 404; };
  client_.Send(request);
}

}  // namespace tenon::aws
