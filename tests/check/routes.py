# SPDX-License-Identifier: Apache-2.0
"""What the container of container.py answers, and how each fault changes it."""

import json
import threading
import time
import uuid

PLATFORM = "x-amzn-sagemaker-"
KNOWN_HEADERS = {"host", "connection", "user-agent", "accept", "content-type", "content-length"}
OPEN = b'{"requestType":"NEW_SESSION"}'
CLOSE = b'{"requestType":"CLOSE"}'


class Reply:
    def __init__(self, status, body=b"", headers=None, items=None, chunked=True, socket=None):
        self.status = status
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.headers = headers or {}
        self.items, self.chunked, self.socket = items, chunked, socket
        self.ends_connection = items is not None

    def head(self, connection):
        lines = [f"HTTP/1.1 {self.status} X"]
        headers = {"Content-Type": "application/json", "Connection": connection, **self.headers}
        if self.ends_connection:
            headers["Connection"] = "close"
            if self.chunked:
                headers["Transfer-Encoding"] = "chunked"
        elif self.socket is None:
            headers.setdefault("Content-Length", str(len(self.body)))
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join(lines).encode() + b"\r\n\r\n"


class Routes:
    def __init__(self, faults):
        self.faults = faults
        self.lock = threading.Lock()
        self.models, self.ever_loaded, self.sessions = {}, set(), set()
        self.has_failed = self.bad_load = False

    def broken(self, fault):
        return fault in self.faults

    def answer(self, request):
        if self.broken("one-at-a-time"):
            with self.lock:
                if request.method == "POST":
                    time.sleep(0.1)
                return self.route(request)
        if self.broken("stream-blocks-all"):
            with self.lock:
                pass
        return self.route(request)

    def route(self, request):
        path = request.target.split("?")[0]
        if self.broken("fixed-200"):
            return Reply(200, b"ok", {"Content-Type": "text/plain"})
        if self.broken("known-headers-only"):
            unknown = set(request.headers) - KNOWN_HEADERS
            if unknown:
                return Reply(400, {"error": f"unknown headers {sorted(unknown)}"})
        if path == "/ping":
            return self.ping(request)
        if path == "/invocations":
            if request.method != "POST":
                return Reply(405, {"error": "use POST"}, {"Allow": "POST"})
            return self.invoke(request)
        if path == "/models" or path.startswith("/models/"):
            return self.manage(request, path)
        if path in ("/v1/chat/completions", "/openai/v1/chat/completions"):
            return self.chat(request)
        if path == "/invocations-bidirectional-stream" and not self.broken("no-upgrade"):
            return Reply(101, b"", {"Upgrade": "websocket", "Connection": "Upgrade",
                                    "Sec-WebSocket-Accept": "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
                         socket=self.web_socket)
        if path == "/metrics":
            return Reply(200, b"# TYPE up gauge\nup 1\n", {"Content-Type": "text/plain"})
        headers = {"Content-Length": "many"} if self.broken("bad-reply") else {}
        return Reply(404, {"error": "no such path"}, headers)

    def ping(self, request):
        if self.broken("never-ready"):
            return Reply(503, {"error": "loading"})
        if self.broken("ping-500") or (self.bad_load and self.broken("mme-ping-fails")):
            return Reply(500)
        if self.broken("ping-slow"):
            time.sleep(2.3)
        if self.broken("checks-host") and not request.header("host").startswith("127."):
            return Reply(400, {"error": "what host?"})
        return Reply(200)

    # One fault each: a header that must not matter, and the status when it does.
    REFUSED_HEADERS = {
        "refuses-attributes": (PLATFORM + "custom-attributes", 400),
        "refuses-inference-id": (PLATFORM + "inference-id", 400),
        "refuses-target": (PLATFORM + "target-model", 400),
        "refuses-session": (PLATFORM + "session-id", 400),
    }

    def refuse_headers(self, request):
        for fault, (name, status) in self.REFUSED_HEADERS.items():
            if self.broken(fault) and name in request.headers:
                return Reply(status, {"error": f"{name} is not allowed"})
        if self.broken("short-inference-id") and len(request.header(PLATFORM + "inference-id")) > 36:
            return Reply(400, {"error": "the id is too long"})
        if self.broken("needs-content-type") and "content-type" not in request.headers:
            return Reply(500, {"error": "KeyError"})
        if self.broken("needs-accept") and "accept" not in request.headers:
            return Reply(406, {"error": "what do you accept?"})
        if self.broken("refuses-any") and request.header("accept") == "*/*":
            return Reply(406, {"error": "*/* is not supported"})
        return None

    def invoke(self, request):
        if self.broken("invocations-500"):
            return Reply(500, {"error": "broken"})
        if self.broken("hangs"):
            time.sleep(30)
        if refused := self.refuse_headers(request):
            return refused
        if self.broken("error-sticks") and self.has_failed:
            return Reply(500, {"error": "still broken"})
        if not request.body and self.broken("empty-closes"):
            return None
        if request.body in (OPEN, CLOSE) and PLATFORM + "session-id" in request.headers:
            return self.session(request)
        if self.broken("sessions-unusable") and request.header(PLATFORM + "session-id"):
            return Reply(400, {"error": "no requests in sessions"})
        try:
            value = json.loads(request.body)
        except ValueError:
            self.has_failed = True
            if self.broken("error-closes"):
                return None
            if not self.broken("stream-error-200"):
                return Reply(400, {"error": "no JSON"})
            value = {}
        if isinstance(value, dict) and value.get("stream"):
            return self.stream(request)
        if self.broken("loses-requests"):
            time.sleep(0.1)
        return Reply(200, {"got": value})

    def stream(self, request):
        is_sse = request.header("accept") == "text/event-stream"
        form = b'data: {"i":%d}\n\n' if is_sse else b'{"i":%d}\n'
        items = [form % i for i in range(5)]
        if self.broken("stream-collected"):
            items = [b"".join(items)]
        kind = "text/event-stream" if is_sse else "application/jsonlines"
        return Reply(200, b"", {"Content-Type": kind}, items,
                     chunked=not self.broken("stream-not-chunked"))

    def session(self, request):
        given = request.header(PLATFORM + "session-id")
        if request.body == OPEN:
            name = "one" if self.broken("sessions-share-id") else uuid.uuid4().hex
            self.sessions.add(name)
            expiry = "" if self.broken("session-no-expiry") else "; Expires=2030-01-01T00:00:00Z"
            return Reply(200, {}, {"X-Amzn-SageMaker-New-Session-Id": name + expiry})
        if given not in self.sessions:
            return Reply(400, {"error": "no such session"})
        self.sessions.discard(given)
        closed = {} if self.broken("session-close-silent") else {
            "X-Amzn-SageMaker-Closed-Session-Id": given}
        return Reply(200, {}, closed)

    def chat(self, request):
        if self.broken("no-openai"):
            return Reply(404, {"error": "no such path"})
        if self.broken("needs-model-name") and not json.loads(request.body).get("model"):
            return Reply(400, {"error": "which model?"})
        return Reply(200, {"choices": []})

    def manage(self, request, path):
        name, _, call = path.removeprefix("/models").removeprefix("/").partition("/")
        if not name:
            return self.load(request) if request.method == "POST" else self.list_models()
        if call == "invoke":
            return self.invoke_model(request, name)
        known = name in self.models
        if request.method == "DELETE":
            if not known:
                return Reply(200 if self.broken("mme-unload-any") else 404, {})
            if not self.broken("mme-unload-keeps"):
                del self.models[name]
            return Reply(200, {})
        if self.broken("mme-get-404"):
            return Reply(404, {})
        if not known and not self.broken("mme-get-any"):
            return Reply(404, {"error": "no such model"})
        return Reply(200, {"modelName": name, "modelUrl": self.models.get(name, "")})

    def load(self, request):
        try:
            wanted = json.loads(request.body)
            name, url = wanted["model_name"], wanted["url"]
        except (ValueError, KeyError):
            return Reply(400, {"error": "model_name and url are needed"})
        if self.broken("mme-load-fails"):
            return Reply(500, {"error": "broken"})
        if url.startswith("/no/such") and not self.broken("mme-any-path"):
            self.bad_load = True
            return Reply(400, {"error": "no such folder"})
        seen = self.ever_loaded if self.broken("mme-load-once") else self.models
        if name in seen and not self.broken("mme-load-twice-200"):
            return Reply(409, {"error": "already loaded"})
        if self.broken("mme-one-model"):
            self.models.clear()
        self.models[name] = url
        self.ever_loaded.add(name)
        return Reply(200, {})

    def list_models(self):
        if self.broken("mme-list-404"):
            return Reply(404, {})
        keys = ("model_name", "model_url") if self.broken("mme-snake-case") else (
            "modelName", "modelUrl")
        return Reply(200, {"models": [dict(zip(keys, one)) for one in self.models.items()]})

    def invoke_model(self, request, name):
        if self.broken("mme-invoke-500"):
            return Reply(500, {"error": "broken"})
        if name not in self.models and not self.broken("mme-invoke-any"):
            return Reply(404, {"error": "no such model"})
        return Reply(200, {"model": name})

    def web_socket(self, connection):
        """Frames of at most 125 bytes, masked with zeros: all that the cases send."""
        while True:
            first, second = connection.exactly(2)
            payload = connection.exactly(4 + (second & 0x7F))[4:]
            if first & 0x0F == 9 and not self.broken("no-pong"):
                connection.client.sendall(bytes([0x8A, len(payload)]) + payload)
            if first & 0x0F == 8:
                if not self.broken("no-close-frame"):
                    connection.client.sendall(bytes([0x88, len(payload)]) + payload)
                return
