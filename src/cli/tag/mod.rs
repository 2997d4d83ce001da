//! `musamma tag`: texts to entities.

mod pipeline;
mod text_input;

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::input::{GoldArgs, files_below};
use super::model_file::ModelArgs;
use super::output_file::OutputFile;
use crate::error::{Error, Result};
use crate::output::{Conll, Csv, Exporter, Inline, Jsonl, Text};
use crate::tag::TagOptions;
use pipeline::Pipeline;

/// Arguments of `musamma tag`.
#[derive(Debug, Args)]
pub struct Tag {
    /// Texts in UTF-8; a folder stands for the .txt files (with --input conll, the .conll files) below it
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    model: ModelArgs,
    /// Format of the output
    #[arg(long, short, value_enum, default_value_t)]
    format: OutputFormat,
    /// Format of the input
    #[arg(long, value_enum, default_value_t)]
    input: InputFormat,
    /// What is a document of its own, named file#1, file#2 …; offsets then count from its first character. Stdin is read
    /// as it comes, so that it may be endless
    #[arg(long, value_enum)]
    split: Option<Split>,
    /// Above 0 more entities are found and more of them are wrong; below 0 fewer
    #[arg(long, value_name = "X", default_value_t = 0.0, allow_negative_numbers = true, value_parser = parse_bias)]
    recall_bias: f32,
    /// Leave out entities with a lower confidence
    #[arg(long, value_name = "X", default_value_t = 0.0, value_parser = parse_confidence)]
    min_confidence: f32,
    /// File to write instead of stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// What `tag` writes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum OutputFormat {
    /// For reading: entities in colour on a terminal, else in ⟦TYPE …⟧, and a list of the names
    #[default]
    Text,
    /// Token and tag a line
    Conll,
    /// A document a line; offsets in characters and bytes
    Jsonl,
    /// An entity a row
    Csv,
    /// The text with ⟦TYPE …⟧, as labelled files have it
    Inline,
}

/// What `tag` reads.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum InputFormat {
    /// Running text
    #[default]
    Text,
    /// A token a line, with or without a tag, which is replaced; offsets count in the tokens joined by spaces, sentences
    /// by line ends
    Conll,
}

/// How a text is cut into documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Split {
    /// At empty lines
    Paragraphs,
}

impl Tag {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        if self.input == InputFormat::Conll && self.split.is_some() {
            return Err(Error::new("--split is for running text")
                .expected("--input text")
                .hint("documents of a CoNLL file start at `# doc = NAME`"));
        }
        let model = self.model.open()?;
        let paths = self.paths()?;
        let output = OutputFile::create_or_stdout(self.output.as_deref())?;
        let exporter = self.exporter(paths.len() > 1 || self.split.is_some());
        let options = TagOptions {
            recall_bias: self.recall_bias,
        };
        let mut pipeline = Pipeline::new(
            &model,
            options,
            self.min_confidence,
            exporter.as_ref(),
            output,
        );
        pipeline.begin()?;
        match (self.input, self.split) {
            (InputFormat::Text, None) => pipeline.whole_files(&paths)?,
            (InputFormat::Text, Some(Split::Paragraphs)) => pipeline.paragraphs(&paths)?,
            (InputFormat::Conll, _) => {
                let reader = GoldArgs::conll().reader()?.allow_unlabelled();
                pipeline.labelled_files(reader, &paths)?;
            }
        }
        pipeline.finish()
    }

    /// The inputs, folders replaced by what is in them.
    fn paths(&self) -> Result<Vec<PathBuf>> {
        if self.files.is_empty() {
            return Ok(vec!["-".into()]);
        }
        let ending = match self.input {
            InputFormat::Text => "txt",
            InputFormat::Conll => "conll",
        };
        let mut paths = Vec::new();
        for path in &self.files {
            if !path.is_dir() {
                paths.push(path.clone());
                continue;
            }
            let files = files_below(path, &[ending])?;
            if files.is_empty() {
                return Err(Error::new("the folder has no file to tag")
                    .expected(format!("files ending in .{ending}"))
                    .in_file(path.display()));
            }
            paths.extend(files);
        }
        Ok(paths)
    }

    fn exporter(&self, has_many: bool) -> Box<dyn Exporter> {
        match self.format {
            OutputFormat::Text => Box::new(Text {
                has_colors: self.has_colors(),
                has_names: has_many,
            }),
            OutputFormat::Conll => Box::new(Conll::default()),
            OutputFormat::Jsonl => Box::new(Jsonl),
            OutputFormat::Csv => Box::new(Csv),
            OutputFormat::Inline => Box::new(Inline),
        }
    }

    /// Whether output is coloured: as `--color` says, else on a terminal that knows colours, unless `NO_COLOR` is set.
    fn has_colors(&self) -> bool {
        let is_stdout = self.output.as_deref().is_none_or(|p| p == Path::new("-"));
        match anstream::ColorChoice::global() {
            anstream::ColorChoice::Auto => {
                let stdout = std::io::stdout();
                is_stdout
                    && stdout.is_terminal()
                    && anstream::AutoStream::choice(&stdout) != anstream::ColorChoice::Never
            }
            choice => choice != anstream::ColorChoice::Never,
        }
    }
}

fn parse_confidence(argument: &str) -> std::result::Result<f32, String> {
    match argument.parse() {
        Ok(number) if (0.0..=1.0).contains(&number) => Ok(number),
        _ => Err("expected a number from 0 to 1".to_owned()),
    }
}

fn parse_bias(argument: &str) -> std::result::Result<f32, String> {
    match argument.parse() {
        Ok(number) if f32::is_finite(number) => Ok(number),
        _ => Err("expected a number".to_owned()),
    }
}
