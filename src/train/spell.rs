//! Names for the attributes that got a weight.

use std::collections::HashMap;

use rayon::prelude::*;

use super::prepare::Corpus;
use crate::crf::Weights;
use crate::features::Word;
use crate::features::sink::{ContextNames, WordNames};
use crate::model::attribute_hashes;

/// A name for each attribute with a weight, in the order of its hash: the corpus is gone through once more, spelling what
/// was hashed.
pub fn names(corpus: &Corpus, weights: &Weights) -> Vec<String> {
    let hashes = attribute_hashes(&weights.state);
    let kept = |hash: u64| hashes.binary_search(&hash).is_ok();
    let mut names: HashMap<u64, String> = corpus
        .words
        .par_iter()
        .flat_map_iter(|word| {
            let mut sink = WordNames::default();
            corpus.extractor.word_attributes(word, &mut sink);
            sink.0
                .into_iter()
                .filter(|n| kept(n.1))
                .map(|n| (n.1, n.0))
                .collect::<Vec<_>>()
        })
        .collect();
    let contexts: HashMap<u64, String> = corpus
        .documents
        .par_windows(2)
        .flat_map_iter(|d| {
            let range = d[0] as usize..d[1] as usize;
            let first = corpus.sentences[range.start] as usize;
            let words: Vec<&Word> = corpus.tokens[first..corpus.sentences[range.end] as usize]
                .iter()
                .map(|&w| &corpus.words[w as usize])
                .collect();
            let mut found = HashMap::new();
            corpus.visit(range, |base, keys, context, t| {
                let mut sink = ContextNames {
                    words: &words[base - first..base - first + keys.len()],
                    keys,
                    out: Vec::new(),
                };
                corpus.extractor.context_attributes(context, t, &mut sink);
                for (name, hash) in sink.out {
                    if kept(hash) {
                        found.insert(hash, name);
                    }
                }
            });
            found
        })
        .collect();
    names.extend(contexts);
    hashes
        .iter()
        .map(|h| names.remove(h).unwrap_or_else(|| format!("{h:016x}")))
        .collect()
}
