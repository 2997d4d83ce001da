"""CRFsuite's half of tagging.sh: tags a file in CRFsuite's text format and prints tokens a second.

    peer_tagging.py MODEL ITEMS

Needs python-crfsuite. Reading and splitting the file is not in the time; handing the attributes over and Viterbi are.
"""

import sys
import time

from peer_training import sentences

import pycrfsuite

tagger = pycrfsuite.Tagger()
tagger.open(sys.argv[1])
seconds, tokens = 0.0, 0
for labels, items in sentences(sys.argv[2]):
    begun = time.perf_counter()
    tagger.tag(items)
    seconds += time.perf_counter() - begun
    tokens += len(labels)
print(f"python-crfsuite: {tokens} tokens, {seconds:.2f} s, {tokens / seconds / 1e6:.4f} M tokens/s (best labels only, no confidence)")
