//! Where reports go, and in which rendering: flags shared by every command that measures.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use super::output_file::{OutputFile, write_error};
use crate::corpus::Document;
use crate::corpus::check::LabelledFile;
use crate::error::Result;
use crate::report::{self, Case, Format, Report, Source, write_cases};

/// Flags that choose a rendering.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Report")]
pub struct ReportArgs {
    /// Format of the report
    #[arg(long, short, value_enum, default_value_t)]
    format: ReportFormat,
    /// File to write instead of stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Rendering of a report, by the name that flags use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ReportFormat {
    /// Aligned columns
    #[default]
    Text,
    /// Everything, for programs
    Json,
    /// A line a score
    Csv,
    /// Tables for issues and papers
    Markdown,
}

impl From<ReportFormat> for Format {
    fn from(format: ReportFormat) -> Self {
        match format {
            ReportFormat::Text => Self::Text,
            ReportFormat::Json => Self::Json,
            ReportFormat::Csv => Self::Csv,
            ReportFormat::Markdown => Self::Markdown,
        }
    }
}

impl ReportArgs {
    /// Finds out whether the destination can be written, so that a long run does not end in vain.
    pub fn check(&self) -> Result<()> {
        check(self.output.as_deref())
    }

    /// Writes the report.
    pub fn write(&self, report: &impl Report) -> Result<()> {
        let mut output = OutputFile::create_or_stdout(self.output.as_deref())?;
        report::render(report, self.format.into(), &mut output)?;
        output.finish()
    }
}

/// Finds out whether a file that a flag may name can be written.
pub fn check(path: Option<&Path>) -> Result<()> {
    path.map_or(Ok(()), OutputFile::check)
}

/// Writes a whole page.
pub fn write_page(path: &Path, page: &str) -> Result<()> {
    let mut output = OutputFile::create(path)?;
    output.write_all(page.as_bytes()).map_err(write_error)?;
    output.finish()
}

/// Writes a list of cases as CSV.
pub fn write_errors(path: &Path, cases: &[Case]) -> Result<()> {
    let mut output = OutputFile::create(path)?;
    write_cases(cases, &mut output)?;
    output.finish()
}

/// Labelled files as one list of documents that remembers where each came from.
#[derive(Debug, Default)]
pub struct Gold {
    /// All documents.
    pub documents: Vec<Document>,
    /// File of each document.
    pub files: Vec<String>,
    /// Description of each file.
    pub sources: Vec<Source>,
}

impl Gold {
    /// Joins files; `select` keeps the documents that are wanted.
    pub fn new(
        files: Vec<LabelledFile>,
        select: impl FnOnce(Vec<Document>) -> Result<Vec<Document>>,
    ) -> Result<Self> {
        // The file travels in the document's meta data while documents are selected.
        const FILE: &str = "\0file";
        let mut all = Vec::new();
        for file in files {
            for mut document in file.documents {
                document.meta.push((FILE.to_owned(), file.name.clone()));
                all.push(document);
            }
        }
        let mut gold = Self::default();
        for mut document in select(all)? {
            let (_, name) = document.meta.pop().unwrap_or_default();
            gold.files.push(name);
            gold.documents.push(document);
        }
        let mut start = 0;
        for run in gold.files.chunk_by(|a, b| a == b) {
            let documents = &gold.documents[start..start + run.len()];
            gold.sources.push(Source::new(&run[0], documents));
            start += run.len();
        }
        Ok(gold)
    }
}
