#!/usr/bin/env bash
# Installs what tests/report_page.sh needs (Chromium, an Arabic font, Node and npm) where it is missing and this is Debian and root.
# Where it cannot, it says so and ends well: the test then skips aloud.
set -euo pipefail
missing=()
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ||
    missing+=(chromium fonts-noto-core)
command -v node >/dev/null || missing+=(nodejs)
command -v npm >/dev/null || missing+=(npm)

if [[ ${#missing[@]} -eq 0 ]]; then
    echo 'Chromium, Node and npm are here'
elif [[ $(id -u) -ne 0 ]] || ! command -v apt-get >/dev/null; then
    echo "SKIPPED: ${missing[*]} are missing, and this is not root on Debian; the browser test will skip"
else
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    export DEBIAN_FRONTEND=noninteractive
    if apt-get update >"$log" 2>&1 && apt-get install --yes --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
        echo "installed: ${missing[*]}"
    else
        tail -n 3 "$log"
        echo "SKIPPED: ${missing[*]} could not be installed; the browser test will skip"
    fi
fi
