//! The model: everything that `tag` needs, in one file.

mod bundle;
mod manifest;
mod names;
mod resources;
mod table;
mod top;

pub use bundle::{MAGIC, VERSION};
pub use manifest::{Manifest, TopWeight};
pub use resources::Resources;
pub use table::WeightTable;
pub use top::top_weights;

use crate::config::Config;
use crate::crf::{AttributeWeight, Grammar, Transitions, Weights};
use crate::error::{Error, Result};
use crate::features::{Extractor, N_SLOTS, OFFSETS};
use crate::frozen::Bytes;
use crate::label::LabelSet;
use bundle::{Sections, write_sections};

/// A trained model, opened for tagging. Immutable and shared by all threads.
#[derive(Debug)]
pub struct Model {
    manifest: Manifest,
    config: Config,
    labels: LabelSet,
    resources: Resources,
    extractor: Extractor,
    table: WeightTable,
    transition_weights: Vec<f32>,
    transitions: Transitions,
    names: Bytes,
}

/// The grammar of a label set.
pub fn grammar(labels: &LabelSet) -> Grammar {
    Grammar::new(
        labels.n_labels(),
        |i, j| labels.is_legal(i as u16, j as u16),
        |j| labels.is_legal_start(j as u16),
        |i| labels.is_legal_end(i as u16),
    )
}

impl Model {
    /// Puts a model together after training. `names` has a name for each attribute with a weight, in the order of its hash.
    pub fn new(
        manifest: Manifest,
        config: Config,
        labels: LabelSet,
        resources: Resources,
        weights: &Weights,
        names: &[String],
    ) -> Result<Self> {
        let table = WeightTable::build(&weights.state, labels.n_labels())?;
        let transitions = weights.transitions.clone();
        let names = names::pack(names)?.into();
        Self::assemble(
            manifest,
            config,
            labels,
            resources,
            table,
            transitions,
            names,
        )
    }

    fn assemble(
        manifest: Manifest,
        config: Config,
        labels: LabelSet,
        resources: Resources,
        table: WeightTable,
        transition_weights: Vec<f32>,
        names: Bytes,
    ) -> Result<Self> {
        let (gazetteer, clusters) = resources.open()?;
        Ok(Self {
            extractor: Extractor::new(&config.features, gazetteer, clusters)?,
            transitions: Transitions::new(&transition_weights, &grammar(&labels)),
            manifest,
            config,
            labels,
            resources,
            table,
            transition_weights,
            names,
        })
    }

    /// Opens a bundle. Every length, checksum and reference is verified; nothing is copied but the small parts.
    pub fn open(bytes: &Bytes) -> Result<Self> {
        let sections = Sections::read(bytes)?;
        let manifest: Manifest = sections.json("manifest")?;
        let config = Config::from_toml(sections.text("config")?, "configuration in the model")?;
        let labels: LabelSet = sections.json("labels")?;
        let resources = Resources::from_sections(&sections)?;
        let n = labels.n_labels();
        let table =
            WeightTable::open(sections.bytes("attributes")?, sections.bytes("weights")?, n)?;
        let transition_weights: Vec<f32> = sections
            .bytes("transitions")?
            .as_chunks::<4>()
            .0
            .iter()
            .map(|b| f32::from_le_bytes(*b))
            .collect();
        if transition_weights.len() != n * n || transition_weights.iter().any(|w| !w.is_finite()) {
            return Err(Error::new(
                "the model's transition weights do not fit its labels",
            ));
        }
        let names = sections.bytes("names")?;
        Self::assemble(
            manifest,
            config,
            labels,
            resources,
            table,
            transition_weights,
            names,
        )
    }

    /// The bundle as bytes: the same model always gives the same bytes.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let transitions = self.transition_weights.iter().flat_map(|w| w.to_le_bytes());
        let mut sections = vec![
            ("manifest", bundle::to_json(&self.manifest)?),
            ("config", self.config.to_toml()?.into_bytes()),
            ("labels", bundle::to_json(&self.labels)?),
            ("attributes", self.table.map_bytes().to_vec()),
            ("weights", self.table.cell_bytes().to_vec()),
            ("transitions", transitions.collect()),
            ("names", self.names.to_vec()),
        ];
        sections.extend(self.resources.to_sections()?);
        Ok(write_sections(&sections))
    }

    /// What the model was made from and how well it did.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The configuration it was trained with.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Its labels.
    pub fn labels(&self) -> &LabelSet {
        &self.labels
    }

    /// Its name lists and clusters.
    pub fn resources(&self) -> &Resources {
        &self.resources
    }

    /// Its features.
    pub fn extractor(&self) -> &Extractor {
        &self.extractor
    }

    /// Its state weights.
    pub fn table(&self) -> &WeightTable {
        &self.table
    }

    /// Its label bigrams.
    pub fn transitions(&self) -> &Transitions {
        &self.transitions
    }

    /// Its label bigram weights, `n_labels × n_labels`, row = previous label.
    pub fn transition_weights(&self) -> &[f32] {
        &self.transition_weights
    }

    /// Every attribute with a weight: its name, and its weights as (slot, label, weight). Unpacked on each call.
    pub fn named_weights(&self) -> Result<Vec<(String, Vec<(u8, u8, f32)>)>> {
        let names = names::unpack(&self.names)?;
        let groups = self.table.attributes();
        if names.len() != groups.len() {
            return Err(Error::new(
                "the model's attribute names do not fit its weights",
            ));
        }
        Ok(names.into_iter().zip(groups).collect())
    }
}

/// Hashes of the attributes in `weights`, which are sorted by hash, without repeats.
pub fn attribute_hashes(weights: &[AttributeWeight]) -> Vec<u64> {
    let mut hashes: Vec<u64> = weights.iter().map(|w| w.hash).collect();
    hashes.dedup();
    hashes
}

/// How a slot is shown behind an attribute's name: the window offset, nothing for the word itself and for context attributes.
pub fn slot_name(slot: u8) -> String {
    let offset = i16::from(slot) + i16::from(*OFFSETS.start());
    if usize::from(slot) >= N_SLOTS || offset == 0 {
        String::new()
    } else {
        format!("[{offset:+}]")
    }
}
