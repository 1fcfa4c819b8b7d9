// SPDX-License-Identifier: Apache-2.0
#include "engine/process/child.hpp"

#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

namespace tenon::engine {
namespace {

Error NotStarted(const std::string& program, int error) {
  return Error(ErrorCode::kUnavailable, "A process for a replica cannot be started: " +
                                            std::string(std::strerror(error)) + ".")
      .WithPrivateDetail(program);
}

// What posix_spawn is told; given back in any case.
class SpawnPlan {
 public:
  explicit SpawnPlan(int control) {
    posix_spawn_file_actions_init(&actions_);
    // Also where they are the same number: the copy is inherited.
    posix_spawn_file_actions_adddup2(&actions_, control, kReplicaControlFd);
    posix_spawnattr_init(&attributes_);
    sigset_t signals;
    sigemptyset(&signals);
    posix_spawnattr_setsigmask(&attributes_, &signals);
    sigfillset(&signals);
    posix_spawnattr_setsigdefault(&attributes_, &signals);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnPlan() {
    posix_spawn_file_actions_destroy(&actions_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  int Run(const std::string& program, std::vector<std::string> words, pid_t& pid) {
    words.insert(words.begin(), program);
    words.emplace_back("--control-fd");
    words.push_back(std::to_string(kReplicaControlFd));
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    return posix_spawnp(&pid, program.c_str(), &actions_, &attributes_, arguments.data(), environ);
  }

 private:
  posix_spawn_file_actions_t actions_;
  posix_spawnattr_t attributes_;
};

}  // namespace

Result<Child> Child::Start(const std::string& program, std::vector<std::string> words) {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {
    return NotStarted(program, errno);
  }
  // A child that does not read for so long is stuck; its parent must not be.
  constexpr timeval kPatience{.tv_sec = 1, .tv_usec = 0};
  setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  pid_t pid = -1;
  const int error = SpawnPlan(ends[1]).Run(program, std::move(words), pid);
  close(ends[1]);
  if (error != 0) {
    close(ends[0]);
    return NotStarted(program, error);
  }
  const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid, 0));
  return Child(pid, pidfd, ends[0]);
}

Child::Child(Child&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::exchange(other.pidfd_, -1)),
      control_(std::exchange(other.control_, -1)),
      heard_(std::move(other.heard_)) {}

Child& Child::operator=(Child&& other) noexcept {
  if (this != &other) {
    Close();
    pid_ = std::exchange(other.pid_, -1);
    pidfd_ = std::exchange(other.pidfd_, -1);
    control_ = std::exchange(other.control_, -1);
    heard_ = std::move(other.heard_);
  }
  return *this;
}

Child::~Child() { Close(); }

void Child::Close() noexcept {
  if (pid_ > 0) {
    Kill();
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  for (int* fd : {&pidfd_, &control_}) {
    if (*fd >= 0) close(std::exchange(*fd, -1));
  }
}

void Child::Kill() noexcept {
  if (pid_ > 0) kill(pid_, SIGKILL);
}

bool Child::Say(std::string_view line) {
  std::string text(line);
  text += '\n';
  std::size_t sent = 0;
  while (sent < text.size()) {
    const ssize_t size = send(control_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return false;
    sent += static_cast<std::size_t>(size);
  }
  return true;
}

std::vector<std::string> Child::Hear() {
  std::array<char, 4096> buffer;
  for (;;) {
    const ssize_t size = recv(control_, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    heard_.append(buffer.data(), static_cast<std::size_t>(size));
  }
  std::vector<std::string> lines;
  for (std::size_t end = heard_.find('\n'); end != std::string::npos; end = heard_.find('\n')) {
    lines.push_back(heard_.substr(0, end));
    heard_.erase(0, end + 1);
  }
  return lines;
}

std::optional<std::string> Child::Ended() {
  if (pid_ <= 0) return "has ended";
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  pid_ = -1;
  if (WIFSIGNALED(status)) return "was killed by signal " + std::to_string(WTERMSIG(status));
  return "ended with status " + std::to_string(WEXITSTATUS(status));
}

}  // namespace tenon::engine
