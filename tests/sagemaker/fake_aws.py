# SPDX-License-Identifier: Apache-2.0
"""A scripted AWS on a loopback port: what moto cannot do (states, failures, lost answers).

Every request is kept as it came, so that tests can recompute its signature.
"""

import json
import re
import threading
import time
import zlib
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

ACCOUNT = "123456789012"
REGION = "eu-central-1"


@dataclass
class Captured:
    method: str
    target: str  # As on the wire, with the query.
    headers: list
    body: bytes
    operation: str = ""

    def header(self, name):
        for key, value in self.headers:
            if key.lower() == name.lower():
                return value
        return None

    def json(self):
        return json.loads(self.body)


class Drop(Exception):
    """Close the connection without an answer."""


@dataclass
class Reply:
    status: int = 200
    body: object = b""
    headers: dict = field(default_factory=dict)
    chunks: list = None  # Sent one by one, with the pause before each.
    pause: float = 0

    def bytes(self):
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


def error(code, message, status=400):
    return Reply(status, {"__type": code, "message": message},
                 {"Content-Type": "application/x-amz-json-1.1"})


def missing(what):
    return error("ValidationException", f'Could not find {what}.')


def exists(what):
    return error("ValidationException", f"Cannot create already existing {what}.")


def event_frame(headers, payload):
    block = b""
    for name, value in headers.items():
        value = value.encode()
        block += bytes([len(name)]) + name.encode() + b"\x07" + len(value).to_bytes(2, "big") + value
    prelude = (16 + len(block) + len(payload)).to_bytes(4, "big") + len(block).to_bytes(4, "big")
    frame = prelude + zlib.crc32(prelude).to_bytes(4, "big") + block + payload
    return frame + zlib.crc32(frame).to_bytes(4, "big")


class FakeAws:
    """SageMaker's control plane with memory, and every other service as scripts."""

    def __init__(self):
        self.captured = []
        self.scripts = {}  # Operation: what comes instead of the usual answer, once each.
        self.handlers = {}  # Operation: a function instead of the usual one.
        self.groups, self.packages, self.models, self.configs = {}, {}, {}, {}
        self.endpoints, self.tags, self.objects, self.uploads = {}, {}, {}, {}
        self.states = ["InService"]  # What a new endpoint goes through, one per look.
        self.update_states = ["InService"]
        self.log_streams = {}  # Group: {stream: [(ms, text)]}.
        self.image_architecture = "amd64"  # None: an index of several images.
        self.lock = threading.RLock()
        fake = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def handle_any(self):
                length = int(self.headers.get("Content-Length") or 0)
                request = Captured(self.command, self.path, list(self.headers.items()),
                                   self.rfile.read(length))
                try:
                    reply = fake.answer(request)
                except Drop:
                    self.close_connection = True
                    return
                time.sleep(reply.pause)
                try:
                    self.send(reply)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def send(self, reply):
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if reply.chunks is None:
                    body = reply.bytes()
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    if self.command != "HEAD":
                        self.wfile.write(body)
                    return
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for pause, chunk in reply.chunks:
                    time.sleep(pause)
                    if chunk is None:  # The answer breaks off.
                        self.close_connection = True
                        return
                    self.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
                    self.wfile.flush()
                self.wfile.write(b"0\r\n\r\n")

            do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02},
                         daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    # What tests use.

    def script(self, operation, *replies):
        """Each reply is used once: a Reply, Drop (no answer, nothing done) or "lose" (done, but
        the answer is lost)."""
        self.scripts.setdefault(operation, []).extend(replies)

    def operations(self):
        return [request.operation for request in self.captured]

    def requests(self, operation):
        return [request for request in self.captured if request.operation == operation]

    def add_package(self, group="mine", version=1, approval="Approved", status="Completed",
                    image="123456789012.dkr.ecr.eu-central-1.amazonaws.com/tenon:1"):
        arn = self.arn(f"model-package/{group}/{version}")
        self.packages[arn] = {
            "ModelPackageArn": arn, "ModelPackageVersion": version, "ModelPackageStatus": status,
            "ModelApprovalStatus": approval, "CreationTime": time.time() - 3700,
            "InferenceSpecification": {"Containers": [
                {"Image": image, "ModelDataUrl": "s3://bucket/model.tar.gz"}]}}
        return arn

    @staticmethod
    def arn(resource):
        return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{resource}"

    # How requests are answered.

    @staticmethod
    def name_operation(request):
        target = request.header("X-Amz-Target")
        if target:
            return target.split(".")[-1]
        path = urlsplit(request.target).path
        if path.startswith("/endpoints/"):
            return {"invocations": "InvokeEndpoint", "async-invocations": "InvokeEndpointAsync",
                    "invocations-response-stream": "InvokeEndpointWithResponseStream"}[
                        path.split("/")[-1]]
        if b"Action=" in request.body:
            return parse_qs(request.body.decode())["Action"][0]
        if path == "/federation/credentials":
            return "GetRoleCredentials"
        if path == "/token":
            return "CreateToken"
        query = parse_qs(urlsplit(request.target).query, keep_blank_values=True)
        return {"HEAD": "HeadObject", "GET": "GetObject",
                "DELETE": "AbortMultipartUpload",
                "PUT": "UploadPart" if "partNumber" in query else "PutObject",
                "POST": "CreateMultipartUpload" if "uploads" in query
                else "CompleteMultipartUpload"}[request.method]

    def answer(self, request):
        if request.target.startswith("/layers/"):
            return self.layer(request)
        with self.lock:
            request.operation = self.name_operation(request)
            self.captured.append(request)
            script = self.scripts.get(request.operation)
            scripted = script.pop(0) if script else None
            if scripted is Drop:
                raise Drop
            if isinstance(scripted, Reply):
                return scripted
            handler = self.handlers.get(request.operation) or getattr(self, request.operation)
            reply = handler(request)
            if scripted == "lose":
                raise Drop
        if isinstance(reply, Reply):
            return reply
        return Reply(200, reply or {}, {"Content-Type": "application/x-amz-json-1.1"})

    # The registry.

    def DescribeModelPackageGroup(self, request):
        name = request.json()["ModelPackageGroupName"]
        if name not in self.groups:
            return error("ValidationException", f"ModelPackageGroup {name} does not exist.")
        return {"ModelPackageGroupName": name}

    def CreateModelPackageGroup(self, request):
        body = request.json()
        self.groups[body["ModelPackageGroupName"]] = body
        return {"ModelPackageGroupArn": self.arn("model-package-group/" +
                                                 body["ModelPackageGroupName"])}

    def DeleteModelPackageGroup(self, request):
        self.groups.pop(request.json()["ModelPackageGroupName"], None)

    def CreateModelPackage(self, request):
        body = request.json()
        for arn, package in self.packages.items():
            if package.get("ClientToken") == body["ClientToken"]:
                return {"ModelPackageArn": arn}
        group = body["ModelPackageGroupName"]
        version = 1 + sum(f"model-package/{group}/" in arn for arn in self.packages)
        arn = self.arn(f"model-package/{group}/{version}")
        self.packages[arn] = dict(body, ModelPackageArn=arn, ModelPackageVersion=version,
                                  ModelPackageStatus="Completed", CreationTime=time.time())
        return {"ModelPackageArn": arn}

    def DescribeModelPackage(self, request):
        name = request.json()["ModelPackageName"]
        if name not in self.packages:
            return error("ValidationException", f"ModelPackage {name} does not exist.")
        package = dict(self.packages[name])
        if isinstance(package["ModelPackageStatus"], list):
            states = package["ModelPackageStatus"]
            package["ModelPackageStatus"] = states.pop(0) if len(states) > 1 else states[0]
        return package

    def UpdateModelPackage(self, request):
        body = request.json()
        self.packages[body["ModelPackageArn"]].update(body)
        return {"ModelPackageArn": body["ModelPackageArn"]}

    def ListModelPackages(self, request):
        body = request.json()
        arns = [arn for arn in reversed(self.packages)
                if f"model-package/{body['ModelPackageGroupName']}/" in arn]
        begin = int(body.get("NextToken", 0))
        page = {"ModelPackageSummaryList": [{"ModelPackageArn": arn}
                                            for arn in arns[begin:begin + 2]]}
        if begin + 2 < len(arns):
            page["NextToken"] = str(begin + 2)
        return page

    # Hosting.

    def CreateModel(self, request):
        body = request.json()
        if body["ModelName"] in self.models:
            return exists(f'model "{body["ModelName"]}"')
        arn = self.arn("model/" + body["ModelName"].lower())
        self.models[body["ModelName"]] = dict(body, ModelArn=arn)
        self.tags[arn] = body.get("Tags", [])
        return {"ModelArn": arn}

    def CreateEndpointConfig(self, request):
        body = request.json()
        if body["EndpointConfigName"] in self.configs:
            return exists(f'endpoint configuration "{body["EndpointConfigName"]}"')
        arn = self.arn("endpoint-config/" + body["EndpointConfigName"].lower())
        self.configs[body["EndpointConfigName"]] = dict(body, EndpointConfigArn=arn)
        self.tags[arn] = body.get("Tags", [])
        return {"EndpointConfigArn": arn}

    def variants(self, config):
        return [{"VariantName": variant["VariantName"], "CurrentWeight": 1.0, "DesiredWeight": 1.0,
                 "CurrentInstanceCount": variant.get("InitialInstanceCount", 0),
                 "DesiredInstanceCount": variant.get("InitialInstanceCount", 0)}
                for variant in self.configs[config]["ProductionVariants"]]

    def CreateEndpoint(self, request):
        body = request.json()
        if body["EndpointName"] in self.endpoints:
            return exists(f'endpoint "{body["EndpointName"]}"')
        if body["EndpointConfigName"] not in self.configs:
            return missing(f'endpoint configuration "{body["EndpointConfigName"]}"')
        arn = self.arn("endpoint/" + body["EndpointName"].lower())
        self.endpoints[body["EndpointName"]] = {
            "EndpointName": body["EndpointName"], "EndpointArn": arn,
            "EndpointConfigName": body["EndpointConfigName"], "CreationTime": time.time(),
            "LastModifiedTime": time.time(), "states": list(self.states)}
        self.tags[arn] = body.get("Tags", [])
        return {"EndpointArn": arn}

    def UpdateEndpoint(self, request):
        body = request.json()
        endpoint = self.endpoints[body["EndpointName"]]
        endpoint["states"] = list(self.update_states)
        endpoint["new_config"] = body["EndpointConfigName"]
        return {"EndpointArn": endpoint["EndpointArn"]}

    def DescribeEndpoint(self, request):
        name = request.json()["EndpointName"]
        endpoint = self.endpoints.get(name)
        if endpoint is None:
            return missing(f'endpoint "{self.arn("endpoint/" + name)}"')
        states = endpoint["states"]
        state = states.pop(0) if len(states) > 1 else states[0]
        if state == "gone":
            del self.endpoints[name]
            return missing(f'endpoint "{self.arn("endpoint/" + name)}"')
        state = {"EndpointStatus": state} if isinstance(state, str) else dict(state)
        if state.pop("rolled_back", False):
            endpoint.pop("new_config", None)
        if state["EndpointStatus"] == "InService" and "new_config" in endpoint:
            endpoint["EndpointConfigName"] = endpoint.pop("new_config")
        description = {key: value for key, value in endpoint.items()
                       if key not in ("states", "new_config")}
        description.update(state)
        if endpoint["EndpointConfigName"] in self.configs:
            description["ProductionVariants"] = self.variants(endpoint["EndpointConfigName"])
        return description

    def DescribeEndpointConfig(self, request):
        name = request.json()["EndpointConfigName"]
        return self.configs.get(name) or missing(f'endpoint configuration "{name}"')

    def DescribeModel(self, request):
        name = request.json()["ModelName"]
        return self.models.get(name) or missing(f'model "{name}"')

    def DeleteEndpoint(self, request):
        name = request.json()["EndpointName"]
        if name not in self.endpoints:
            return missing(f'endpoint "{name}"')
        endpoint = self.endpoints[name]
        state = endpoint["states"][0]
        status = state if isinstance(state, str) else state["EndpointStatus"]
        if status in ("Creating", "Updating", "RollingBack"):
            return error("ValidationException", f"Cannot delete an endpoint in state {status}.")
        endpoint["states"] = ["Deleting", "gone"]

    def DeleteEndpointConfig(self, request):
        name = request.json()["EndpointConfigName"]
        if self.configs.pop(name, None) is None:
            return missing(f'endpoint configuration "{name}"')

    def DeleteModel(self, request):
        name = request.json()["ModelName"]
        if self.models.pop(name, None) is None:
            return missing(f'model "{name}"')

    def ListEndpoints(self, _):
        return {"Endpoints": [{"EndpointName": name, "EndpointArn": "", "CreationTime": 0,
                               "LastModifiedTime": 0, "EndpointStatus": "InService"}
                              for name in self.endpoints]}

    def ListEndpointConfigs(self, request):
        part = request.json().get("NameContains", "")
        return {"EndpointConfigs": [{"EndpointConfigName": name} for name in self.configs
                                    if part in name]}

    def ListModels(self, request):
        part = request.json().get("NameContains", "")
        return {"Models": [{"ModelName": name} for name in self.models if part in name]}

    def ListTags(self, request):
        return {"Tags": self.tags.get(request.json()["ResourceArn"], [])}

    # Around it.

    def GetRole(self, request):
        name = parse_qs(request.body.decode())["RoleName"][0]
        if name == "nobody":
            return Reply(404, b"<ErrorResponse><Error><Code>NoSuchEntity</Code><Message>The role "
                              b"with name nobody cannot be found.</Message></Error></ErrorResponse>")
        arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
        return Reply(200, f"<GetRoleResponse><GetRoleResult><Role><Arn>{arn}</Arn></Role>"
                          "</GetRoleResult></GetRoleResponse>".encode())

    def GetAuthorizationToken(self, _):
        return {"authorizationData": [{
            "authorizationToken": "QVdTOnBhc3N3b3JkOndpdGg6Y29sb25z",  # AWS:password:with:colons
            "proxyEndpoint": f"https://{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"}]}

    # The registry of images: a manifest, and its config behind an address that is signed already.
    def BatchGetImage(self, _):
        manifest = {"config": {"digest": "sha256:" + 64 * "c"}} if self.image_architecture else {"manifests": []}
        return {"images": [{"imageManifest": json.dumps(manifest)}], "failures": []}

    def GetDownloadUrlForLayer(self, request):
        assert request.json()["layerDigest"] == "sha256:" + 64 * "c"
        return {"downloadUrl": f"{self.url}/layers/config?X-Amz-Signature=a%2Fb&x=1"}

    def layer(self, request):
        assert request.target == "/layers/config?X-Amz-Signature=a%2Fb&x=1", request.target
        assert request.header("Authorization") is None
        return Reply(200, {"architecture": self.image_architecture, "os": "linux", "config": {}})

    def no_group(self):
        return error("ResourceNotFoundException", "The specified log group does not exist.")

    def DescribeLogStreams(self, request):
        group = self.log_streams.get(request.json()["logGroupName"])
        if group is None:
            return self.no_group()
        return {"logStreams": [{"logStreamName": name} for name in group]}

    def GetLogEvents(self, request):
        body = request.json()
        lines = self.log_streams[body["logGroupName"]][body["logStreamName"]]
        lines = [line for line in lines if line[0] >= body["startTime"]][-body["limit"]:]
        return {"events": [{"timestamp": ms, "message": text} for ms, text in lines]}

    def FilterLogEvents(self, request):
        body = request.json()
        group = self.log_streams.get(body["logGroupName"])
        if group is None:
            return self.no_group()
        events = [{"eventId": f"{name}-{i}", "logStreamName": name, "timestamp": ms,
                   "message": text}
                  for name, lines in group.items() for i, (ms, text) in enumerate(lines)
                  if ms >= body["startTime"]]
        begin = int(body.get("nextToken", 0))
        page = {"events": events[begin:begin + 3]}
        if begin + 3 < len(events):
            page["nextToken"] = str(begin + 3)
        return page

    # S3, the bucket in the path.

    @staticmethod
    def key(request):
        return unquote(urlsplit(request.target).path)[1:]

    def HeadObject(self, request):
        return Reply(200 if self.key(request) in self.objects else 404)

    def GetObject(self, request):
        if self.key(request) in self.objects:
            return Reply(200, self.objects[self.key(request)])
        return Reply(404, b"<Error><Code>NoSuchKey</Code><Message>none</Message></Error>")

    def PutObject(self, request):
        self.objects[self.key(request)] = request.body
        return Reply(200, b"", {"ETag": '"1"'})

    def CreateMultipartUpload(self, request):
        upload = f"up+load/{len(self.uploads) + 1}=="
        self.uploads[upload] = {}
        return Reply(200, f"<InitiateMultipartUploadResult><UploadId>{upload}</UploadId>"
                          "</InitiateMultipartUploadResult>".encode())

    def UploadPart(self, request):
        query = parse_qs(urlsplit(request.target).query)
        part = int(query["partNumber"][0])
        self.uploads[query["uploadId"][0]][part] = request.body
        return Reply(200, b"", {"ETag": f'"part{part}"'})

    def CompleteMultipartUpload(self, request):
        upload = parse_qs(urlsplit(request.target).query)["uploadId"][0]
        parts = self.uploads.pop(upload)
        numbers = [int(text) for text in re.findall(rb"<PartNumber>(\d+)<", request.body)]
        tags = re.findall(rb"<ETag>(.*?)</ETag>", request.body)
        assert tags == [f"&quot;part{number}&quot;".encode() for number in numbers]
        self.objects[self.key(request)] = b"".join(parts[number] for number in numbers)
        return Reply(200, b"<CompleteMultipartUploadResult/>")

    def AbortMultipartUpload(self, request):
        self.uploads.pop(parse_qs(urlsplit(request.target).query)["uploadId"][0])
        return Reply(204)

    # The runtime.

    def InvokeEndpoint(self, request):
        return Reply(200, b'{"echo":' + request.body + b"}",
                     {"Content-Type": "application/json",
                      "x-Amzn-Invoked-Production-Variant": "AllTraffic"})
