// SPDX-License-Identifier: Apache-2.0
#include "tenon/base/error.hpp"

#include <array>
#include <new>
#include <utility>

namespace tenon {
namespace {

struct CodeRow {
  ErrorCode code;
  int status;
  std::string_view name;
  std::string_view title;
};

// 507 is what SageMaker reads as "out of memory"; 499 never reaches a socket, only the log.
constexpr std::array<CodeRow, kErrorCodeCount> kCodes{{
    {ErrorCode::kMalformed, 400, "malformed", "Malformed request"},
    {ErrorCode::kNotFound, 404, "not_found", "Not found"},
    {ErrorCode::kMethodNotAllowed, 405, "method_not_allowed", "Method not allowed"},
    {ErrorCode::kNotAcceptable, 406, "not_acceptable", "Not acceptable"},
    {ErrorCode::kTooLarge, 413, "too_large", "Request too large"},
    {ErrorCode::kUnsupportedMediaType, 415, "unsupported_media_type", "Unsupported media type"},
    {ErrorCode::kInvalid, 422, "invalid", "Invalid request"},
    {ErrorCode::kOverloaded, 429, "overloaded", "Overloaded"},
    {ErrorCode::kCancelled, 499, "cancelled", "Cancelled by the client"},
    {ErrorCode::kInternal, 500, "internal", "Internal error"},
    {ErrorCode::kUnavailable, 503, "unavailable", "Unavailable"},
    {ErrorCode::kDeadlineExceeded, 504, "deadline_exceeded", "Deadline exceeded"},
    {ErrorCode::kOutOfMemory, 507, "out_of_memory", "Out of memory"},
}};

constexpr bool RowsAreInEnumOrder() {
  for (std::size_t i = 0; i < kCodes.size(); ++i) {
    if (static_cast<std::size_t>(kCodes[i].code) != i) return false;
  }
  return true;
}
static_assert(RowsAreInEnumOrder());

const CodeRow& Row(ErrorCode code) noexcept { return kCodes[static_cast<std::size_t>(code)]; }

}  // namespace

int HttpStatus(ErrorCode code) noexcept { return Row(code).status; }
std::string_view Name(ErrorCode code) noexcept { return Row(code).name; }
std::string_view Title(ErrorCode code) noexcept { return Row(code).title; }

struct Error::Content {
  ErrorCode code = ErrorCode::kInternal;
  std::string detail;
  std::string private_detail;
  std::string what;
  std::vector<Fault> faults;
  std::size_t omitted_faults = 0;
  std::optional<std::chrono::milliseconds> retry_after;
};

Error::Error(ErrorCode code, std::string detail) : content_(std::make_unique<Content>()) {
  content_->code = code;
  content_->what = detail;
  content_->detail = std::move(detail);
}

Error::Error(const Error& other)
    : std::exception(other), content_(std::make_unique<Content>(*other.content_)) {}
Error::Error(Error&& other) noexcept = default;
Error& Error::operator=(const Error& other) {
  if (this != &other) content_ = std::make_unique<Content>(*other.content_);
  return *this;
}
Error& Error::operator=(Error&& other) noexcept = default;
Error::~Error() = default;

Error&& Error::WithPrivateDetail(std::string text) && {
  content_->what = content_->detail + " (" + text + ")";
  content_->private_detail = std::move(text);
  return std::move(*this);
}

Error&& Error::WithFaults(std::vector<Fault> faults, std::size_t omitted) && {
  content_->faults = std::move(faults);
  content_->omitted_faults = omitted;
  return std::move(*this);
}

Error&& Error::WithRetryAfter(std::chrono::milliseconds pause) && {
  content_->retry_after = pause;
  return std::move(*this);
}

ErrorCode Error::Code() const noexcept { return content_->code; }
const std::string& Error::Detail() const noexcept { return content_->detail; }
const std::string& Error::PrivateDetail() const noexcept { return content_->private_detail; }
const std::vector<Fault>& Error::Faults() const noexcept { return content_->faults; }
std::size_t Error::OmittedFaults() const noexcept { return content_->omitted_faults; }
std::optional<std::chrono::milliseconds> Error::RetryAfter() const noexcept {
  return content_->retry_after;
}
const char* Error::what() const noexcept { return content_->what.c_str(); }

Error ErrorFromCurrentException() noexcept {
  constexpr auto kDetail = "The model failed; the log has the cause under this request id.";
  try {
    throw;
  } catch (const Error& error) {
    return error;
  } catch (const std::bad_alloc&) {
    return {ErrorCode::kOutOfMemory, "The model ran out of memory for this request."};
  } catch (const std::exception& exception) {
    return Error(ErrorCode::kInternal, kDetail).WithPrivateDetail(exception.what());
  } catch (...) {
    return Error(ErrorCode::kInternal, kDetail)
        .WithPrivateDetail("something was thrown that is not a std::exception");
  }
}

}  // namespace tenon
