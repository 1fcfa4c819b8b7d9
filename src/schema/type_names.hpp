// SPDX-License-Identifier: Apache-2.0
#pragma once

// The names of types in a document.

#include <deque>
#include <string>
#include <string_view>

#include "tenon/schema/type.hpp"

namespace tenon::schema {

// Gives each type a name of its own, in the order in which they are asked for: two structs named
// Request in different namespaces are `Request` and `Request2`. Names are letters, digits, '.', '-'
// and '_', as OpenAPI has it.
class TypeNames {
 public:
  struct Entry {
    const Type* type;
    std::string name;
  };

  // Keeps a name from being given to a type.
  void Reserve(std::string_view name);
  // Lifetime: that of this object.
  const std::string& NameOf(const Type& type);

  // Types in the order of their names; stable while more are added.
  const std::deque<Entry>& Entries() const noexcept { return entries_; }

 private:
  bool IsTaken(std::string_view name) const;

  std::deque<Entry> entries_;
  std::deque<std::string> reserved_;
};

}  // namespace tenon::schema
