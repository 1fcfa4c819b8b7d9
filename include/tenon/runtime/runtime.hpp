// SPDX-License-Identifier: Apache-2.0
#pragma once

// The seam between Tenon and what executes artifacts.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/base/stop.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon::runtime {

// A dimension whose length each request decides.
inline constexpr std::int64_t kDynamic = -1;

// What the values are that a sparse row leaves out.
enum class Absence : std::uint8_t { kZero, kMissing };

// An input or output of a model, as the artifact declares it.
struct TensorSpec {
  std::string name;
  ElementType element_type{};
  // kDynamic where any length goes. Empty for a scalar and for a shape that the artifact leaves
  // open; the two cannot be told apart.
  std::vector<std::int64_t> dimensions;
  std::vector<std::string> symbols;  // The artifact's name of each dimension, often empty.
  // The artifact's name of each element along the last dimension: "age", "fare". Empty where it has
  // none.
  std::vector<std::string> columns = {};
  Absence absence = Absence::kZero;

  bool operator==(const TensorSpec&) const = default;
};

// "float32[batch, 3]": with the symbol, or `?`, for a dynamic dimension.
TENON_EXPORT std::string ToString(const TensorSpec& spec);

// How hard a runtime works at making a graph faster while it loads.
enum class Optimization : std::uint8_t { kNone, kBasic, kExtended, kAll };

// What a runtime's threads do between runs.
enum class IdleThreads : std::uint8_t {
  kSleep,  // Costs a wake-up for each run.
  kSpin,   // Faster for one model alone on its CPUs; takes them from everybody else.
};

struct LoadOptions {
  // Threads that one run may use. 0: as many as the environment has CPUs.
  std::size_t threads = 0;
  IdleThreads idle_threads = IdleThreads::kSleep;
  Optimization optimization = Optimization::kAll;
  // In the order of preference, in the runtime's own words; empty: the CPU. One that cannot be had
  // fails the load: nothing falls back silently.
  std::vector<std::string> providers = {};
  // The runtime's own settings, passed on as they are.
  std::map<std::string, std::string> settings = {};

  auto operator<=>(const LoadOptions&) const = default;
};

struct RunOptions {
  // Ends a run early where the runtime can, with kCancelled.
  StopToken stop = {};
};

// A model in memory.
//
// Thread safety: thread-safe; runs may overlap, and then share the threads of the session.
// Lifetime: may outlive the runtime that loaded it. Tensors from `Run` may outlive the model.
class TENON_EXPORT LoadedModel {
 public:
  LoadedModel() = default;
  LoadedModel(const LoadedModel&) = delete;
  LoadedModel& operator=(const LoadedModel&) = delete;
  virtual ~LoadedModel();

  virtual std::span<const TensorSpec> Inputs() const noexcept = 0;
  virtual std::span<const TensorSpec> Outputs() const noexcept = 0;
  // What executes it and on what, for the start block: "ONNX Runtime 1.32.0, CPU, 2 threads".
  virtual std::string Description() const = 0;
  // How many rows cost less in one run than handing them to another thread: 20 us. A run of so many
  // may be made on an event loop. 0 where a run is never that cheap, or not known to be.
  virtual std::size_t InlineRows() const noexcept { return 0; }

  // Computes all outputs, in the order of Outputs(), from inputs in the order of Inputs(). Blocks;
  // costs what the model costs.
  // Errors: kInvalid for inputs that do not fit (it names the input, what it takes and what was
  // given), kCancelled after a stop, kOutOfMemory, kInternal for whatever else fails. Other runs
  // are not affected.
  virtual Result<std::vector<AnyTensor>> Run(std::span<const AnyTensor> inputs,
                                             const RunOptions& options) const = 0;
};

// An adapter that executes one kind of artifact. Thread safety: thread-safe.
class TENON_EXPORT Runtime {
 public:
  Runtime() = default;
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;
  virtual ~Runtime();

  // As in ArtifactKind::runtime: "onnx".
  virtual std::string_view Name() const noexcept = 0;

  // Errors: kInvalid for an artifact that is broken or that this runtime cannot execute, and for
  // options that it does not have; the cause stands in the private detail.
  virtual Result<std::unique_ptr<LoadedModel>> Load(const std::filesystem::path& artifact,
                                                    const LoadOptions& options) = 0;
};

// For runtimes: whether `inputs` are what the specs ask for, in count, element type, rank and fixed
// dimensions. Errors: kInvalid as `Run` promises.
TENON_EXPORT Result<> CheckInputs(std::span<const TensorSpec> specs,
                                  std::span<const AnyTensor> inputs);

}  // namespace tenon::runtime
