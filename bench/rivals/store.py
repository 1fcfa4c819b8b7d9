# SPDX-License-Identifier: Apache-2.0
"""What has been measured so far, one entry a start of a server: a run that was cut off goes on."""

import json


class Store:
    """A file of entries {"rival", "workload", "round", "date", ...}; written after each."""

    def __init__(self, path):
        self.path = path
        self.entries = json.loads(path.read_text()) if path.exists() else []

    def find(self, rival, workload):
        return [e for e in self.entries if (e["rival"], e["workload"]) == (rival, workload)]

    def has(self, rival, workload, number, seconds):
        """Measured for as long at least, without a fault, and not by a generator that was too slow."""
        return any(e["round"] == number and e["seconds"] >= seconds and "fault" not in e and
                   "why" not in e.get("overload", {}) for e in self.find(rival, workload))

    def put(self, entry):
        """In place of what stood for the same round."""
        place = [entry[name] for name in ("rival", "workload", "round")]
        self.entries = [e for e in self.entries
                        if [e[name] for name in ("rival", "workload", "round")] != place]
        self.entries.append(entry)
        new = self.path.with_suffix(".tmp")
        new.write_text("[\n" + ",\n".join(json.dumps(e) for e in self.entries) + "\n]\n")
        new.replace(self.path)
