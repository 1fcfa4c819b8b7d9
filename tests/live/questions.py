# SPDX-License-Identifier: Apache-2.0
"""The questions, asked of an endpoint that the probe serves. Each gives what was seen, as JSON."""

import json
import signal
import time


class Questions:
    def __init__(self, tool, endpoint):
        self.tool, self.endpoint = tool, endpoint

    def invoke(self, wish, *words, body=b"{}", **options):
        return self.tool("invoke", "--endpoint-name", self.endpoint, "--body", "-",
                         "--custom-attributes", wish, *words, stdin=body, **options)

    def report(self, *words):
        return json.loads(self.invoke("report", *words).out)

    def surroundings(self):
        report = self.report()
        return {key: report[key] for key in ("argv", "uid", "cpu_count", "cpu_affinity", "cpu_max",
                                             "cpu_shares", "writable", "variables", "metadata")}

    def headers_that_arrive(self):
        return self.report("--accept", "application/json", "--inference-id", "live-id",
                           "--target-variant", "AllTraffic")["headers"]

    def pings(self):
        pings = self.report()["pings"]
        times = [at for _, at in pings]
        return {"methods": sorted({method for method, _ in pings}), "first_s": times[:1],
                "gaps_s": [round(b - a, 2) for a, b in zip(times, times[1:])][:20]}

    def payload_sizes(self):
        answers = {}
        for size in (6 << 20, (6 << 20) + 1, 25 << 20):
            outcome = self.invoke("size", body=b"x" * size, timeout=180)
            answers[size] = "taken" if outcome.status == 0 else outcome.err.strip()[:500]
        return answers

    def statuses(self):
        return {status: self.invoke(f"status={status}").err.strip()[:500]
                for status in (400, 429, 503, 507)}

    def streams(self):
        whole = self.invoke("stream", "--stream")
        broken = self.invoke("abort", "--stream")
        return {"whole": whole.out, "broken_out": broken.out, "broken_said": broken.err.strip()}

    def caller_that_leaves(self):
        process = self.tool.start("invoke", "--endpoint-name", self.endpoint, "--body", "/dev/null",
                                  "--custom-attributes", "slow=20")
        time.sleep(3)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=20)
        time.sleep(22)
        return self.report()["slow"]

    def all(self):
        return {"surroundings": self.surroundings(), "headers": self.headers_that_arrive(),
                "pings": self.pings(), "payload_sizes": self.payload_sizes(),
                "statuses": self.statuses(), "streams": self.streams(),
                "caller_that_leaves": self.caller_that_leaves()}
