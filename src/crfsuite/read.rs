//! Reading a CRFsuite model file. The layout is described in [`super::write`].

use super::bytes::{Bytes, damaged};
use super::write::{CHUNK, FEATURE, HEADER, STATE, TRANSITION, TYPE, VERSION};
use super::{CrfsuiteModel, MAGIC, State, Transition, cqdb};
use crate::error::{Error, Result};

/// What a file held.
#[derive(Debug, Clone, PartialEq)]
pub struct Imported {
    /// The model.
    pub model: CrfsuiteModel,
    /// Names of labels and attributes that the file keeps under a wrong hash: its own reader would not find them, and would
    /// tag as if their weights were 0. They are read like the others.
    pub misplaced: usize,
}

/// Reads a model file. Every offset, length, number and name is verified before it is used, and nothing is allocated on the
/// word of the file alone.
///
/// # Errors
/// When the bytes are no model of CRFsuite 0.12, are truncated, or contradict themselves.
pub fn read(bytes: &[u8]) -> Result<Imported> {
    let file = Bytes {
        bytes,
        name: "the file",
    };
    if !bytes.starts_with(&MAGIC) {
        return Err(Error::new("not a CRFsuite model").expected("a file that begins with `lCRF`"));
    }
    if bytes.len() < HEADER {
        return Err(damaged("the file is shorter than its header"));
    }
    if file.slice(8, 4)? != TYPE || file.u32(12)? != VERSION {
        return Err(Error::new(format!(
            "a CRFsuite model of type `{}`, version {}",
            file.slice(8, 4)?.escape_ascii(),
            file.u32(12)?
        ))
        .expected("type `FOMC`, version 100"));
    }
    if file.size(4)? != bytes.len() {
        return Err(damaged(format_args!(
            "it has {} bytes where its header says {}",
            bytes.len(),
            file.u32(4)?
        )));
    }
    let features = read_features(file)?;
    // CRFsuite itself leaves this field 0.
    let declared = file.size(16)?;
    if declared != 0 && declared != features.len() {
        return Err(damaged(format_args!(
            "it has {} features where its header says {declared}",
            features.len()
        )));
    }
    let labels = cqdb::read(file, file.size(32)?, file.size(20)?, "the label table")?;
    let attributes = cqdb::read(file, file.size(36)?, file.size(24)?, "the attribute table")?;
    verify_references(
        file,
        file.size(40)?,
        *b"LFRF",
        TRANSITION,
        labels.names.len(),
        &features,
    )?;
    verify_references(
        file,
        file.size(44)?,
        *b"AFRF",
        STATE,
        attributes.names.len(),
        &features,
    )?;
    let mut model = CrfsuiteModel {
        labels: labels.names,
        attributes: attributes.names,
        ..CrfsuiteModel::default()
    };
    for f in features {
        match f.kind {
            STATE => model.states.push(State {
                attribute: f.source,
                label: f.target,
                weight: f.weight,
            }),
            _ => model.transitions.push(Transition {
                from: f.source,
                to: f.target,
                weight: f.weight,
            }),
        }
    }
    match model.fault() {
        Some(fault) => Err(damaged(fault)),
        None => Ok(Imported {
            model,
            misplaced: labels.misplaced + attributes.misplaced,
        }),
    }
}

#[derive(Debug)]
struct Feature {
    kind: u32,
    source: u32,
    target: u32,
    weight: f64,
}

fn read_features(file: Bytes<'_>) -> Result<Vec<Feature>> {
    let chunk = file.chunk(file.size(28)?, *b"FEAT", "the feature table")?;
    let count = chunk.size(8)?;
    let records = Bytes {
        bytes: chunk.array(CHUNK, count, FEATURE)?,
        name: chunk.name,
    };
    if chunk.bytes.len() != CHUNK + records.bytes.len() {
        return Err(damaged("the feature table has bytes to spare"));
    }
    (0..count)
        .map(|i| {
            let at = i * FEATURE;
            let kind = records.u32(at)?;
            if kind != STATE && kind != TRANSITION {
                return Err(damaged(format_args!("feature {i} is of the kind {kind}")));
            }
            Ok(Feature {
                kind,
                source: records.u32(at + 4)?,
                target: records.u32(at + 8)?,
                weight: records.f64(at + 12)?,
            })
        })
        .collect()
}

/// Verifies that each of `count` sources refers to exactly its own features of `kind`. CRFsuite finds weights by these lists
/// alone.
fn verify_references(
    file: Bytes<'_>,
    at: usize,
    id: [u8; 4],
    kind: u32,
    count: usize,
    features: &[Feature],
) -> Result<()> {
    let name = if kind == STATE {
        "the attribute references"
    } else {
        "the label references"
    };
    let chunk = file.chunk(at, id, name)?;
    // Label references have two entries to spare, for labels before and after the sentence that version 0.12 does not use.
    if chunk.size(8)? < count {
        return Err(damaged(format_args!("{name} are fewer than {count}")));
    }
    chunk.array(CHUNK, chunk.size(8)?, 4)?;
    let begin = at + CHUNK + 4 * chunk.size(8)?;
    let mut seen = vec![false; features.len()];
    for source in 0..count {
        let wrong = || damaged(format_args!("{name}: list {source} is not in order"));
        // These offsets count from the beginning of the file.
        let list = chunk.size(CHUNK + 4 * source)?;
        let inside = list
            .checked_sub(at)
            .filter(|_| list >= begin)
            .ok_or_else(wrong)?;
        let ids = Bytes {
            bytes: chunk.array(inside.saturating_add(4), chunk.size(inside)?, 4)?,
            name,
        };
        for i in 0..ids.bytes.len() / 4 {
            let id = ids.size(4 * i)?;
            let feature = features.get(id).ok_or_else(wrong)?;
            // A feature is referred to once, which also bounds the work on lists that lie on top of each other.
            if feature.kind != kind || feature.source as usize != source || seen[id] {
                return Err(wrong());
            }
            seen[id] = true;
        }
    }
    let missing = features
        .iter()
        .zip(&seen)
        .filter(|(f, seen)| f.kind == kind && !**seen);
    match missing.count() {
        0 => Ok(()),
        n => Err(damaged(format_args!("{name} leave out {n} features"))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::write::tests::sample;
    use super::super::write::write;
    use super::*;

    #[test]
    fn foreign_and_truncated_files_are_named_so() {
        let good = write(&sample()).expect("small");
        for (bytes, expected) in [
            (&b""[..], "not a CRFsuite model"),
            (b"MUSAMMA\0", "not a CRFsuite model"),
            (&good[..47], "shorter than its header"),
            (&good[..good.len() - 1], "where its header says"),
        ] {
            let error = read(bytes).expect_err(expected).to_string();
            assert!(error.contains(expected), "{error}");
        }
        let mut other = good.clone();
        other[12] = 101;
        let error = read(&other).expect_err("version").to_string();
        assert!(
            error.contains("type `FOMC`, version 101; expected"),
            "{error}"
        );
    }

    #[test]
    fn contradictions_are_noticed() {
        let model = sample();
        let good = write(&model).expect("small");
        let first = HEADER + CHUNK;
        let last_reference = good.len() - 4;
        for (at, value, expected) in [
            (16, 99, "header says 99"),
            (first, 2, "kind 2"),
            (first + 8, 70, "state weight 0"),
            (first + 16, 0x7ff0_0000, "inf"),
            (last_reference, 0, "list 1 is not in order"),
            (28, u32::MAX, "points to bytes"),
            (32, 0, "the label table does not begin at byte 0"),
            (24, 1, "2 names where the header says 1"),
            (HEADER + 8, u32::MAX, "points to bytes"),
        ] {
            let mut bad = good.clone();
            bad[at..at + 4].copy_from_slice(&u32::to_le_bytes(value));
            let error = read(&bad).expect_err(expected).to_string();
            assert!(error.contains(expected), "{at}: {error}");
        }
    }
}
