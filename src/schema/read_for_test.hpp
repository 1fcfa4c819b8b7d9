// SPDX-License-Identifier: Apache-2.0
#pragma once

// How tests look at what the reader says.

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tenon/schema/json.hpp"

namespace tenon::schema {

// "" for success, else the code and one line per fault: "invalid\n/a/0: expected ...".
inline std::string Verdict(const Result<void>& read) {
  if (read) return "";
  const Error& error = read.Error();
  std::string text(Name(error.Code()));
  for (const Fault& fault : error.Faults()) text += "\n" + fault.pointer + ": " + fault.detail;
  if (error.OmittedFaults() > 0) text += "\nand " + std::to_string(error.OmittedFaults());
  return text;
}

template <class T>
std::string Verdict(std::string_view json, const ReadOptions& options = {}) {
  T value{};
  return Verdict(ReadJson(TypeOf<T>(), &value,
                          {.data = json.data(), .size = json.size(), .capacity = json.size()},
                          options));
}

template <class T>
T MustRead(std::string_view json) {
  auto read = ReadJson<T>(json);
  if (!read) {
    ADD_FAILURE() << json << ": " << read.Error().what();
    return {};
  }
  return *std::move(read);
}

// What comes out again of what went in.
template <class T>
std::string Again(std::string_view json) {
  return WriteJson(MustRead<T>(json));
}

}  // namespace tenon::schema
