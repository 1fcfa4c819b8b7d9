# SPDX-License-Identifier: Apache-2.0
"""Where and when something was measured, and with what."""

import datetime
import os
import platform
import re
import subprocess
from pathlib import Path


def today():
    return datetime.date.today().isoformat()


def machine():
    model = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    name = model.group(1) if model else platform.machine()
    return f"{name}, {os.cpu_count()} CPUs, Linux {platform.release()}"


def load_average():
    """What else ran: of the last minute; ask before a measurement begins."""
    return os.getloadavg()[0]


def version_of(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    found = re.search(r"\d+(\.\d+)+", done.stdout + done.stderr)
    return found.group(0) if found else "unknown"


def versions_in(python, *packages):
    """'ray 2.60.0, numpy 2.3.5' of that Python's environment."""
    script = ("import importlib.metadata as m, sys; "
              "print(', '.join(f'{n} {m.version(n)}' for n in sys.argv[1:]))")
    done = subprocess.run([str(python), "-c", script, *packages], capture_output=True, text=True)
    return done.stdout.strip()
