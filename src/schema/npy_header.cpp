// SPDX-License-Identifier: Apache-2.0
#include "schema/npy_header.hpp"

#include <fmt/format.h>

#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <system_error>

#include "schema/element_count.hpp"

namespace tenon::schema {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kMostRank = 32;

Error Broken(std::string_view why) {
  return {ErrorCode::kMalformed, fmt::format("The body is not NPY: {}.", why)};
}

std::size_t ByteAt(std::string_view bytes, std::size_t at) noexcept {
  return static_cast<unsigned char>(bytes[at]);
}

// Reads the header's text, a dictionary as Python writes it.
class Literal {
 public:
  explicit Literal(std::string_view text) noexcept : rest_(text) {}

  // Whether the character comes next; it is taken then.
  bool Take(char c) noexcept {
    SkipSpace();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool TakeWord(std::string_view word) noexcept {
    SkipSpace();
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  std::optional<std::string_view> Text() noexcept {
    SkipSpace();
    if (rest_.empty() || (rest_[0] != '\'' && rest_[0] != '"')) return std::nullopt;
    const std::size_t end = rest_.find(rest_[0], 1);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view text = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return text;
  }
  std::optional<std::int64_t> Count() noexcept {
    SkipSpace();
    std::int64_t value = 0;
    const auto [end, failure] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
    if (failure != std::errc() || value < 0) return std::nullopt;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    TakeWord("L");  // Python 2 wrote it behind large ones.
    return value;
  }
  bool IsAtEnd() noexcept {
    SkipSpace();
    return rest_.empty();
  }

 private:
  void SkipSpace() noexcept {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n')) rest_.remove_prefix(1);
  }
  std::string_view rest_;
};

Error NotRead(std::string_view descr) {
  std::string_view what = "this type";
  switch (descr.size() > 1 ? descr[1] : '\0') {
    case 'O': what = "pickled Python objects"; break;
    case 'c': what = "complex numbers"; break;
    case 'M':
    case 'm': what = "times"; break;
    case 'V': what = "records"; break;
    default: break;
  }
  std::string shown;
  for (const char c : descr.substr(0, 20)) shown += c < ' ' || c > '~' ? '?' : c;
  return {ErrorCode::kInvalid,
          fmt::format("NPY with elements '{}' is not read: {} are no tensors. Send booleans, "
                      "integers, floats or texts (astype('float32')).",
                      shown, what)};
}

// "<f4": byte order, kind, size.
Result<> ReadDescr(std::string_view descr, NpyHeader& header) {
  constexpr std::string_view kOrders = "<>|=";
  if (descr.size() < 2 || kOrders.find(descr[0]) == std::string_view::npos) return NotRead(descr);
  header.byte_order = descr[0] == '>' ? ByteOrder::kBig : ByteOrder::kLittle;
  header.kind = descr[1];
  const std::string_view digits = descr.substr(2);
  std::size_t size = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), size);
  const bool is_size = failure == std::errc() && end == digits.data() + digits.size() && size > 0;
  const bool is_power = size == 1 || size == 2 || size == 4 || size == 8;
  bool is_read = false;
  switch (header.kind) {
    case 'b': is_read = size == 1; break;
    case 'i':
    case 'u': is_read = is_power; break;
    case 'f': is_read = is_power && size > 1; break;
    case 'S': is_read = is_size; break;
    case 'U':
      is_read = is_size && size <= std::numeric_limits<std::uint32_t>::max();
      size *= 4;  // Code points of 32 bits.
      break;
    default: break;
  }
  if (!is_size || !is_read) return NotRead(descr);
  header.width = size;
  return {};
}

Result<> ReadShape(Literal& literal, NpyHeader& header) {
  if (!literal.Take('(')) return Broken("its shape is no tuple");
  header.shape.clear();
  while (!literal.Take(')')) {
    const std::optional<std::int64_t> length = literal.Count();
    if (!length || header.shape.size() == kMostRank) {
      return Broken("its shape is no tuple of at most 32 lengths");
    }
    header.shape.push_back(*length);
    if (!literal.Take(',')) {
      if (!literal.Take(')')) return Broken("its shape is no tuple of lengths");
      break;
    }
  }
  const std::optional<std::size_t> count = CountElements(header.shape);
  if (!count) return Broken("its shape has more elements than there can be");
  header.count = *count;
  return {};
}

Result<> ReadDictionary(std::string_view text, NpyHeader& header) {
  Literal literal(text);
  if (!literal.Take('{')) return Broken("its header is no dictionary");
  bool has_descr = false;
  bool has_order = false;
  bool has_shape = false;
  while (!literal.Take('}')) {
    const std::optional<std::string_view> key = literal.Text();
    if (!key || !literal.Take(':')) return Broken("its header is no dictionary");
    if (*key == "descr") {
      if (literal.Take('[')) return NotRead("|V");
      const std::optional<std::string_view> descr = literal.Text();
      if (!descr) return Broken("its 'descr' is no text");
      if (auto read = ReadDescr(*descr, header); !read) return read;
      has_descr = true;
    } else if (*key == "fortran_order") {
      const bool is_fortran = literal.TakeWord("True");
      if (!is_fortran && !literal.TakeWord("False")) {
        return Broken("its 'fortran_order' is neither True nor False");
      }
      header.element_order = is_fortran ? ElementOrder::kColumnMajor : ElementOrder::kRowMajor;
      has_order = true;
    } else if (*key == "shape") {
      if (auto read = ReadShape(literal, header); !read) return read;
      has_shape = true;
    } else {
      return Broken("its header has a key that is not known");
    }
    if (!literal.Take(',')) {
      if (!literal.Take('}')) return Broken("its header is no dictionary");
      break;
    }
  }
  if (!literal.IsAtEnd()) return Broken("something follows its header");
  if (!has_descr || !has_order || !has_shape) {
    return Broken("its header lacks 'descr', 'fortran_order' or 'shape'");
  }
  return {};
}

}  // namespace

Result<NpyHeader> ReadNpyHeader(std::string_view bytes) {
  if (!bytes.starts_with(kMagic)) return Broken("it does not begin with \\x93NUMPY");
  constexpr std::size_t kShort = 10;
  constexpr std::size_t kLong = 12;
  if (bytes.size() < kLong) return Broken("its header is cut");
  const std::size_t version = ByteAt(bytes, kMagic.size());
  if (version < 1 || version > 3) {
    return Broken(fmt::format("its version is {}, and 1 to 3 are read", version));
  }
  std::size_t length = ByteAt(bytes, 8) | ByteAt(bytes, 9) << 8U;
  if (version > 1) length |= ByteAt(bytes, 10) << 16U | ByteAt(bytes, 11) << 24U;
  const std::size_t begin = version > 1 ? kLong : kShort;
  if (bytes.size() - begin < length) return Broken("its header is cut");
  NpyHeader header;
  if (auto read = ReadDictionary(bytes.substr(begin, length), header); !read) {
    return std::move(read).Error();
  }
  header.size = begin + length;
  return header;
}

}  // namespace tenon::schema
