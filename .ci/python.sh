#!/usr/bin/env bash
# Makes target/python, a virtual environment with the packages of tests/requirements.txt, in which the oracle tests find their
# peers. Needs Python 3 with venv, and PyPI the first time. Where it cannot, it says so and ends well: the tests then skip aloud.
set -euo pipefail
cd "$(dirname "$0")/.."
wanted=tests/requirements.txt
environment=${CARGO_TARGET_DIR:-target}/python
installed=$environment/installed.txt

if [[ -x $environment/bin/python ]] && cmp --silent "$wanted" "$installed"; then
    echo "$environment has what $wanted asks for"
    exit
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if python3 -m venv "$environment" >"$log" 2>&1 &&
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$wanted" >"$log" 2>&1; then
    # Last, so that an installation that was cut short is made again.
    cp "$wanted" "$installed"
    echo "$environment made, with $(grep --count == "$wanted") packages of $wanted"
else
    tail -n 3 "$log"
    echo "SKIPPED: $environment could not be made; the oracle tests will skip"
fi
