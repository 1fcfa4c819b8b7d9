#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# image_layout.sh PREFIX ROOT RUNTIMES BASE_PACKAGES: lays out what the serving image has beside its
# base: the program with the runtimes that were asked for, applications, licences and SBOM. The same
# input gives the same files with the same times.
set -euo pipefail
prefix=$1 root=$2 runtimes=$3 base_packages=$4
here=$(dirname "${BASH_SOURCE[0]}")
tenon=$root/opt/tenon

mkdir -p "$tenon"/{bin,lib/tenon,share/tenon} "$root/opt/ml/model"
cp "$prefix/bin/tenon" "$tenon/bin/"
cp -P "$prefix"/lib/libtenon.so.* "$tenon/lib/"
cp -r "$prefix/lib/tenon/plugins" "$tenon/lib/tenon/"
cp "$here/serving_entrypoint.sh" "$tenon/bin/"
[ ! -d "$prefix/apps" ] || cp -r "$prefix/apps" "$tenon/"

mkdir "$tenon/lib/tenon/runtimes"
case $runtimes in
  none) ;;
  onnx) cp "$prefix"/lib/tenon/runtimes/{onnx,xgboost,lightgbm}.so "$prefix"/lib/tenon/runtimes/libonnxruntime.so.* \
    "$tenon/lib/tenon/runtimes/" ;;
  all) cp -r "$prefix/lib/tenon/runtimes/." "$tenon/lib/tenon/runtimes/" ;;
  gpu)
    # Untested: the library with CUDA comes from the context, the driver from the machine.
    [ -d onnxruntime-gpu ] || {
      echo "image_layout: RUNTIMES=gpu needs the folder onnxruntime-gpu/ in the build context, with" \
        "libonnxruntime.so.* and its CUDA provider (build_image.sh --gpu-runtime FOLDER)" >&2
      exit 1
    }
    cp "$prefix"/lib/tenon/runtimes/{onnx,xgboost,lightgbm}.so onnxruntime-gpu/*.so* "$tenon/lib/tenon/runtimes/" ;;
  *) echo "image_layout: RUNTIMES is '$runtimes'; it takes none, onnx, all or gpu" >&2 && exit 1 ;;
esac

cp LICENSE THIRD_PARTY "$tenon/share/tenon/"
python3 "$here/sbom.py" --packages "$base_packages" --runtimes "$tenon/lib/tenon/runtimes" \
  --licenses "$tenon/share/tenon/licenses" >"$tenon/share/tenon/sbom.spdx.json"

chmod -R a+rX,go-w "$root"
find "$root" -exec touch -h -d "@${SOURCE_DATE_EPOCH:-1700000000}" {} +
