# SPDX-License-Identifier: Apache-2.0
"""The questions, asked of an endpoint that the probe serves. Each gives what was seen, as JSON."""

import base64
import json
import signal
import time
import urllib.error
import urllib.request

import botocore.session
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest

# By which of the two a container opens a session: AWS's own images disagree.
SESSION_HEADERS = ("X-Amzn-SageMaker-Session-Id", "X-Amzn-SageMaker-New-Session-Id")


class Questions:
    """`runtime_url` is where SageMaker's runtime answers, for what the program has no command for."""

    def __init__(self, tool, endpoint, region, runtime_url=None):
        self.tool, self.endpoint, self.region = tool, endpoint, region
        self.runtime_url = runtime_url or f"https://runtime.sagemaker.{region}.amazonaws.com"

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

    def session_headers(self):
        """The session that the caller is told of, for each header that a container may send."""
        answers = {}
        for header in SESSION_HEADERS:
            outcome = self.invoke(f"session={header}", "--session-id", "NEW_SESSION", "--json")
            answers[header] = json.loads(outcome.out)["new_session_id"] if outcome.status == 0 \
                else outcome.err.strip()[:500]
        return answers

    def bearer_token(self):
        """A presigned call, in the dress of an API key: that route takes no signature."""
        request = AWSRequest("POST", "https://sagemaker.amazonaws.com/?Action=CallWithBearerToken")
        SigV4QueryAuth(botocore.session.Session().get_credentials(), "sagemaker", self.region,
                       expires=900).add_auth(request)
        text = request.url.removeprefix("https://") + "&Version=1"
        return "sagemaker-api-key-" + base64.b64encode(text.encode()).decode()

    def openai_route(self):
        """What the platform answers there; the probe lists what reached it as another path."""
        call = urllib.request.Request(
            f"{self.runtime_url}/endpoints/{self.endpoint}/openai/v1/chat/completions",
            b'{"model":"","messages":[]}', {"Content-Type": "application/json",
                                            "Authorization": "Bearer " + self.bearer_token()})
        try:
            with urllib.request.urlopen(call, timeout=70) as answer:
                return {"status": answer.status, "body": answer.read(2000).decode()}
        except urllib.error.HTTPError as problem:
            with problem:
                return {"status": problem.code, "body": problem.read(2000).decode()}

    def other_paths(self):
        """Last, for scrapers come by and by."""
        return self.report()["other"]

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
                "session_headers": self.session_headers(), "openai_route": self.openai_route(),
                "caller_that_leaves": self.caller_that_leaves(),
                "other_paths": self.other_paths()}
