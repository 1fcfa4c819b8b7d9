// SPDX-License-Identifier: Apache-2.0
// Any bytes as a payload of a type that has all kinds. What is read is written, read again and must
// be the same.
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "schema/binary.hpp"
#include "tenon/schema/reflect.hpp"

namespace {

enum class Colour : std::uint8_t { kRed, kBlue };
struct Node {
  std::string name;
  std::vector<Node> children;
};
struct Everything {
  bool a;
  std::int16_t b;
  double c;
  std::string d;
  Colour e;
  std::chrono::milliseconds f;
  std::optional<std::uint32_t> g;
  std::vector<float> h;
  std::vector<bool> i;
  std::array<int, 2> j;
  std::map<std::string, Node> k;
  tenon::Bytes l;
  tenon::Tensor<float> m;
  tenon::Tensor<std::string> n;
  tenon::Tensor<bool> o;
};

std::string Write(const Everything& value) {
  std::string text;
  std::vector<tenon::schema::SharedPart> parts;
  tenon::schema::WriteBinary(tenon::schema::TypeOf<Everything>(), &value, {text, parts});
  for (std::size_t i = parts.size(); i-- > 0;) {
    text.insert(parts[i].offset, parts[i].bytes.View());
  }
  return text;
}

bool Read(Everything& value, const std::string& text) {
  const std::shared_ptr<std::byte> owned(
      static_cast<std::byte*>(::operator new(text.size() + 1, std::align_val_t(64))),
      [](std::byte* p) { ::operator delete(p, std::align_val_t(64)); });
  std::memcpy(owned.get(), text.data(), text.size());
  return tenon::schema::ReadBinary(tenon::schema::TypeOf<Everything>(), &value,
                                   {owned.get(), text.size()}, owned)
      .Ok();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Everything value{};
  if (!Read(value, std::string(reinterpret_cast<const char*>(data), size))) return 0;
  const std::string written = Write(value);
  Everything again{};
  if (!Read(again, written) || Write(again) != written) std::abort();
  return 0;
}
