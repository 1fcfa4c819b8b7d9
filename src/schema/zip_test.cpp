// SPDX-License-Identifier: Apache-2.0
#include "schema/zip.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace tenon::schema {
namespace {

std::string Make(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string bytes;
  ZipWriter writer(bytes);
  for (const auto& [name, content] : entries) writer.Add(name, content);
  writer.Finish();
  return bytes;
}

std::string Fault(std::string_view bytes, const ZipLimits& limits = {}) {
  const auto entries = ReadZip(bytes, limits);
  if (!entries) return entries.Error().Detail();
  for (const ZipEntry& entry : *entries) {
    std::string buffer;
    const auto content = Unpack(entry, buffer);
    if (!content) return content.Error().Detail();
  }
  return "none";
}

void Set(std::string& bytes, std::size_t at, std::uint32_t value, std::size_t width) {
  for (std::size_t i = 0; i < width; ++i) bytes[at + i] = static_cast<char>(value >> 8 * i);
}

TEST(Zip, WhatIsWrittenIsRead) {
  const std::vector<std::pair<std::string, std::string>> written = {
      {"a.npy", "first"}, {"", "second"}, {"größe", ""}};
  const std::string bytes = Make(written);
  const auto entries = ReadZip(bytes);
  ASSERT_TRUE(entries) << entries.Error().what();
  ASSERT_EQ(entries->size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    std::string buffer;
    EXPECT_EQ((*entries)[i].name, written[i].first);
    EXPECT_EQ(Unpack((*entries)[i], buffer).Value(), written[i].second);
  }
  EXPECT_TRUE(ReadZip(Make({}))->empty());
}

TEST(Zip, CompressedEntriesAreUnpacked) {
  // "ab" as one stored block of DEFLATE, under the checksum of "ab".
  std::string bytes = Make({{"x", std::string("\x01\x02\x00\xfd\xff"
                                              "ab",
                                              7)}});
  const std::size_t directory = 30 + 1 + 7;
  Set(bytes, directory + 10, 8, 2);
  Set(bytes, directory + 24, 2, 4);
  Set(bytes, directory + 16, 0x9e83486d, 4);
  const auto entries = ReadZip(bytes);
  ASSERT_TRUE(entries) << entries.Error().what();
  std::string buffer;
  EXPECT_EQ(Unpack(entries->at(0), buffer).Value(), "ab");
  std::string large = bytes;
  Set(large, directory + 24, 100'000, 4);
  EXPECT_NE(Fault(large).find("cannot be as large as it says"), std::string::npos);
  std::string broken = bytes;
  Set(broken, directory + 24, 3, 4);
  EXPECT_NE(Fault(broken).find("'x' is broken"), std::string::npos);
}

TEST(Zip, SaysWhatIsWrong) {
  const std::string good = Make({{"a", "content"}, {"b", "more"}});
  ASSERT_EQ(Fault(good), "none");
  const std::size_t directory = 30 + 1 + 7 + 30 + 1 + 4;
  const auto changed = [&](std::size_t at, std::uint32_t value, std::size_t width) {
    std::string bytes = good;
    Set(bytes, at, value, width);
    return Fault(bytes);
  };
  const std::vector<std::pair<std::string, std::string>> cases = {
      {Fault(""), "it is too short"},
      {Fault(std::string(100, 'x')), "no directory at its end"},
      {Fault(good + "x"), "no directory at its end"},
      {changed(31, 'X', 1), "the checksum differs"},
      {changed(0, 0, 4), "not where the directory says"},
      {changed(directory, 0, 4), "its directory is cut"},
      {changed(directory + 8, 1, 2), "'a' of the zip file is encrypted"},
      {changed(directory + 10, 12, 2), "compressed by method 12"},
      {changed(directory + 20, 6, 4), "two sizes"},
      {changed(directory + 28, 1000, 2), "its directory is cut"},
      {changed(directory + 42, 1'000'000, 4), "not where the directory says"},
      {changed(directory + 46, 'b', 1), "two entries 'b'"},
      {changed(directory + 47 + 42, 0, 4), "share bytes"},
      {changed(good.size() - 22 + 10, 3, 2), "its directory is cut"},
      {changed(good.size() - 22 + 16, 1'000'000, 4), "directory is not where"},
      {Fault(good, {.entries = 1}), "has 2 entries, and 1 are read"},
      {Fault(good, {.bytes = 10}), "unpacks to more than 0 MiB"},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_NE(cases[i].first.find(cases[i].second), std::string::npos)
        << i << ": " << cases[i].first << ", wanted " << cases[i].second;
  }
  for (std::size_t cut = 0; cut < good.size(); ++cut) {
    EXPECT_NE(Fault(good.substr(0, cut)), "none") << cut;
  }
}

TEST(Zip, EntriesDoNotShareBytes) {
  std::string bytes = Make({{"a", "same"}, {"b", "same"}});
  const std::size_t directory = 2 * (30 + 1 + 4);
  Set(bytes, directory + 47 + 42, 0, 4);  // The second is where the first is.
  EXPECT_NE(Fault(bytes).find("share bytes"), std::string::npos) << Fault(bytes);
}

}  // namespace
}  // namespace tenon::schema
