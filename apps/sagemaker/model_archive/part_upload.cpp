// SPDX-License-Identifier: Apache-2.0
#include "model_archive/part_upload.hpp"

#include <algorithm>

#include "aws/failure.hpp"
#include "terminal/terminal.hpp"

namespace tenon::sagemaker_tool {

std::size_t PartSizeFor(std::uint64_t largest) {
  constexpr std::uint64_t kUsual = 16 << 20;
  constexpr std::uint64_t kMaxParts = 9'900;  // A few less than S3 takes.
  return static_cast<std::size_t>(std::max(kUsual, largest / kMaxParts + 1));
}

PartUpload::PartUpload(aws::S3& s3, aws::S3Location location, std::size_t part_size, OnSent on_sent)
    : s3_(s3),
      location_(std::move(location)),
      part_size_(part_size),
      on_sent_(std::move(on_sent)) {}

PartUpload::~PartUpload() {
  if (!open_) return;
  try {
    s3_.AbortParts(location_, upload_);
  } catch (const aws::Failure& failure) {
    PrintNote("the unfinished upload " + upload_ + " of " + location_.Text() +
              " could not be aborted and costs storage: " + failure.what());
  }
}

void PartUpload::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t count = std::min(bytes.size(), part_size_ - buffer_.size());
    buffer_ += bytes.substr(0, count);
    bytes.remove_prefix(count);
    if (buffer_.size() == part_size_) {
      SendPart(std::move(buffer_));
      buffer_.clear();
    }
  }
}

void PartUpload::SendPart(std::string part) {
  if (upload_.empty()) {
    upload_ = s3_.BeginParts(location_);
    open_ = true;
  }
  const std::uint64_t size = part.size();
  const int number = static_cast<int>(tags_.size()) + 1;
  tags_.push_back(s3_.WritePart(location_, upload_, number, std::move(part),
                                [&](std::uint64_t sent) { on_sent_(sent_ + sent); }));
  sent_ += size;
}

std::uint64_t PartUpload::End() {
  if (upload_.empty()) {
    const std::uint64_t size = buffer_.size();
    s3_.Write(location_, std::move(buffer_), on_sent_);
    return size;
  }
  if (!buffer_.empty()) SendPart(std::move(buffer_));
  s3_.CompleteParts(location_, upload_, tags_);
  open_ = false;
  return sent_;
}

}  // namespace tenon::sagemaker_tool
