// SPDX-License-Identifier: Apache-2.0
#include "aws/credentials/terminal_prompt.hpp"

#include <fcntl.h>
#include <unistd.h>

#include "aws/failure.hpp"

namespace tenon::aws {
namespace {

struct Descriptor {
  ~Descriptor() {
    if (value >= 0) close(value);
  }
  int value;
};

}  // namespace

std::string AskTerminal(const std::string& question, Interrupts& interrupts) {
  const Descriptor terminal{open("/dev/tty", O_RDWR | O_CLOEXEC)};
  if (terminal.value < 0) {
    throw Failure("There is no terminal to ask on: " + question);
  }
  if (write(terminal.value, question.data(), question.size()) < 0) {
    throw Failure("The terminal takes no question: " + question);
  }
  std::string line;
  for (;;) {
    interrupts.WaitReadable(terminal.value);
    char c = '\0';
    if (read(terminal.value, &c, 1) != 1 || c == '\n' || c == '\r') break;
    if (c != ' ' && c != '\t') line += c;
  }
  return line;
}

}  // namespace tenon::aws
