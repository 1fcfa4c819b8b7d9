// SPDX-License-Identifier: Apache-2.0
#include "tenon/runtime/environment.hpp"

#include <sched.h>

#include <algorithm>
#include <utility>

#include "tenon/runtime/artifact.hpp"

namespace tenon::runtime {
namespace {

// The only way from whoever starts an application through a user's constructor to `LoadModel`: a
// constructor takes the user's arguments and nothing of ours.
thread_local Environment* current = nullptr;

std::size_t CpusOfAffinity() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return 1;
  return static_cast<std::size_t>(std::max(CPU_COUNT(&set), 1));
}

}  // namespace

Environment::Environment(std::size_t cpus) : Environment(cpus, DefaultRuntimeDirectories()) {}
Environment::Environment(std::size_t cpus, std::vector<std::filesystem::path> runtime_directories)
    : cpus_(std::max<std::size_t>(cpus, 1)), registry_(std::move(runtime_directories)) {}

Result<std::shared_ptr<const LoadedModel>> Environment::Load(const std::filesystem::path& path,
                                                             LoadOptions options) {
  const Result<Artifact> artifact = FindArtifact(path);
  if (!artifact) return artifact.Error();
  const Result<Runtime*> runtime = registry_.Find(artifact->kind->runtime);
  if (!runtime) return runtime.Error();
  if (options.threads == 0) options.threads = cpus_;
  return cache_.Get(artifact->path, options,
                    [&] { return (*runtime)->Load(artifact->path, options); });
}

Environment& Environment::Current() {
  if (current != nullptr) return *current;
  // Never destroyed: what plug-ins and their libraries tear down at exit must not come after them.
  static Environment& fallback = *std::make_unique<Environment>(CpusOfAffinity()).release();
  return fallback;
}

EnvironmentScope::EnvironmentScope(Environment& environment) noexcept : outer_(current) {
  current = &environment;
}
EnvironmentScope::~EnvironmentScope() { current = outer_; }

}  // namespace tenon::runtime
