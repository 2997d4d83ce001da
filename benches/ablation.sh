#!/usr/bin/env bash
# Trains with every configuration in training_data/configs, and with the default one, on one labelled file, and measures on another: a
# Markdown table with bootstrap intervals, and recall on mentions that the training data has and has not.
#
#   benches/ablation.sh TRAIN.conll DEV.conll [CONFIG.toml …]
set -euo pipefail

train=$(realpath "${1:?labelled file to train on}") dev=$(realpath "${2:?labelled file to measure on}")
shift 2
cd "$(dirname "$0")/.."
[ $# -gt 0 ] || set -- training_data/configs/*.toml
cargo build --release --quiet --bin musamma
musamma=${CARGO_TARGET_DIR:-target}/release/musamma
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

: > "$work/default.toml"
for config in "$work/default.toml" "$@"; do
  name=$(basename "$config" .toml)
  "$musamma" --quiet train "$train" --config "$config" --lists training_data/gazetteers --clusters training_data/clusters.tsv --model "$work/model.mus"
  "$musamma" evaluate "$dev" --model "$work/model.mus" --train "$train" --format json > "$work/$name.json"
  echo "$name" >> "$work/order"
done
python3 - "$work" <<'PYTHON'
import json, sys

work = sys.argv[1]
percent = lambda x: "–" if x is None else f"{100 * x:.1f}"
for i, name in enumerate(open(f"{work}/order").read().split()):
    run = json.load(open(f"{work}/{name}.json"))
    kinds, micro, seen = sorted(run["types"]), run["micro"], run["seen"]
    if i == 0:
        head = ["configuration", "precision", "recall", "F1", "95 % interval", *kinds, "recall, seen", "unseen"]
        print("| " + " | ".join(head) + " |\n|---|" + "---:|" * (len(head) - 1))
    low, high = micro["interval"]["f1"]["low"], micro["interval"]["f1"]["high"]
    cells = [name, *(percent(micro[k]) for k in ("precision", "recall", "f1")), f"{percent(low)}–{percent(high)}"]
    cells += [percent(run["types"][k]["f1"]) for k in kinds]
    cells += [percent(seen["seen"]["recall"]), percent(seen["unseen"]["recall"])]
    print("| " + " | ".join(cells) + " |")
PYTHON
