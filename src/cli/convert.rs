//! `musamma convert`: labelled files in another format.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::config_args::SchemeName;
use super::input::GoldArgs;
use super::output_file::{OutputFile, write_error};
use super::splits::SplitArgs;
use crate::corpus::{Document, write_conll};
use crate::error::Result;
use crate::label::Scheme;
use crate::output::{Exporter, Inline, Joined, TokenCsv};

/// Arguments of `musamma convert`.
#[derive(Debug, Args)]
pub struct Convert {
    /// Labelled files, or folders of them
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Format to write
    #[arg(long, value_enum)]
    to: Target,
    /// File to write instead of stdout
    #[arg(long, short, value_name = "OUT")]
    output: Option<PathBuf>,
    /// Set a meta line of every document, replacing its value; repeatable
    #[arg(long, value_name = "KEY=VALUE", value_parser = parse_meta)]
    set: Vec<(String, String)>,
    /// How entities are written as tags
    #[arg(long, value_enum)]
    scheme: Option<SchemeName>,
    #[command(flatten)]
    splits: SplitArgs,
    #[command(flatten)]
    gold: GoldArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    /// Token and tag a line, with documents and meta lines
    Conll,
    /// Text with ⟦TYPE …⟧, tokens joined by spaces, a sentence a line
    Inline,
    /// The columns doc, sentence, token, tag; meta lines are lost
    Csv,
}

impl Convert {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        let mut out = OutputFile::create_or_stdout(self.output.as_deref())?;
        let mut reader = self.gold.reader()?;
        let documents = reader.documents(&self.files)?;
        reader.warn_of_unused_maps();
        let mut documents = self.splits.select(documents, &[])?;
        for document in &mut documents {
            self.set_meta(document);
        }
        let scheme = self.scheme.map_or_else(Scheme::default, Scheme::from);
        match self.to {
            Target::Conll => write_conll(&documents, scheme, &mut out)?,
            Target::Inline => write(&Inline, &documents, &mut out)?,
            Target::Csv => write(&TokenCsv { scheme }, &documents, &mut out)?,
        }
        out.finish()?;
        Ok(ExitCode::SUCCESS)
    }

    fn set_meta(&self, document: &mut Document) {
        for (key, value) in &self.set {
            match document.meta.iter_mut().find(|(k, _)| k == key) {
                Some((_, old)) => old.clone_from(value),
                None => document.meta.push((key.clone(), value.clone())),
            }
        }
    }
}

fn write(exporter: &dyn Exporter, documents: &[Document], out: &mut impl Write) -> Result<()> {
    exporter.begin(out).map_err(write_error)?;
    let mut joined = Joined::default();
    for document in documents {
        joined.fill(document);
        let mentions = joined.gold(document);
        exporter
            .write(&joined.tagged(document, &mentions), out)
            .map_err(write_error)?;
    }
    Ok(())
}

fn parse_meta(argument: &str) -> std::result::Result<(String, String), String> {
    let expected = "expected KEY=VALUE, with a key of one word other than doc";
    let (key, value) = argument.split_once('=').ok_or(expected)?;
    let (key, value) = (key.trim(), value.trim());
    let is_word = !key.is_empty() && !key.contains(|c: char| c.is_whitespace() || c == '#');
    if !is_word || key == "doc" || value.contains(['\n', '\r']) {
        return Err(expected.to_owned());
    }
    Ok((key.to_owned(), value.to_owned()))
}
