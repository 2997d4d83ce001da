//! `musamma check`: mistakes in labelled files, and what is in them.

mod tables;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::console;
use super::input::GoldArgs;
use super::output_file::{OutputFile, write_error};
use crate::corpus::check::{Finding, LabelledFile, Severity, check, shared_ngrams};
use crate::corpus::{Document, Statistics};
use crate::error::Result;

/// Length of the runs of tokens by which near-duplicate documents are known.
const NGRAM: usize = 8;

/// Arguments of `musamma check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Labelled files, or folders of them
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Add statistics: types, names, lengths, meta data, near-duplicates
    #[arg(long)]
    stats: bool,
    /// Leave out findings below this severity
    #[arg(long, value_enum, default_value_t)]
    min_severity: SeverityName,
    /// Format of the report
    #[arg(long, value_enum, default_value_t)]
    format: ReportFormat,
    #[command(flatten)]
    gold: GoldArgs,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum ReportFormat {
    /// A finding a line, statistics as Markdown tables
    #[default]
    Text,
    /// For programs
    Json,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum SeverityName {
    #[default]
    Note,
    Warning,
    Error,
}

impl From<SeverityName> for Severity {
    fn from(name: SeverityName) -> Self {
        match name {
            SeverityName::Note => Self::Note,
            SeverityName::Warning => Self::Warning,
            SeverityName::Error => Self::Error,
        }
    }
}

/// What the report says.
#[derive(Debug, Serialize)]
struct Report {
    findings: Vec<Finding>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistics: Option<Numbers>,
}

/// The corpus in numbers.
#[derive(Debug, Serialize)]
struct Numbers {
    #[serde(flatten)]
    counts: Statistics,
    /// Documents that share a run of [`NGRAM`] tokens with another document.
    near_duplicates: u64,
    /// Documents that are long enough to have such a run.
    compared: u64,
}

impl Check {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        let (files, mut findings) = self.read()?;
        findings.extend(check(&files));
        let count = |severity| findings.iter().filter(|f| f.severity == severity).count();
        let (n_errors, n_warnings) = (count(Severity::Error), count(Severity::Warning));
        let summary = format!(
            "{n_errors} errors, {n_warnings} warnings, {} notes in {} files",
            count(Severity::Note),
            files.len()
        );
        findings.retain(|f| f.severity >= self.min_severity.into());
        let report = Report {
            findings,
            statistics: self.stats.then(|| Numbers::new(&files)),
        };
        let mut out = OutputFile::stdout();
        match self.format {
            ReportFormat::Text => report.write_text(&mut out).map_err(write_error)?,
            ReportFormat::Json => {
                serde_json::to_writer_pretty(&mut out, &report)
                    .map_err(|e| write_error(e.into()))?;
                writeln!(out).map_err(write_error)?;
            }
        }
        out.finish()?;
        console::note(summary);
        Ok(if n_errors == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    /// Reads all files; one that cannot be read to its end is a finding, and the others are still looked at.
    fn read(&self) -> Result<(Vec<LabelledFile>, Vec<Finding>)> {
        let mut reader = self.gold.reader()?;
        let mut files = Vec::new();
        let mut findings = Vec::new();
        for path in reader.expand(&self.files)? {
            match reader.read_file(&path) {
                Ok(file) => files.push(file),
                Err(error) => findings.push(Finding {
                    severity: Severity::Error,
                    rule: "unreadable",
                    file: path.display().to_string(),
                    line: error.line().unwrap_or_default(),
                    message: error.message(),
                }),
            }
        }
        reader.warn_of_unused_maps();
        Ok((files, findings))
    }
}

impl Numbers {
    fn new(files: &[LabelledFile]) -> Self {
        let documents: Vec<&Document> = files.iter().flat_map(|f| &f.documents).collect();
        let shared = shared_ngrams(documents.iter().copied(), NGRAM);
        Self {
            counts: Statistics::new(documents, Statistics::META_KEYS),
            near_duplicates: shared.sharing,
            compared: shared.documents,
        }
    }
}

impl Report {
    fn write_text(&self, out: &mut impl Write) -> std::io::Result<()> {
        for finding in &self.findings {
            let severity = match finding.severity {
                Severity::Note => "note",
                Severity::Warning => "warning",
                Severity::Error => "error",
            };
            write!(out, "{}:", finding.file)?;
            if finding.line > 0 {
                write!(out, "{}:", finding.line)?;
            }
            writeln!(out, " {severity}: {} [{}]", finding.message, finding.rule)?;
        }
        if let Some(numbers) = &self.statistics {
            if !self.findings.is_empty() {
                writeln!(out)?;
            }
            tables::write(numbers, out)?;
        }
        Ok(())
    }
}
