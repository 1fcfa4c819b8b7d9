// SPDX-License-Identifier: Apache-2.0
#pragma once

// An object of unknown size on its way to S3: whole when small, in parts when large.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "aws/s3.hpp"

namespace tenon::sagemaker_tool {

// The size of parts for an upload of at most so many bytes: S3 takes 10,000 parts of at least
// 5 MiB.
std::size_t PartSizeFor(std::uint64_t largest);

// What has not been completed when it ends is aborted, so that nothing is left to pay for.
class PartUpload {
 public:
  using OnSent = std::function<void(std::uint64_t sent)>;
  PartUpload(aws::S3& s3, aws::S3Location location, std::size_t part_size, OnSent on_sent);
  ~PartUpload();
  PartUpload(const PartUpload&) = delete;
  PartUpload& operator=(const PartUpload&) = delete;

  void Write(std::string_view bytes);
  // Gives the size of the object.
  std::uint64_t End();

 private:
  void SendPart(std::string part);

  aws::S3& s3_;
  aws::S3Location location_;
  std::size_t part_size_;
  OnSent on_sent_;
  std::string buffer_;
  std::string upload_;  // Empty until a second part is needed.
  std::vector<std::string> tags_;
  std::uint64_t sent_ = 0;
  bool open_ = false;
};

}  // namespace tenon::sagemaker_tool
