#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# fill_model.sh: puts the example's model into local/model (or MODEL), as SageMaker would unpack it into
# /opt/ml/model: a folder for each component.
cd "$(dirname "${BASH_SOURCE[0]}")/.."
set -euo pipefail
model=${MODEL:-local/model}
mkdir -p "$model"
cp -r examples/example_serving/model/. "$model/"
echo "$model has the components $(ls "$model" | tr '\n' ' ')"
