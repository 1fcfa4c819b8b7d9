// SPDX-License-Identifier: Apache-2.0
#include "app/reload.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <optional>
#include <utility>

#include "app/file_watch.hpp"
#include "app/shutdown_signals.hpp"
#include "http/listener.hpp"

namespace tenon::app {
namespace {

constexpr int kFailed = 1;
constexpr int kLookMs = 100;

int StatusOf(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : kFailed;
}

class OwnedFd {
 public:
  explicit OwnedFd(int fd) noexcept : fd_(fd) {}
  OwnedFd(OwnedFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  OwnedFd& operator=(OwnedFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~OwnedFd() {
    if (fd_ >= 0) close(fd_);
  }
  int Get() const noexcept { return fd_; }

 private:
  int fd_;
};

// A process that serves, or is about to.
struct Child {
  pid_t pid = -1;
  OwnedFd ready{-1};  // Becomes readable when it is ready, or has ended.
};

class Reloader {
 public:
  Reloader(http::Listener listener,
           const std::function<std::vector<std::filesystem::path>()>& files,
           const std::function<int(const Inheritance&)>& serve)
      : listener_(std::move(listener)), files_(files), serve_(serve), watch_({}) {
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGTERM, SIGINT, SIGCHLD}) sigaddset(&signals, signal);
    sigprocmask(SIG_BLOCK, &signals, &before_);
    signals_ = OwnedFd(signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
  }
  ~Reloader() { sigprocmask(SIG_SETMASK, &before_, nullptr); }
  Reloader(const Reloader&) = delete;
  Reloader& operator=(const Reloader&) = delete;

  int Run() {
    WatchAnew();
    serving_ = Start(http::Accepting::kFromStart);
    while (serving_ || !leaving_.empty()) {
      pollfd watched[] = {{signals_.Get(), POLLIN, 0},
                          {coming_ ? coming_->ready.Get() : -1, POLLIN, 0}};
      poll(watched, 2, is_ending_ ? -1 : kLookMs);
      ReadSignals();
      if (coming_ && watched[1].revents != 0) TakeOverIfReady();
      if (!is_ending_ && watch_.Observe(StampsOf(watched_))) StartNext();
    }
    return status_;
  }

 private:
  void WatchAnew() {
    watched_ = files_();
    watch_ = FileWatch(StampsOf(watched_));
  }

  // A process of its own that runs `serve_`; nothing where there can be none.
  std::optional<Child> Start(http::Accepting accepting) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return CannotStart();
    OwnedFd ready(ends[0]);
    const OwnedFd said(ends[1]);
    std::fflush(nullptr);
    const pid_t pid = fork();
    if (pid < 0) return CannotStart();
    if (pid == 0) Become(accepting, said.Get());
    return Child{.pid = pid, .ready = std::move(ready)};
  }

  std::optional<Child> CannotStart() {
    std::fprintf(stderr, "tenon: a process to serve cannot be started: %s\n", std::strerror(errno));
    if (!serving_) status_ = kFailed;
    return std::nullopt;
  }

  [[noreturn]] void Become(http::Accepting accepting, int said) {
    // Ctrl-C reaches it through the process that keeps the port, and so only once.
    setpgid(0, 0);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    sigprocmask(SIG_SETMASK, &before_, nullptr);
    const int status =
        serve_({.listening_socket = listener_.Fd(), .accepting = accepting, .say_ready = [said] {
                  [[maybe_unused]] const ssize_t written = write(said, "r", 1);
                }});
    std::fflush(nullptr);
    _exit(status);
  }

  void StartNext() {
    // One that was overtaken while it was coming up.
    if (coming_) Abandon(SIGKILL);
    WatchAnew();
    coming_ = Start(http::Accepting::kWhenReady);
  }

  void Abandon(int signal) {
    kill(coming_->pid, signal);
    leaving_.push_back(coming_->pid);
    coming_.reset();
  }

  void TakeOverIfReady() {
    char byte = 0;
    if (read(coming_->ready.Get(), &byte, 1) != 1) {
      coming_->ready = OwnedFd(-1);  // Ended; SIGCHLD says how.
      return;
    }
    if (serving_) {
      kill(serving_->pid, kHandOverSignal);
      leaving_.push_back(serving_->pid);
    }
    serving_ = std::move(coming_);
    coming_.reset();
  }

  void ReadSignals() {
    signalfd_siginfo info{};
    while (read(signals_.Get(), &info, sizeof info) == sizeof info) {
      if (info.ssi_signo == SIGCHLD) {
        Reap();
      } else {
        End(static_cast<int>(info.ssi_signo));
      }
    }
  }

  void End(int signal) {
    // Those that have handed over are ending already; a second signal hurries them.
    if (is_ending_) {
      for (const pid_t pid : leaving_) kill(pid, signal);
    }
    is_ending_ = true;
    if (coming_) Abandon(SIGKILL);
    if (serving_) kill(serving_->pid, signal);
  }

  void Reap() {
    int status = 0;
    for (pid_t pid = 0; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
      if (serving_ && pid == serving_->pid) {
        serving_.reset();
        SayKilled(status, "");
        status_ = StatusOf(status);
        // Nothing serves: whoever watches this process is to see it.
        if (!is_ending_) End(SIGTERM);
      } else if (coming_ && pid == coming_->pid) {
        coming_.reset();
        SayKilled(status, " at its start. The one before serves on");
      } else {
        std::erase(leaving_, pid);
      }
    }
  }

  static void SayKilled(int status, const char* when) {
    if (!WIFSIGNALED(status)) return;  // It has said itself what is wrong.
    std::fprintf(stderr, "tenon: the process that serves was ended by signal %d (%s)%s.\n",
                 WTERMSIG(status), strsignal(WTERMSIG(status)), when);
  }

  http::Listener listener_;
  const std::function<std::vector<std::filesystem::path>()>& files_;
  const std::function<int(const Inheritance&)>& serve_;
  sigset_t before_{};
  OwnedFd signals_{-1};
  std::vector<std::filesystem::path> watched_;
  FileWatch watch_;
  std::optional<Child> serving_;
  std::optional<Child> coming_;
  std::vector<pid_t> leaving_;
  bool is_ending_ = false;
  int status_ = 0;
};

}  // namespace

int RunReloading(const RunOptions& options,
                 const std::function<std::vector<std::filesystem::path>()>& files,
                 const std::function<int(const Inheritance&)>& serve) {
  auto listener = http::Listener::Open(options.host, options.port);
  if (!listener) {
    std::fprintf(stderr, "tenon: %s\n", listener.Error().Detail().c_str());
    return kFailed;
  }
  return Reloader(*std::move(listener), files, serve).Run();
}

}  // namespace tenon::app
