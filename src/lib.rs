//! Musamma (مُسمّى, "named") finds persons, organisations, places and topics in Arabic news.
//!
//! Hand-designed features and a linear-chain CRF; no neural network. The modules follow the data flow, and each imports
//! only from those below it:
//!
//! ```text
//! cli                            arguments, paths, printing, progress
//! train  tag  explain  cross_validate  tune   the verbs
//! report  output                 scores → text/json/csv;  tagged text → text/conll/jsonl/csv/inline
//! crfsuite                       CRFsuite's model files and attributes, both ways
//! evaluate  model                counts and scores;  the model bundle
//! config                         what a training run is told to do
//! crf  features                  crf never sees text;  features never see tags
//! gazetteer  clusters            name lists;  word classes
//! frozen                         hash tables that are read in place
//! corpus  label                  labelled documents and their formats;  tag schemes and spans
//! text                           characters, normal forms, tokens, sentences, clitics
//! error  jobs  random            one error type;  large jobs, one a thread;  seeded pseudo-random numbers
//! ```
//!
//! A test holds the code to this diagram.

pub mod cli;
pub mod clusters;
pub mod config;
pub mod corpus;
pub mod crf;
pub mod crfsuite;
pub mod cross_validate;
pub mod error;
pub mod evaluate;
pub mod explain;
pub mod features;
pub mod frozen;
pub mod gazetteer;
mod jobs;
pub mod label;
pub mod model;
pub mod output;
mod random;
pub mod report;
pub mod tag;
pub mod text;
pub mod train;
pub mod tune;

pub use error::{Error, Result};

/// The README, so that its example is compiled and run with the other documentation tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
