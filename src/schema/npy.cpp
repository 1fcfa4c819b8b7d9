// SPDX-License-Identifier: Apache-2.0
#include "schema/npy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "schema/element_types.hpp"
#include "schema/half_float.hpp"
#include "schema/npy_header.hpp"
#include "schema/utf8.hpp"

namespace tenon::schema {
namespace {

static_assert(std::endian::native == std::endian::little, "elements are copied as they lie");

constexpr char32_t kLastCodePoint = 0x10FFFF;
constexpr std::size_t kMostTextBytes = std::size_t{512} << 20U;

Error Broken(std::string_view why) {
  return {ErrorCode::kMalformed, fmt::format("The body is not NPY: {}.", why)};
}

ElementType TypeOfNumbers(const NpyHeader& header) noexcept {
  switch (header.kind) {
    case 'i':
      switch (header.width) {
        case 1: return ElementType::kInt8;
        case 2: return ElementType::kInt16;
        case 4: return ElementType::kInt32;
        default: return ElementType::kInt64;
      }
    case 'u':
      switch (header.width) {
        case 1: return ElementType::kUint8;
        case 2: return ElementType::kUint16;
        case 4: return ElementType::kUint32;
        default: return ElementType::kUint64;
      }
    case 'f': return header.width == 8 ? ElementType::kFloat64 : ElementType::kFloat32;
    default: return ElementType::kBool;
  }
}

// Calls `visit(to, from)` for each element: its place in row-major order, and in the file.
template <class Visit>
void EachElement(const NpyHeader& header, Visit visit) {
  if (header.element_order == ElementOrder::kRowMajor || header.shape.size() < 2) {
    for (std::size_t i = 0; i < header.count; ++i) visit(i, i);
    return;
  }
  const std::size_t rank = header.shape.size();
  std::vector<std::size_t> lengths(rank);
  std::vector<std::size_t> strides(rank);
  std::size_t stride = 1;
  for (std::size_t d = 0; d < rank; ++d) {
    lengths[d] = static_cast<std::size_t>(header.shape[d]);
    strides[d] = stride;
    stride *= lengths[d];
  }
  std::vector<std::size_t> at(rank);
  std::size_t from = 0;
  for (std::size_t to = 0; to < header.count; ++to) {
    visit(to, from);
    for (std::size_t d = rank; d-- > 0;) {
      from += strides[d];
      if (++at[d] < lengths[d]) break;
      from -= strides[d] * lengths[d];
      at[d] = 0;
    }
  }
}

// An unsigned integer as it lies in the file.
template <class T>
T LoadBits(const char* from, ByteOrder order) noexcept {
  std::array<char, sizeof(T)> bytes;
  std::memcpy(bytes.data(), from, sizeof(T));
  if (order == ByteOrder::kBig) std::ranges::reverse(bytes);
  return std::bit_cast<T>(bytes);
}

template <class T>
void CopyElements(const NpyHeader& header, const char* from, AnyTensor& to) {
  auto* const elements = static_cast<char*>(to.data());
  EachElement(header, [&](std::size_t into, std::size_t out_of) {
    const T value = LoadBits<T>(from + out_of * sizeof(T), header.byte_order);
    std::memcpy(elements + into * sizeof(T), &value, sizeof(T));
  });
}

AnyTensor ReadNumbers(const NpyHeader& header, std::string_view elements) {
  const char* const from = elements.begin();
  const ElementType type = TypeOfNumbers(header);
  AnyTensor tensor = AnyTensor::Create(type, header.shape);
  if (header.count == 0) return tensor;
  const bool is_half = header.kind == 'f' && header.width == 2;
  if (is_half) {
    auto* const to = static_cast<float*>(tensor.data());
    EachElement(header, [&](std::size_t into, std::size_t out_of) {
      to[into] = FloatOfHalf(LoadBits<std::uint16_t>(from + out_of * 2, header.byte_order));
    });
  } else if (type == ElementType::kBool) {
    auto* const to = static_cast<bool*>(tensor.data());
    // Any other byte than 0 and 1 is no bool in C++.
    EachElement(header,
                [&](std::size_t into, std::size_t out_of) { to[into] = from[out_of] != 0; });
  } else if (header.byte_order == ByteOrder::kLittle &&
             (header.element_order == ElementOrder::kRowMajor || header.shape.size() < 2)) {
    std::memcpy(tensor.data(), from, tensor.ByteSize());
  } else {
    switch (header.width) {
      case 1: CopyElements<std::uint8_t>(header, from, tensor); break;
      case 2: CopyElements<std::uint16_t>(header, from, tensor); break;
      case 4: CopyElements<std::uint32_t>(header, from, tensor); break;
      default: CopyElements<std::uint64_t>(header, from, tensor); break;
    }
  }
  return tensor;
}

bool IsUtf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

// Texts are padded with zeros. Nothing for what is none.
std::optional<std::string> ReadText(const NpyHeader& header, std::string_view bytes) {
  if (header.kind == 'S') {
    while (bytes.ends_with('\0')) bytes.remove_suffix(1);
    if (!IsUtf8(bytes)) return std::nullopt;
    return std::string(bytes);
  }
  std::string text;
  std::size_t zeros = 0;
  for (std::size_t i = 0; i < header.width; i += 4) {
    const char32_t point = LoadBits<std::uint32_t>(bytes.begin() + i, header.byte_order);
    if (point == 0) {
      ++zeros;
      continue;
    }
    if (point > kLastCodePoint || (point >= 0xD800 && point <= 0xDFFF)) return std::nullopt;
    text.append(std::exchange(zeros, 0), '\0');
    AppendUtf8(point, text);
  }
  return text;
}

Result<AnyTensor> ReadTexts(const NpyHeader& header, std::string_view elements) {
  AnyTensor tensor = AnyTensor::Create(ElementType::kString, header.shape);
  std::optional<std::size_t> broken;
  EachElement(header, [&](std::size_t into, std::size_t out_of) {
    std::optional<std::string> text =
        ReadText(header, elements.substr(out_of * header.width, header.width));
    if (text) {
      tensor.Strings()[into] = *std::move(text);
    } else if (!broken) {
      broken = into;
    }
  });
  if (!broken) return tensor;
  return Error(ErrorCode::kInvalid, fmt::format("Element {} of the array is no text: it is not "
                                                "{}.",
                                                *broken, header.kind == 'S' ? "UTF-8" : "Unicode"));
}

std::string_view DescrOf(ElementType type) noexcept {
  switch (type) {
    case ElementType::kBool: return "|b1";
    case ElementType::kInt8: return "|i1";
    case ElementType::kInt16: return "<i2";
    case ElementType::kInt32: return "<i4";
    case ElementType::kInt64: return "<i8";
    case ElementType::kUint8: return "|u1";
    case ElementType::kUint16: return "<u2";
    case ElementType::kUint32: return "<u4";
    case ElementType::kUint64: return "<u8";
    case ElementType::kFloat16: return "<f2";
    case ElementType::kFloat64: return "<f8";
    case ElementType::kBFloat16:
    case ElementType::kFloat32:
    case ElementType::kString: break;
  }
  return "<f4";
}

// The text's code points; what is not UTF-8 is U+FFFD, as in JSON.
std::u32string CodePoints(std::string_view text) {
  std::u32string points;
  while (!text.empty()) {
    const std::size_t length = Utf8Length(text);
    const auto first = static_cast<unsigned char>(text[0]);
    char32_t point = 0xFFFD;
    if (length == 1) {
      point = first;
    } else if (length > 1) {
      point = first & (0xFFU >> (length + 1));
      for (std::size_t i = 1; i < length; ++i) {
        point = point << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
      }
    }
    points += point;
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return points;
}

void AppendNumber(std::size_t value, std::size_t bytes, std::string& out) {
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(value >> (8 * i) & 0xFFU);
}

void WriteHeader(std::string_view descr, std::span<const std::int64_t> shape, std::string& out) {
  std::string lengths;
  for (const std::int64_t length : shape) lengths += fmt::format("{}, ", length);
  if (shape.size() > 1) lengths.resize(lengths.size() - 2);
  if (shape.size() == 1) lengths.pop_back();
  std::string header =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", descr, lengths);
  // Elements begin at a multiple of 64.
  constexpr std::size_t kBefore = 10;
  constexpr std::size_t kAlignment = 64;
  const std::size_t bare = kBefore + header.size() + 1;
  header.append((kAlignment - bare % kAlignment) % kAlignment, ' ');
  header += '\n';
  out += "\x93NUMPY";
  out.append("\x01\x00", 2);
  AppendNumber(header.size(), 2, out);
  out += header;
}

}  // namespace

Result<AnyTensor> ReadNpy(std::string_view bytes) {
  const Result<NpyHeader> header = ReadNpyHeader(bytes);
  if (!header) return header.Error();
  const std::string_view elements = bytes.substr(header->size);
  std::size_t wanted = 0;
  if (__builtin_mul_overflow(header->count, header->width, &wanted) || wanted != elements.size()) {
    return Broken(fmt::format("its shape says {} elements of {} bytes, and {} bytes follow",
                              header->count, header->width, elements.size()));
  }
  if (header->kind == 'S' || header->kind == 'U') return ReadTexts(*header, elements);
  return ReadNumbers(*header, elements);
}

Result<> WriteNpy(const AnyTensor& tensor, std::string& out) {
  if (tensor.Type() != ElementType::kString) {
    WriteHeader(DescrOf(tensor.Type()), tensor.Shape(), out);
    if (tensor.size() > 0) out.append(static_cast<const char*>(tensor.data()), tensor.ByteSize());
    return {};
  }
  std::vector<std::u32string> texts;
  std::size_t longest = 1;
  for (const std::string& text : tensor.Strings()) {
    longest = std::max(longest, texts.emplace_back(CodePoints(text)).size());
  }
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(texts.size() * 4, longest, &bytes) || bytes > kMostTextBytes) {
    return Error(ErrorCode::kTooLarge,
                 "The answer's texts as NPY, each as long as the longest, take more than 512 MiB. "
                 "Accept application/json.");
  }
  WriteHeader(fmt::format("<U{}", longest), tensor.Shape(), out);
  for (const std::u32string& text : texts) {
    for (const char32_t point : text) AppendNumber(point, 4, out);
    out.append((longest - text.size()) * 4, '\0');
  }
  return {};
}

}  // namespace tenon::schema
