#!/usr/bin/env bash
# Tags raw text to jsonl, whole process, with one thread and with several: tokens a second, start-up, memory on a long stream, and
# CRFsuite's tagger on the same attributes for comparison.
#
#   pip install python-crfsuite
#   benches/tagging.sh TEXT.txt [CORPUS.conll]      text: a paragraph a line, as much as you have, 50 MB or more
#
# Environment:
#   PYTHON=python3   the Python that has python-crfsuite (only needed with CORPUS)
#   THREADS="1 2"    ROUNDS=3   STREAM=2000000000 (bytes of the endless stream, 0 leaves it out)
#
# CRFsuite is given the attributes as Python lists that are made before the clock starts; the native figure has everything in
# it from reading the file to writing the entities. Run it on an idle machine.
set -euo pipefail

text=$(realpath "${1:?a text file}")
corpus=${2:+$(realpath "$2")}
cd "$(dirname "$0")/.."
cargo build --release --quiet --bin musamma
musamma=${CARGO_TARGET_DIR:-target}/release/musamma
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tokens=$("$musamma" tag --split paragraphs --format conll - < "$text" | grep -vc -e '^$' -e '^# ')
echo "text: $(wc -c < "$text") bytes, $tokens tokens"

printf 'x' > "$work/empty.txt"
for _ in 1 2 3; do
  /usr/bin/time -f 'start-up (one letter): %e s' "$musamma" tag --format jsonl "$work/empty.txt" > /dev/null
done

for _ in $(seq "${ROUNDS:-3}"); do
  for threads in ${THREADS:-1 2}; do
    /usr/bin/time -o "$work/time" -f '%e %U %M' \
      "$musamma" tag --threads "$threads" --split paragraphs --format jsonl - < "$text" > /dev/null
    awk -v n="$tokens" -v t="$threads" '{ printf "%d thread(s): %.2f s, %.2f M tokens/s, user %.2f s, %d MB\n", t, $1, n / $1 / 1e6, $2, $3 / 1024 }' "$work/time"
  done
done

if [ "${STREAM:-2000000000}" -gt 0 ]; then
  # yes(1) would buffer; cat in a loop is cut off by head.
  (while cat "$text"; do :; done 2> /dev/null || true) | head -c "${STREAM:-2000000000}" | iconv -c -f utf8 -t utf8 2> /dev/null |
    /usr/bin/time -f "stream of ${STREAM:-2000000000} bytes: %e s, peak %M kB" \
      "$musamma" tag --split paragraphs --format jsonl - > /dev/null
fi

if [ -n "$corpus" ]; then
  "$musamma" --quiet train "$corpus" --lists training_data/gazetteers --max-iterations 30 --model "$work/like.mus"
  "$musamma" --quiet convert-model "$work/like.mus" "$work/model.crfsuite"
  "$musamma" --quiet features "$corpus" --format crfsuite --like "$work/like.mus" --output "$work/items.txt"
  "${PYTHON:-python3}" benches/peer_tagging.py "$work/model.crfsuite" "$work/items.txt"
fi
