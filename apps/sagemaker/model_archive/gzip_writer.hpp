// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "model_archive/tar_writer.hpp"

namespace tenon::sagemaker_tool {

// Compresses what is written, without name or time in its header.
class GzipWriter {
 public:
  explicit GzipWriter(Sink sink);
  ~GzipWriter();
  GzipWriter(const GzipWriter&) = delete;
  GzipWriter& operator=(const GzipWriter&) = delete;

  void Write(std::string_view bytes);
  void End();

 private:
  struct Stream;
  void Deflate(int flush);

  Sink sink_;
  std::unique_ptr<Stream> stream_;
};

}  // namespace tenon::sagemaker_tool
