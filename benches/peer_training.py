"""CRFsuite's half of training.sh, and the table.

    peer_training.py train ITEMS ITERATIONS C1 C2    trains on a file in CRFsuite's text format, prints a line of JSON
    peer_training.py table FILE                      lines of JSON, "name" added, to a table with ratios

Needs python-crfsuite. Items are handed over as they are read, so that the peak memory is CRFsuite's own.
"""

import json
import os
import re
import resource
import statistics
import sys
import tempfile
import time

ESCAPE = re.compile(r"\\([:\\])")


def sentences(path):
    unescape = lambda field: ESCAPE.sub(r"\1", field) if "\\" in field else field
    labels, items = [], []
    with open(path, encoding="utf-8", newline="\n") as file:
        for line in file:
            line = line.rstrip("\n")
            if line.startswith("@weight:"):
                sys.exit("python-crfsuite cannot weigh sentences; leave out the `# weight = …` lines")
            if line:
                label, *attributes = map(unescape, line.split("\t"))
                labels.append(label)
                items.append(attributes)
            elif labels:
                yield labels, items
                labels, items = [], []
    if labels:
        yield labels, items


def train(items, iterations, c1, c2):
    import pycrfsuite

    begun = time.perf_counter()
    prepared, seconds, cpu = [], [], []

    class Trainer(pycrfsuite.Trainer):
        def message(self, message):
            nonlocal begun
            event = self.logparser.feed(message)
            if event == "featgen_end":
                prepared.append(time.perf_counter() - begun)
                begun = time.perf_counter()
                cpu.append(time.process_time())
            elif event == "iteration":
                seconds.append(time.perf_counter() - begun)
                cpu.append(time.process_time())

    trainer = Trainer(algorithm="lbfgs")
    trainer.set_params({"c1": c1, "c2": c2, "max_iterations": iterations, "delta": 0, "epsilon": 0})
    for labels, attributes in sentences(items):
        trainer.append(attributes, labels)
    with tempfile.TemporaryDirectory() as folder:
        trainer.train(os.path.join(folder, "model"))
    log = trainer.logparser
    print(
        json.dumps(
            {
                "threads": 1,
                "prepared": prepared[0],
                "parameters": int(log.featgen_num_features),
                "seconds": seconds,
                "cpu": cpu[-1] - cpu[0],
                "losses": [iteration["loss"] for iteration in log.iterations],
                "evaluations": 1 + sum(iteration["linesearch_trials"] for iteration in log.iterations),
                "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
            }
        )
    )


def an_iteration(run):
    """The median, which a busy moment of the machine does not move."""
    times = [0.0] + run["seconds"]
    return statistics.median(b - a for a, b in zip(times, times[1:]))


def table(path):
    runs = {}
    for line in open(path, encoding="utf-8"):
        run = json.loads(line)
        runs.setdefault(run["name"], []).append(run)
    pick = lambda name, value: statistics.median(value(run) for run in runs[name])
    peer = next(iter(runs))
    n = len(runs[peer][0]["losses"])
    goal = pick(peer, lambda run: run["losses"][-1])

    def reached(run):
        times = (t for t, loss in zip(run["seconds"], run["losses"]) if loss <= goal)
        return next(times, float("nan"))

    heads = ["parameters", "s/iteration", "ratio", "CPU s/it.", "s to goal", "ratio", "loss at 1", f"loss at {n}", "peak MB"]
    widths = [12, 13, 8, 11, 11, 8, 14, 14, 9]
    print(" " * 22 + "".join(f"{head:>{width}}" for head, width in zip(heads, widths)))
    for name in runs:
        each, total = pick(name, an_iteration), pick(name, reached)
        cells = [
            str(runs[name][0]["parameters"]),
            f"{each:.4f}",
            f"{pick(peer, an_iteration) / each:.2f}",
            f"{pick(name, lambda run: (run['cpu'] or 0.0) / len(run['seconds'])):.4f}",
            f"{total:.2f}",
            f"{pick(peer, reached) / total:.2f}",
            f"{pick(name, lambda run: run['losses'][0]):.4f}",
            f"{pick(name, lambda run: run['losses'][n - 1]):.4f}",
            f"{pick(name, lambda run: run['peak_megabytes']):.0f}",
        ]
        print(f"{name:<22}" + "".join(f"{cell:>{width}}" for cell, width in zip(cells, widths)))
    print(f"goal: the loss that {peer} ends with, {goal:.4f}; median of {len(runs[peer])} round(s)")


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    if command == "train":
        train(rest[0], int(rest[1]), float(rest[2]), float(rest[3]))
    else:
        table(*rest)
