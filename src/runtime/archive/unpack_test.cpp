// SPDX-License-Identifier: Apache-2.0
#include "runtime/archive/unpack.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "runtime/archive/temporary_folder.hpp"
#include "runtime/test_directory.hpp"

namespace tenon::runtime::archive {
namespace {

namespace fs = std::filesystem;

// Gives bytes in pieces, as a slow file would.
class Bytes final : public Source {
 public:
  explicit Bytes(std::string text) : text_(std::move(text)) {}
  Result<std::span<const std::byte>> Next() override {
    constexpr std::size_t kPiece = 700;
    const std::size_t count = std::min(kPiece, text_.size() - at_);
    const auto piece = std::as_bytes(std::span(text_)).subspan(at_, count);
    at_ += count;
    return piece;
  }

 private:
  const std::string text_;
  std::size_t at_ = 0;
};

class FailingSource final : public Source {
 public:
  Result<std::span<const std::byte>> Next() override {
    return Error(ErrorCode::kInternal, "The disk failed.").WithPrivateDetail("sector 7");
  }
};

// A tar header and its content, written by hand: a real archiver refuses to write most of these.
struct Entry {
  std::string name;
  std::string content = {};
  char type = '0';  // '1' hard link, '2' symbolic link, '3' device, '5' folder, '6' pipe.
  std::string link = {};
  std::string size = {};  // In octal, where it is not that of the content.
};

std::string Padded(std::string text) {
  constexpr std::size_t kBlock = 512;
  text.resize((text.size() + kBlock - 1) / kBlock * kBlock, '\0');
  return text;
}

std::string HeaderOf(const Entry& entry) {
  std::string header(512, '\0');
  const auto put = [&](std::size_t at, const std::string& text) {
    std::memcpy(header.data() + at, text.data(), text.size());
  };
  put(0, entry.name.substr(0, 100));
  put(100, "0006755");
  put(108, "0000000");
  put(116, "0000000");
  char size[16] = {};
  std::snprintf(size, sizeof size, "%011zo", entry.content.size());
  put(124, entry.size.empty() ? size : entry.size);
  put(136, "00000000000");
  put(148, "        ");
  header[156] = entry.type;
  put(157, entry.link.substr(0, 100));
  put(257, std::string("ustar\0"
                       "00",
                       8));
  unsigned sum = 0;
  for (const char c : header) sum += static_cast<unsigned char>(c);
  char text[8] = {};
  std::snprintf(text, sizeof text, "%06o", sum);
  put(148, text);
  return header;
}

std::string Tar(const std::vector<Entry>& entries) {
  std::string tar;
  for (const Entry& entry : entries) tar += HeaderOf(entry) + Padded(entry.content);
  return tar + std::string(1024, '\0');
}

std::string Read(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

class UnpackTest : public ::testing::Test {
 protected:
  UnpackTest() { fs::create_directories(Inside()); }

  fs::path Inside() const { return directory_.Path() / "inside"; }
  Result<> Run(std::string archive, const UnpackLimits& limits = {}) {
    Bytes source(std::move(archive));
    return Unpack(source, Inside(), limits);
  }

  const TestDirectory directory_;
};

TEST_F(UnpackTest, WritesFilesFoldersAndLinksThatStayInside) {
  const std::string large(100'000, 'w');
  const auto done = Run(Tar({{"./", "", '5'},
                             {"./model/", "", '5'},
                             {"./model/model.onnx", large},
                             {"other/deep/labels.txt", "a\n"},
                             {"model/latest", "", '2', "../other/deep/labels.txt"},
                             {"second.onnx", "", '1', "./model/model.onnx"}}));
  ASSERT_TRUE(done) << done.Error().what();
  EXPECT_EQ(Read(Inside() / "model/model.onnx"), large);
  EXPECT_EQ(Read(Inside() / "model/latest"), "a\n");
  EXPECT_EQ(Read(Inside() / "second.onnx"), large);
  struct stat status{};
  ASSERT_EQ(stat((Inside() / "model/model.onnx").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07000U, 0U) << "setuid of the archive does not count";
  EXPECT_EQ(status.st_mode & 0022U, 0U);
}

TEST_F(UnpackTest, RefusesWhatLeadsOutAndSaysWhich) {
  const std::vector<std::pair<std::vector<Entry>, std::string>> cases = {
      {{{"good", "x"}, {"../out", "x"}}, "its entry 2, '../out'"},
      {{{"/tmp/out", "x"}}, "absolute"},
      {{{"a/../../out", "x"}}, "'..'"},
      {{{"../", "", '5'}}, "'..'"},
      {{{"l", "", '2', "/etc"}}, "link out"},
      {{{"l", "", '2', ".."}}, "link out"},
      {{{"d", "", '2', "."}, {"l", "", '2', "d/.."}}, "'..' behind a name"},
      {{{"a/b", "x"}, {"l", "", '2', "a"}, {"l/out", "x"}}, "through a link"},
      {{{"a/b", "x"}, {"l", "", '2', "a"}, {"l/", "", '5'}}, "through a link"},
      {{{"a/b", "x"}, {"l", "", '2', "a/b"}, {"l", "y"}}, "twice"},
      {{{"h", "", '1', "/etc/passwd"}}, "absolute"},
      {{{"h", "", '1', "../x"}}, "'..'"},
      {{{"h", "", '1', "nothing"}}, "hard link to no file"},
      {{{"a", "x"}, {"l", "", '2', "a"}, {"d/h", "", '1', "l"}}, "hard link to no file"},
      {{{"x/y", "x"}, {"h", "", '1', "x"}}, "hard link to no file"},
      {{{"dev", "", '3'}}, "a device"},
      {{{"pipe", "", '6'}}, "a pipe"},
      {{{"same", "x"}, {"same", "y"}}, "twice"},
      {{{"file", "x"}, {"file/below", "x"}}, "through a link or a file"},
      {{{"folder/", "", '5'}, {"folder", "x"}}, "twice"},
      {{{"./", "x", '0'}}, ""},
      {{{"bad\nname\x1b[2J", "", '3'}}, "'bad?name?[2J'"},
  };
  for (const auto& [entries, said] : cases) {
    fs::remove_all(Inside());
    fs::create_directories(Inside());
    const auto done = Run(Tar(entries));
    ASSERT_FALSE(done) << entries.back().name;
    EXPECT_EQ(done.Error().Code(), ErrorCode::kInvalid) << done.Error().what();
    EXPECT_NE(done.Error().PrivateDetail().find(said), std::string::npos) << done.Error().what();
    EXPECT_EQ(std::distance(fs::directory_iterator(directory_.Path()), {}), 1)
        << entries.back().name << " came out";
  }
}

TEST_F(UnpackTest, RefusesWhatIsNoArchive) {
  const std::string good = Tar({{"model.onnx", std::string(3000, 'x')}});
  const std::vector<std::string> cases = {
      "",
      "no archive",
      std::string(5000, 'x'),
      std::string(2000, '\0'),
      good.substr(0, 100),
      good.substr(0, 512),
      good.substr(0, 2000),
      "\x1f\x8b\x08" + std::string(100, '\xff'),
      "PK\x03\x04" + std::string(100, '\0'),
      Tar({{.name = "claims", .content = "x", .size = "77777777777"}}),
  };
  for (const std::string& archive : cases) {
    const auto done = Run(archive);
    ASSERT_FALSE(done) << archive.size();
    EXPECT_EQ(done.Error().Code(), ErrorCode::kInvalid) << done.Error().what();
    EXPECT_FALSE(done.Error().PrivateDetail().empty());
    fs::remove_all(Inside());
    fs::create_directories(Inside());
  }
}

TEST_F(UnpackTest, ObeysItsLimits) {
  const std::string archive = Tar({{"a", std::string(2000, 'x')}, {"b", "x"}});
  EXPECT_TRUE(Run(archive, {.bytes = 2001, .entries = 2}));
  const std::vector<std::pair<UnpackLimits, std::string>> cases = {
      {{.entries = 1}, "more than 1 entries"},
      {{.bytes = 1999}, "it claims"},
      {{.bytes = 2000}, "'b'"},
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    fs::remove_all(Inside());
    fs::create_directories(Inside());
    const auto done = Run(archive, cases[i].first);
    ASSERT_FALSE(done) << i;
    EXPECT_NE(done.Error().PrivateDetail().find(cases[i].second), std::string::npos)
        << done.Error().what();
  }
}

TEST_F(UnpackTest, AFailingSourceIsItsOwnError) {
  FailingSource source;
  const auto done = Unpack(source, Inside(), {});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.Error().PrivateDetail(), "sector 7");
}

TEST_F(UnpackTest, ReadsFilesAndNamesThem) {
  std::ofstream(directory_.Path() / "model.tar", std::ios::binary) << Tar({{"m", "x"}});
  EXPECT_TRUE(Unpack(directory_.Path() / "model.tar", Inside()));
  EXPECT_EQ(Read(Inside() / "m"), "x");
  const auto missing = Unpack(directory_.Path() / "none.tar", Inside());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.Error().Code(), ErrorCode::kNotFound);
  EXPECT_NE(missing.Error().PrivateDetail().find("none.tar"), std::string::npos);
}

TEST(IsArchiveName, KnowsThreeEndings) {
  for (const char* name : {"model.tar.gz", "a.tgz", "a.tar", "A.TAR.GZ"}) {
    EXPECT_TRUE(IsArchiveName(name)) << name;
  }
  for (const char* name : {"model.gz", "tar", ".tar", "a.tar.bz2", "a.zip", "", "a.tar.gz.onnx"}) {
    EXPECT_FALSE(IsArchiveName(name)) << name;
  }
}

TEST(TemporaryFolder, IsPrivateAndGoesWithAllThatIsInIt) {
  fs::path path;
  {
    auto made = TemporaryFolder::Make("tenon-test-");
    ASSERT_TRUE(made);
    path = made->Path();
    struct stat status{};
    ASSERT_EQ(stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
    fs::create_directories(path / "a/b");
    std::ofstream(path / "a/b/c") << "x";
    const TemporaryFolder moved = *std::move(made);
    EXPECT_TRUE(fs::exists(moved.Path()));
  }
  EXPECT_FALSE(fs::exists(path));
}

}  // namespace
}  // namespace tenon::runtime::archive
