// SPDX-License-Identifier: Apache-2.0
#include "schema/json_index.hpp"

#include <simdjson.h>

#include <algorithm>
#include <bit>
#include <new>
#include <utility>

namespace tenon::schema {
namespace {

// Four bytes of index per byte of text: what a thread keeps is a megabyte at most.
constexpr std::size_t kSmallest = 4096;
constexpr std::size_t kMostKept = std::size_t{256} << 10U;

}  // namespace

class JsonIndex::Buffers {
 public:
  Buffers() {
    constexpr std::size_t kDepth = 1;  // Only the second stage nests.
    if (simdjson::get_active_implementation()->create_dom_parser_implementation(
            kSmallest, kDepth, parser_) != simdjson::SUCCESS) {
      throw std::bad_alloc();
    }
  }

  simdjson::error_code Build(std::string_view text) {
    if (text.size() > parser_->capacity()) {
      const std::size_t capacity =
          std::min(std::bit_ceil(text.size()), std::size_t{simdjson::SIMDJSON_MAXSIZE_BYTES});
      if (parser_->set_capacity(capacity) != simdjson::SUCCESS) throw std::bad_alloc();
    }
    return parser_->stage1(reinterpret_cast<const std::uint8_t*>(text.data()), text.size(),
                           simdjson::stage1_mode::regular);
  }

  std::span<const std::uint32_t> Offsets() const noexcept {
    return {parser_->structural_indexes.get(), std::size_t{parser_->n_structural_indexes} + 1};
  }
  bool IsLarge() const noexcept { return parser_->capacity() > kMostKept; }

 private:
  std::unique_ptr<simdjson::internal::dom_parser_implementation> parser_;
};

namespace {

thread_local std::unique_ptr<JsonIndex::Buffers> kept_buffers;

}  // namespace

JsonIndex::JsonIndex() : buffers_(std::move(kept_buffers)) {
  if (buffers_ == nullptr) buffers_ = std::make_unique<Buffers>();
}

JsonIndex::~JsonIndex() {
  if (!buffers_->IsLarge()) kept_buffers = std::move(buffers_);
}

IndexFault JsonIndex::Build(std::string_view text) {
  if (text.empty()) return IndexFault::kEmpty;
  if (text.size() > simdjson::SIMDJSON_MAXSIZE_BYTES) return IndexFault::kTooLarge;
  switch (buffers_->Build(text)) {
    case simdjson::SUCCESS: return IndexFault::kNone;
    case simdjson::EMPTY: return IndexFault::kEmpty;
    case simdjson::UTF8_ERROR: return IndexFault::kNotUtf8;
    case simdjson::UNESCAPED_CHARS: return IndexFault::kControlInText;
    default: return IndexFault::kOpenText;
  }
}

std::span<const std::uint32_t> JsonIndex::Offsets() const noexcept { return buffers_->Offsets(); }

}  // namespace tenon::schema
