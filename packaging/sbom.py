#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what an image or a package consists of, as SPDX 2.3 in JSON, on stdout.

    sbom.py [--packages DPKG_STATUS] [--runtimes FOLDER] [--licenses FOLDER]

--packages: the base system's packages. --runtimes: the folder of plug-ins, for what lies in it.
--licenses: the texts of the licences of what is linked are copied there.
"""

import argparse
import datetime
import hashlib
import json
import os
import pathlib
import re
import shutil
import subprocess

TREE = pathlib.Path(__file__).resolve().parents[1]
# What is linked in: the Debian package that it comes from, and its licence.
LINKED = {
    "boost": ("libboost1.81-dev", "BSL-1.0"),
    "fmt": ("libfmt-dev", "MIT"),
    "simdjson": ("libsimdjson-dev", "Apache-2.0"),
    "yaml-cpp": ("libyaml-cpp-dev", "MIT"),
    "libarchive": ("libarchive-dev", "BSD-2-Clause"),
    "zlib": ("zlib1g-dev", "Zlib"),
}


def tenon_version():
    text = (TREE / "include/tenon/base/version.hpp").read_text()
    return re.search(r'TENON_VERSION "(.+)"', text)[1]


def debian_version(package):
    done = subprocess.run(
        ["dpkg-query", "-W", "-f", "${source:Upstream-Version}", package], capture_output=True, text=True
    )
    return done.stdout or "unknown"


def base_packages(status):
    for record in status.read_text().split("\n\n"):
        fields = dict(re.findall(r"^([A-Za-z-]+): (.+)$", record, re.MULTILINE))
        if "installed" in fields.get("Status", ""):
            yield fields["Package"], fields["Version"], fields.get("Architecture", "")


def package(name, version, licence, purl=None, checksum=None):
    entry = {
        "SPDXID": "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name),
        "name": name,
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": licence,
        "copyrightText": "NOASSERTION",
    }
    if purl:
        reference = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl"}
        entry["externalRefs"] = [{**reference, "referenceLocator": purl}]
    if checksum:
        entry["checksums"] = [{"algorithm": "SHA256", "checksumValue": checksum}]
    return entry


def main():
    parser = argparse.ArgumentParser()
    for name in ("--packages", "--runtimes", "--licenses"):
        parser.add_argument(name, type=pathlib.Path)
    arguments = parser.parse_args()

    tenon = package("tenon", tenon_version(), "Apache-2.0")
    parts = []
    for name, (debian, licence) in LINKED.items():
        version = debian_version(debian)
        parts.append(package(name, version, licence, f"pkg:generic/{name}@{version}"))
        text = pathlib.Path("/usr/share/doc") / debian / "copyright"
        if arguments.licenses and text.exists():
            arguments.licenses.mkdir(parents=True, exist_ok=True)
            shutil.copy(text, arguments.licenses / name)
    for library in sorted((arguments.runtimes or pathlib.Path("/nowhere")).glob("libonnxruntime.so.*")):
        version = library.name.removeprefix("libonnxruntime.so.")
        digest = hashlib.sha256(library.read_bytes()).hexdigest()
        parts.append(package("onnxruntime", version, "MIT", f"pkg:pypi/onnxruntime@{version}", digest))
    linked = [part["SPDXID"] for part in parts]
    base = []
    if arguments.packages:
        for name, version, architecture in base_packages(arguments.packages):
            purl = f"pkg:deb/debian/{name}@{version}?arch={architecture}"
            base.append(package("debian-" + name, version, "NOASSERTION", purl))

    epoch = int(os.environ.get("SOURCE_DATE_EPOCH") or 1700000000)
    created = datetime.datetime.fromtimestamp(epoch, datetime.timezone.utc)
    relations = [("SPDXRef-DOCUMENT", "DESCRIBES", tenon["SPDXID"])]
    relations += [(tenon["SPDXID"], "CONTAINS", part) for part in linked]
    relations += [(tenon["SPDXID"], "DEPENDS_ON", part["SPDXID"]) for part in base]
    everything = [tenon, *parts, *base]
    identity = hashlib.sha256(json.dumps(everything, sort_keys=True).encode()).hexdigest()
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"tenon-{tenon_version()}",
        "documentNamespace": f"urn:tenon:sbom:{identity}",
        "creationInfo": {
            "created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "creators": ["Tool: tenon-sbom"],
        },
        "packages": everything,
        "relationships": [
            {"spdxElementId": a, "relationshipType": kind, "relatedSpdxElement": b}
            for a, kind, b in relations
        ],
    }
    print(json.dumps(document, indent=1, sort_keys=True))


if __name__ == "__main__":
    main()
