//! Reading labelled files: paths, folders or stdin, in any of the corpus formats.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use flate2::bufread::MultiGzDecoder;

use super::console;
use crate::corpus::check::LabelledFile;
use crate::corpus::{self, CsvColumns, Document, Format, KindMap, ReadOptions, Segments};
use crate::error::{Error, Result};
use crate::text::{self, Tokenised};

/// Endings of files that a folder is searched for; others are passed over.
const ENDINGS: &[&str] = &["conll", "iob", "iob2", "bio", "bioes", "csv", "tsv", "txt"];
/// Bytes of a file that tell whether it is labelled at all.
const HEAD_BYTES: u64 = 4096;

/// Flags of every command that reads labelled files.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Reading labelled files")]
pub struct GoldArgs {
    /// Rename an entity type, or drop it with `=O`; repeatable
    #[arg(long = "map", value_name = "FROM=TO")]
    map: Vec<String>,
    /// Format of labelled files [default: told from name and content]
    #[arg(long, value_name = "FORMAT", value_enum)]
    gold_format: Option<GoldFormat>,
    /// CSV column of the sentence id
    #[arg(long, value_name = "NAME")]
    csv_sentence: Option<String>,
    /// CSV column of the token
    #[arg(long, value_name = "NAME")]
    csv_token: Option<String>,
    /// CSV column of the tag
    #[arg(long, value_name = "NAME")]
    csv_tag: Option<String>,
    /// CSV column of the document
    #[arg(long, value_name = "NAME")]
    csv_document: Option<String>,
    /// CSV delimiter: one character, or `tab`
    #[arg(long, value_name = "CHAR", value_parser = parse_delimiter)]
    csv_delimiter: Option<u8>,
}

/// Format of labelled files, by the name that flags use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum GoldFormat {
    /// Token and tag a line
    Conll,
    /// A row a token under a header
    Csv,
    /// Text with ⟦TYPE …⟧
    Inline,
}

impl From<GoldFormat> for Format {
    fn from(format: GoldFormat) -> Self {
        match format {
            GoldFormat::Conll => Self::Conll,
            GoldFormat::Csv => Self::Csv,
            GoldFormat::Inline => Self::Inline,
        }
    }
}

impl GoldArgs {
    /// The flags as if only `--gold-format conll` were given.
    pub fn conll() -> Self {
        Self {
            gold_format: Some(GoldFormat::Conll),
            ..Self::default()
        }
    }

    /// A reader with these flags.
    pub fn reader(&self) -> Result<GoldReader> {
        Ok(GoldReader {
            options: ReadOptions {
                format: self.gold_format.map(Format::from),
                csv: CsvColumns {
                    sentence: self.csv_sentence.clone(),
                    token: self.csv_token.clone(),
                    tag: self.csv_tag.clone(),
                    document: self.csv_document.clone(),
                    delimiter: self.csv_delimiter,
                },
                allows_unlabelled: false,
            },
            map: KindMap::parse(&self.map).map_err(|e| e.in_file("--map"))?,
        })
    }
}

/// Reads labelled files and renames their types as `--map` says.
#[derive(Debug)]
pub struct GoldReader {
    options: ReadOptions,
    map: KindMap,
}

impl GoldReader {
    /// The renaming of types that `--map` asks for.
    pub fn map(&mut self) -> &mut KindMap {
        &mut self.map
    }

    /// Accepts files without tags; their tokens are all `O`.
    #[must_use]
    pub fn allow_unlabelled(mut self) -> Self {
        self.options.allows_unlabelled = true;
        self
    }

    /// Reads files, `-` for stdin, and the labelled files below folders, in the order given; within a folder by path.
    ///
    /// # Errors
    /// For a path that is not there, a folder without labelled files, an empty file and every mistake within a file.
    pub fn read(&mut self, paths: &[PathBuf]) -> Result<Vec<LabelledFile>> {
        let paths = self.expand(paths)?;
        paths.iter().map(|path| self.read_file(path)).collect()
    }

    /// The documents of [`GoldReader::read`], one list for all files.
    pub fn documents(&mut self, paths: &[PathBuf]) -> Result<Vec<Document>> {
        let files = self.read(paths)?;
        Ok(files.into_iter().flat_map(|file| file.documents).collect())
    }

    /// The paths with folders replaced by the labelled files below them.
    pub fn expand(&self, paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for path in paths {
            if path.is_dir() {
                files.extend(self.labelled_files(path)?);
            } else {
                files.push(path.clone());
            }
        }
        Ok(files)
    }

    /// Reads one file, or stdin for `-`.
    pub fn read_file(&mut self, path: &Path) -> Result<LabelledFile> {
        let mut documents = Vec::new();
        let format = self.visit(path, |document| {
            documents.push(document);
            ControlFlow::Continue(())
        })?;
        let name = file_name(path);
        if documents.iter().all(|d| d.sentences.is_empty()) {
            return Err(Error::new("the file is empty")
                .expected("sentences with tags")
                .in_file(name));
        }
        Ok(LabelledFile {
            name,
            format,
            documents,
        })
    }

    /// Hands the documents of one file to `visit` one after the other, until it breaks.
    pub fn visit(
        &mut self,
        path: &Path,
        visit: impl FnMut(Document) -> ControlFlow<()>,
    ) -> Result<Format> {
        let name = file_name(path);
        if path.as_os_str() == "-" {
            return self.visit_from(std::io::stdin().lock(), &name, visit);
        }
        let file = File::open(path).map_err(|e| cannot_open(path, e))?;
        self.visit_from(BufReader::with_capacity(1 << 16, file), &name, visit)
    }

    fn visit_from(
        &mut self,
        input: impl BufRead,
        name: &str,
        mut visit: impl FnMut(Document) -> ControlFlow<()>,
    ) -> Result<Format> {
        let mut tokenised = Tokenised::default();
        let segment = move |paragraph: &str| segment(paragraph, &mut tokenised);
        let (format, documents) = corpus::open(input, name, &self.options, segment)?;
        for document in documents {
            let mut document = document?;
            self.map.apply(&mut document);
            if visit(document).is_break() {
                break;
            }
        }
        Ok(format)
    }

    /// Warns of mappings of types that no file had. Call it after the last file.
    pub fn warn_of_unused_maps(&self) {
        for kind in self.map.unused() {
            console::warn(format_args!(
                "--map {kind}=…: the data has no type `{kind}`"
            ));
        }
    }

    /// Labelled files below a folder, by path. Other tables and texts that lie beside them are passed over.
    fn labelled_files(&self, folder: &Path) -> Result<Vec<PathBuf>> {
        let mut files = Vec::new();
        for path in files_below(folder, ENDINGS)? {
            if self.is_labelled(&path)? {
                files.push(path);
            }
        }
        if files.is_empty() {
            return Err(Error::new("the folder has no labelled file")
                .expected(format!("files ending in .{}", ENDINGS.join(", .")))
                .in_file(folder.display()));
        }
        Ok(files)
    }

    /// Whether a file that a folder holds is meant: what has the ending of a tagged file, and what looks like one.
    fn is_labelled(&self, path: &Path) -> Result<bool> {
        if self.options.format.is_some() {
            return Ok(true);
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let is_csv = has_ending(path, &["csv"]);
        if is_csv && self.options.csv != CsvColumns::default() {
            return Ok(true);
        }
        let mut head = Vec::new();
        File::open(path)
            .and_then(|file| file.take(HEAD_BYTES).read_to_end(&mut head))
            .map_err(|e| cannot_open(path, e))?;
        // The ending `csv` alone says nothing: name lists have it too.
        let name = if is_csv { "" } else { &*name };
        Ok(Format::detect(name, &head).is_some())
    }
}

/// All files below a folder whose ending is one of `endings`, by path, without hidden ones. Links to folders are not followed.
pub fn files_below(folder: &Path, endings: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).map_err(|e| cannot_open(&folder, e))?;
        for entry in entries {
            let entry = entry.map_err(|e| cannot_open(&folder, e))?;
            let path = entry.path();
            if entry.file_name().as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let kind = entry.file_type().map_err(|e| cannot_open(&path, e))?;
            if kind.is_dir() {
                folders.push(path);
            } else if has_ending(&path, endings) && path.is_file() {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Opens unlabelled text, or stdin for `-`; what is compressed with gzip is unpacked, whatever its name.
pub fn open_text(path: &Path) -> Result<Box<dyn BufRead>> {
    const GZIP: [u8; 2] = [0x1f, 0x8b];
    let mut input: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(|e| cannot_open(path, e))?)
    };
    let mut head = Vec::new();
    (&mut input)
        .take(GZIP.len() as u64)
        .read_to_end(&mut head)
        .map_err(|e| Error::io("cannot read", e).in_file(file_name(path)))?;
    let is_gzip = head == GZIP;
    let whole = BufReader::with_capacity(1 << 16, Cursor::new(head).chain(input));
    Ok(if is_gzip {
        Box::new(BufReader::with_capacity(
            1 << 16,
            MultiGzDecoder::new(whole),
        ))
    } else {
        Box::new(whole)
    })
}

/// What an input is called in messages.
pub fn file_name(path: &Path) -> String {
    if path.as_os_str() == "-" {
        "stdin".to_owned()
    } else {
        path.display().to_string()
    }
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let ending = path.extension().unwrap_or_default();
    endings.iter().any(|e| ending.eq_ignore_ascii_case(e))
}

/// The error of a path that cannot be opened, with what to do about it.
pub fn cannot_open(path: &Path, error: std::io::Error) -> Error {
    let kind = error.kind();
    let error = Error::io("cannot read", error).in_file(path.display());
    match kind {
        std::io::ErrorKind::NotFound => error.hint("is the path right?"),
        _ => error,
    }
}

/// Tokens and sentences of a paragraph in the annotators' format.
fn segment(paragraph: &str, tokenised: &mut Tokenised) -> Segments {
    text::tokenise_into(paragraph, tokenised);
    Segments {
        tokens: tokenised
            .tokens
            .iter()
            .map(text::Token::byte_range)
            .collect(),
        sentences: tokenised.sentences.clone(),
    }
}

fn parse_delimiter(argument: &str) -> std::result::Result<u8, String> {
    match argument.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() => Ok(*byte),
        _ => Err("expected one ASCII character, or `tab`".to_owned()),
    }
}
