# SPDX-License-Identifier: Apache-2.0
"""Loads that are not a closed loop: more than a server can do, clients that leave, and cold files."""

import json
import os
import socket
import subprocess
import time

from sidebyside.load import load
from sidebyside.servers import ask

OVERLOAD = 3
DEADLINE_S = 1
AT_ONCE = 32
STAYS_S = 0.0005


def overload(server, body, seconds, program, more):
    """Good answers of an open loop at three times the closed loop's peak."""
    peak = load(server, AT_ONCE, seconds, **more, BODY=body)["rps"]
    offered = max(OVERLOAD * peak, 1)
    result = server.folder / "overload.json"
    result.unlink(missing_ok=True)
    before = server.cpu_s()
    done = subprocess.run(
        ["taskset", "-c", more["cores"], program, f"http://127.0.0.1:{server.port}{server.path}", "--body", body, "--content-type",
         more["content_type"], "--rate", f"{offered:.0f}", "--duration", f"{seconds}s", "--warmup", "1s",
         "--timeout", f"{DEADLINE_S}s", "--json", result], capture_output=True, text=True)
    spent = server.cpu_s() - before
    if not result.exists():
        return {"peak": peak, "offered": offered, "why": (done.stderr or done.stdout).strip()[-200:]}
    found = json.loads(result.read_text())
    if found["generator"]["was_bottleneck"]:
        return {"peak": peak, "offered": offered, "why": found["generator"]["why"]}
    good = found["requests"] - found["failed"]
    # The warm-up is as loaded as the rest, and its CPU time counts.
    share = seconds / (seconds + 1)
    return {"peak": peak, "offered": offered, "good": found["rate"], "p50": found["latency"]["p50_ms"],
            "statuses": [[one["status"], one["count"]] for one in found["statuses"]],
            "cpu": spent * share / good * 1000 if good else None}


def leaving(server, body, seconds, more):
    """Clients that send a request and hang up half a millisecond later."""
    stayed = load(server, AT_ONCE, seconds, **more, BODY=body)
    text = body.read_bytes()
    request = (f"POST {server.path} HTTP/1.1\r\nHost: bench\r\nContent-Type: {more['content_type']}\r\n"
               f"Content-Length: {len(text)}\r\n\r\n").encode() + text
    memory, before, left = server.memory_mb(), server.cpu_s(), 0
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        clients = []
        for _ in range(AT_ONCE):
            try:
                client = socket.create_connection(("127.0.0.1", server.port), timeout=5)
                client.sendall(request)
                clients.append(client)
            except OSError:  # Full: it has no room for one more.
                pass
        time.sleep(STAYS_S)
        for client in clients:
            client.close()
        left += len(clients)
    began = time.monotonic()
    while True:
        try:
            server.read(ask(server.port, server.path, text, more["content_type"]))
            break
        except OSError:
            if time.monotonic() - began > 60:
                raise
    next_ms = (time.monotonic() - began) * 1000
    time.sleep(0.5)  # What is still computed for nobody belongs to them.
    return {"left": left, "cpu": (server.cpu_s() - before) / max(left, 1) * 1000,
            "cpu_stayed": stayed["cpu"], "next_ms": next_ms, "grown_mb": server.memory_mb() - memory}


def forget(folders):
    """Takes files out of the page cache, as far as nobody has them mapped."""
    for folder in folders:
        for file in [folder] if folder.is_file() else folder.rglob("*"):
            if file.is_file():
                with open(file, "rb") as opened:
                    os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
