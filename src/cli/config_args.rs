//! The training configuration: a file, and flags that override it.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::input::cannot_open;
use crate::config::{Algorithm, Config, Trainer};
use crate::error::Result;
use crate::label::Scheme;

/// Flags of every command that trains.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Training")]
pub struct ConfigArgs {
    /// Configuration file (`musamma train --print-config` shows one)
    #[arg(long, value_name = "TOML")]
    config: Option<PathBuf>,
    /// Weight of the L1 penalty
    #[arg(long, value_name = "X")]
    c1: Option<f64>,
    /// Weight of the L2 penalty
    #[arg(long, value_name = "X")]
    c2: Option<f64>,
    /// Optimiser iterations at most
    #[arg(long, value_name = "N")]
    max_iterations: Option<usize>,
    /// How entities are written as labels
    #[arg(long, value_enum)]
    scheme: Option<SchemeName>,
    /// Which program estimates the weights
    #[arg(long, value_enum)]
    trainer: Option<TrainerName>,
    /// How CRFsuite estimates the weights [default: lbfgs]
    #[arg(long, value_enum)]
    algorithm: Option<AlgorithmName>,
}

/// Tag scheme, by the name that flags use.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SchemeName {
    /// B on the first token, I on the others
    Iob2,
    /// And E on the last, S on an only one
    Bioes,
}

impl From<SchemeName> for Scheme {
    fn from(name: SchemeName) -> Self {
        match name {
            SchemeName::Iob2 => Self::Iob2,
            SchemeName::Bioes => Self::Bioes,
        }
    }
}

/// Trainer, by the name that flags use.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum TrainerName {
    /// This one
    Native,
    /// The CRFsuite library, in builds with the feature `crfsuite`
    Crfsuite,
}

/// Algorithm, by the name that flags use.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum AlgorithmName {
    /// L-BFGS
    Lbfgs,
    /// Stochastic gradient descent
    L2sgd,
    /// Averaged perceptron
    Ap,
    /// Passive-aggressive
    Pa,
    /// Adaptive regularisation of weights
    Arow,
}

impl From<TrainerName> for Trainer {
    fn from(name: TrainerName) -> Self {
        match name {
            TrainerName::Native => Self::Native,
            TrainerName::Crfsuite => Self::Crfsuite,
        }
    }
}

impl From<AlgorithmName> for Algorithm {
    fn from(name: AlgorithmName) -> Self {
        match name {
            AlgorithmName::Lbfgs => Self::Lbfgs,
            AlgorithmName::L2sgd => Self::L2sgd,
            AlgorithmName::Ap => Self::Ap,
            AlgorithmName::Pa => Self::Pa,
            AlgorithmName::Arow => Self::Arow,
        }
    }
}

impl ConfigArgs {
    /// The configuration, checked. `base` is what the flags change where no file is named; by default the built-in one.
    pub fn load(&self, base: Option<&Config>) -> Result<Config> {
        let mut config = match &self.config {
            Some(path) => {
                let text = std::fs::read_to_string(path).map_err(|e| cannot_open(path, e))?;
                Config::from_toml(&text, &path.display().to_string())?
            }
            None => base.cloned().unwrap_or_default(),
        };
        let training = &mut config.training;
        training.c1 = self.c1.unwrap_or(training.c1);
        training.c2 = self.c2.unwrap_or(training.c2);
        training.max_iterations = self.max_iterations.unwrap_or(training.max_iterations);
        if let Some(scheme) = self.scheme {
            config.scheme = scheme.into();
        }
        let training = &mut config.training;
        training.trainer = self.trainer.map_or(training.trainer, Trainer::from);
        training.algorithm = self.algorithm.map_or(training.algorithm, Algorithm::from);
        config.check()?;
        Ok(config)
    }
}
