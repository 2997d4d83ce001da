//! `musamma inspect`: what is in a model.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::model_file;
use super::output_file::{OutputFile, write_error};
use crate::config::Config;
use crate::error::Result;
use crate::label::LabelSet;
use crate::model::{Manifest, Model, TopWeight, slot_name};

/// Arguments of `musamma inspect`.
#[derive(Debug, Args)]
pub struct Inspect {
    /// Model file [default: the model inside the program]
    #[arg(value_name = "MODEL")]
    model: Option<PathBuf>,
    /// Format of the report
    #[arg(long, value_enum, default_value_t)]
    format: ReportFormat,
    /// Features to show of each label, the strongest for and against it
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum ReportFormat {
    /// For reading
    #[default]
    Text,
    /// For programs
    Json,
}

/// What the report says.
#[derive(Debug, Serialize)]
struct Report<'a> {
    manifest: &'a Manifest,
    config: &'a Config,
    labels: Vec<String>,
    /// Weight of each label (column) after each label (row); `None` where the tag scheme forbids it.
    transitions: Vec<Vec<Option<f32>>>,
    features: BTreeMap<String, Strongest>,
}

/// The strongest features of a label.
#[derive(Debug, Default, Serialize)]
struct Strongest {
    /// Highest weights first.
    r#for: Vec<TopWeight>,
    /// Lowest weights first.
    against: Vec<TopWeight>,
}

impl Inspect {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        let model = model_file::open_or_default(self.model.as_deref())?;
        let report = Report {
            manifest: model.manifest(),
            config: model.config(),
            labels: model
                .labels()
                .ids()
                .map(|id| model.labels().name(id))
                .collect(),
            transitions: transitions(&model),
            features: strongest(&model, self.top)?,
        };
        let mut out = OutputFile::stdout();
        match self.format {
            ReportFormat::Text => report.write_text(&mut out)?,
            ReportFormat::Json => {
                serde_json::to_writer_pretty(&mut out, &report)
                    .map_err(|e| write_error(e.into()))?;
                writeln!(out).map_err(write_error)?;
            }
        }
        out.finish()?;
        Ok(ExitCode::SUCCESS)
    }
}

fn transitions(model: &Model) -> Vec<Vec<Option<f32>>> {
    let labels: &LabelSet = model.labels();
    let weights = model.transition_weights().chunks(labels.n_labels());
    let row = |(from, row): (_, &[f32])| {
        let cells = labels.ids().zip(row);
        cells
            .map(|(to, &w)| labels.is_legal(from, to).then_some(w))
            .collect()
    };
    labels.ids().zip(weights).map(row).collect()
}

/// The `n` highest and lowest weights of each label; of equal weights that with the name first in the alphabet.
fn strongest(model: &Model, n: usize) -> Result<BTreeMap<String, Strongest>> {
    let named = model.named_weights()?;
    let mut features = BTreeMap::new();
    for id in model.labels().ids() {
        let mut weights: Vec<(f32, &str, u8)> = Vec::new();
        for (name, cells) in &named {
            let of_label = cells.iter().filter(|cell| u16::from(cell.1) == id);
            weights.extend(of_label.map(|&(slot, _, weight)| (weight, name.as_str(), slot)));
        }
        weights.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let top = |&(weight, name, slot): &(f32, &str, u8)| TopWeight {
            attribute: format!("{name}{}", slot_name(slot)),
            weight,
        };
        let positive = weights.iter().filter(|w| w.0 > 0.0).take(n);
        let negative = weights.iter().rev().filter(|w| w.0 < 0.0).take(n);
        let strongest = Strongest {
            r#for: positive.map(top).collect(),
            against: negative.map(top).collect(),
        };
        features.insert(model.labels().name(id), strongest);
    }
    Ok(features)
}

impl Report<'_> {
    fn write_text(&self, out: &mut impl Write) -> Result<()> {
        self.write_manifest(out).map_err(write_error)?;
        let config = self.config.to_toml()?;
        writeln!(out, "\n# Configuration\n{config}")
            .and_then(|()| self.write_transitions(out))
            .and_then(|()| self.write_features(out))
            .map_err(write_error)
    }

    fn write_manifest(&self, out: &mut impl Write) -> std::io::Result<()> {
        let m = self.manifest;
        let entities: Vec<String> = m.entities.iter().map(|(k, n)| format!("{k} {n}")).collect();
        writeln!(out, "# Model")?;
        writeln!(out, "trained by  {}", m.tool)?;
        writeln!(
            out,
            "data        {} documents, {} sentences, {} tokens, hash {}",
            m.documents, m.sentences, m.tokens, m.data_hash
        )?;
        writeln!(out, "entities    {}", entities.join(", "))?;
        writeln!(out, "labels      {}", self.labels.join(" "))?;
        writeln!(
            out,
            "training    {} iterations, loss {:.3}, ended: {}",
            m.iterations, m.loss, m.stop
        )?;
        writeln!(
            out,
            "size        {} weights; {} attributes in {} columns were seen",
            m.weights, m.attributes, m.columns
        )?;
        if let Some(dev) = &m.dev {
            let (precision, recall, f1) = dev.or_zero();
            writeln!(
                out,
                "dev         precision {:.2}, recall {:.2}, F1 {:.2}",
                100.0 * precision,
                100.0 * recall,
                100.0 * f1
            )?;
        }
        Ok(())
    }

    fn write_transitions(&self, out: &mut impl Write) -> std::io::Result<()> {
        let width = self.labels.iter().map(|l| l.chars().count()).max();
        let width = width.unwrap_or_default().max(7);
        writeln!(
            out,
            "# Transitions: weight of a column's label after a row's"
        )?;
        write!(out, "{:width$}", "")?;
        for label in &self.labels {
            write!(out, " {label:>width$}")?;
        }
        writeln!(out)?;
        for (label, row) in self.labels.iter().zip(&self.transitions) {
            write!(out, "{label:width$}")?;
            for weight in row {
                match weight {
                    Some(weight) => write!(out, " {weight:>width$.3}")?,
                    None => write!(out, " {:>width$}", "-")?,
                }
            }
            writeln!(out)?;
        }
        Ok(())
    }

    fn write_features(&self, out: &mut impl Write) -> std::io::Result<()> {
        for label in &self.labels {
            let Some(strongest) = self.features.get(label) else {
                continue;
            };
            writeln!(out, "\n# Features for and against {label}")?;
            for top in strongest.r#for.iter().chain(&strongest.against) {
                // Isolates keep an Arabic name from pulling the number to its side.
                writeln!(
                    out,
                    "{:>+8.3}  \u{2068}{}\u{2069}",
                    top.weight, top.attribute
                )?;
            }
        }
        Ok(())
    }
}
