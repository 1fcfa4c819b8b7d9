-- SPDX-License-Identifier: Apache-2.0
-- wrk sends the bodies of the file BODIES, one a line, by turns; or the whole file BODY, always.
local function read(name, format)
  local file = assert(io.open(os.getenv(name), "rb"))
  local text = file:read(format)
  file:close()
  return text
end

wrk.method = "POST"
wrk.headers["Content-Type"] = os.getenv("CONTENT_TYPE") or "application/json"
wrk.headers["Accept"] = os.getenv("ACCEPT")  -- None, where it is not said.
if os.getenv("BODY") then
  wrk.body = read("BODY", "*a")
else
  local requests, next_one = {}, 0
  -- Whole requests are formed once: then the client costs the least that it can.
  init = function()
    for line in io.lines(os.getenv("BODIES")) do
      requests[#requests + 1] = wrk.format(nil, nil, nil, line)
    end
  end
  request = function()
    next_one = next_one % #requests + 1
    return requests[next_one]
  end
end
done = function(summary, latency)
  local errors = summary.errors
  io.stderr:write(string.format(
    '{"requests":%d,"seconds":%f,"p50_ms":%f,"p99_ms":%f,"p999_ms":%f,"errors":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3,
    latency:percentile(99) / 1e3, latency:percentile(99.9) / 1e3,
    errors.status + errors.connect + errors.read + errors.timeout))
end
