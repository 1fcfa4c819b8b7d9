#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# train.sh [EXAMPLE]: trains the models of an example anew (example_serving), and the answers that its
# tests expect.
source tools/dev/common.sh
example=${1:-example_serving}
[ -d "examples/$example" ] || fail "train takes the name of a folder in examples/, found '$example'"
tools/dev/python.sh train
# Faker draws from sets: without a fixed seed of hashes each run would see other letters.
export PYTHONHASHSEED=0
case $example in
  example_serving)
    exec .deps/venv-train/bin/python -W ignore examples/example_serving/train/train.py "$PWD/.deps/manpages"
    ;;
  *) exec .deps/venv-train/bin/python -W ignore "examples/$example/train.py" ;;
esac
