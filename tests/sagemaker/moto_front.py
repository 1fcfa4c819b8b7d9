# SPDX-License-Identifier: Apache-2.0
"""Stands before moto and lets it check signature and policy of each call, then bends its answers: for the
states and operations that moto does not have."""

import http.client
import json

from fake_aws import FakeAws, Reply

# Of moto's answers, what is written anew.
HOP_HEADERS = {"content-length", "transfer-encoding", "connection", "date", "server"}


class MotoFront(FakeAws):
    def __init__(self, port):
        super().__init__()
        self.port = port
        self.denied = []  # Operations that moto's policies forbade.
        self.bends = {}  # Operation: a function of the request and moto's answer.

    def forget(self):
        self.captured, self.denied, self.bends = [], [], {}

    def answer(self, request):
        request.operation = self.name_operation(request)
        self.captured.append(request)
        reply = self.ask_moto(request)
        if reply.status == 403:
            self.denied.append(request.operation)
            return reply
        bend = self.bends.get(request.operation)
        return bend(request, reply) if bend else reply

    def ask_moto(self, request):
        """Byte for byte, for the signature holds for the address of this server."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.putrequest(request.method, request.target, skip_host=True,
                              skip_accept_encoding=True)
        for name, value in request.headers:
            connection.putheader(name, value)
        connection.endheaders(request.body)
        answer = connection.getresponse()
        reply = Reply(answer.status, answer.read(), {
            name: value for name, value in answer.getheaders()
            if name.lower() not in HOP_HEADERS})
        connection.close()
        return reply

    # What tests bend.

    def fail(self, operation, reply):
        self.bends[operation] = lambda *_: reply

    def endpoints_fail(self, reason):
        def bend(_, reply):
            if reply.status != 200:
                return reply
            return Reply(200, {**json.loads(reply.body), "EndpointStatus": "Failed",
                               "FailureReason": reason}, reply.headers)
        self.bends["DescribeEndpoint"] = bend

    def updates_work(self):
        """moto lets UpdateEndpoint through or forbids it, and then does not know how to do it."""
        new_config = []

        def update(request, reply):
            assert reply.status >= 500, "moto has UpdateEndpoint now: no need to bend it"
            new_config.append(request.json()["EndpointConfigName"])
            return Reply(200, {"EndpointArn": self.arn("endpoint/x")})

        def describe(_, reply):
            if reply.status != 200 or not new_config:
                return reply
            return Reply(200, {**json.loads(reply.body), "EndpointConfigName": new_config[-1]},
                         reply.headers)
        self.bends.update(UpdateEndpoint=update, DescribeEndpoint=describe)
