# SPDX-License-Identifier: Apache-2.0
"""What stands between a SageMaker client and a container, as far as the contract tells.

`POST /endpoints/NAME/invocations` becomes `POST /invocations`: only headers of the InvokeEndpoint
syntax are handed on, the platform's own are added, and whatever is not 2xx becomes 424 ModelError.
"""

import json
import threading
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HANDED_ON = {
    "content-type": "Content-Type",
    "accept": "Accept",
    "x-amzn-sagemaker-custom-attributes": "X-Amzn-SageMaker-Custom-Attributes",
    "x-amzn-sagemaker-inference-id": "X-Amzn-SageMaker-Inference-Id",
    "x-amzn-sagemaker-session-id": "X-Amzn-SageMaker-Session-Id",
}
ORIGINAL_MESSAGE_BYTES = 2048


class Front(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {ours: self.headers[theirs] for theirs, ours in HANDED_ON.items()
                   if theirs in self.headers}
        headers |= {"Host": "model.aws.local:8080", "User-Agent": "AHC/2.0",
                    "X-Amzn-SageMaker-Forwarded-Api": "InvokeEndpoint"}
        container = HTTPConnection("127.0.0.1", self.server.container_port, timeout=20)
        container.request("POST", "/invocations", body, headers)
        answer = container.getresponse()
        content = answer.read()
        container.close()
        if 200 <= answer.status < 300:
            self._answer(200, content, {"Content-Type": answer.headers["Content-Type"],
                                        "x-Amzn-Invoked-Production-Variant": "AllTraffic"})
            return
        error = {"OriginalStatusCode": answer.status,
                 "OriginalMessage": content.decode()[:ORIGINAL_MESSAGE_BYTES],
                 "LogStreamArn": "arn:aws:logs:us-east-1:1:log-group:/aws/sagemaker/Endpoints/model",
                 "Message": "Received an error from primary."}
        self._answer(424, json.dumps(error).encode(), {"Content-Type": "application/json",
                                                       "x-amzn-ErrorType": "ModelError"})

    def _answer(self, status, body, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class StandIn:
    def __init__(self, container_port):
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Front)
        self._server.container_port = container_port
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
