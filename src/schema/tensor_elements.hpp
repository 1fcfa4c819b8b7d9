// SPDX-License-Identifier: Apache-2.0
#pragma once

// The elements of a tensor whose number is not known yet.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "schema/tensor_storage.hpp"
#include "tenon/schema/tensor.hpp"

namespace tenon::schema {

// Grows by copying, as a vector does, in memory that a tensor can take over.
template <class T>
class TensorElements {
 public:
  // There will be no more than `most`.
  explicit TensorElements(std::size_t most) noexcept : most_(most) {}

  // Room for one more.
  T& Next() {
    if (size_ == capacity_) Grow();
    return first_[size_++];
  }

  // REQUIRES: the shape has as many elements as were added.
  AnyTensor Finish(std::vector<std::int64_t> shape) && {
    constexpr std::size_t kSlack = 4;  // A quarter too much is not worth a copy.
    if (capacity_ - size_ > size_ / kSlack) MoveTo(size_);
    return AnyTensor::Wrap(kElementTypeOf<T>, std::move(shape), first_, std::move(storage_));
  }

 private:
  static constexpr std::size_t kStart = 64;
  static constexpr std::size_t kGrowth = 4;

  void Grow() { MoveTo(capacity_ == 0 ? kStart : std::min(capacity_ * kGrowth, most_ + kStart)); }
  void MoveTo(std::size_t capacity) {
    TensorStorage storage = AllocateTensor(capacity * sizeof(T));
    if (size_ > 0) std::memcpy(storage.get(), first_, size_ * sizeof(T));
    storage_ = std::move(storage);
    first_ = reinterpret_cast<T*>(storage_.get());
    capacity_ = capacity;
  }

  const std::size_t most_;
  TensorStorage storage_;
  T* first_ = nullptr;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

template <>
class TensorElements<std::string> {
 public:
  explicit TensorElements(std::size_t) {}
  std::string& Next() { return elements_->emplace_back(); }
  AnyTensor Finish(std::vector<std::int64_t> shape) && {
    void* const data = elements_->data();
    return AnyTensor::Wrap(ElementType::kString, std::move(shape), data, std::move(elements_));
  }

 private:
  std::shared_ptr<std::vector<std::string>> elements_ =
      std::make_shared<std::vector<std::string>>();
};

}  // namespace tenon::schema
