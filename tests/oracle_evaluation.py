"""What seqeval, nervaluate and conlleval say, for oracle_evaluation.rs: a round in JSON a line, an answer in JSON a line.

Needs the packages of requirements.txt. A round is {"gold", "predicted": tags [sentence][token], "scheme": null, "IOB1", "IOB2" or
"IOBES"}; a scheme says that the tags obey it. Floats travel as the integer of their bits, so that nothing is rounded.
"""

import json
import struct
import sys
import warnings
from collections import Counter

from nervaluate import Evaluator
from seqeval.metrics import accuracy_score
from seqeval.metrics.sequence_labeling import get_entities, precision_recall_fscore_support
from seqeval.metrics.v1 import precision_recall_fscore_support as strict_scores
from seqeval.scheme import IOB1, IOB2, IOBES

SCHEMES = {"IOB1": IOB1, "IOB2": IOB2, "IOBES": IOBES}


def bits(x):
    return struct.unpack("<Q", struct.pack("<d", float(x)))[0]


def seqeval_table(score, has_types):
    """Per type, micro and macro, with support. Without types there is nothing to average."""
    if not has_types:
        return None
    table = {"types": [[bits(p), bits(r), bits(f), int(n)] for p, r, f, n in zip(*score(None))]}
    for average in ["micro", "macro"]:
        p, r, f, n = score(average)
        table[average] = [bits(p), bits(r), bits(f), int(n)]
    return table


def iob2(entities, n_tokens):
    tags = ["O"] * n_tokens
    for kind, first, last in entities:
        tags[first : last + 1] = [f"B-{kind}"] + [f"I-{kind}"] * (last - first)
    return tags


def nervaluate_table(gold, predicted, kinds):
    """The four ways of matching. It gets entities, not tags: its own reader of tags knows IOB2 alone."""
    documents = [
        [[{"label": kind, "start": first, "end": last} for kind, first, last in sentence] for sentence in side]
        for side in (gold, predicted)
    ]
    result = Evaluator(*documents, tags=kinds, loader="dict").evaluate()
    show = lambda m: [m.correct, m.incorrect, m.partial, m.missed, m.spurious, bits(m.precision), bits(m.recall), bits(m.f1)]
    table = lambda ways: {name: show(m) for name, m in ways.items()}
    return {"overall": table(result["overall"]), "types": {kind: table(ways) for kind, ways in result["entities"].items()}}


def conlleval(gold, predicted):
    """The counting loop of conlleval.pl (CoNLL 2000), which walks both columns at once and never makes a list of entities."""
    parse = lambda tag: ("O", "") if tag == "O" else tuple(tag.split("-", 1))
    ends = {("B", "B"), ("B", "O"), ("I", "B"), ("I", "O")}
    starts = {("B", "B"), ("I", "B"), ("O", "B"), ("O", "I")}

    def end(last, now):
        return (last[0], now[0]) in ends or (last[0] != "O" and last[1] != now[1])

    def start(last, now):
        return (last[0], now[0]) in starts or (now[0] != "O" and last[1] != now[1])

    correct, found_gold, found_guessed = Counter(), Counter(), Counter()
    for gold_tags, guessed_tags in zip(gold, predicted):
        last_gold = last_guessed = ("O", "")
        in_correct = False
        # The empty line behind a sentence counts as O.
        for gold_tag, guessed_tag in zip([*map(parse, gold_tags), ("O", "")], [*map(parse, guessed_tags), ("O", "")]):
            gold_ends, guessed_ends = end(last_gold, gold_tag), end(last_guessed, guessed_tag)
            if in_correct:
                if gold_ends and guessed_ends and last_guessed[1] == last_gold[1]:
                    in_correct = False
                    correct[last_gold[1]] += 1
                elif gold_ends != guessed_ends or guessed_tag[1] != gold_tag[1]:
                    in_correct = False
            gold_starts, guessed_starts = start(last_gold, gold_tag), start(last_guessed, guessed_tag)
            if gold_starts and guessed_starts and guessed_tag[1] == gold_tag[1]:
                in_correct = True
            found_gold[gold_tag[1]] += gold_starts
            found_guessed[guessed_tag[1]] += guessed_starts
            last_gold, last_guessed = gold_tag, guessed_tag
    kinds = sorted(k for k in {*found_gold, *found_guessed} if found_gold[k] + found_guessed[k])

    def line(n_correct, n_gold, n_guessed):
        precision = 100 * n_correct / n_guessed if n_guessed else 0.0
        recall = 100 * n_correct / n_gold if n_gold else 0.0
        fb1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return f"precision: {precision:6.2f}%; recall: {recall:6.2f}%; FB1: {fb1:6.2f}"

    return {
        "types": {k: [correct[k], found_gold[k], found_guessed[k], line(correct[k], found_gold[k], found_guessed[k])] for k in kinds},
        "overall": line(correct.total(), found_gold.total(), found_guessed.total()),
    }


def answer(job):
    gold, predicted, scheme = job["gold"], job["predicted"], SCHEMES.get(job["scheme"])
    entities = {side: [get_entities(tags) for tags in job[side]] for side in ("gold", "predicted")}
    kinds = sorted({kind for side in entities.values() for sentence in side for kind, _, _ in sentence})
    plain = [
        [iob2(found, len(tags)) for found, tags in zip(entities[side], job[side])] for side in ("gold", "predicted")
    ]
    letters = {tag[0] for side in (gold, predicted) for tags in side for tag in tags}
    return {
        "entities": {
            side: [[[first, last + 1, kind] for kind, first, last in sentence] for sentence in found]
            for side, found in entities.items()
        },
        "accuracy": bits(accuracy_score(*plain)),
        "accuracy_as_tagged": bits(accuracy_score(gold, predicted)),
        "default": seqeval_table(lambda average: precision_recall_fscore_support(gold, predicted, average=average), kinds),
        "strict": scheme
        and seqeval_table(lambda average: strict_scores(gold, predicted, average=average, scheme=scheme), kinds),
        # conlleval knows neither E nor S.
        "conlleval": conlleval(gold, predicted) if letters <= set("OBI") else None,
        "nervaluate": nervaluate_table(entities["gold"], entities["predicted"], kinds),
    }


if __name__ == "__main__":
    warnings.filterwarnings("ignore")
    for question in sys.stdin:
        print(json.dumps(answer(json.loads(question))))
