#!/bin/sh
# Loads a report page in a real browser: sorts, filters, looks for errors and overflow, and takes screenshots.
#
#   tests/report_page.sh [MUSAMMA [FOLDER]]
#
# MUSAMMA is the program to test (default target/release/musamma), FOLDER where screenshots go (default a new temporary one).
# Needs Chromium, Node and npm (Debian: chromium nodejs npm); puppeteer-core is fetched by npm, or taken from the node_modules
# that MUSAMMA_NODE_MODULES names. Exits 77, with the reason, where something is missing.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
musamma=${1:-$here/../target/release/musamma}
folder=${2:-$(mktemp -d)}
mkdir -p "$folder"

skip() {
    echo "SKIPPED report_page: $1" >&2
    exit 77
}

browser=
for name in chromium chromium-browser google-chrome; do
    browser=$(command -v "$name") && break
done
[ -n "$browser" ] || skip "no Chromium (Debian: apt-get install chromium)"
command -v node >/dev/null || skip "no Node (Debian: apt-get install nodejs npm)"
modules=${MUSAMMA_NODE_MODULES:-}
if [ -z "$modules" ]; then
    # Kept between runs, so that only the first needs the network.
    tools=${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/musamma-page-test
    modules=$tools/node_modules
    if [ ! -d "$modules/puppeteer-core" ]; then
        mkdir -p "$tools"
        npm install --prefix "$tools" --no-save --no-audit --no-fund puppeteer-core@24.43.1 >"$tools/npm.log" 2>&1 ||
            skip "npm cannot fetch puppeteer-core (see $tools/npm.log)"
    fi
fi

"$musamma" cross-validate "$here/corpus/news.txt" --no-lists --folds 4 --learning-curve --quiet \
    --report "$folder/cross-validation.html" --save-predictions "$folder/predictions.conll" --output "$folder/report.txt"
"$musamma" evaluate "$here/corpus/news.txt" --predictions "$folder/predictions.conll" --quiet \
    --report "$folder/evaluation.html" --output /dev/null
"$musamma" train "$here/corpus/news.txt" --no-lists --model "$folder/news.mus" --quiet
"$musamma" explain "قال سامي النجار إن مجلس النواب سيعقد جلسة في بيروت." --model "$folder/news.mus" \
    --format html --output "$folder/explanation.html"
BROWSER_PATH=$browser NODE_PATH=$modules node "$here/report_page.cjs" "$folder"
echo "report_page: passed; screenshots in $folder"
