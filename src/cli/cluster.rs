//! `musamma cluster`: unlabelled text to word clusters.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::Args;

use super::console;
use super::input::{file_name, open_text};
use super::output_file::OutputFile;
use super::resource_files::read_lexicon;
use crate::clusters::{BigramCounter, Bigrams, Exchange, Lexicon, MAX_CLUSTERINGS};
use crate::error::{Error, Result};

/// Arguments of `musamma cluster`.
#[derive(Debug, Args)]
pub struct Cluster {
    /// Texts in UTF-8, plain or gzip, a paragraph a line; `-` is stdin
    #[arg(long, short, value_name = "TEXT", required = true, num_args = 1..)]
    input: Vec<PathBuf>,
    /// File to write: a line a word, its class in each clustering after tabs; `-` is stdout
    #[arg(long, short, value_name = "OUT")]
    output: PathBuf,
    /// Numbers of classes; each makes a clustering, a column of the output
    #[arg(long, value_name = "K", value_delimiter = ',', default_values_t = [64, 256, 1024],
          value_parser = clap::value_parser!(u16).range(1..))]
    classes: Vec<u16>,
    /// Passes over the words at most; a run ends earlier when hardly any word moves
    #[arg(long, value_name = "N", default_value_t = 8)]
    iterations: usize,
    /// Leave out words that occur less often
    #[arg(long, value_name = "N", default_value_t = 5,
          value_parser = clap::value_parser!(u32).range(1..))]
    min_count: u32,
    /// Words at most, the most frequent
    #[arg(long, value_name = "N", default_value_t = 200_000)]
    max_words: usize,
    /// Put the columns behind those of this lexicon; a word that only one of them has gets 0 for the other
    #[arg(long, value_name = "LEXICON")]
    append: Option<PathBuf>,
}

impl Cluster {
    /// Runs the command.
    pub fn run(&self) -> Result<ExitCode> {
        let begun = Instant::now();
        OutputFile::check(&self.output)?;
        let first = self.first_columns()?;
        let mut counter = self.read()?;
        let n_tokens = counter.n_tokens();
        let n_words = counter.n_words();
        let n_cut = counter.segment();
        console::note(format_args!(
            "{n_tokens} tokens of {n_words} words, of which {n_cut} are cut into proclitic and stem; {:.1} s",
            begun.elapsed().as_secs_f64()
        ));
        let bigrams = self.bigrams(counter)?;
        let mut columns = Lexicon {
            comments: self.comments(n_tokens, &bigrams),
            ..Lexicon::default()
        };
        for &classes in &self.classes {
            columns = columns.join(self.cluster(classes, &bigrams))?;
        }
        let lexicon = first.join(columns)?;
        let mut out = OutputFile::create(&self.output)?;
        lexicon.write(&mut out)?;
        out.finish()?;
        console::note(format_args!(
            "{}: {} words with {} columns in {:.1} s",
            self.output.display(),
            lexicon.words.len(),
            lexicon.n,
            begun.elapsed().as_secs_f64()
        ));
        Ok(ExitCode::SUCCESS)
    }

    /// The lexicon of `--append`; without it, one of no columns.
    fn first_columns(&self) -> Result<Lexicon> {
        let first = match &self.append {
            Some(path) => read_lexicon(path)?,
            None => Lexicon::default(),
        };
        // Found out now, not after hours.
        if first.n + self.classes.len() > MAX_CLUSTERINGS {
            return Err(Error::new(format!(
                "{} columns and {} more are too many",
                first.n,
                self.classes.len()
            ))
            .expected(format!("at most {MAX_CLUSTERINGS} in all"))
            .hint("give fewer --classes"));
        }
        Ok(first)
    }

    fn read(&self) -> Result<BigramCounter> {
        let mut counter = BigramCounter::default();
        for path in &self.input {
            let before = counter.n_tokens();
            let begun = Instant::now();
            counter
                .read(open_text(path)?)
                .map_err(|e| e.in_file(file_name(path)))?;
            console::note(format_args!(
                "{}: {} tokens, {:.1} s",
                file_name(path),
                counter.n_tokens() - before,
                begun.elapsed().as_secs_f64()
            ));
        }
        if counter.n_tokens() == 0 {
            return Err(Error::new("the input has no words").expected("text, a paragraph a line"));
        }
        Ok(counter)
    }

    fn bigrams(&self, counter: BigramCounter) -> Result<Bigrams> {
        let begun = Instant::now();
        let bigrams = counter.finish(self.min_count, self.max_words);
        if bigrams.n_words() == 0 {
            return Err(Error::new(format!(
                "no word is left with --min-count {} and --max-words {}",
                self.min_count, self.max_words
            ))
            .hint("the text may be too short: try --min-count 1"));
        }
        console::note(format_args!(
            "{} words to cluster, {} different bigrams, {:.1} s",
            bigrams.n_words(),
            bigrams.n_bigrams(),
            begun.elapsed().as_secs_f64()
        ));
        Ok(bigrams)
    }

    fn cluster(&self, classes: u16, bigrams: &Bigrams) -> Lexicon {
        let begun = Instant::now();
        let exchange = Exchange {
            classes: usize::from(classes),
            iterations: self.iterations,
        };
        let found = exchange.run(bigrams, |pass, moved| {
            console::note(format_args!(
                "{classes} classes, pass {pass:>2}/{}: {moved} words moved, {:.1} s",
                self.iterations,
                begun.elapsed().as_secs_f64()
            ));
        });
        Lexicon::from_classes(found)
    }

    /// What the columns were made from and how. Nothing that a repeated run would change.
    fn comments(&self, n_tokens: usize, bigrams: &Bigrams) -> Vec<String> {
        let classes: Vec<String> = self.classes.iter().map(u16::to_string).collect();
        let sources: Vec<String> = self.input.iter().map(|path| source(path)).collect();
        vec![
            format!(
                "musamma {} cluster: classes {}, iterations {}, min-count {}, max-words {}",
                env!("CARGO_PKG_VERSION"),
                classes.join(","),
                self.iterations,
                self.min_count,
                self.max_words
            ),
            format!(
                "{} words from {n_tokens} tokens of {}",
                bigrams.n_words(),
                sources.join(", ")
            ),
        ]
    }
}

/// The name of a source, without the folders of whoever ran the command, on one line whatever characters it has.
fn source(path: &Path) -> String {
    let name = path
        .file_name()
        .map_or_else(|| file_name(path), |name| file_name(Path::new(name)));
    name.replace(char::is_control, "?")
}
