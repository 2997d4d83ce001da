//! `musamma explain`: why the words of a text are tagged as they are.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::input::cannot_open;
use super::model_file::ModelArgs;
use super::output_file::{OutputFile, write_error};
use crate::corpus::{Document, Sentence};
use crate::error::{Error, Result};
use crate::explain::{self, Explanation};
use crate::text::{Tokenised, tokenise_into};

/// Arguments of `musamma explain`.
///
/// For every token: its label, the label of the best other sequence with the margin between both, and the features that decided,
/// with their weights for either label. A feature followed by [-1] or [+1] is one of the word before or after.
#[derive(Debug, Args)]
pub struct Explain {
    /// A text, a file with one, or `-` for stdin
    #[arg(value_name = "TEXT|FILE")]
    text: String,
    #[command(flatten)]
    model: ModelArgs,
    /// Format of the output
    #[arg(long, short, value_enum, default_value_t)]
    format: ExplainFormat,
    /// Features to show of each token; JSON has all
    #[arg(long, short = 'n', value_name = "N", default_value_t = 5)]
    top: usize,
    /// Leave out tokens that are surely in no entity (text only)
    #[arg(long)]
    entities: bool,
    /// File to write instead of stdout
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// What `explain` writes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum ExplainFormat {
    /// A block a token
    #[default]
    Text,
    /// A page for the browser
    Html,
    /// Everything, for programs
    Json,
}

impl Explain {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        let mut output = OutputFile::create_or_stdout(self.output.as_deref())?;
        let model = self.model.open()?;
        let (name, text) = self.read()?;
        let explanation = explain::explain(&model, &document(&text));
        match self.format {
            ExplainFormat::Text => {
                explain::write_text(&explanation, self.top, self.entities, &mut output)?;
            }
            ExplainFormat::Html => {
                let page = explain::page(&explanation, name.as_deref(), self.top);
                output.write_all(page.as_bytes()).map_err(write_error)?;
            }
            ExplainFormat::Json => write_json(&explanation, &mut output)?,
        }
        output.finish()?;
        Ok(ExitCode::SUCCESS)
    }

    /// The name of the file, if the argument is one, and the text.
    fn read(&self) -> Result<(Option<String>, String)> {
        let path = Path::new(&self.text);
        if self.text == "-" {
            let mut bytes = Vec::new();
            std::io::stdin()
                .read_to_end(&mut bytes)
                .map_err(|e| Error::io("cannot read", e).in_file("stdin"))?;
            return Ok((None, utf8(bytes, "stdin")?));
        }
        // One long word may be too long for a path, which `exists` takes for an answer.
        if path.exists() {
            let bytes = std::fs::read(path).map_err(|e| cannot_open(path, e))?;
            return Ok((Some(self.text.clone()), utf8(bytes, &self.text)?));
        }
        let looks_like_path = !self.text.contains(char::is_whitespace)
            && (self.text.contains('/') || path.extension().is_some_and(|e| e == "txt"));
        if looks_like_path {
            let error = std::io::Error::from(std::io::ErrorKind::NotFound);
            return Err(cannot_open(path, error));
        }
        Ok((None, self.text.clone()))
    }
}

fn utf8(bytes: Vec<u8>, name: &str) -> Result<String> {
    String::from_utf8(bytes).map_err(|e| {
        Error::new(format!(
            "byte {} is not UTF-8",
            e.utf8_error().valid_up_to()
        ))
        .expected("text in UTF-8")
        .in_file(name)
    })
}

fn document(text: &str) -> Document {
    let mut tokenised = Tokenised::default();
    tokenise_into(text, &mut tokenised);
    let sentence = |range: &std::ops::Range<usize>| Sentence {
        tokens: tokenised.tokens[range.clone()]
            .iter()
            .map(|token| token.surface(text).to_owned())
            .collect(),
        ..Sentence::default()
    };
    Document {
        sentences: tokenised.sentences.iter().map(sentence).collect(),
        ..Document::default()
    }
}

fn write_json(explanation: &Explanation, output: &mut OutputFile) -> Result<()> {
    let mut bytes = serde_json::to_vec_pretty(explanation)
        .map_err(|e| Error::new(format!("cannot write JSON: {e}")))?;
    bytes.push(b'\n');
    output.write_all(&bytes).map_err(write_error)
}
