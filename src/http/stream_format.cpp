// SPDX-License-Identifier: Apache-2.0
#include "http/stream_format.hpp"

#include <algorithm>
#include <array>

#include "http/media_type.hpp"
#include "tenon/http/error_response.hpp"

namespace tenon::http {
namespace {

struct Form {
  std::string_view type;
  StreamFormat format;
};
constexpr std::array kForms = {
    Form{"application/jsonlines", StreamFormat::kJsonLines},
    Form{"application/x-ndjson", StreamFormat::kJsonLines},
    Form{"text/event-stream", StreamFormat::kServerSentEvents},
    Form{"text/plain", StreamFormat::kRaw},
    Form{"application/octet-stream", StreamFormat::kRaw},
};

bool Fits(const Form& form, ItemKind items) {
  return form.format != StreamFormat::kRaw || items == ItemKind::kText;
}

// The form that one entry of the header names, unless it forbids it.
const Form* Named(std::string_view entry, ItemKind items) {
  const std::string_view essence = EssenceOf(entry);
  const auto form = std::find_if(kForms.begin(), kForms.end(), [&](const Form& known) {
    return Fits(known, items) && Accepts(essence, known.type) &&
           essence.find('*') == std::string_view::npos && !essence.empty();
  });
  return form != kForms.end() && Accepts(entry, form->type) ? &*form : nullptr;
}

}  // namespace

std::optional<StreamFormat> ChooseStreamFormat(std::string_view accept, ItemKind items) {
  for (std::string_view rest = accept; !rest.empty();) {
    const std::size_t end = rest.find(',');
    if (const Form* form = Named(rest.substr(0, end), items)) return form->format;
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
  }
  for (const Form& form : kForms) {
    if (Fits(form, items) && Accepts(accept, form.type)) return form.format;
  }
  return std::nullopt;
}

std::string_view ContentTypeOf(StreamFormat format) noexcept {
  switch (format) {
    case StreamFormat::kJsonLines: return "application/jsonlines";
    case StreamFormat::kServerSentEvents: return "text/event-stream";
    case StreamFormat::kRaw: return "application/octet-stream";
  }
  return {};
}

void AppendItem(StreamFormat format, std::string_view text, std::string& out) {
  switch (format) {
    case StreamFormat::kJsonLines: out.append(text).push_back('\n'); return;
    case StreamFormat::kRaw: out.append(text); return;
    case StreamFormat::kServerSentEvents: break;
  }
  // A line of its own for each line of the text: that is how an event holds several.
  for (;;) {
    const std::size_t end = text.find_first_of("\r\n");
    out.append("data: ").append(text.substr(0, end)).push_back('\n');
    if (end == std::string_view::npos) break;
    text.remove_prefix(text.substr(end).starts_with("\r\n") ? end + 2 : end + 1);
  }
  out.push_back('\n');
}

std::string FailureItem(StreamFormat format, const Error& error, std::string_view request_id) {
  if (format == StreamFormat::kRaw) return {};
  Response problem;
  WriteError(error, request_id, problem);
  std::string item;
  if (format == StreamFormat::kServerSentEvents) {
    item = "event: error\n";
    AppendItem(format, problem.Payload(), item);
  } else {
    item.append("{\"error\":").append(problem.Payload()).append("}\n");
  }
  return item;
}

}  // namespace tenon::http
