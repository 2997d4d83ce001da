//! Name lists and clusters in the form that travels in a model.

use super::bundle::{Sections, to_json};
use crate::clusters::{Clusters, Lexicon};
use crate::error::{Error, Result};
use crate::frozen::Bytes;
use crate::gazetteer::{ClassSets, Entry, Gazetteer};

/// Compiled name lists and cluster lexicon. Cheap to clone: models trained with the same lists share them.
#[derive(Debug, Clone)]
pub struct Resources {
    class_sets: ClassSets,
    list_map: Bytes,
    n_clusterings: u32,
    cluster_map: Bytes,
    cluster_rows: Bytes,
}

impl Resources {
    /// Compiles list entries and a lexicon.
    pub fn compile(entries: &[Entry], lexicon: &Lexicon) -> Result<Self> {
        let (class_sets, list_map) = Gazetteer::parts(entries)?;
        let (cluster_map, cluster_rows) = lexicon.parts()?;
        Ok(Self {
            class_sets,
            list_map: list_map.into(),
            n_clusterings: lexicon.n as u32,
            cluster_map: cluster_map.into(),
            cluster_rows: cluster_rows.into(),
        })
    }

    /// The same with other name lists.
    pub fn with_lists(&self, entries: &[Entry]) -> Result<Self> {
        let (class_sets, list_map) = Gazetteer::parts(entries)?;
        Ok(Self {
            class_sets,
            list_map: list_map.into(),
            ..self.clone()
        })
    }

    /// The same with another cluster lexicon.
    pub fn with_lexicon(&self, lexicon: &Lexicon) -> Result<Self> {
        let (cluster_map, cluster_rows) = lexicon.parts()?;
        Ok(Self {
            n_clusterings: lexicon.n as u32,
            cluster_map: cluster_map.into(),
            cluster_rows: cluster_rows.into(),
            ..self.clone()
        })
    }

    /// Opens both for look-ups.
    pub fn open(&self) -> Result<(Gazetteer, Clusters)> {
        Ok((
            Gazetteer::open(self.class_sets.clone(), self.list_map.clone())?,
            Clusters::open(
                self.n_clusterings as usize,
                self.cluster_map.clone(),
                self.cluster_rows.clone(),
            )?,
        ))
    }

    pub(super) fn from_sections(sections: &Sections) -> Result<Self> {
        let n: [u8; 4] = sections.bytes("clusterings")?[..]
            .try_into()
            .map_err(|_| Error::new("the model's word clusters are damaged"))?;
        Ok(Self {
            class_sets: sections.json("list-classes")?,
            list_map: sections.bytes("lists")?,
            n_clusterings: u32::from_le_bytes(n),
            cluster_map: sections.bytes("clusters")?,
            cluster_rows: sections.bytes("cluster-rows")?,
        })
    }

    pub(super) fn to_sections(&self) -> Result<Vec<(&'static str, Vec<u8>)>> {
        Ok(vec![
            ("list-classes", to_json(&self.class_sets)?),
            ("lists", self.list_map.to_vec()),
            ("clusterings", self.n_clusterings.to_le_bytes().to_vec()),
            ("clusters", self.cluster_map.to_vec()),
            ("cluster-rows", self.cluster_rows.to_vec()),
        ])
    }
}
