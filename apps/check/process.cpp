// SPDX-License-Identifier: Apache-2.0
#include "process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

namespace tenon::check {
namespace {

namespace fs = std::filesystem;

constexpr int kNotStarted = 127;

// Only returns where it fails.
void Execute(const std::vector<std::string>& texts) {
  std::vector<char*> words;
  words.reserve(texts.size() + 1);
  for (const std::string& word : texts) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  execvp(words[0], words.data());
}

// In the child: becomes the command. Only returns where that fails.
void Become(const Launch& launch, int output) {
  setpgid(0, 0);
  const int nothing = open("/dev/null", O_RDONLY);
  dup2(nothing, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  for (const auto& [name, value] : launch.environment) setenv(name.c_str(), value.c_str(), 1);
  if (launch.user) {
    const gid_t group = *launch.user;
    if (setgroups(0, nullptr) != 0 || setgid(group) != 0 || setuid(*launch.user) != 0) return;
  }
  Execute(launch.words);
}

// In the child: until there is a guard, nothing may run that could be left over.
void AwaitGuard(std::array<int, 2> go) {
  close(go[1]);
  char word = 0;
  ssize_t count = 0;
  while ((count = read(go[0], &word, 1)) < 0 && errno == EINTR) {
  }
  if (count != 1) _exit(kNotStarted);  // Who started it is gone.
}

// In the guard: waits until the other end of the pipe says or does something. What has been left
// is ended whatever it says.
[[noreturn]] void Guard(int pipe, pid_t group, const std::vector<std::string>& farewell) {
  setpgid(0, 0);
  char word = 0;
  while (read(pipe, &word, 1) < 0 && errno == EINTR) {
  }
  if (word == 0) kill(-group, SIGKILL);
  if (!farewell.empty()) {
    const int nothing = open("/dev/null", O_RDWR);
    for (const int used : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) dup2(nothing, used);
    Execute(farewell);
  }
  _exit(0);
}

// Field 3 (state) and 5 (group) of /proc/PID/stat, behind the name, which may hold anything.
bool LivesInGroup(const fs::path& folder, pid_t group) {
  std::ifstream file(folder / "stat");
  std::string text;
  std::getline(file, text);
  const std::size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return false;
  std::istringstream fields(text.substr(name_end + 1));
  char state = 0;
  pid_t parent = 0;
  pid_t found = 0;
  fields >> state >> parent >> found;
  return found == group && state != 'Z' && state != 'X';
}

// The inodes of sockets that a process holds.
void AddSockets(pid_t pid, std::set<std::string>& inodes) {
  std::error_code error;
  constexpr std::string_view kPrefix = "socket:[";
  for (fs::directory_iterator entry("/proc/" + std::to_string(pid) + "/fd", error), end;
       !error && entry != end; entry.increment(error)) {
    std::error_code unread;
    const std::string target = fs::read_symlink(entry->path(), unread).string();
    if (!unread && target.starts_with(kPrefix)) {
      inodes.insert(target.substr(kPrefix.size(), target.size() - kPrefix.size() - 1));
    }
  }
}

// Ports of listening sockets in a table such as /proc/net/tcp.
void AddPorts(const char* table, const std::set<std::string>& inodes,
              std::vector<std::uint16_t>& ports) {
  constexpr std::string_view kListening = "0A";
  std::ifstream file(table);
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line)) {
    std::istringstream fields(line);
    std::array<std::string, 10> field;
    for (std::string& one : field) fields >> one;
    if (field[3] != kListening || !inodes.contains(field[9])) continue;
    const std::string port = field[1].substr(field[1].rfind(':') + 1);
    std::uint16_t number = 0;
    std::from_chars(port.data(), port.data() + port.size(), number, 16);
    ports.push_back(number);
  }
}

}  // namespace

Result<Process> Process::Start(const Launch& launch) {
  const int output = memfd_create("output", MFD_CLOEXEC);
  std::array<int, 2> ends{};
  std::array<int, 2> go{};
  if (output < 0 || pipe2(ends.data(), O_CLOEXEC) != 0 || pipe2(go.data(), O_CLOEXEC) != 0) {
    return Error(ErrorCode::kUnavailable, std::string("Cannot start: ") + std::strerror(errno));
  }
  const pid_t pid = fork();
  if (pid == 0) {
    close(ends[1]);
    AwaitGuard(go);
    Become(launch, output);
    const std::string why = launch.words[0] + ": " + std::strerror(errno) + "\n";
    if (write(STDERR_FILENO, why.data(), why.size()) < 0) _exit(kNotStarted + 1);
    _exit(kNotStarted);
  }
  const pid_t guard = pid < 0 ? -1 : fork();
  if (guard == 0) {
    close(ends[1]);
    close(go[1]);
    Guard(ends[0], pid, launch.farewell);
  }
  close(ends[0]);
  close(go[0]);
  Process process(pid, guard, ends[1], output);
  if (pid > 0 && guard > 0) {
    setpgid(pid, pid);  // Also here, so that it is done whoever runs first.
    setpgid(guard, guard);
    const char begin = 'b';
    if (write(go[1], &begin, 1) != 1) kill(pid, SIGKILL);
  }
  close(go[1]);
  if (pid < 0 || guard < 0) {
    return Error(ErrorCode::kUnavailable, std::string("Cannot start: ") + std::strerror(errno));
  }
  return process;
}

Process::~Process() {
  if (pid_ > 0) {
    kill(-pid_, SIGKILL);
    if (!status_) waitpid(pid_, nullptr, 0);
  }
  if (guard_ > 0) {
    const char well = 'w';
    if (write(guard_pipe_, &well, 1) == 1) waitpid(guard_, nullptr, 0);
  }
  if (guard_pipe_ >= 0) close(guard_pipe_);
  if (output_ >= 0) close(output_);
}

void Process::Signal(int signal) {
  if (!status_) kill(pid_, signal);
}

std::optional<int> Process::AwaitEnd(Time until) {
  while (!status_) {
    int status = 0;
    const pid_t ended = waitpid(pid_, &status, WNOHANG);
    if (ended == pid_) {
      status_ = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    } else if (ended < 0 || Now() >= until) {
      break;
    } else {
      poll(nullptr, 0, 2);
    }
  }
  return status_;
}

std::string Process::Output() const {
  std::string text;
  std::array<char, 65'536> block;
  for (ssize_t count = 1; count > 0;) {
    count = pread(output_, block.data(), block.size(), static_cast<off_t>(text.size()));
    if (count > 0) text.append(block.data(), static_cast<std::size_t>(count));
  }
  return text;
}

std::vector<pid_t> Process::Members() const {
  std::vector<pid_t> members;
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    pid_t pid = 0;
    const auto [rest, wrong] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (wrong != std::errc() || rest != name.data() + name.size()) continue;
    if (LivesInGroup(entry->path(), pid_)) members.push_back(pid);
  }
  return members;
}

std::size_t Process::ResidentBytes() const {
  std::size_t pages = 0;
  for (const pid_t pid : Members()) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/statm");
    std::size_t all = 0;
    std::size_t resident = 0;
    file >> all >> resident;
    pages += resident;
  }
  return pages * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

std::vector<std::uint16_t> Process::ListeningPorts() const {
  std::set<std::string> inodes;
  for (const pid_t pid : Members()) AddSockets(pid, inodes);
  std::vector<std::uint16_t> ports;
  AddPorts("/proc/net/tcp", inodes, ports);
  AddPorts("/proc/net/tcp6", inodes, ports);
  return ports;
}

}  // namespace tenon::check
