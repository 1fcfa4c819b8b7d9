// SPDX-License-Identifier: Apache-2.0
#pragma once

// What people see: progress and notes on stderr, results on stdout.

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace tenon::sagemaker_tool {

// A line that is drawn over and over, on a terminal; nothing anywhere else.
class Progress {
 public:
  Progress();
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Show(std::string_view text);
  void Clear();

 private:
  bool is_terminal_;
  bool is_drawn_ = false;
};

// "tenon-sagemaker: note: ..." on stderr.
void PrintNote(std::string_view text);
// A line on stdout, at once.
void PrintLine(std::string_view text);

// Rows in columns, two spaces apart; the first is the heading.
std::string Table(const std::vector<std::vector<std::string>>& rows);

// "3m 12s", "2h 5m", "4d 1h".
std::string AgeText(std::chrono::nanoseconds age);
// "12.3 MB".
std::string SizeText(std::uint64_t bytes);

// A word of a shell command, quoted where it must be.
std::string ShellWord(std::string_view word);

}  // namespace tenon::sagemaker_tool
