#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# docs.sh [reference]: writes docs/reference/ anew from the code, then makes the site in build/docs/site:
# the repository's pages, and the public headers. With `reference` only the former.
source tools/dev/common.sh
case ${1:-} in '' | reference) ;; *) fail "docs takes 'reference' or nothing, found '$1'" ;; esac
tools/dev/setup.sh build
configure_and_build release all >build/docs.log 2>&1 || { tail -40 build/docs.log && fail "the release preset does not build"; }
python3 tools/docs/reference.py
[ "${1:-}" != reference ] || exit 0

tools/dev/setup.sh docs
rm -rf build/docs
mkdir -p build/docs/pages
# Links between pages hold: each page, and what it points to, keeps its place.
git ls-files -co --exclude-standard -z '*.md' ':!packaging/templates' examples bench/results LICENSE THIRD_PARTY |
  tar -c --null --files-from=- | tar -x -C build/docs/pages
doxygen tools/docs/Doxyfile
mkdocs build -q
say "The site is build/docs/site/index.html"
