//! From this tagger's model to CRFsuite's, and back.

use super::items::{item_name, parse_item_name};
use super::{CrfsuiteModel, State, Transition};
use crate::crf::{AttributeWeight, MAX_LABELS, Weights};
use crate::error::{Error, Result};
use crate::features::N_SLOTS;
use crate::features::spelling::spell;
use crate::label::{LabelSet, Prefix, parse_tag};
use crate::model::{Manifest, Model, attribute_hashes, grammar, top_weights};

/// Weight of what the grammar forbids, which CRFsuite does not know as such: beyond the reach of any sum of learned weights,
/// and small enough to leave those their digits in a double.
const FORBIDDEN: f64 = -1e6;

/// A model for CRFsuite.
#[derive(Debug, Clone, PartialEq)]
pub struct Exported {
    /// The model.
    pub model: CrfsuiteModel,
    /// Whether it may begin or end a sentence with labels that this tagger would not allow there: only the boundary
    /// attributes could forbid that, and the model has none.
    pub has_free_boundaries: bool,
}

/// Turns a model into CRFsuite's terms, with attributes named as [`super::items`] does. On the items that are written there,
/// CRFsuite finds the same labels as this tagger.
///
/// # Errors
/// When an attribute's name in the model is not what its features write.
pub fn export(model: &Model) -> Result<Exported> {
    let keys = model.extractor().key_table();
    let labels = model.labels();
    let grammar = grammar(labels);
    let n = labels.n_labels();
    let mut out = CrfsuiteModel {
        labels: labels.ids().map(|id| labels.name(id)).collect(),
        ..CrfsuiteModel::default()
    };
    let first = spell("boundary", &["first"]);
    let last = spell("boundary", &["last"]);
    let named = model.named_weights()?;
    let mut foreign = Foreign::default();
    for (name, cells) in &named {
        // Its weights are looked up by the name's hash: that it finds them shows that the name is theirs.
        let is_own = keys.find(name).is_some_and(|(hash, place)| {
            model.table().weights(hash) == *cells && cells.iter().all(|c| place.has_slot(c.0))
        });
        if !is_own {
            foreign.add(name);
        } else if *name != first && *name != last {
            add_attribute(&mut out, name, cells);
        }
    }
    foreign.check(named.len(), "are not named as its features name them")?;

    let bans = [
        (
            &first,
            (0..n).filter(|&l| !grammar.starts(l)).collect::<Vec<_>>(),
        ),
        (&last, (0..n).filter(|&l| !grammar.ends(l)).collect()),
    ];
    for (name, banned) in &bans {
        let cells = named.iter().find(|(known, _)| known == *name);
        let mut cells = cells.map_or_else(Vec::new, |c| c.1.clone());
        cells.retain(|c| !banned.contains(&usize::from(c.1)));
        if keys.has_key("boundary") {
            cells.extend(
                banned
                    .iter()
                    .map(|&l| (N_SLOTS as u8, l as u8, FORBIDDEN as f32)),
            );
        }
        cells.sort_by_key(|c| c.1);
        add_attribute(&mut out, name, &cells);
    }
    for from in 0..n {
        for to in 0..n {
            let weight = if grammar.follows(from, to) {
                f64::from(model.transition_weights()[from * n + to])
            } else {
                FORBIDDEN
            };
            if weight != 0.0 {
                out.transitions.push(Transition {
                    from: from as u32,
                    to: to as u32,
                    weight,
                });
            }
        }
    }
    Ok(Exported {
        model: out,
        has_free_boundaries: !keys.has_key("boundary") && bans.iter().any(|b| !b.1.is_empty()),
    })
}

/// Adds an attribute's cells (slot, label, weight), sorted by slot; each slot becomes an attribute.
fn add_attribute(out: &mut CrfsuiteModel, name: &str, cells: &[(u8, u8, f32)]) {
    for cells in cells.chunk_by(|a, b| a.0 == b.0) {
        let attribute = out.attributes.len() as u32;
        out.attributes.push(item_name(name, cells[0].0));
        out.states.extend(cells.iter().map(|c| State {
            attribute,
            label: u32::from(c.1),
            weight: f64::from(c.2),
        }));
    }
}

/// Turns a CRFsuite model into this tagger's, with the configuration, name lists and clusters of `like`, whose features must
/// have written the attributes that it was trained on.
///
/// The labels are those of `like` where it has all that occur, else those of the file. Decoding stays within legal label
/// sequences, which CRFsuite itself does not.
///
/// # Errors
/// When an attribute is none of `like`'s, when a label is no tag, and when a weight exceeds single precision.
pub fn import(source: &CrfsuiteModel, like: &Model) -> Result<Model> {
    let labels = label_set(source, like.labels())?;
    if labels.n_labels() > MAX_LABELS {
        return Err(Error::new(format!(
            "the CRFsuite model has {} labels",
            labels.n_labels()
        ))
        .expected(format!("at most {MAX_LABELS}")));
    }
    let label_of = |position: u32| label_id(&labels, &source.labels[position as usize]);
    let keys = like.extractor().key_table();
    let mut foreign = Foreign::default();
    let mut attributes = Vec::with_capacity(source.attributes.len());
    for item in &source.attributes {
        let parsed = parse_item_name(item, &keys);
        if parsed.is_none() {
            foreign.add(item);
        }
        attributes.extend(parsed);
    }
    foreign
        .check(source.attributes.len(), "are none that the features of the model it shall be like write")
        .map_err(|e| {
            e.hint("train on what `musamma features --format crfsuite` writes, and name the same model with --like")
        })?;

    let grammar = grammar(&labels);
    let n = labels.n_labels();
    let mut weights = Weights {
        n_labels: n,
        state: Vec::with_capacity(source.states.len()),
        transitions: vec![0.0; n * n],
    };
    let first = spell("boundary", &["first"]);
    let last = spell("boundary", &["last"]);
    for s in &source.states {
        let (name, hash, slot) = attributes[s.attribute as usize];
        let label = label_of(s.label)?;
        let weight = single(s.weight)?;
        // Where such a weight would apply, the grammar rules the label out.
        let is_moot = name == first && !grammar.starts(label.into())
            || name == last && !grammar.ends(label.into());
        if weight != 0.0 && !is_moot {
            weights.state.push(AttributeWeight {
                hash,
                slot,
                label,
                weight,
            });
        }
    }
    weights.state.sort_by_key(|w| (w.hash, w.slot, w.label));
    for t in &source.transitions {
        let (from, to) = (usize::from(label_of(t.from)?), usize::from(label_of(t.to)?));
        if grammar.follows(from, to) {
            weights.transitions[from * n + to] = single(t.weight)?;
        }
    }
    let mut by_hash: Vec<(u64, &str)> = attributes.iter().map(|a| (a.1, a.0)).collect();
    by_hash.sort_unstable();
    by_hash.dedup();
    let names: Vec<String> = attribute_hashes(&weights.state)
        .iter()
        .map(|hash| {
            let known = by_hash.binary_search_by_key(hash, |n| n.0);
            known.map_or_else(|_| String::new(), |i| by_hash[i].1.to_owned())
        })
        .collect();
    let manifest = Manifest {
        tool: format!("musamma {}", env!("CARGO_PKG_VERSION")),
        stop: "imported from a CRFsuite model".into(),
        attributes: source.attributes.len(),
        weights: weights.state.len(),
        top: top_weights(&weights, &names, &labels),
        ..Manifest::default()
    };
    Model::new(
        manifest,
        like.config().clone(),
        labels,
        like.resources().clone(),
        &weights,
        &names,
    )
}

fn label_set(source: &CrfsuiteModel, like: &LabelSet) -> Result<LabelSet> {
    if source.labels.iter().all(|l| is_label(like, l)) {
        return Ok(like.clone());
    }
    let mut kinds = Vec::new();
    for tag in &source.labels {
        let (prefix, kind) =
            parse_tag(tag).map_err(|e| e.in_file("labels of the CRFsuite model"))?;
        if prefix != Prefix::Outside {
            kinds.push(kind);
        }
    }
    kinds.sort_unstable();
    kinds.dedup();
    let labels = LabelSet::new(like.scheme(), kinds)?;
    for tag in &source.labels {
        label_id(&labels, tag)?;
    }
    Ok(labels)
}

fn is_label(labels: &LabelSet, tag: &str) -> bool {
    labels.id(tag).is_some_and(|id| labels.name(id) == tag)
}

fn label_id(labels: &LabelSet, tag: &str) -> Result<u8> {
    labels
        .id(tag)
        .filter(|_| is_label(labels, tag))
        .and_then(|id| u8::try_from(id).ok())
        .ok_or_else(|| {
            Error::new(format!("the CRFsuite model has the label `{tag}`"))
                .expected(format!("labels in the scheme {:?}", labels.scheme()))
                .hint("the model named with --like decides on the scheme")
        })
}

fn single(weight: f64) -> Result<f32> {
    let single = weight as f32;
    if single.is_finite() {
        Ok(single)
    } else {
        Err(
            Error::new(format!("a weight of the CRFsuite model is {weight}"))
                .expected("a number that single precision can hold"),
        )
    }
}

/// Attributes that cannot be mapped: how many, and the first few.
#[derive(Debug, Default)]
struct Foreign {
    count: usize,
    samples: Vec<String>,
}

impl Foreign {
    fn add(&mut self, name: &str) {
        self.count += 1;
        if self.samples.len() < 3 {
            self.samples.push(format!("`{name}`"));
        }
    }

    fn check(&self, total: usize, what: &str) -> Result<()> {
        if self.count == 0 {
            return Ok(());
        }
        Err(Error::new(format!(
            "{} of {total} attributes {what}: {}{}",
            self.count,
            self.samples.join(", "),
            if self.count > self.samples.len() {
                ", …"
            } else {
                ""
            }
        )))
    }
}
