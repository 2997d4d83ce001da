#!/usr/bin/env bash
# Compares the outputs that README.md shows with what the program prints now, and ends with 1 where they differ.
#
#   .ci/readme.sh            compare
#   .ci/readme.sh --update   write the outputs of now into README.md
#
# An output is a block `<!-- sample-output: COMMAND -->`, a fenced text, `<!-- /sample-output -->`. COMMAND is run by bash at the
# root of the repository, with `musamma` the release build and colours off.
set -euo pipefail
cd "$(dirname "$0")/.."

case "${1:-}" in
    "" | --update) ;;
    *)
        echo "usage: .ci/readme.sh [--update]" >&2
        exit 2
        ;;
esac

cargo build --release --quiet
export NO_COLOR=1
program="${CARGO_TARGET_DIR:-target}/release/musamma"
musamma() { "$program" "$@"; }
export program
export -f musamma

fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT
n_blocks=0
in_block=no
while IFS= read -r line; do
    if [[ $in_block == yes ]]; then
        # The old output is left out.
        [[ $line == '<!-- /sample-output -->' ]] || continue
        in_block=no
    fi
    printf '%s\n' "$line"
    if [[ $line == '<!-- sample-output: '*' -->' ]]; then
        command=${line#'<!-- sample-output: '}
        command=${command%' -->'}
        # Empty lines at the end are cut by the substitution.
        output=$(bash -o pipefail -c "$command") || {
            echo "README.md: \`$command\` failed" >&2
            exit 1
        }
        if [[ -z $output ]]; then
            echo "README.md: \`$command\` prints nothing" >&2
            exit 1
        fi
        printf '```text\n%s\n```\n' "$output"
        in_block=yes
        n_blocks=$((n_blocks + 1))
    fi
done <README.md >"$fresh"

if [[ $in_block == yes || $n_blocks -eq 0 ]]; then
    echo "README.md: no sample output, or one without <!-- /sample-output -->" >&2
    exit 1
fi
if cmp --silent README.md "$fresh"; then
    echo "README.md: $n_blocks outputs are those of the program"
elif [[ ${1:-} == --update ]]; then
    # Into the file, not over it: its permissions stay.
    cat "$fresh" >README.md
    echo "README.md: $n_blocks outputs written"
else
    diff --unified README.md "$fresh" >&2 || true
    echo "README.md shows other outputs than the program prints; see above, and run .ci/readme.sh --update" >&2
    exit 1
fi
