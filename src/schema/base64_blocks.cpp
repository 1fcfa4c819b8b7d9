// SPDX-License-Identifier: Apache-2.0
// The method is Muła's and Lemire's, "Faster Base64 Encoding and Decoding Using AVX2 Instructions"
// (2018, https://arxiv.org/abs/1704.00605): 24 bytes are 32 characters.
#include "schema/base64_blocks.hpp"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace tenon::schema {

#if defined(__x86_64__)
namespace {

constexpr std::size_t kBytes = 24;
constexpr std::size_t kCharacters = 32;

bool HasAvx2() noexcept {
  static const bool has_it = __builtin_cpu_supports("avx2") != 0;
  return has_it;
}

// Both halves of the register hold the same 16 bytes.
[[gnu::target("avx2")]] __m256i Twice(__m128i half) noexcept {
  return _mm256_broadcastsi128_si256(half);
}

// Four numbers of six bits for each three bytes, a byte each.
[[gnu::target("avx2")]] __m256i SixBits(__m256i bytes) noexcept {
  // Each three bytes a, b, c as b a c b: two halves of 16 bits that hold two of the numbers each.
  const __m256i order = Twice(_mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10));
  const __m256i spread = _mm256_shuffle_epi8(bytes, order);
  // Multiplying shifts each half by an amount of its own.
  const __m256i first = _mm256_mulhi_epu16(_mm256_and_si256(spread, _mm256_set1_epi32(0x0FC0FC00)),
                                           _mm256_set1_epi32(0x04000040));
  const __m256i second = _mm256_mullo_epi16(_mm256_and_si256(spread, _mm256_set1_epi32(0x003F03F0)),
                                            _mm256_set1_epi32(0x01000010));
  return _mm256_or_si256(first, second);
}

[[gnu::target("avx2")]] __m256i Characters(__m256i numbers) noexcept {
  // From a number to its character by adding: A-Z, a-z, ten digits, '+' and '/'.
  const __m256i distances =
      Twice(_mm_setr_epi8(65, 71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 0, 0));
  // 0 for A-Z, 1 for a-z, 2 to 13 for the others.
  const __m256i over = _mm256_subs_epu8(numbers, _mm256_set1_epi8(51));
  const __m256i is_no_capital = _mm256_cmpgt_epi8(numbers, _mm256_set1_epi8(25));
  const __m256i range = _mm256_sub_epi8(over, is_no_capital);
  return _mm256_add_epi8(numbers, _mm256_shuffle_epi8(distances, range));
}

[[gnu::target("avx2")]] std::size_t Encode(const std::byte* bytes, std::size_t size,
                                           char* out) noexcept {
  constexpr std::size_t kRead = kBytes + 4;  // The second load reads beyond the block.
  std::size_t done = 0;
  for (; size - done >= kRead; done += kBytes, out += kCharacters) {
    const auto* const from = reinterpret_cast<const __m128i*>(bytes + done);
    const auto* const half = reinterpret_cast<const __m128i*>(bytes + done + kBytes / 2);
    const __m256i both = _mm256_set_m128i(_mm_loadu_si128(half), _mm_loadu_si128(from));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), Characters(SixBits(both)));
  }
  return done;
}

// The numbers of the characters. False where one is none of the alphabet.
[[gnu::target("avx2")]] bool Numbers(__m256i characters, __m256i& numbers) noexcept {
  // A bit for each kind of character that a low half of this value may and may not belong to, and
  // the same for high halves: no bit in common is a character of the alphabet.
  const __m256i by_low = Twice(_mm_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
                                             0x11, 0x13, 0x1A, 0x1B, 0x1B, 0x1B, 0x1A));
  const __m256i by_high = Twice(_mm_setr_epi8(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10,
                                              0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10));
  // From a character to its number by adding, by its high half; '/' has an entry of its own.
  const __m256i distances =
      Twice(_mm_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0));
  const __m256i slash = _mm256_set1_epi8('/');
  const __m256i low_half = _mm256_set1_epi8(0x0F);
  const __m256i high = _mm256_and_si256(_mm256_srli_epi32(characters, 4), low_half);
  const __m256i low = _mm256_and_si256(characters, low_half);
  if (_mm256_testz_si256(_mm256_shuffle_epi8(by_low, low), _mm256_shuffle_epi8(by_high, high)) ==
      0) {
    return false;
  }
  const __m256i entry = _mm256_add_epi8(_mm256_cmpeq_epi8(characters, slash), high);
  numbers = _mm256_add_epi8(characters, _mm256_shuffle_epi8(distances, entry));
  return true;
}

[[gnu::target("avx2")]] std::size_t Decode(const char* text, std::size_t size,
                                           std::byte* out) noexcept {
  const __m256i order =
      Twice(_mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1));
  std::size_t done = 0;
  for (; size - done >= kCharacters; done += kCharacters, out += kBytes) {
    __m256i numbers;
    if (!Numbers(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(text + done)), numbers)) break;
    // Two numbers into 12 bits, two of these into 24, and those bytes without the gaps.
    const __m256i twelves = _mm256_maddubs_epi16(numbers, _mm256_set1_epi32(0x01400140));
    const __m256i groups = _mm256_madd_epi16(twelves, _mm256_set1_epi32(0x00011000));
    const __m256i packed = _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(groups, order),
                                                       _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(out), _mm256_castsi256_si128(packed));
    _mm_storel_epi64(reinterpret_cast<__m128i*>(out + 16), _mm256_extracti128_si256(packed, 1));
  }
  return done;
}

}  // namespace

std::size_t EncodeBase64Blocks(const std::byte* bytes, std::size_t size, char* out) noexcept {
  return HasAvx2() ? Encode(bytes, size, out) : 0;
}

std::size_t DecodeBase64Blocks(const char* text, std::size_t size, std::byte* out) noexcept {
  return HasAvx2() ? Decode(text, size, out) : 0;
}

#else

std::size_t EncodeBase64Blocks(const std::byte*, std::size_t, char*) noexcept { return 0; }
std::size_t DecodeBase64Blocks(const char*, std::size_t, std::byte*) noexcept { return 0; }

#endif

}  // namespace tenon::schema
