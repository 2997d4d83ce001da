//! Writing a CRFsuite model file.
//!
//! ```text
//! "lCRF"  size u32  "FOMC"  version u32  features u32 (0)  labels u32  attributes u32
//!         offsets u32 of: features, labels, attributes, label references, attribute references
//! "FEAT"  size u32  count u32  count × (kind u32, source u32, target u32, weight f64)
//! "CQDB"  label names                                              (see cqdb.rs)
//! "CQDB"  attribute names
//! "LFRF"  size u32  labels + 2  offsets u32, lists                 transitions from each label
//! "AFRF"  size u32  attributes  offsets u32, lists                 state features of each attribute
//! a list: count u32, count × feature id u32
//! ```
//!
//! Integers and doubles are little endian; offsets count from the beginning of the file. The bytes are those that CRFsuite
//! 0.12 writes for the same weights.

use super::bytes::u32_of;
use super::cqdb::{self, push, put};
use super::{CrfsuiteModel, MAGIC};
use crate::error::{Error, Result};

pub(super) const TYPE: &[u8; 4] = b"FOMC";
pub(super) const VERSION: u32 = 100;
/// Bytes of the file header.
pub(super) const HEADER: usize = 48;
/// Bytes before a chunk's elements.
pub(super) const CHUNK: usize = 12;
/// Bytes of a feature.
pub(super) const FEATURE: usize = 20;
/// Kind of a feature with an attribute as source.
pub(super) const STATE: u32 = 0;
/// Kind of a feature with a label as source.
pub(super) const TRANSITION: u32 = 1;

/// Writes a model file.
///
/// # Errors
/// When a name occurs twice or contains NUL, a weight refers to a label or attribute that is not there or is no number, or
/// the file would exceed 4 GiB.
pub fn write(model: &CrfsuiteModel) -> Result<Vec<u8>> {
    if let Some(fault) = model.fault() {
        return Err(Error::new(format!("no model for CRFsuite: {fault}")));
    }
    let mut file = vec![0; HEADER];
    let mut offsets = [0; 5];

    offsets[0] = u32_of(file.len())?;
    let begin = begin_chunk(
        &mut file,
        *b"FEAT",
        model.states.len() + model.transitions.len(),
    )?;
    for s in &model.states {
        push_feature(&mut file, STATE, s.attribute, s.label, s.weight);
    }
    for t in &model.transitions {
        push_feature(&mut file, TRANSITION, t.from, t.to, t.weight);
    }
    end_chunk(&mut file, begin)?;

    offsets[1] = u32_of(file.len())?;
    cqdb::write(&model.labels, &mut file)?;
    offsets[2] = u32_of(file.len())?;
    cqdb::write(&model.attributes, &mut file)?;

    // State features come first in the file, so transitions are numbered after them.
    let first = u32_of(model.states.len())?;
    let sources = model.transitions.iter().map(|t| t.from);
    offsets[3] = write_references(
        &mut file,
        *b"LFRF",
        (model.labels.len(), model.labels.len() + 2),
        (first..).zip(sources),
    )?;
    let sources = model.states.iter().map(|s| s.attribute);
    offsets[4] = write_references(
        &mut file,
        *b"AFRF",
        (model.attributes.len(), model.attributes.len()),
        (0..).zip(sources),
    )?;

    let size = u32_of(file.len())?;
    file[..4].copy_from_slice(&MAGIC);
    put(&mut file, 4, size);
    file[8..12].copy_from_slice(TYPE);
    // The number of features stays 0, as CRFsuite leaves it.
    let counts = [u32_of(model.labels.len())?, u32_of(model.attributes.len())?];
    let fields = [VERSION, 0].into_iter().chain(counts).chain(offsets);
    for (i, field) in fields.enumerate() {
        put(&mut file, 12 + 4 * i, field);
    }
    Ok(file)
}

fn push_feature(file: &mut Vec<u8>, kind: u32, source: u32, target: u32, weight: f64) {
    push(file, kind);
    push(file, source);
    push(file, target);
    file.extend_from_slice(&weight.to_le_bytes());
}

fn begin_chunk(file: &mut Vec<u8>, id: [u8; 4], count: usize) -> Result<usize> {
    let begin = file.len();
    file.extend_from_slice(&id);
    push(file, 0);
    push(file, u32_of(count)?);
    Ok(begin)
}

fn end_chunk(file: &mut [u8], begin: usize) -> Result<()> {
    let size = u32_of(file.len() - begin)?;
    put(file, begin + 4, size);
    Ok(())
}

/// Writes one list of feature ids for each source and returns where the chunk begins.
fn write_references(
    file: &mut Vec<u8>,
    id: [u8; 4],
    (used, entries): (usize, usize),
    features: impl Iterator<Item = (u32, u32)>,
) -> Result<u32> {
    let mut lists: Vec<Vec<u32>> = vec![Vec::new(); used];
    for (feature, source) in features {
        lists[source as usize].push(feature);
    }
    file.resize(file.len().next_multiple_of(4), 0);
    let begin = begin_chunk(file, id, entries)?;
    file.resize(file.len() + 4 * entries, 0);
    for (source, list) in lists.iter().enumerate() {
        let offset = u32_of(file.len())?;
        put(file, begin + CHUNK + 4 * source, offset);
        push(file, u32_of(list.len())?);
        for &feature in list {
            push(file, feature);
        }
    }
    end_chunk(file, begin)?;
    u32_of(begin)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::{State, Transition, read};
    use super::*;

    /// Two labels, two attributes, four weights.
    pub fn sample() -> CrfsuiteModel {
        let state = |attribute, label, weight| State {
            attribute,
            label,
            weight,
        };
        CrfsuiteModel {
            labels: ["O", "B-PER"].map(String::from).into(),
            attributes: ["form=محمود", "form=قال[-1]"].map(String::from).into(),
            states: vec![state(0, 1, 2.5), state(1, 0, -0.5), state(1, 1, 1e-3)],
            transitions: vec![Transition {
                from: 1,
                to: 0,
                weight: 0.25,
            }],
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let model = sample();
        let bytes = write(&model).expect("small");
        let imported = read(&bytes).expect("sound");
        assert_eq!(imported.model, model);
        assert_eq!(imported.misplaced, 0);
        let empty = CrfsuiteModel::default();
        assert_eq!(
            read(&write(&empty).expect("small")).expect("sound").model,
            empty
        );
    }

    #[test]
    fn faulty_models_are_refused() {
        type Spoil = fn(&mut CrfsuiteModel);
        let faults: [(&str, Spoil); 6] = [
            ("`O` is named twice", |m| m.labels[1] = "O".into()),
            ("contains NUL", |m| m.attributes[1] = "a\0b".into()),
            ("of 2 × 2", |m| m.states[0].attribute = 2),
            ("of 2 × 2", |m| m.transitions[0].to = 2),
            ("is NaN", |m| m.states[0].weight = f64::NAN),
            ("(1, 1) has two state weights", |m| m.states[1].label = 1),
        ];
        for (expected, spoil) in faults {
            let mut model = sample();
            spoil(&mut model);
            let error = write(&model).expect_err(expected).to_string();
            assert!(error.contains(expected), "{error}");
        }
    }
}
