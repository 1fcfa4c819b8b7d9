# SPDX-License-Identifier: Apache-2.0
"""What a server and everything that it has started uses, daemons included."""

import ctypes
import os
import signal
import time
from pathlib import Path

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans():
    """From now on daemons become children of this process, so that they can be found and ended."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def stat(pid):
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()


def descendants(pid):
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                parents.setdefault(int(stat(entry)[1]), []).append(int(entry))
            except (FileNotFoundError, ProcessLookupError):
                pass
    found, next_ones = [], [pid]
    while next_ones:
        next_ones = [child for parent in next_ones for child in parents.get(parent, [])]
        found += next_ones
    return found


def cpu_s(pids):
    """User and system time of all of them, and of their children that have ended."""
    ticks = 0
    for pid in pids:
        try:
            ticks += sum(int(field) for field in stat(pid)[11:15])
        except (FileNotFoundError, ProcessLookupError):
            pass
    return ticks / TICKS_PER_S


def memory_mb(pids):
    """Proportional set size: shared pages count once in the sum."""
    total = 0
    for pid in pids:
        try:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        except (FileNotFoundError, ProcessLookupError):
            pass
    return total / 1024


def end_all(pids):
    """Ends processes of ours, politely first."""
    for sig, patience_s in ((signal.SIGTERM, 10), (signal.SIGKILL, 10)):
        for pid in pids:
            try:
                os.kill(pid, sig)
            except ProcessLookupError:
                pass
        deadline = time.monotonic() + patience_s
        while time.monotonic() < deadline:
            reap()
            pids = [p for p in pids if Path(f"/proc/{p}").exists()]
            if not pids:
                return
            time.sleep(0.1)


def reap():
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
