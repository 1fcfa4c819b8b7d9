#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Trains the components of examples/example_serving anew, and the answers that its tests expect.
source tools/dev/common.sh
tools/dev/python.sh train
cache=$PWD/.deps/manpages
# Faker draws from sets: without a fixed seed of hashes each run would see other letters.
export PYTHONHASHSEED=0
exec .deps/venv-train/bin/python -W ignore examples/example_serving/train/train.py "$cache"
