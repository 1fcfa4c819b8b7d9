// SPDX-License-Identifier: Apache-2.0
#include "tenon/http/handler.hpp"

namespace tenon::http {

void Handler::Prepare(const Request&, TimePoint, RequestContext&) const {}

void Handler::Finish(const RequestContext& /*context*/, Response& /*response*/) const {}

}  // namespace tenon::http
