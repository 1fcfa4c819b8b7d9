// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "schema/element_types.hpp"
#include "schema/json_reader.hpp"
#include "schema/tensor_elements.hpp"

namespace tenon::schema {
namespace {

bool HasShape(std::span<const std::int64_t> shape, const ShapeLimit& limit) {
  return std::ranges::equal(shape, limit.Dimensions(), [](std::int64_t length, std::int64_t want) {
    return want < 0 || length == want;
  });
}

}  // namespace

// Nested arrays into one run of elements. The first path down decides the rank, the first array of
// each level its length.
template <class T>
class Reader::TensorReader {
 public:
  TensorReader(Reader& reader, const Path* path)
      // Each element has a comma or a bracket after it.
      : reader_(reader), path_(path), elements_(reader.cursor_.TokensLeft() / 2 + 1) {}

  // False: not JSON.
  bool Read() {
    if (reader_.cursor_.Peek() == '[') return ReadLevel(0, path_);
    return reader_.ReadElement(elements_.Next(), path_, Path::kNoIndex);
  }

  const std::vector<std::int64_t>& Shape() const noexcept { return shape_; }
  AnyTensor Finish() && { return std::move(elements_).Finish(std::move(shape_)); }

 private:
  static constexpr std::int64_t kUnknown = -1;

  // An array of which `depth` arrays lie outside.
  bool ReadLevel(std::size_t depth, const Path* path) {
    Cursor& cursor = reader_.cursor_;
    if (shape_.size() == depth) shape_.push_back(kUnknown);
    std::size_t count = 0;
    const bool is_json = cursor.EachElement([&](std::size_t index) {
      ++count;
      if (!rank_ && cursor.Peek() != '[') rank_ = depth + 1;
      if (rank_ == depth + 1) return reader_.ReadElement(elements_.Next(), path, index);
      const Path here{.outer = path, .key = {}, .index = index};
      if (cursor.Peek() == '[') return ReadLevel(depth + 1, &here);
      return RefuseScalar(here);
    });
    if (!is_json) return false;
    if (!rank_) rank_ = depth + 1;
    const auto length = static_cast<std::int64_t>(count);
    if (shape_[depth] == kUnknown) {
      shape_[depth] = length;
    } else if (shape_[depth] != length) {
      reader_.faults_.Add(path, "expected " + std::to_string(shape_[depth]) +
                                    " elements, as many as in the array before, found " +
                                    std::to_string(length));
    }
    return true;
  }

  bool RefuseScalar(const Path& here) {
    if (reader_.cursor_.IsAtEnd()) return reader_.cursor_.Skip();  // Which refuses.
    const std::string found = Found(reader_.cursor_);
    if (!reader_.cursor_.Skip()) return false;
    reader_.faults_.Add(&here, "expected an array, as before it, found " + found);
    return true;
  }

  Reader& reader_;
  const Path* const path_;
  TensorElements<T> elements_;
  std::vector<std::int64_t> shape_;
  std::optional<std::size_t> rank_;
};

bool Reader::ReadTensor(const Type& type, const Constraints& constraints, void* object,
                        const Path* path) {
  if (constraints.shape && constraints.shape->rank > 0 && cursor_.Peek() != '[') {
    return Mismatch(type, constraints, path);
  }
  return VisitElementType(type.representation, [&]<class T>(std::type_identity<T>) {
    TensorReader<T> tensor(*this, path);
    const std::size_t before = faults_.Count();
    if (!tensor.Read()) return false;
    if (faults_.Count() != before) return true;
    if (constraints.shape && !HasShape(tensor.Shape(), *constraints.shape)) {
      faults_.Add(
          path, "expected " + Expected(type, constraints) + ", found " + ShapeText(tensor.Shape()));
      return true;
    }
    type.tensor->assign(object, std::move(tensor).Finish());
    return true;
  });
}

}  // namespace tenon::schema
