// SPDX-License-Identifier: Apache-2.0
#pragma once

// Writes a JSON object that has no type, member by member.

#include <string>
#include <string_view>

#include "tenon/schema/json.hpp"

namespace tenon::schema {

// Opens the object at once; `Close` ends it. The text is kept elsewhere, so that members can be
// written straight into it.
class ObjectText {
 public:
  explicit ObjectText(std::string& out) : out_(out) { out_ += '{'; }

  // Writes the key; the caller appends the value to what is returned.
  std::string& Key(std::string_view name) {
    if (!is_empty_) out_ += ',';
    is_empty_ = false;
    WriteJsonString(name, out_);
    out_ += ':';
    return out_;
  }
  void Text(std::string_view name, std::string_view value) { WriteJsonString(value, Key(name)); }
  // `json` is JSON already.
  void Json(std::string_view name, std::string_view json) { Key(name) += json; }
  void Close() { out_ += '}'; }

 private:
  std::string& out_;
  bool is_empty_ = true;
};

}  // namespace tenon::schema
