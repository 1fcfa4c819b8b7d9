// SPDX-License-Identifier: Apache-2.0

// Universal Binary JSON: a marker, then the content, numbers with the highest byte first.

#include <fmt/format.h>

#include <bit>
#include <concepts>
#include <cstdint>
#include <optional>

#include "document.hpp"

namespace tenon::xgboost {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  Value ReadAll() {
    Value value = ReadValue(NextMarker(), 0);
    if (at_ != bytes_.size()) Fail("there is more after its end");
    return value;
  }

 private:
  // How many items follow and, where it was said, of what kind all of them are.
  struct Extent {
    std::optional<std::size_t> count;
    std::optional<char> kind;
  };

  [[noreturn]] void Fail(std::string_view what) const {
    throw BrokenFile{fmt::format("it is not complete UBJSON: at byte {} {}", at_, what)};
  }

  std::size_t Left() const noexcept { return bytes_.size() - at_; }

  char Peek() const {
    if (Left() == 0) Fail("it ends too early");
    return bytes_[at_];
  }
  char Next() {
    const char c = Peek();
    ++at_;
    return c;
  }
  char NextMarker() {
    char marker = Next();
    while (marker == 'N') marker = Next();  // Stands for nothing.
    return marker;
  }
  bool Skip(char wanted) {
    if (Left() == 0 || bytes_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  template <std::unsigned_integral U>
  U Bits() {
    if (Left() < sizeof(U)) Fail("it ends inside a number");
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(U); ++i) {
      value = value << 8U | static_cast<unsigned char>(bytes_[at_ + i]);
    }
    at_ += sizeof(U);
    return static_cast<U>(value);
  }

  // Bytes of one number of that kind; 0 for what is no number.
  static constexpr std::size_t NumberSize(char kind) noexcept {
    switch (kind) {
      case 'i':
      case 'U': return 1;
      case 'I': return 2;
      case 'l':
      case 'd': return 4;
      case 'L':
      case 'D': return 8;
      default: return 0;
    }
  }

  double Number(char kind) {
    switch (kind) {
      case 'i': return static_cast<std::int8_t>(Bits<std::uint8_t>());
      case 'U': return Bits<std::uint8_t>();
      case 'I': return static_cast<std::int16_t>(Bits<std::uint16_t>());
      case 'l': return static_cast<std::int32_t>(Bits<std::uint32_t>());
      case 'L': return static_cast<double>(static_cast<std::int64_t>(Bits<std::uint64_t>()));
      case 'd': return static_cast<double>(std::bit_cast<float>(Bits<std::uint32_t>()));
      case 'D': return std::bit_cast<double>(Bits<std::uint64_t>());
      default: Fail("a number is of an unknown kind");
    }
  }

  // A length or count: never more than there are bytes, so that nothing absurd is allocated.
  std::size_t Length() {
    const char kind = NextMarker();
    if (kind == 'd' || kind == 'D' || NumberSize(kind) == 0) Fail("a length is no integer");
    const double length = Number(kind);
    if (length < 0 || length > static_cast<double>(Left())) {
      Fail(fmt::format("a length of {} is more than what is left", length));
    }
    return static_cast<std::size_t>(length);
  }

  std::string Text() {
    const std::size_t length = Length();
    std::string text(bytes_.substr(at_, length));
    at_ += length;
    return text;
  }

  Extent ReadExtent() {
    Extent extent;
    if (Skip('$')) {
      extent.kind = Next();
      if (Peek() != '#') Fail("a kind of items comes without a count");
      // Items without a byte of their own: a short file could claim any number of them.
      if (std::string_view("ZTFN").find(*extent.kind) != std::string_view::npos) {
        Fail("an array is of a kind without content");
      }
    }
    if (Skip('#')) extent.count = Length();
    return extent;
  }

  Value ReadArray(std::size_t depth) {
    const Extent extent = ReadExtent();
    if (extent.kind && NumberSize(*extent.kind) != 0)
      return ReadNumbers(*extent.kind, *extent.count);
    Value::Array items;
    while (extent.count ? items.size() < *extent.count : !Skip(']')) {
      items.push_back(ReadValue(extent.kind ? *extent.kind : NextMarker(), depth + 1));
    }
    return ArrayOf(std::move(items));
  }

  Value ReadNumbers(char kind, std::size_t count) {
    if (count > Left() / NumberSize(kind)) Fail("it ends inside an array");
    Value::Numbers numbers;
    numbers.reserve(count);
    for (std::size_t i = 0; i < count; ++i) numbers.push_back(Number(kind));
    return Value(std::move(numbers));
  }

  Value ReadObject(std::size_t depth) {
    const Extent extent = ReadExtent();
    Value::Object members;
    while (extent.count ? members.size() < *extent.count : !Skip('}')) {
      std::string name = Text();
      members.emplace_back(std::move(name),
                           ReadValue(extent.kind ? *extent.kind : NextMarker(), depth + 1));
    }
    return Value(std::move(members));
  }

  Value ReadValue(char marker, std::size_t depth) {
    if (depth > kMaxDepth) Fail("it nests too deep");
    switch (marker) {
      case '{': return ReadObject(depth);
      case '[': return ReadArray(depth);
      case 'S': return Value(Text());
      case 'C': return Value(std::string(1, Next()));
      case 'T': return Value(1.0);
      case 'F': return Value(0.0);
      case 'Z': return {};
      default: break;
    }
    if (NumberSize(marker) == 0) Fail("a value is of an unknown kind");
    return Value(Number(marker));
  }

  const std::string_view bytes_;
  std::size_t at_ = 0;
};

}  // namespace

Value ReadUbjson(std::string_view bytes) { return Reader(bytes).ReadAll(); }

}  // namespace tenon::xgboost
