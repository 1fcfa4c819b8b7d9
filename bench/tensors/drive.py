# SPDX-License-Identifier: Apache-2.0
"""Runs json_tensor and holds it to its bar."""

import os
import subprocess
import sys
from pathlib import Path

from sidebyside.machine import load_average, machine, today

TREE = Path(__file__).resolve().parents[2]
PROGRAM = TREE / os.environ.get("TENON_BUILD", "build/release") / "bin" / "json_tensor"
MOST = 1.5
RESULT = TREE / "bench" / "results" / "tensors.md"


def main():
    load = load_average()
    table = subprocess.run([PROGRAM], capture_output=True, text=True, check=True).stdout
    print(table, end="")
    ratios = {cells[1]: float(cells[6]) for line in table.splitlines()[2:]
              if (cells := [cell.strip() for cell in line.split("|")])}
    held = {name: ratio <= MOST for name, ratio in ratios.items() if name == "read floats"}
    bar = "".join(f"- {name}: {ratios[name]:.2f} x simdjson, {'held' if held[name] else 'MISSED'}\n" for name in held)
    RESULT.write_text(f"# tensors\n\n{today()}; {machine()}, load average {load:.1f} before it began. The fastest of 30 "
                      f"runs.\n\n{table}\nThe bar, at most {MOST} x simdjson's on-demand parser filling a vector:\n\n{bar}")
    return 0 if all(held.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
