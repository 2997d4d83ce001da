//! The training configuration: read from TOML, checked, and kept in the model.

use serde::{Deserialize, Serialize};

use crate::crf::LabelSpace;
use crate::error::{Error, Result};
use crate::features::FeatureConfig;
use crate::label::Scheme;

/// Everything that decides what a training run does with its data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// How entities are written as labels. BIOES beat IOB2 by 0.5 F1 on ANERcorp's dev part.
    pub scheme: Scheme,
    /// The optimiser and its penalties.
    pub training: Training,
    /// Feature families.
    pub features: FeatureConfig,
}

/// Which program estimates the weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Trainer {
    /// This one.
    #[default]
    Native,
    /// The CRFsuite library, in builds with the feature `crfsuite`. It knows no grammar of labels, no `miss_cost` and no
    /// measuring on dev data while it trains.
    Crfsuite,
}

/// How the weights are estimated. CRFsuite has them all, the native trainer only the first.
///
/// All but the first visit the sentences in a random order that CRFsuite takes from the C library: a second training in the
/// same process gives other weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Algorithm {
    /// Gradient descent by L-BFGS, with L1 by OWL-QN: `c1`, `c2`, `memory`, `delta`, `period`.
    #[default]
    Lbfgs,
    /// Stochastic gradient descent: `c2`, `delta`, `period`; no `c1`.
    L2sgd,
    /// Averaged perceptron: neither penalty.
    Ap,
    /// Passive-aggressive: neither penalty.
    Pa,
    /// Adaptive regularisation of weights: neither penalty.
    Arow,
}

/// The optimiser and its penalties.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Training {
    /// Which program estimates the weights.
    pub trainer: Trainer,
    /// How it does.
    pub algorithm: Algorithm,
    /// Weight of the L1 penalty Σ|θ|. Above 0, most weights become exactly 0 and models small.
    pub c1: f64,
    /// Weight of the L2 penalty Σθ².
    pub c2: f64,
    /// Optimiser iterations at most.
    pub max_iterations: usize,
    /// Attributes seen at fewer tokens are ignored.
    pub min_count: u32,
    /// Which attribute and label pairs have a weight.
    pub label_space: LabelSpace,
    /// Extra cost of missing an entity token (softmax-margin); 0 is maximum likelihood. Raises recall for precision.
    pub miss_cost: f64,
    /// Steps that the optimiser remembers.
    pub memory: usize,
    /// Training stops when the objective fell by less than this share …
    pub delta: f64,
    /// … over this many iterations.
    pub period: usize,
    /// With a dev file: stop after this many measurements without a better F1, and keep the best weights. 0 never stops.
    pub patience: usize,
    /// With a dev file: iterations between measurements.
    pub dev_every: usize,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            scheme: Scheme::Bioes,
            training: Training::default(),
            features: FeatureConfig::default(),
        }
    }
}

impl Default for Training {
    fn default() -> Self {
        Self {
            trainer: Trainer::default(),
            algorithm: Algorithm::default(),
            // 0.1/0.1 beat its neighbours on ANERcorp's dev part, and its models are a fourteenth of L2's alone.
            c1: 0.1,
            c2: 0.1,
            max_iterations: 150,
            min_count: 1,
            label_space: LabelSpace::Observed,
            miss_cost: 0.0,
            memory: 6,
            delta: 1e-4,
            period: 10,
            patience: 0,
            dev_every: 10,
        }
    }
}

impl Config {
    /// Reads and checks a configuration file; `source` names it in errors.
    pub fn from_toml(text: &str, source: &str) -> Result<Self> {
        let config: Self = toml::from_str(text).map_err(|e| {
            let before = e.span().map_or("", |s| &text[..s.start.min(text.len())]);
            let line = before.matches('\n').count() as u64 + 1;
            Error::new(e.message().to_owned())
                .hint("`musamma train --print-config` shows every key with its default")
                .at_line(line)
                .in_file(source)
        })?;
        config.check().map_err(|e| e.in_file(source))?;
        Ok(config)
    }

    /// As TOML, every key written out.
    pub fn to_toml(&self) -> Result<String> {
        toml::to_string(self)
            .map_err(|e| Error::new(format!("cannot write the configuration: {e}")))
    }

    /// Refuses values that make no sense, naming the key.
    pub fn check(&self) -> Result<()> {
        let t = &self.training;
        for (key, value) in [
            ("c1", t.c1),
            ("c2", t.c2),
            ("miss_cost", t.miss_cost),
            ("delta", t.delta),
        ] {
            if !value.is_finite() || value < 0.0 {
                return Err(Error::new(format!("training.{key} = {value}"))
                    .expected("a number that is not negative"));
            }
        }
        for (key, value) in [
            ("max_iterations", t.max_iterations),
            ("memory", t.memory),
            ("period", t.period),
            ("dev_every", t.dev_every),
        ] {
            if value == 0 {
                return Err(Error::new(format!("training.{key} = 0")).expected("1 or more"));
            }
        }
        if t.trainer == Trainer::Native && t.algorithm != Algorithm::Lbfgs {
            return Err(Error::new(format!(
                "the native trainer has no algorithm {:?}",
                t.algorithm
            ))
            .expected("training.algorithm = \"lbfgs\"")
            .hint("the others are CRFsuite's: training.trainer = \"crfsuite\""));
        }
        self.features.check()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_survives_toml() {
        let config = Config::default();
        let text = config.to_toml().expect("serialises");
        assert_eq!(Config::from_toml(&text, "c.toml").expect("parses"), config);
    }

    #[test]
    fn mistakes_have_a_place() {
        let error = Config::from_toml("[training]\nc1 = 1\nc3 = 2\n", "c.toml").expect_err("c3");
        assert!(error.to_string().starts_with("c.toml:3: "), "{error}");
        let error =
            Config::from_toml("[training]\nalgorithm = \"ap\"\n", "c.toml").expect_err("ap");
        assert!(error.to_string().contains("crfsuite"), "{error}");
        let error = Config::from_toml("[training]\nc1 = -1\n", "c.toml").expect_err("negative");
        assert!(error.to_string().contains("training.c1"), "{error}");
    }
}
