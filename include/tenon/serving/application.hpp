// SPDX-License-Identifier: Apache-2.0
#pragma once

// The graph of bound deployments.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "tenon/base/export.hpp"
#include "tenon/base/result.hpp"
#include "tenon/schema/reflect.hpp"
#include "tenon/serving/bound_deployment.hpp"
#include "tenon/serving/deployment_options.hpp"
#include "tenon/serving/handle.hpp"
#include "tenon/serving/replica_set.hpp"
#include "tenon/serving/tuning.hpp"

namespace tenon {

namespace serving {

// The name that a class gives its deployments, without namespaces and arguments of a template:
// "TextClassifier".
template <class D>
std::string_view ClassName() noexcept {
  std::string_view name = __PRETTY_FUNCTION__;
  name.remove_prefix(name.find("D = ") + 4);
  name = name.substr(0, name.find_last_of(']'));
  name = name.substr(0, name.find('<'));
  const std::size_t scope = name.rfind(':');
  return scope == std::string_view::npos ? name : name.substr(scope + 1);
}

template <class D, class... Args>
class BoundDeploymentOf final : public BoundDeployment {
 public:
  using Traits = InferTraits<D>;

  template <class... Given>
  explicit BoundDeploymentOf(DeploymentOptions options, Given&&... arguments)
      : BoundDeployment(std::move(options), {.kind = Traits::kKind, .is_const = Traits::kConst}),
        arguments_(std::forward<Given>(arguments)...) {
    slot_.name = Name();
  }

  HandleOf<D> MakeHandle() const noexcept { return HandleOf<D>(slot_); }
  const schema::Type& RequestType() const override {
    return schema::TypeOf<typename Traits::Request>();
  }
  const schema::Type& ResponseType() const override {
    return schema::TypeOf<typename Traits::Response>();
  }

  Result<> Materialize(const ReplicaServices& services) override {
    try {
      // Copies: every replica gets the arguments as they were bound.
      const auto factory = [this] {
        return std::apply(
            [](const auto&... arguments) { return std::make_unique<D>(arguments...); }, arguments_);
      };
      replicas_ = std::make_unique<ReplicaSet<D>>(factory, Options(), services);
      slot_.target = replicas_.get();
      return {};
    } catch (const Error& error) {
      return error;
    } catch (const std::exception& exception) {
      // Whoever starts the server reads this, not a client: the cause belongs in the line.
      return Error(ErrorCode::kInternal, std::string("its constructor threw: ") + exception.what());
    } catch (...) {
      return Error(ErrorCode::kInternal,
                   "its constructor threw something that is not a std::exception");
    }
  }
  void Connect(RemoteCaller& caller) override {
    caller_ = &caller;
    remote_ = std::make_unique<RemoteTargetType>(caller);
    slot_.target = remote_.get();
  }
  Task<Unit> CallUntyped(UntypedCall& call) override {
    return serving::CallUntyped(*slot_.target, call);
  }
  void Dismantle() noexcept override {
    slot_.target = nullptr;
    replicas_.reset();
    remote_.reset();
    caller_ = nullptr;
  }
  Result<> CheckHealth() override {
    if (caller_ != nullptr) return caller_->CheckHealth();
    return replicas_ ? replicas_->CheckHealth() : Result<>();
  }
  DeploymentStatus Read() const override {
    if (caller_ != nullptr) return caller_->Read();
    return replicas_ ? replicas_->Read() : DeploymentStatus();
  }
  void RestoreBatching(std::span<const std::vector<BatchCostPoint>> curves) override {
    if (replicas_) replicas_->RestoreBatching(curves);
  }

 private:
  using RemoteTargetType = RemoteTarget<detail::ResponseOfHandle<D>, typename Traits::Request>;

  std::tuple<Args...> arguments_;
  TargetSlot<detail::ResponseOfHandle<D>, typename Traits::Request> slot_;
  // Here, or elsewhere.
  std::unique_ptr<ReplicaSet<D>> replicas_;
  std::unique_ptr<RemoteTargetType> remote_;
  RemoteCaller* caller_ = nullptr;
};

}  // namespace serving

// What `TENON_APPLICATION` gives its body: deployments are bound to it, nothing is constructed.
//
//   auto classifier = app.Bind<Classifier>({.name = "Classifier"}, path);
//   auto model = app.Bind<Orchestrator>({}, classifier, extractor);
//
// Lifetime: outlives its handles. Thread safety: confined to the thread that builds it.
class TENON_EXPORT Application {
 public:
  // `overrides` replace options of the deployments that they name, whatever `Bind` says.
  explicit Application(std::string name, std::vector<DeploymentOverride> overrides = {});
  ~Application();
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  const std::string& Name() const noexcept { return name_; }

  // Records a deployment and returns its handle. Arguments are copied and given to each replica's
  // constructor; they are copyable values and handles. A name that is taken gets `_1`, `_2`, ...
  // Errors: throws kInvalid for options out of range.
  template <serving::DeploymentClass D, class... Arguments>
  HandleOf<D> Bind(DeploymentOptions options = {}, Arguments&&... arguments) {
    static_assert(std::is_constructible_v<D, const std::decay_t<Arguments>&...>,
                  "the deployment has no constructor for these arguments");
    Prepare(options, serving::ClassName<D>());
    auto bound = std::make_unique<serving::BoundDeploymentOf<D, std::decay_t<Arguments>...>>(
        std::move(options), std::forward<Arguments>(arguments)...);
    HandleOf<D> handle = bound->MakeHandle();
    deployments_.push_back(std::move(bound));
    return handle;
  }

  std::span<const std::unique_ptr<serving::BoundDeployment>> Deployments() const noexcept {
    return deployments_;
  }

  // What keeps learned batch sizes across restarts, for engines; null: nothing does.
  void SetTuning(std::unique_ptr<serving::Tuning> tuning) noexcept { tuning_ = std::move(tuning); }
  serving::Tuning* Tuning() const noexcept { return tuning_.get(); }

 private:
  void Prepare(DeploymentOptions& options, std::string_view class_name) const;

  std::string name_;
  std::vector<DeploymentOverride> overrides_;
  std::vector<std::unique_ptr<serving::BoundDeployment>> deployments_;
  std::unique_ptr<serving::Tuning> tuning_;
};

}  // namespace tenon
