// SPDX-License-Identifier: Apache-2.0
#pragma once

// A case as it stands in cases/*.json: what is sent, what must come back, and why that matters.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tenon/base/result.hpp"
#include "tenon/schema/describe.hpp"

namespace tenon::check {

// How bad it is when a case does not hold.
enum class Level : std::uint8_t {
  must,    // SageMaker would fail the endpoint or its requests.
  should,  // It works until something goes wrong.
  may,     // A convenience.
};

struct HeaderLine {
  std::string name;
  std::string value;
};

enum class Framing : std::uint8_t { length, chunked, none };

// One request, written by the tool. Texts may hold placeholders, see placeholders.hpp.
struct RequestStep {
  std::string method = "POST";
  std::string path = "/invocations";
  std::vector<HeaderLine> headers;
  std::string host = "${host}";
  std::string content_type = "${content_type}";  // Empty: none is sent. Sent with a body only.
  std::string accept = "${accept}";              // Empty: none is sent.
  std::optional<std::string> body;
  Framing framing = Framing::length;
  std::size_t chunk_bytes = 0;  // Of a chunked body; 0: one chunk.
  std::size_t pad_to = 0;       // A JSON body is filled up with spaces to so many bytes.
  std::size_t write_bytes = 0;  // Each write; 0: everything at once.
  double pause_s = 0;           // Between two writes.
  std::size_t copies = 1;       // Sent back to back.
};

// What one header of a reply has to be.
struct HeaderRule {
  std::string name = {};
  bool present = true;
  std::optional<std::string> contains = {};
  std::optional<std::string> matches = {};  // A regular expression for the whole value.
  std::optional<std::string> capture = {};  // Its first group is later known by this name.

  static constexpr auto schema = Describe(Field<&HeaderRule::name>().Required());
};

// What one reply has to be. Everything given must hold.
struct Expectation {
  std::vector<std::string> status = {};  // "200", "2xx"; empty: any.
  std::vector<std::string> status_not = {};
  bool as_reference = false;  // As the plain invocation was answered.
  std::vector<HeaderRule> headers = {};
  std::optional<std::string> body_contains = {};
  std::optional<std::string> body_lacks = {};
  std::optional<std::string> body_matches = {};
  bool json = false;
  bool not_html = false;
  bool chunked = false;
  std::optional<std::size_t> max_body_bytes = {};
  std::optional<std::size_t> min_arrivals = {};  // The body came in at least so many pieces.
  bool closed = false;                           // No reply: the connection was closed.
};

struct Step {
  std::string on = "a";  // Which connection; it is opened at its first step.
  std::optional<RequestStep> request;
  std::optional<std::string> send;      // Bytes as they are.
  std::optional<std::string> send_hex;  // Bytes in hexadecimal.
  bool half_close = false;
  bool reset = false;  // The connection ends with RST.
  double pause_s = 0;
  bool expect_interim = false;  // A 1xx comes.
  // The next reply meets one of these.
  std::vector<Expectation> expect;
  std::optional<std::string> expect_hex;  // The next bytes are these.
  std::size_t replies = 1;                // So many replies, each meets one.
  double within_s = 60;
};

struct Case {
  std::string id;
  std::string title;
  Level level = Level::must;
  std::string section;  // Of the contract.
  std::string why;      // What SageMaker would do.
  std::string source;
  std::vector<std::string> needs;        // What must be given for it to be checked; see Needs.
  std::optional<std::string> behaviour;  // Checked by code of that name, instead of steps.
  std::vector<Step> steps;

  static constexpr auto schema =
      Describe(Field<&Case::id>().Required(), Field<&Case::title>().Required(),
               Field<&Case::level>().Required(), Field<&Case::section>().Required(),
               Field<&Case::why>().Required(), Field<&Case::source>().Required());
};

// A file of cases/, as it was when the program was built.
struct EmbeddedCase {
  std::string_view file;
  std::string_view text;
};
std::span<const EmbeddedCase> EmbeddedCases();

// Errors: kInvalid or kMalformed, naming the file.
Result<Case> ReadCase(const EmbeddedCase& embedded);
// All of them, in the order of their files. Errors: those of ReadCase, and ids that come twice.
Result<std::vector<Case>> ReadCases();

}  // namespace tenon::check
