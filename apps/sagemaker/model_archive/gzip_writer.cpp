// SPDX-License-Identifier: Apache-2.0
#include "model_archive/gzip_writer.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>

#include "aws/failure.hpp"

namespace tenon::sagemaker_tool {

struct GzipWriter::Stream {
  z_stream zlib{};
  gz_header header{};
};

GzipWriter::GzipWriter(Sink sink) : sink_(std::move(sink)), stream_(std::make_unique<Stream>()) {
  constexpr int kLevel = 6;
  constexpr int kGzip = 15 + 16;
  constexpr int kUnix = 3;
  if (deflateInit2(&stream_->zlib, kLevel, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw aws::Failure("The compression cannot be started: not enough memory.");
  }
  stream_->header.os = kUnix;
  deflateSetHeader(&stream_->zlib, &stream_->header);
}

GzipWriter::~GzipWriter() { deflateEnd(&stream_->zlib); }

void GzipWriter::Write(std::string_view bytes) {
  constexpr std::size_t kAtOnce = 1 << 20;
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, kAtOnce);
    stream_->zlib.next_in =
        reinterpret_cast<Bytef*>(const_cast<char*>(piece.data()));  // Only read.
    stream_->zlib.avail_in = static_cast<uInt>(piece.size());
    Deflate(Z_NO_FLUSH);
    bytes.remove_prefix(piece.size());
  }
}

void GzipWriter::End() { Deflate(Z_FINISH); }

void GzipWriter::Deflate(int flush) {
  std::array<char, 1 << 16> buffer;
  int result = Z_OK;
  do {
    stream_->zlib.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream_->zlib.avail_out = static_cast<uInt>(buffer.size());
    result = deflate(&stream_->zlib, flush);
    sink_({buffer.data(), buffer.size() - stream_->zlib.avail_out});
  } while (flush == Z_FINISH ? result == Z_OK : stream_->zlib.avail_out == 0);
}

}  // namespace tenon::sagemaker_tool
