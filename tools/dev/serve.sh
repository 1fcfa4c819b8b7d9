#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
source tools/dev/common.sh
case ${1:-} in '' | -*) set -- onnx_classifier:handle "$@" ;; esac
tools/dev/build.sh release >&2
# The example's model lies beside its source; in a container it is /opt/ml/model.
case $1 in onnx_classifier:*) export MODEL_PATH=${MODEL_PATH:-examples/onnx_classifier/model} ;; esac
exec build/release/bin/tenon run "$@"
