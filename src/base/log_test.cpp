// SPDX-License-Identifier: Apache-2.0
#include "tenon/base/log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <latch>
#include <limits>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tenon/testing/captured_log.hpp"

namespace tenon {
namespace {

using testing::CapturedLog;

std::chrono::system_clock::time_point FixedTime() {
  return std::chrono::system_clock::time_point(std::chrono::microseconds(1'700'000'000'000'042));
}

// Keeps what it is given; its first call waits until it is let go.
class SlowSink final : public LogSink {
 public:
  void Write(std::string_view lines) noexcept override {
    if (text.empty()) {
      begun.count_down();
      go.wait();
    }
    text += lines;
  }
  std::string text;
  std::latch begun{1};
  std::latch go{1};
};

class KeepingSink final : public LogSink {
 public:
  void Write(std::string_view lines) noexcept override { text += lines; }
  std::string text;
};

std::string LineOf(LogFormat format, std::string_view message, Logger::Fields fields) {
  KeepingSink sink;
  {
    Logger log({.format = format, .now = &FixedTime}, sink);
    log.Info(message, fields);
  }
  return sink.text;
}

TEST(Log, WritesTextForPeople) {
  EXPECT_EQ(LineOf(LogFormat::kText, "the model is loaded",
                   {{"model", "bert"}, {"seconds", 1.5}, {"replicas", 2}, {"warm", true}}),
            "2023-11-14T22:13:20.000042Z info    the model is loaded model=bert seconds=1.5 "
            "replicas=2 warm=true\n");
}

TEST(Log, WritesJson) {
  EXPECT_EQ(LineOf(LogFormat::kJson, "the model is loaded",
                   {{"model", "bert"},
                    {"seconds", 1.5},
                    {"offset", -3},
                    {"bytes", std::numeric_limits<std::uint64_t>::max()},
                    {"warm", false}}),
            "{\"time\":\"2023-11-14T22:13:20.000042Z\",\"level\":\"info\","
            "\"message\":\"the model is loaded\",\"model\":\"bert\",\"seconds\":1.5,"
            "\"offset\":-3,\"bytes\":18446744073709551615,\"warm\":false}\n");
}

TEST(Log, StaysOneLineAndValidWhateverTheTextsHold) {
  struct Row {
    std::string_view value;
    std::string_view text;
    std::string_view json;
  };
  const std::vector<Row> rows{
      {"plain", "v=plain", "plain"},
      {"", "v=\"\"", ""},
      {"two words", "v=\"two words\"", "two words"},
      {"a=b", "v=\"a=b\"", "a=b"},
      {"line\nbreak", "v=\"line\\nbreak\"", "line\\nbreak"},
      {"say \"hi\"", "v=\"say \\\"hi\\\"\"", "say \\\"hi\\\""},
      {"back\\slash", "v=back\\slash", "back\\\\slash"},
      {"\x1b[31m", "v=\"\\x1b[31m\"", "\\u001b[31m"},
      {"gr\xc3\xbc\xc3\x9f", "v=gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f"},
      {"\xf0\x9f\x98\x80", "v=\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
      {"bad \xff utf", "v=\"bad \xff utf\"", "bad \\ufffd utf"},
      {"cut \xc3", "v=\"cut \xc3\"", "cut \\ufffd"},
      {"\xed\xa0\x80", "v=\xed\xa0\x80", "\\ufffd\\ufffd\\ufffd"},
      {"\xc0\xaf", "v=\xc0\xaf", "\\ufffd\\ufffd"},
  };
  for (const Row& row : rows) {
    const std::string text = LineOf(LogFormat::kText, "m", {{"v", row.value}});
    EXPECT_TRUE(text.ends_with(" m " + std::string(row.text) + "\n")) << text;
    const std::string json = LineOf(LogFormat::kJson, "m", {{"v", row.value}});
    EXPECT_TRUE(json.ends_with("\"v\":\"" + std::string(row.json) + "\"}\n")) << json;
  }
}

TEST(Log, EscapesTheMessageToo) {
  EXPECT_TRUE(LineOf(LogFormat::kText, "a\nb", {}).ends_with(" a\\nb\n"));
  EXPECT_TRUE(LineOf(LogFormat::kJson, "a\n\"b\"", {}).ends_with("\"a\\n\\\"b\\\"\"}\n"));
}

TEST(Log, WritesNumbersThatAreNoneAsNullInJson) {
  const double infinity = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(LineOf(LogFormat::kJson, "m", {{"v", infinity}}).ends_with("\"v\":null}\n"));
  EXPECT_TRUE(LineOf(LogFormat::kText, "m", {{"v", infinity}}).ends_with(" v=inf\n"));
}

TEST(Log, CutsWhatIsTooLong) {
  const std::string big(10'000, 'x');
  const std::string cut = std::string(4'096, 'x') + "...";
  const std::string text = LineOf(LogFormat::kText, big, {{"v", big}});
  EXPECT_TRUE(text.ends_with(cut + " v=" + cut + "\n"));
  const std::string json = LineOf(LogFormat::kJson, big, {{"v", big}});
  EXPECT_TRUE(json.ends_with("\"message\":\"" + cut + "\",\"v\":\"" + cut + "\"}\n"));
}

TEST(Log, DropsFieldsBeyondTheLimit) {
  const std::string text = LineOf(LogFormat::kText, "m",
                                  {{"a", 0},
                                   {"a", 1},
                                   {"a", 2},
                                   {"a", 3},
                                   {"a", 4},
                                   {"a", 5},
                                   {"a", 6},
                                   {"a", 7},
                                   {"a", 8},
                                   {"a", 9},
                                   {"a", 10},
                                   {"a", 11},
                                   {"a", 12},
                                   {"a", 13},
                                   {"a", 14},
                                   {"a", 15},
                                   {"a", 16}});
  EXPECT_TRUE(text.ends_with(" a=15\n")) << text;
}

TEST(Log, WritesOnlyFromItsLevelOn) {
  CapturedLog captured(LogFormat::kText, LogLevel::kWarning);
  Logger& log = captured.Log();
  EXPECT_FALSE(log.Writes(LogLevel::kInfo));
  EXPECT_TRUE(log.Writes(LogLevel::kWarning));
  log.Info("quiet");
  log.Warning("loud");
  log.Error("louder");
  log.SetLevel(LogLevel::kTrace);
  log.Debug("now");
  log.Log(LogLevel::kTrace, "everything");
  const std::string text = captured.Text();
  EXPECT_EQ(text.find("quiet"), std::string::npos);
  for (const std::string_view part :
       {"warning loud", "error   louder", "debug   now", "trace   everything"}) {
    EXPECT_TRUE(captured.Contains(part)) << part << " in " << text;
  }
}

TEST(Log, FlushWaitsForWhatWasLogged) {
  SlowSink sink;
  Logger log({}, sink);
  EXPECT_TRUE(log.Flush()) << "there is nothing to wait for";
  log.Info("one");
  sink.begun.wait();
  EXPECT_FALSE(log.Flush(std::chrono::milliseconds(1))) << "the sink does not go on";
  sink.go.count_down();
  EXPECT_TRUE(log.Flush());
  EXPECT_NE(sink.text.find("one"), std::string::npos);
}

TEST(Log, DropsWhatFindsNoRoomAndSaysHowMuch) {
  SlowSink sink;
  std::uint64_t dropped = 0;
  constexpr int kLines = 500;
  {
    Logger log({.ring_bytes = 4096}, sink);
    log.Info("first");
    sink.begun.wait();
    for (int i = 0; i < kLines; ++i) log.Info("line");
    dropped = log.Dropped();
    EXPECT_GT(dropped, 0U);
    EXPECT_LT(dropped, kLines);
    sink.go.count_down();
  }
  std::uint64_t written = 0;
  for (std::size_t at = 0; (at = sink.text.find(" line\n", at)) != std::string::npos; ++at) {
    ++written;
  }
  EXPECT_EQ(written + dropped, kLines);
  EXPECT_NE(sink.text.find("warning lines were dropped"), std::string::npos);
  EXPECT_NE(sink.text.find("dropped=" + std::to_string(dropped)), std::string::npos);
}

TEST(Log, LosesNothingFromFourThreadsWhenThereIsRoom) {
  CapturedLog captured;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 300; ++i) captured.Log().Info("line", {{"thread", t}, {"i", i}});
    });
  }
  for (std::thread& thread : threads) thread.join();
  const std::string text = captured.Text();
  EXPECT_EQ(captured.Log().Dropped(), 0U);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1'200);
}

TEST(FdSink, WritesEverythingToTheDescriptor) {
  std::array<int, 2> pipe_fds{};
  ASSERT_EQ(pipe2(pipe_fds.data(), O_CLOEXEC), 0);
  // Not blocking, and more than a pipe holds: the sink must wait for room.
  ASSERT_EQ(fcntl(pipe_fds[1], F_SETFL, O_NONBLOCK), 0);
  const std::string lines(300'000, 'x');
  std::string read_back;
  std::thread reader([&] {
    std::array<char, 4096> buffer;
    ssize_t size = 0;
    while ((size = read(pipe_fds[0], buffer.data(), buffer.size())) > 0) {
      read_back.append(buffer.data(), static_cast<std::size_t>(size));
    }
  });
  FdSink(pipe_fds[1]).Write(lines);
  close(pipe_fds[1]);
  reader.join();
  close(pipe_fds[0]);
  EXPECT_EQ(read_back, lines);
}

TEST(FdSink, GivesUpWhenNobodyCanRead) { FdSink(-1).Write("lost\n"); }

TEST(NullSink, TakesEverything) {
  NullSink sink;
  Logger log({}, sink);
  log.Info("gone");
  EXPECT_TRUE(log.Flush());
}

}  // namespace
}  // namespace tenon
