#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# python.sh NAME: a virtual environment .deps/venv-NAME with what tools/dev/requirements-NAME.txt
# pins, hashes included. Does nothing when that file has not changed.
source tools/dev/common.sh

requirements=tools/dev/requirements-$1.txt
venv=.deps/venv-$1
cmp -s "$requirements" "$venv/requirements.txt" && exit
say "Making the Python environment $venv"
rm -rf "$venv"
python3 -m venv "$venv"
"$venv/bin/pip" install -q --disable-pip-version-check --require-hashes --only-binary=:all: \
  -r "$requirements"
cp "$requirements" "$venv/requirements.txt"
