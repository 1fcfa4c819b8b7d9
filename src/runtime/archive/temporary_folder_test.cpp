// SPDX-License-Identifier: Apache-2.0
#include "runtime/archive/temporary_folder.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <utility>

#include "runtime/test_directory.hpp"

namespace tenon::runtime {
namespace {

namespace fs = std::filesystem;

// With a TMPDIR of its own.
class TemporaryFolderTest : public ::testing::Test {
 protected:
  TemporaryFolderTest() { setenv("TMPDIR", directory_.Path().c_str(), 1); }
  ~TemporaryFolderTest() override {
    if (before_ == nullptr) {
      unsetenv("TMPDIR");
    } else {
      setenv("TMPDIR", saved_.c_str(), 1);
    }
  }
  fs::path MakeFolder(const std::string& name) const {
    const fs::path folder = directory_.Path() / name;
    fs::create_directories(folder / "inner");
    std::ofstream(folder / "inner" / "file") << "content";
    return folder;
  }

  const char* const before_ = std::getenv("TMPDIR");
  const std::string saved_ = before_ == nullptr ? "" : before_;
  const TestDirectory directory_;
};

TEST_F(TemporaryFolderTest, GoesWithItsContent) {
  fs::path path;
  {
    Result<TemporaryFolder> made = TemporaryFolder::Make("model-");
    ASSERT_TRUE(made) << made.Error().what();
    const TemporaryFolder folder = *std::move(made);
    path = folder.Path();
    EXPECT_EQ(path.parent_path(), directory_.Path());
    std::ofstream(path / "file") << "content";
    EXPECT_EQ(fs::status(path).permissions(), fs::perms::owner_all);
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(TemporaryFolderTest, WhatAKilledProcessLeftIsRemovedAndNothingElse) {
  const fs::path left = MakeFolder("model-abcdef");
  const fs::path used = MakeFolder("model-ghijkl");
  const fs::path longer = MakeFolder("model-abcdefg");
  const fs::path other = MakeFolder("other-abcdef");
  const fs::path file = directory_.Write("model-mnopqr", "a file");
  const fs::path link = directory_.Path() / "model-stuvwx";
  fs::create_directory_symlink(other, link);
  // A lock belongs to what was opened, so this is as good as another process.
  const archive::Descriptor lock(open(used.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_EQ(flock(lock.Get(), LOCK_EX | LOCK_NB), 0);

  const Result<TemporaryFolder> first = TemporaryFolder::Make("model-");
  const Result<TemporaryFolder> second = TemporaryFolder::Make("model-");
  ASSERT_TRUE(first && second);
  EXPECT_FALSE(fs::exists(left));
  for (const fs::path& kept :
       {used / "inner/file", longer, other / "inner/file", file, link, first->Path()}) {
    EXPECT_TRUE(fs::exists(kept)) << kept;
  }
}

TEST_F(TemporaryFolderTest, SaysWhereThereIsNoPlace) {
  setenv("TMPDIR", (directory_.Path() / "nowhere").c_str(), 1);
  const Result<TemporaryFolder> made = TemporaryFolder::Make("model-");
  ASSERT_FALSE(made);
  EXPECT_NE(made.Error().PrivateDetail().find("TMPDIR"), std::string::npos);
}

}  // namespace
}  // namespace tenon::runtime
