// SPDX-License-Identifier: Apache-2.0
#include "model_archive/part_upload.hpp"

#include <gtest/gtest.h>

#include "model_archive/tar_writer.hpp"

namespace tenon::sagemaker_tool {
namespace {

TEST(PartSize, NeverNeedsMorePartsThanS3Takes) {
  EXPECT_EQ(PartSizeFor(0), 16U << 20);
  EXPECT_EQ(PartSizeFor(1ULL << 30), 16U << 20);
  for (const std::uint64_t size : {1ULL << 37, 1ULL << 40, 5ULL << 40}) {
    EXPECT_LE(size / PartSizeFor(size) + 1, 10'000U);
  }
}

TEST(TarWriter, SaysLongAndLargeThingsInARecord) {
  std::string bytes;
  TarWriter tar([&](std::string_view piece) { bytes += piece; });
  tar.Begin(EntryKind::kFile, std::string(200, 'n'), 3);
  tar.Write("abc");
  tar.EndEntry();
  EXPECT_EQ(bytes.size(), 4 * 512U);
  EXPECT_EQ(bytes[156], 'x');
  EXPECT_NE(bytes.find("210 path=" + std::string(200, 'n') + "\n"), std::string::npos);
  bytes.clear();
  tar.Begin(EntryKind::kFile, "big", 9ULL << 30);
  EXPECT_NE(bytes.find("19 size=9663676416\n"), std::string::npos);
}

}  // namespace
}  // namespace tenon::sagemaker_tool
