//! CRFsuite model files that are random, damaged or cut short.

mod crfsuite_support;

use std::collections::BTreeSet;

use crfsuite_support::Random;
use musamma::crfsuite::{CrfsuiteModel, ReferenceTagger, State, Transition, read, write};
use proptest::prelude::*;

fn sample() -> CrfsuiteModel {
    let state = |attribute, label, weight| State {
        attribute,
        label,
        weight,
    };
    CrfsuiteModel {
        labels: ["O", "B-PER", "I-PER"].map(String::from).into(),
        attributes: (0..9).map(|i| format!("form={}", "م".repeat(i))).collect(),
        states: (0..9)
            .flat_map(|a| [state(a, 0, 0.5), state(a, 1 + a % 2, -1.25)])
            .collect(),
        transitions: vec![
            Transition {
                from: 0,
                to: 1,
                weight: 1.0,
            },
            Transition {
                from: 1,
                to: 2,
                weight: 2.0,
            },
        ],
    }
}

/// Reads bytes that may be anything; what is accepted must be usable.
fn probe(bytes: &[u8]) -> bool {
    match read(bytes) {
        Err(error) => {
            assert!(!error.to_string().is_empty());
            false
        }
        Ok(imported) => {
            let model = imported.model;
            let items: Vec<Vec<&str>> = model.attributes.iter().map(|a| vec![a.as_str()]).collect();
            let tags = ReferenceTagger::new(&model).tag(&items);
            assert!(tags.iter().all(|&t| t < model.labels.len().max(1)));
            let again = write(&model).expect("what was read can be written");
            assert_eq!(
                read(&again).expect("what was written can be read").model,
                model
            );
            true
        }
    }
}

#[test]
fn no_flipped_byte_makes_trouble() {
    let good = write(&sample()).expect("small");
    assert!(probe(&good));
    let mut refused = 0;
    for at in 0..good.len() {
        for change in [0x01, 0x20, 0x80, 0xff] {
            let mut bad = good.clone();
            bad[at] ^= change;
            refused += usize::from(!probe(&bad));
        }
    }
    // Bytes of names, weights and unused table entries may be anything.
    assert!(
        refused > good.len(),
        "only {refused} of {} refused",
        4 * good.len()
    );
}

#[test]
fn every_truncation_is_an_error() {
    let good = write(&sample()).expect("small");
    for len in 0..good.len() {
        let mut cut = good[..len].to_vec();
        assert!(read(&cut).is_err(), "cut at {len}");
        // The same with a header that agrees.
        if len >= 8 {
            cut[4..8].copy_from_slice(&(len as u32).to_le_bytes());
            assert!(read(&cut).is_err(), "cut at {len} with the size put right");
        }
    }
    let mut longer = good;
    longer.push(0);
    assert!(read(&longer).is_err(), "a byte too many");
}

/// Whole numbers of the file replaced, which reaches deeper than single bits: lengths, counts, offsets onto each other.
#[test]
fn no_forged_number_makes_trouble() {
    let good = write(&sample()).expect("small");
    let mut random = Random(11);
    for _ in 0..60_000 {
        let mut bad = good.clone();
        for _ in 0..=random.below(3) {
            let at = 4 * random.below(bad.len() / 4 - 1);
            let forged = match random.below(4) {
                0 => u32::MAX,
                1 => random.below(bad.len()) as u32,
                2 => random.below(64) as u32,
                _ => 1 << random.below(32),
            };
            bad[at..at + 4].copy_from_slice(&forged.to_le_bytes());
        }
        probe(&bad);
    }
}

fn model() -> impl Strategy<Value = CrfsuiteModel> {
    let names = |n| prop::collection::btree_set("[a-z:\\\\=|\\[\\]ا-ي\t ]{0,26}", 0..n);
    (names(5), names(40), any::<u64>()).prop_map(|(labels, attributes, seed)| {
        let mut random = Random(seed);
        let (n, n_attributes) = (labels.len(), attributes.len());
        let pairs = |random: &mut Random, from: usize, to: usize| -> BTreeSet<(u32, u32)> {
            if from * to == 0 {
                return BTreeSet::new();
            }
            (0..random.below(2 * from))
                .map(|_| (random.below(from) as u32, random.below(to) as u32))
                .collect()
        };
        let states = pairs(&mut random, n_attributes, n);
        let transitions = pairs(&mut random, n, n);
        CrfsuiteModel {
            labels: labels.into_iter().collect(),
            attributes: attributes.into_iter().collect(),
            states: states
                .into_iter()
                .map(|(attribute, label)| State {
                    attribute,
                    label,
                    weight: random.signed(),
                })
                .collect(),
            transitions: transitions
                .into_iter()
                .map(|(from, to)| Transition {
                    from,
                    to,
                    weight: random.signed(),
                })
                .collect(),
        }
    })
}

proptest! {
    #[test]
    fn random_models_survive(model in model()) {
        let bytes = write(&model).expect("small");
        let imported = read(&bytes).expect("sound");
        prop_assert_eq!(imported.misplaced, 0);
        prop_assert_eq!(&imported.model, &model);
        prop_assert_eq!(write(&imported.model).expect("small"), bytes);
    }

    #[test]
    fn random_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut with_magic = b"lCRF".to_vec();
        with_magic.extend(&bytes);
        prop_assert!(read(&bytes).is_err());
        prop_assert!(read(&with_magic).is_err());
    }
}
