//! Many documents in parallel, written in order, in bounded memory.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, sync_channel};

use rayon::prelude::*;

use super::text_input::{self, Paragraphs};
use crate::cli::console;
use crate::cli::input::{GoldReader, cannot_open};
use crate::cli::output_file::{OutputFile, write_error};
use crate::corpus::Document;
use crate::error::{Error, Result};
use crate::model::Model;
use crate::output::{Exporter, Joined, Mention, TaggedDocument};
use crate::tag::{TagOptions, Worker};
use crate::text::name_without_proclitics;

/// Bytes of input that are worked on together: enough that threads seldom wait for each other, little enough that the
/// output of a batch, which is held until its turn, does not matter.
const BATCH_BYTES: u64 = 16 << 20;
/// Files of a batch at most.
const BATCH_FILES: usize = 1024;
/// Reads of a stream that wait to be tagged, of up to a quarter of a megabyte each.
const READS_AHEAD: usize = 4;
/// Paragraphs that are tagged together, about.
const MAX_PARAGRAPHS: usize = 4096;
/// Tokens of a batch of labelled documents.
const BATCH_TOKENS: usize = 1 << 20;

/// What a stream has given, read by a thread of its own: reading and cutting go on while batches are tagged and written. The
/// channel closes at the end of the stream. Whoever stops listening lets the thread end with its next read, if ever: it is not
/// waited for.
fn read_ahead<R>(mut paragraphs: Paragraphs<R>) -> Receiver<Result<Vec<Result<String>>>>
where
    R: std::io::Read + Send + 'static,
{
    let (sender, receiver) = sync_channel(READS_AHEAD);
    std::thread::spawn(move || {
        while let Some(batch) = paragraphs.next_batch().transpose() {
            let is_over = batch.is_err();
            if sender.send(batch).is_err() || is_over {
                break;
            }
        }
    });
    receiver
}

/// Tags batches of documents and writes them.
///
/// An input that cannot be read is reported and passed over; the others are still tagged.
pub struct Pipeline<'a> {
    workers: Vec<Mutex<ThreadState<'a>>>,
    shared: Shared<'a>,
    output: OutputFile,
    n_failed: usize,
}

/// What one thread keeps from document to document.
struct ThreadState<'m> {
    worker: Worker<'m>,
    joined: Joined,
}

/// What all threads read.
struct Shared<'a> {
    model: &'a Model,
    exporter: &'a dyn Exporter,
    min_confidence: f32,
}

impl<'a> Pipeline<'a> {
    /// A pipeline with a worker for each thread of the pool.
    pub fn new(
        model: &'a Model,
        options: TagOptions,
        min_confidence: f32,
        exporter: &'a dyn Exporter,
        output: OutputFile,
    ) -> Self {
        let state = |_| {
            Mutex::new(ThreadState {
                worker: Worker::with_options(model, options),
                joined: Joined::default(),
            })
        };
        Self {
            workers: (0..rayon::current_num_threads()).map(state).collect(),
            shared: Shared {
                model,
                exporter,
                min_confidence,
            },
            output,
            n_failed: 0,
        }
    }

    /// Writes what stands before the first document.
    pub fn begin(&mut self) -> Result<()> {
        self.shared
            .exporter
            .begin(&mut self.output)
            .map_err(write_error)
    }

    /// Tags each file as one document, called by its path.
    pub fn whole_files(&mut self, paths: &[PathBuf]) -> Result<()> {
        let mut rest = paths;
        while !rest.is_empty() {
            let (batch, after) = rest.split_at(batch_len(rest));
            rest = after;
            self.batch(batch.par_iter(), |shared, state, path, out| {
                let text = text_input::read(path)?;
                shared.text(state, &name_of(path), &text, out)
            })?;
        }
        Ok(())
    }

    /// Tags each paragraph as a document, called by its file and number, as soon as it has been read.
    pub fn paragraphs(&mut self, paths: &[PathBuf]) -> Result<()> {
        for path in paths {
            if path.as_os_str() == "-" {
                self.stream(path, std::io::stdin())?;
                continue;
            }
            match std::fs::File::open(path) {
                Ok(file) => self.stream(path, file)?,
                Err(e) => self.fail(&cannot_open(path, e)),
            }
        }
        Ok(())
    }

    fn stream(&mut self, path: &Path, input: impl std::io::Read + Send + 'static) -> Result<()> {
        let name = name_of(path);
        let batches = read_ahead(Paragraphs::new(input));
        let mut number = 0_u64;
        loop {
            let mut batch = match batches.recv() {
                Ok(Ok(batch)) => batch,
                Ok(Err(e)) => {
                    self.fail(&e.in_file(&name));
                    return Ok(());
                }
                Err(_) => return Ok(()),
            };
            // A pipe gives little at a time; what has come in the meantime is tagged together.
            let mut error = None;
            while error.is_none() && batch.len() < MAX_PARAGRAPHS {
                match batches.try_recv() {
                    Ok(Ok(more)) => batch.extend(more),
                    Ok(Err(e)) => error = Some(e),
                    Err(_) => break,
                }
            }
            let first = number + 1;
            number += batch.len() as u64;
            let batch = batch.into_par_iter().enumerate();
            self.batch(batch, |shared, state, (i, text), out| {
                let text = text.map_err(|e| e.in_file(&name))?;
                shared.text(state, &format!("{name}#{}", first + i as u64), &text, out)
            })?;
            // Whoever waits for these documents may have nothing more to send before it sees them.
            self.output.flush().map_err(write_error)?;
            if let Some(e) = error {
                self.fail(&e.in_file(&name));
                return Ok(());
            }
        }
    }

    /// Tags the documents of files that come in tokens.
    pub fn labelled_files(&mut self, mut reader: GoldReader, paths: &[PathBuf]) -> Result<()> {
        for path in paths {
            let mut documents: Vec<Document> = Vec::new();
            let mut n_tokens = 0;
            let mut failed = None;
            let read = reader.visit(path, |document| {
                n_tokens += document.n_tokens();
                documents.push(document);
                if n_tokens < BATCH_TOKENS {
                    return ControlFlow::Continue(());
                }
                n_tokens = 0;
                match self.documents(std::mem::take(&mut documents)) {
                    Ok(()) => ControlFlow::Continue(()),
                    Err(e) => {
                        failed = Some(e);
                        ControlFlow::Break(())
                    }
                }
            });
            if let Some(error) = failed {
                return Err(error);
            }
            self.documents(documents)?;
            if let Err(error) = read {
                self.fail(&error);
            }
        }
        Ok(())
    }

    fn documents(&mut self, documents: Vec<Document>) -> Result<()> {
        self.batch(documents.into_par_iter(), |shared, state, document, out| {
            shared.document(state, &document, out)
        })
    }

    /// Closes the output. The exit code says whether every input could be read.
    pub fn finish(self) -> Result<ExitCode> {
        self.output.finish()?;
        Ok(if self.n_failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }

    fn fail(&mut self, error: &Error) {
        self.n_failed += 1;
        console::error(error);
    }

    /// Runs `tag` on every item and writes the results in the order of the items.
    fn batch<T>(
        &mut self,
        items: impl IndexedParallelIterator<Item = T>,
        tag: impl Fn(&Shared<'_>, &mut ThreadState<'_>, T, &mut Vec<u8>) -> Result<()> + Sync,
    ) -> Result<()> {
        let (workers, shared) = (&self.workers, &self.shared);
        let results: Vec<Result<Vec<u8>>> = items
            .map(|item| {
                let thread = rayon::current_thread_index().unwrap_or_default();
                // Each thread has a state of its own, so the lock is always free; a poisoned one is as good as new,
                // because a worker starts every document afresh.
                let mut state = match workers[thread % workers.len()].lock() {
                    Ok(state) => state,
                    Err(poisoned) => poisoned.into_inner(),
                };
                let mut out = Vec::new();
                tag(shared, &mut state, item, &mut out).map(|()| out)
            })
            .collect();
        for result in results {
            match result {
                Ok(bytes) => self.output.write_all(&bytes).map_err(write_error)?,
                Err(error) => self.fail(&error),
            }
        }
        Ok(())
    }
}

impl Shared<'_> {
    /// Tags a text and writes it.
    fn text(
        &self,
        state: &mut ThreadState<'_>,
        name: &str,
        text: &str,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        let tagged = state.worker.tag(text);
        let found = tagged
            .entities
            .iter()
            .filter(|e| e.confidence >= self.min_confidence);
        let mentions: Vec<Mention<'_>> = found
            .map(|entity| Mention {
                kind: tagged.kind(entity),
                sentence: entity.sentence,
                tokens: entity.tokens.clone(),
                confidence: entity.confidence,
                name: tagged.name(entity),
            })
            .collect();
        let document = TaggedDocument {
            name,
            meta: &[],
            source: tagged.source,
            tokens: tagged.tokens,
            sentences: tagged.sentences,
            mentions: &mentions,
        };
        self.exporter.write(&document, out).map_err(write_error)
    }

    /// Tags the tokens of a document and writes it.
    fn document(
        &self,
        state: &mut ThreadState<'_>,
        document: &Document,
        out: &mut Vec<u8>,
    ) -> Result<()> {
        state.worker.tag_document(document);
        let joined = &mut state.joined;
        joined.fill(document);
        let found = state
            .worker
            .entities()
            .iter()
            .filter(|e| e.confidence >= self.min_confidence);
        let mentions: Vec<Mention<'_>> = found
            .map(|entity| Mention {
                kind: &self.model.labels().kinds()[entity.kind],
                sentence: entity.sentence,
                tokens: entity.tokens.clone(),
                confidence: entity.confidence,
                name: name_without_proclitics(joined.text(&entity.tokens), |normal| {
                    self.model.extractor().is_known(normal)
                }),
            })
            .collect();
        self.exporter
            .write(&joined.tagged(document, &mentions), out)
            .map_err(write_error)
    }
}

/// How many of the files make a batch: at least one.
fn batch_len(paths: &[PathBuf]) -> usize {
    let mut bytes = 0;
    let fits = |path: &&PathBuf| {
        bytes += path.metadata().map_or(0, |m| m.len());
        bytes <= BATCH_BYTES
    };
    paths
        .iter()
        .take(BATCH_FILES)
        .take_while(fits)
        .count()
        .max(1)
}

/// What a document is called: its path as given.
fn name_of(path: &Path) -> String {
    if path.as_os_str() == "-" {
        "stdin".to_owned()
    } else {
        path.display().to_string()
    }
}
