#!/usr/bin/env bash
# Trains on the same attributes with CRFsuite and with the native trainer, side by side, and compares the time of an
# iteration, the time to the same objective, the final objective and the peak memory.
#
#   pip install python-crfsuite
#   benches/training.sh CORPUS.conll                        # any labelled file in CoNLL format, e.g. ANERcorp's train part
#
# Environment:
#   PYTHON=python3        the Python that has python-crfsuite
#   ITERATIONS=100 C1=0 C2=1
#   THREADS="1 2"         of the native trainer; CRFsuite has one
#   ROUNDS=1              repetitions, of which the table shows medians
#   SCHEME=bioes          how entities are written as labels: iob2 has about half as many
#   LIKE=model.mus        features, name lists and clusters of this model; default: the default features with the name lists
#                         in training_data/gazetteers, and SCHEME
#   WORK=…                folder to keep the attribute file and all figures in; default: a temporary one
#
# Both minimise the same function over the same parameters: with C1=0 the loss after the first iteration agrees to about the
# last digit shown. Later the paths differ, as the line searches do; the native trainer runs twice as long, so that the time to
# CRFsuite's final loss can be told. Run it on an idle machine.
set -euo pipefail

corpus=$(realpath "${1:?a labelled file in CoNLL format}")
cd "$(dirname "$0")/.."
python=${PYTHON:-python3}
iterations=${ITERATIONS:-100} c1=${C1:-0} c2=${C2:-1}
work=${WORK:-$(mktemp -d)}
mkdir -p "$work"
[ -n "${WORK:-}" ] || trap 'rm -rf "$work"' EXIT

cargo build --release --bin musamma
native=$(cargo bench --no-run --bench native_training --message-format=json | "$python" -c '
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    if message.get("executable") and message["target"]["name"] == "native_training":
        print(message["executable"])')
musamma=${CARGO_TARGET_DIR:-target}/release/musamma

if [ -n "${LIKE:-}" ]; then
  cp "$LIKE" "$work/like.mus"
else
  "$musamma" --quiet train "$corpus" --scheme "${SCHEME:-bioes}" --max-iterations 1 --lists training_data/gazetteers --model "$work/like.mus"
fi
"$musamma" --quiet features "$corpus" --format crfsuite --like "$work/like.mus" --output "$work/items.txt"

: > "$work/runs.jsonl"
record() { # name command…
  local name=$1
  shift
  echo "… $name" >&2
  "$@" | "$python" -c '
import json, sys
run = json.loads(sys.stdin.readlines()[-1])
run["name"] = sys.argv[1]
print(json.dumps(run))' "$name" >> "$work/runs.jsonl"
}
for _ in $(seq "${ROUNDS:-1}"); do
  record "CRFsuite" "$python" benches/peer_training.py train "$work/items.txt" "$iterations" "$c1" "$c2"
  for threads in ${THREADS:-1 2}; do
    RAYON_NUM_THREADS=$threads record "native, $threads thread(s)" \
      "$native" "$work/like.mus" "$corpus" $((2 * iterations)) "$c1" "$c2"
  done
done
"$python" benches/peer_training.py table "$work/runs.jsonl"
