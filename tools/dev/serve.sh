#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
source tools/dev/common.sh
case ${1:-} in '' | -*) set -- example_serving.multi:handle "$@" ;; esac
tools/dev/setup.sh build >&2
# What is served and nothing else: the other tools wait for `./dev build`.
configure_and_build release apps/tenon/all runtimes/all examples/all >&2
# The examples' models lie beside their sources; in a container they are in /opt/ml/model.
examples=$PWD/examples
case $1 in
  example_serving.single:*) export MODEL_PATH=${MODEL_PATH:-$examples/example_serving/model/a} ;;
  example_serving.multi:*)
    export MODEL_PATH_A=${MODEL_PATH_A:-$examples/example_serving/model/a}
    export MODEL_PATH_B=${MODEL_PATH_B:-$examples/example_serving/model/b}
    ;;
  onnx_classifier:*) export MODEL_PATH=${MODEL_PATH:-$examples/onnx_classifier/model} ;;
esac
exec build/release/bin/tenon run "$@"
