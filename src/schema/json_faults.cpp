// SPDX-License-Identifier: Apache-2.0
#include "schema/json_faults.hpp"

#include <utility>

#include "schema/utf8.hpp"
#include "tenon/schema/json.hpp"

namespace tenon::schema {
namespace {

// More than fits the body of an error; keys can be as long as the document.
constexpr std::size_t kLongestPointer = 1024;
constexpr std::size_t kLongestInDetail = 100;

void AppendEscaped(std::string_view key, std::string& pointer) {
  for (const char c : key) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
}

// Whole steps from the document on, as many as fit. True: all of them did.
bool AppendPointer(const Path* path, std::string& pointer) {
  if (path == nullptr) return true;
  if (!AppendPointer(path->outer, pointer)) return false;
  const std::size_t before = pointer.size();
  pointer += '/';
  if (path->index != Path::kNoIndex) {
    pointer += std::to_string(path->index);
  } else if (path->key.size() <= kLongestPointer) {
    AppendEscaped(path->key, pointer);
  }
  if (pointer.size() <= kLongestPointer && path->key.size() <= kLongestPointer) return true;
  pointer.resize(before);
  return false;
}

}  // namespace

void FaultList::Add(const Path* path, std::string detail) {
  if (faults_.size() == kMaxFaults) {
    ++omitted_;
    return;
  }
  Fault fault;
  if (!AppendPointer(path, fault.pointer)) detail += ", below a key that is too long to be shown";
  fault.detail = std::move(detail);
  faults_.push_back(std::move(fault));
}

Error FaultList::ToError() && {
  const std::size_t count = faults_.size() + omitted_;
  const Fault& first = faults_.front();
  std::string place = "in the document";
  if (!first.pointer.empty()) {
    place = "at '" + std::string(CutUtf8(first.pointer, kLongestInDetail)) + "'";
    if (first.pointer.size() > kLongestInDetail) place.insert(place.size() - 1, "...");
  }
  std::string detail = count == 1
                           ? "There is a fault " + place
                           : "There are " + std::to_string(count) + " faults, the first " + place;
  return Error(ErrorCode::kInvalid, detail + ": " + first.detail + ".")
      .WithFaults(std::move(faults_), omitted_);
}

}  // namespace tenon::schema
