//! Observations without the factorisation: what each token has, attribute by attribute, as other trainers want it.

use std::collections::HashMap;

use super::csr::Csr;
use super::dataset::Observations;

/// Attributes of every token.
#[derive(Debug, Clone, Default)]
pub struct Expanded {
    /// Each attribute's hash and slot, in the order in which they first occur.
    pub attributes: Vec<(u64, u8)>,
    /// Per token: its attributes as positions in `attributes`, each once.
    pub tokens: Csr<u32>,
}

/// Lists the attributes of every token. Those seen at fewer than `min_count` tokens are left out.
pub fn expand(observations: &Observations, min_count: u32) -> Expanded {
    let n_slots = observations.n_slots();
    let first_offset = isize::from(*observations.offsets.start());
    let mut index: HashMap<(u64, u8), u32> = HashMap::new();
    let mut attributes: Vec<(u64, u8)> = Vec::new();
    let mut counts: Vec<u32> = Vec::new();
    let mut tokens = Csr::default();
    let mut row: Vec<u32> = Vec::new();
    for bounds in observations.sentences.windows(2) {
        let sentence = bounds[0] as usize..bounds[1] as usize;
        for t in sentence.clone() {
            row.clear();
            let mut add = |attribute| {
                let id = *index.entry(attribute).or_insert_with(|| {
                    attributes.push(attribute);
                    attributes.len() as u32 - 1
                });
                row.push(id);
            };
            for slot in 0..n_slots {
                let seen = t
                    .checked_add_signed(first_offset + slot.cast_signed())
                    .filter(|seen| sentence.contains(seen));
                let Some(seen) = seen else { continue };
                let word = observations.words[seen] as usize;
                for &(hash, mask) in observations.word_attributes.row(word) {
                    if mask >> slot & 1 == 1 {
                        add((hash, slot as u8));
                    }
                }
            }
            if let Some(row) = context_row(observations, t) {
                for &hash in row {
                    add((hash, n_slots as u8));
                }
            }
            row.sort_unstable();
            row.dedup();
            counts.resize(attributes.len(), 0);
            for &id in &row {
                counts[id as usize] += 1;
            }
            tokens.push_row(row.iter().copied());
        }
    }
    if min_count <= 1 {
        return Expanded { attributes, tokens };
    }
    let mut kept = Vec::new();
    let new_id: Vec<Option<u32>> = counts
        .iter()
        .zip(attributes)
        .map(|(&count, attribute)| {
            (count >= min_count).then(|| {
                kept.push(attribute);
                kept.len() as u32 - 1
            })
        })
        .collect();
    let mut kept_tokens = Csr::default();
    for t in 0..tokens.len() {
        kept_tokens.push_row(tokens.row(t).iter().filter_map(|&id| new_id[id as usize]));
    }
    Expanded {
        attributes: kept,
        tokens: kept_tokens,
    }
}

/// Context attributes of a token; data without any may leave the rows out.
fn context_row(observations: &Observations, t: usize) -> Option<&[u64]> {
    let rows = &observations.context_attributes;
    (t < rows.len()).then(|| rows.row(t))
}

#[cfg(test)]
mod tests {
    use super::super::dataset::{Dataset, LabelSpace};
    use super::super::grammar::Grammar;
    use super::super::testing::observations;
    use super::*;

    /// The factorised data must hold the same attributes at the same number of tokens.
    #[test]
    fn agrees_with_the_factorised_data() {
        for (seed, min_count) in [(1, 0), (2, 1), (3, 2), (4, 5)] {
            let o = observations(seed, 20, 8);
            let expanded = expand(&o, min_count);
            assert_eq!(expanded.tokens.len(), o.words.len());
            let mut found = expanded.attributes.clone();
            found.sort_unstable();
            let data = Dataset::new(o, min_count, LabelSpace::All, Grammar::free(3));
            let expected: Vec<(u64, u8)> = data
                .columns
                .attributes
                .iter()
                .map(|a| (a.hash, a.slot))
                .collect();
            assert_eq!(found, expected, "seed {seed}, min_count {min_count}");
        }
    }
}
