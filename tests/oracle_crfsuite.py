"""What CRFsuite says, for oracle_crfsuite.rs: reads one job in JSON from stdin, writes the answer in JSON to stdout.

Needs the packages of requirements.txt. Jobs, by "op":

train  items (a file in CRFsuite's text format), params, model  →  losses of all iterations; writes the model
tag    items, model  →  labels, tags and marginals [sentence][token][label]
names  model  →  labels and attributes that the model has
"""

import json
import re
import sys

import pycrfsuite


def sentences(path):
    """The items of a file: one (labels, attribute lists) a sentence. A colon or backslash stands behind a backslash."""
    unescape = lambda field: re.sub(r"\\([:\\])", r"\1", field)
    labels, items = [], []
    with open(path, encoding="utf-8", newline="\n") as file:
        for line in file:
            line = line.rstrip("\n")
            if line:
                label, *attributes = map(unescape, line.split("\t"))
                assert not label.startswith("@"), "python-crfsuite cannot weigh sentences"
                labels.append(label)
                items.append(attributes)
            elif labels:
                yield labels, items
                labels, items = [], []
    if labels:
        yield labels, items


def train(job):
    trainer = pycrfsuite.Trainer(algorithm=job.get("algorithm", "lbfgs"), verbose=False)
    trainer.set_params(job["params"])
    for labels, items in sentences(job["items"]):
        trainer.append(items, labels)
    trainer.train(job["model"])
    return {"losses": [iteration["loss"] for iteration in trainer.logparser.iterations]}


def tag(job):
    tagger = pycrfsuite.Tagger()
    tagger.open(job["model"])
    labels = tagger.labels()
    tags, marginals = [], []
    for _, items in sentences(job["items"]):
        tags.append(tagger.tag(items))
        marginals.append([[tagger.marginal(l, t) for l in labels] for t in range(len(items))])
    return {"labels": labels, "tags": tags, "marginals": marginals}


def names(job):
    tagger = pycrfsuite.Tagger()
    tagger.open(job["model"])
    info = tagger.info()
    return {"labels": list(info.labels), "attributes": list(info.attributes)}


if __name__ == "__main__":
    job = json.load(sys.stdin)
    json.dump({"train": train, "tag": tag, "names": names}[job["op"]](job), sys.stdout)
