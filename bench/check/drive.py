# SPDX-License-Identifier: Apache-2.0
"""Runs `tenon check` on several servers and writes down what it finds; see README.md."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from sidebyside.machine import machine, today, version_of, versions_in

TREE = Path(__file__).resolve().parents[2]
BUILD = TREE / os.environ.get("TENON_BUILD", "build/release")
RIVALS = TREE / ".deps/venv-rivals"
APPS = TREE / "bench/rivals/apps"

# As an entry point of an image does it: the port is the platform's, and `serve` is read over.
PORT = '"${SAGEMAKER_BIND_TO_PORT:-8080}"'


class Subject:
    name = ""
    flags = ()
    script = ""  # Of a shell; what it starts replaces it.
    settings = {}

    def version(self):
        raise NotImplementedError

    def prepare(self, folder):
        pass


class Tenon(Subject):
    name = "Tenon"
    script = f'exec {BUILD / "bin/tenon"} serve'
    settings = {"TENON_RUN_ARGS": f"hello:handle --app-dir '{BUILD / 'apps'}'"}

    def version(self):
        return "Tenon " + version_of(BUILD / "bin/tenon", "version")


class FastApi(Subject):
    name = "FastAPI on uvicorn"
    script = f"exec {RIVALS}/fastapi/bin/uvicorn fastapi_app:app --host 0.0.0.0 --port {PORT}"
    settings = {"WORKLOAD": "echo", "PYTHONPATH": str(APPS)}

    def version(self):
        return versions_in(RIVALS / "fastapi/bin/python", "fastapi", "uvicorn")


class Mosec(Subject):
    name = "Mosec"
    flags = ("--startup-timeout-s", "20")
    script = f"exec {RIVALS}/mosec/bin/python {APPS}/mosec_app.py --port {PORT}"
    settings = {"WORKLOAD": "echo"}

    def version(self):
        return versions_in(RIVALS / "mosec/bin/python", "mosec")


def write_nginx(folder, server, port="@PORT@"):
    """A configuration; its port is filled in at the start."""
    temporary = "".join(f"  {kind}_temp_path @HOME@/{kind};\n"
                        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        "daemon off;\nuser root;\nworker_processes 1;\npid @HOME@/nginx.pid;\nerror_log stderr;\n"
        "events { worker_connections 1024; }\nhttp {\n  access_log /dev/stdout;\n  default_type text/plain;\n"
        f"{temporary}  server {{\n    listen {port};\n{server}  }}\n}}\n")


# Under a user of its own it cannot write where the last one has.
START_NGINX = ("home=$(mktemp -d); sed -e \"s#@HOME@#$home#\" -e \"s#@PORT@#${SAGEMAKER_BIND_TO_PORT:-8080}#\" "
               '"$FOLDER/nginx.conf" >"$home/conf"; ')


class MosecBehindNginx(Mosec):
    name = "Mosec behind nginx"
    script = (f"{START_NGINX}{RIVALS}/mosec/bin/python {APPS}/mosec_app.py --address 127.0.0.1 --port 8999 & "
              'exec nginx -c "$home/conf" -e stderr')

    def prepare(self, folder):
        write_nginx(folder, "    location = /ping { proxy_pass http://127.0.0.1:8999/; }\n"
                            "    location / { client_max_body_size 0; proxy_pass http://127.0.0.1:8999; }\n")

    def version(self):
        return ""


class Nginx(Subject):
    name = "nginx, `return 200`"
    script = f'{START_NGINX}exec nginx -c "$home/conf" -e stderr'

    def prepare(self, folder):
        write_nginx(folder, "    location / { return 200 'ok'; }\n")

    def version(self):
        return "nginx " + version_of("nginx", "-v")


SUBJECTS = (Tenon(), FastApi(), Mosec(), MosecBehindNginx(), Nginx())


def check(subject, folder):
    """The tool's report."""
    folder.mkdir(mode=0o755)
    (folder / "payload.json").write_text('{"text":"hello"}')
    (folder / "model").mkdir()
    subject.prepare(folder)
    report = folder / "report.json"
    done = subprocess.run(
        [BUILD / "bin/tenon-check", "--payload", folder / "payload.json", "--model-dir", folder / "model",
         "--json", report, *subject.flags, "--", "sh", "-c", subject.script],
        capture_output=True, text=True,
        env={**os.environ, **subject.settings, "FOLDER": str(folder)})
    if not report.exists():
        sys.exit(f"bench: nothing was found out about {subject.name}:\n{done.stdout}{done.stderr}")
    return json.loads(report.read_text())


def found(report, verdict):
    return [case for case in report["cases"] if case["verdict"] == verdict]


def is_for_all(path):
    """Whether every user may execute it."""
    path = Path(path).resolve()
    return all(folder.stat().st_mode & 0o001 for folder in (path, *path.parents))


def detail_of(case):
    if case["id"] == "user-arbitrary" and not is_for_all(RIVALS / "fastapi/bin/python"):
        return "not shown: on this machine only the owner of Python may execute it"
    return case["detail"]


def cell(text):
    """One line of a table, without what differs from run to run."""
    text = text.split(" The container wrote:")[0].replace(str(TREE), "TREE")
    text = " ".join(text.replace("|", "\\|").split())
    return text if len(text) <= 160 else text[:157] + "..."


def main():
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        home.chmod(0o755)  # Other users start servers in it.
        reports = {}
        for number, subject in enumerate(SUBJECTS):
            print(f"bench: {subject.name}", file=sys.stderr)
            reports[subject.name] = check(subject, home / str(number))
    versions = [text for text in (subject.version() for subject in SUBJECTS) if text]
    lines = ["# check", "", f"{today()}; {machine()}. {', '.join(versions)}. Root: "
             f"{'yes' if os.environ.get('OWN_NETWORK_AS') == '' else 'of a user namespace'}.", "",
             "| server | passed | failed (must) | warned | skipped |", "|---|---|---|---|---|"]
    lines += [f"| {name} | {r['passed']} | {r['failed']} | {r['warned']} | {r['skipped']} |"
              for name, r in reports.items()]
    for name, report in reports.items():
        lines += ["", f"## {name}", ""]
        rows = [(kind, case) for kind in ("fail", "warn") for case in found(report, kind)]
        if not rows:
            lines += ["Nothing."]
            continue
        lines += ["| | case | what was found |", "|---|---|---|"]
        lines += [f"| {kind} | `{case['id']}` | {cell(detail_of(case))} |" for kind, case in rows]
    text = "\n".join(lines) + "\n"
    print(text)
    (TREE / "bench/results/check.md").write_text(text)
    tenon = reports["Tenon"]
    return 0 if tenon["failed"] == tenon["warned"] == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
