// SPDX-License-Identifier: Apache-2.0
#include "app/replica_lines.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string>

namespace tenon::app {
namespace {

TEST(ReplicaLines, GivesEveryLineHoweverTheyCome) {
  std::array<int, 2> ends{};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  ReplicaLines lines(ends[0]);
  const auto send = [&](const std::string& text) {
    ASSERT_EQ(write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
  };
  // Those behind the first one are not lost, though the descriptor has nothing more.
  send("first\nsecond\nthi");
  EXPECT_EQ(lines.Wait(), "first");
  EXPECT_EQ(lines.Next(), "second");
  EXPECT_EQ(lines.Next(), std::nullopt);
  send("rd\n");
  EXPECT_EQ(lines.Next(), "third");
  EXPECT_FALSE(lines.IsOver());
  lines.Say({.ready = "unix:/x", .failed = {}});
  std::array<char, 256> said{};
  const ssize_t size = read(ends[1], said.data(), said.size());
  EXPECT_EQ(std::string(said.data(), static_cast<std::size_t>(size)),
            "{\"ready\":\"unix:/x\",\"failed\":null}\n");
  close(ends[1]);
  EXPECT_EQ(lines.Wait(), std::nullopt);
  EXPECT_TRUE(lines.IsOver());
}

}  // namespace
}  // namespace tenon::app
