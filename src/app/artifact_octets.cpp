// SPDX-License-Identifier: Apache-2.0
#include "app/artifact_octets.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "app/config_keys.hpp"
#include "tenon/base/nearest_name.hpp"

namespace tenon::app {
namespace {

using config_keys::Key;
using config_keys::Refuse;
using runtime::OctetShape;

constexpr std::array kTypes = {ElementType::kBool,    ElementType::kInt8,    ElementType::kInt16,
                               ElementType::kInt32,   ElementType::kInt64,   ElementType::kUint8,
                               ElementType::kUint16,  ElementType::kUint32,  ElementType::kUint64,
                               ElementType::kFloat16, ElementType::kFloat32, ElementType::kFloat64};

Result<> ReadType(const ConfigNode& node, std::string_view file, OctetShape& out) {
  const auto* const type =
      std::ranges::find_if(kTypes, [&](ElementType known) { return Name(known) == node.text; });
  if (type == kTypes.end() || !node.IsScalar()) {
    std::vector<std::string> names;
    names.reserve(kTypes.size());
    for (const ElementType known : kTypes) names.emplace_back(Name(known));
    return ConfigError(file, node.line,
                       "'" + node.text + "' in 'octet_stream' is no type of elements." +
                           DidYouMean(node.text, names));
  }
  out.type = *type;
  return {};
}

Result<> ReadShape(const ConfigNode& node, std::string_view file, OctetShape& out) {
  constexpr std::int64_t kMost = 1'000'000'000;
  constexpr const char* kAllowed = "a list of lengths, of which one may be -1";
  if (node.kind != ConfigNode::Kind::kList || node.items.empty()) {
    return Refuse(node, file, "shape", kAllowed);
  }
  for (const ConfigNode& item : node.items) {
    std::int64_t length = 0;
    const bool is_length =
        config_keys::ReadWhole<std::int64_t>(item, file, "shape", -1, kMost, length).Ok();
    if (!is_length || length == 0) return Refuse(item, file, "shape", kAllowed);
    out.shape.push_back(length);
  }
  if (std::ranges::count(out.shape, -1) > 1) return Refuse(node, file, "shape", kAllowed);
  return {};
}

constexpr std::array kKeys = {Key<OctetShape>{"type", &ReadType},
                              Key<OctetShape>{"shape", &ReadShape}};

}  // namespace

Result<> ReadOctets(const ConfigNode& node, std::string_view file, std::optional<OctetShape>& out) {
  OctetShape read;
  auto done = config_keys::ReadMap<OctetShape>(node, file, "'octet_stream'", kKeys, read);
  if (!done) return done;
  if (read.shape.empty()) {
    return ConfigError(file, node.line, "'octet_stream' needs a 'shape', such as [-1, 28, 28].");
  }
  out = std::move(read);
  return {};
}

}  // namespace tenon::app
