// SPDX-License-Identifier: Apache-2.0
#pragma once

// Reads a deployment's `Infer` signature: what it takes, what it gives, where and how it runs.

#include <cstdint>
#include <span>
#include <tuple>
#include <type_traits>
#include <vector>

#include "tenon/base/result.hpp"
#include "tenon/serving/request_context.hpp"
#include "tenon/task/stream.hpp"
#include "tenon/task/task.hpp"

namespace tenon::serving {

// How an `Infer` is executed; see the table in docs/deployments.md.
enum class InferKind : std::uint8_t {
  kFunction,  // `Response Infer(const Request&)`: on the compute pool.
  kTask,      // `Task<Response> Infer(Request)`: on the loop that read the request.
  kStream,    // `Stream<Response> Infer(Request)`: as kTask, answered in chunks.
  kBatch,     // `std::vector<Response> Infer(std::span<const Request>)`: batched, on the pool.
};

namespace detail {

template <class T>
struct UnwrapResult {
  using Type = T;
};
template <class T>
struct UnwrapResult<Result<T>> {
  using Type = T;
};

template <class Returned>
struct ReturnTraits {
  static constexpr InferKind kKind = InferKind::kFunction;
  using Response = typename UnwrapResult<Returned>::Type;
};
template <class T>
struct ReturnTraits<Task<T>> {
  static constexpr InferKind kKind = InferKind::kTask;
  using Response = T;
};
template <class T>
struct ReturnTraits<Stream<T>> {
  static constexpr InferKind kKind = InferKind::kStream;
  using Response = T;
};

template <class T>
struct SpanElement {
  using Type = void;
};
template <class T>
struct SpanElement<std::span<const T>> {
  using Type = T;
};
template <class T>
struct VectorElement {
  using Type = void;
};
template <class T>
struct VectorElement<std::vector<T>> {
  using Type = T;
};

template <class Owner, bool kIsConst, class Returned, class... Arguments>
struct MemberFunction {
  using Deployment = Owner;
  static constexpr bool kConst = kIsConst;
  static constexpr std::size_t kArity = sizeof...(Arguments);
  static_assert(kArity == 1 || kArity == 2,
                "Infer takes one payload, and optionally a const tenon::RequestContext&");
  using First = std::tuple_element_t<0, std::tuple<Arguments..., void*>>;
  using Second = std::tuple_element_t<1, std::tuple<Arguments..., void*, void*>>;
  static constexpr bool kTakesContext = kArity == 2;
  static_assert(!kTakesContext || std::is_same_v<Second, const RequestContext&>,
                "the second parameter of Infer is a const tenon::RequestContext&");

  using Payload = std::remove_cvref_t<First>;
  static constexpr bool kIsBatch = !std::is_void_v<typename SpanElement<Payload>::Type>;
  static_assert(!kIsBatch || !kTakesContext,
                "an Infer over a batch has no single request and takes no RequestContext");

  static constexpr InferKind kKind = kIsBatch ? InferKind::kBatch : ReturnTraits<Returned>::kKind;
  using Request = std::conditional_t<kIsBatch, typename SpanElement<Payload>::Type, Payload>;
  using BatchElement = typename VectorElement<Returned>::Type;
  static_assert(!kIsBatch || !std::is_void_v<BatchElement>,
                "an Infer over a std::span returns a std::vector with one response per request");
  static_assert(kKind == InferKind::kFunction || kIsBatch || !std::is_lvalue_reference_v<First>,
                "a coroutine Infer takes its request by value: a reference would dangle while it "
                "waits");
  using Response =
      typename std::conditional_t<kIsBatch, UnwrapResult<BatchElement>,
                                  UnwrapResult<typename ReturnTraits<Returned>::Response>>::Type;
};

template <class Member>
struct InferSignature;
template <class D, class R, class... A>
struct InferSignature<R (D::*)(A...)> : MemberFunction<D, false, R, A...> {};
template <class D, class R, class... A>
struct InferSignature<R (D::*)(A...) noexcept> : MemberFunction<D, false, R, A...> {};
template <class D, class R, class... A>
struct InferSignature<R (D::*)(A...) const> : MemberFunction<D, true, R, A...> {};
template <class D, class R, class... A>
struct InferSignature<R (D::*)(A...) const noexcept> : MemberFunction<D, true, R, A...> {};

}  // namespace detail

// A class with exactly one `Infer`.
template <class D>
concept DeploymentClass = requires { &D::Infer; };

// Request, Response, kKind, kConst and kTakesContext of a deployment.
template <DeploymentClass D>
using InferTraits = detail::InferSignature<decltype(&D::Infer)>;

}  // namespace tenon::serving
