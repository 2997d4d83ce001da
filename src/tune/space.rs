//! The search space: which settings trials change, how often, and to what.
//!
//! Configurations are drawn at random around the start, because few settings matter on any one data set and it is not known
//! which (Bergstra & Bengio, "Random search for hyper-parameter optimization", JMLR 2012). To search another setting, add a
//! line to [`KNOBS`].

use std::collections::{BTreeMap, BTreeSet};

use toml::Value;

use crate::config::Config;
use crate::corpus::Document;
use crate::crf::MAX_LABELS;
use crate::error::{Error, Result};
use crate::features::Window;
use crate::label::{LabelSet, Scheme};
use crate::model::Resources;
use crate::random::SplitMix64;

/// Smallest penalty. Both defaults are 0.1; below a tenth of that, models of news no longer change.
const MIN_PENALTY: f64 = 0.01;
/// Largest penalty. Beyond 2, L1 leaves few weights of a small corpus.
const MAX_PENALTY: f64 = 2.0;

/// Chance in percent that a trial draws a penalty. They matter most; some trials keep them, to tell what features are worth.
const PENALTIES: usize = 80;
/// Chance of a setting of the whole model.
const WHOLE: usize = 50;
/// Chance that a family is switched: of a dozen families, one or two differ from the start.
const SWITCH: usize = 12;
/// Chance that a family's window or size is drawn.
const SIZE: usize = 20;

const NARROW: Window = [0, 0];
const NEXT: Window = [-1, 1];
const WIDE: Window = [-2, 2];

/// A setting that trials may change.
struct Knob {
    /// Its key in TOML.
    key: &'static str,
    /// How often a trial draws it, in percent.
    chance: usize,
    /// Whether it means anything for these data, with the families that are on.
    applies: fn(&Config, Facts) -> bool,
    /// Draws a value, which may be that of the start.
    draw: fn(&mut Config, &mut SplitMix64),
}

const fn knob(
    key: &'static str,
    chance: usize,
    applies: fn(&Config, Facts) -> bool,
    draw: fn(&mut Config, &mut SplitMix64),
) -> Knob {
    Knob {
        key,
        chance,
        applies,
        draw,
    }
}

/// All of them, each after those that decide whether it applies. The form of the word is always kept on.
#[rustfmt::skip]
const KNOBS: &[Knob] = &[
    knob("training.c1", PENALTIES, |_, _| true, |c, r| c.training.c1 = penalty(r)),
    knob("training.c2", PENALTIES, |_, _| true, |c, r| c.training.c2 = penalty(r)),
    knob("training.min_count", WHOLE, |_, _| true, |c, r| c.training.min_count = pick(r, &[1, 2, 3])),
    knob("scheme", WHOLE, |_, f| f.fits_bioes, |c, r| c.scheme = pick(r, &[Scheme::Iob2, Scheme::Bioes])),

    knob("features.affixes.enabled", SWITCH, |_, _| true, |c, _| toggle(&mut c.features.affixes.enabled)),
    knob("features.ngrams.enabled", SWITCH, |_, _| true, |c, _| toggle(&mut c.features.ngrams.enabled)),
    knob("features.shape.enabled", SWITCH, |_, _| true, |c, _| toggle(&mut c.features.shape.enabled)),
    knob("features.length.enabled", SWITCH, |_, _| true, |c, _| toggle(&mut c.features.length.enabled)),
    knob("features.clitics.enabled", SWITCH, |_, _| true, |c, _| toggle(&mut c.features.clitics.enabled)),
    knob("features.boundary.enabled", SWITCH, |_, _| true, |c, _| toggle(&mut c.features.boundary.enabled)),
    knob("features.conjunctions.enabled", SWITCH, |_, _| true, |c, _| toggle(&mut c.features.conjunctions.enabled)),
    knob("features.gazetteer.enabled", SWITCH, |_, f| f.has_lists, |c, _| toggle(&mut c.features.gazetteer.enabled)),
    knob("features.phrases.enabled", SWITCH, |_, f| f.has_lists, |c, _| toggle(&mut c.features.phrases.enabled)),
    knob("features.document.enabled", SWITCH, |_, f| f.has_lists, |c, _| toggle(&mut c.features.document.enabled)),
    knob("features.domain.enabled", SWITCH, |_, f| f.has_lists, |c, _| toggle(&mut c.features.domain.enabled)),
    knob("features.clusters.enabled", SWITCH, |_, f| f.has_clusters, |c, _| toggle(&mut c.features.clusters.enabled)),

    knob("features.form.window", SIZE, |c, _| c.features.form.enabled,
        |c, r| c.features.form.window = pick(r, &[NEXT, WIDE])),
    knob("features.affixes.window", SIZE, |c, _| c.features.affixes.enabled,
        |c, r| c.features.affixes.window = pick(r, &[NARROW, NEXT, WIDE])),
    knob("features.affixes.prefix", SIZE, |c, _| c.features.affixes.enabled,
        |c, r| c.features.affixes.prefix = pick(r, &[3, 4, 5])),
    knob("features.affixes.suffix", SIZE, |c, _| c.features.affixes.enabled,
        |c, r| c.features.affixes.suffix = pick(r, &[3, 4, 5])),
    knob("features.ngrams.window", SIZE, |c, _| c.features.ngrams.enabled,
        |c, r| c.features.ngrams.window = pick(r, &[NARROW, NEXT])),
    // Both at once: drawn one by one, the shortest could be longer than the longest.
    knob("features.ngrams.max", SIZE, |c, _| c.features.ngrams.enabled,
        |c, r| (c.features.ngrams.min, c.features.ngrams.max) = pick(r, &[(1, 4), (2, 3), (2, 4), (2, 5), (2, 6), (3, 5)])),
    knob("features.shape.window", SIZE, |c, _| c.features.shape.enabled,
        |c, r| c.features.shape.window = pick(r, &[NARROW, NEXT, WIDE])),
    knob("features.clitics.window", SIZE, |c, _| c.features.clitics.enabled,
        |c, r| c.features.clitics.window = pick(r, &[NARROW, NEXT, WIDE])),
    knob("features.gazetteer.window", SIZE, |c, f| f.has_lists && c.features.gazetteer.enabled,
        |c, r| c.features.gazetteer.window = pick(r, &[NEXT, WIDE])),
    knob("features.phrases.window", SIZE, |c, f| f.has_lists && c.features.phrases.enabled,
        |c, r| c.features.phrases.window = pick(r, &[NARROW, NEXT, WIDE])),
    knob("features.clusters.window", SIZE, |c, f| f.has_clusters && c.features.clusters.enabled,
        |c, r| c.features.clusters.window = pick(r, &[NEXT, WIDE])),
    knob("features.conjunctions.templates", SIZE, |c, _| c.features.conjunctions.enabled,
        |c, r| c.features.conjunctions.templates = templates(r)),
    knob("features.domain.reach", SIZE, |c, f| f.has_lists && c.features.domain.enabled,
        |c, r| c.features.domain.reach = pick(r, &[20, 40, 80])),
    knob("features.domain.min", SIZE, |c, f| f.has_lists && c.features.domain.enabled,
        |c, r| c.features.domain.min = pick(r, &[1, 2, 3])),
];

/// What of the data decides which settings mean anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Whether there are name lists.
    pub has_lists: bool,
    /// Whether there are word clusters.
    pub has_clusters: bool,
    /// Whether the entity types are few enough for BIOES.
    pub fits_bioes: bool,
}

impl Facts {
    /// Looks at documents, lists and clusters.
    pub fn new(documents: &[Document], resources: &Resources) -> Result<Self> {
        let (gazetteer, clusters) = resources.open()?;
        let spans = documents
            .iter()
            .flat_map(|d| &d.sentences)
            .flat_map(|s| &s.spans);
        let kinds: BTreeSet<&str> = spans.map(|span| span.kind.as_str()).collect();
        Ok(Self {
            has_lists: gazetteer.n_sets() > 0,
            has_clusters: clusters.n_clusterings() > 0,
            fits_bioes: LabelSet::new(Scheme::Bioes, kinds)?.n_labels() <= MAX_LABELS,
        })
    }
}

/// The start and configurations around it, all different, `n` in all. The seed alone decides which, and more trials are the
/// same ones with others behind them.
pub fn sample(start: &Config, facts: Facts, n: usize, seed: u64) -> Vec<Config> {
    let mut random = SplitMix64::new(seed);
    let mut configs = vec![start.clone()];
    while configs.len() < n {
        let mut config = start.clone();
        for knob in KNOBS {
            if (knob.applies)(&config, facts) && random.below(100) < knob.chance {
                (knob.draw)(&mut config, &mut random);
                debug_assert!(config.check().is_ok(), "{} was drawn", knob.key);
            }
        }
        if !configs.contains(&config) {
            configs.push(config);
        }
    }
    configs
}

/// The settings of `config` that `start` has otherwise, by their keys in TOML.
///
/// # Errors
/// When a configuration cannot be written as TOML, which a checked one can.
pub fn changes(start: &Config, config: &Config) -> Result<BTreeMap<String, Value>> {
    let (before, mut after) = (settings(start)?, settings(config)?);
    after.retain(|key, value| before.get(key) != Some(value));
    Ok(after)
}

/// Every setting by its key, `training.c1` and the like.
fn settings(config: &Config) -> Result<BTreeMap<String, Value>> {
    fn add(prefix: &str, value: Value, all: &mut BTreeMap<String, Value>) {
        match value {
            Value::Table(table) => {
                for (key, value) in table {
                    let key = if prefix.is_empty() {
                        key
                    } else {
                        format!("{prefix}.{key}")
                    };
                    add(&key, value, all);
                }
            }
            value => drop(all.insert(prefix.to_owned(), value)),
        }
    }
    let value = Value::try_from(config)
        .map_err(|e| Error::new(format!("cannot write the configuration: {e}")))?;
    let mut all = BTreeMap::new();
    add("", value, &mut all);
    Ok(all)
}

/// Log-uniform between the bounds, with two digits: more would only pretend to matter.
fn penalty(random: &mut SplitMix64) -> f64 {
    // The library's power function, whose bits are the same on every machine.
    let value = MIN_PENALTY * libm::pow(MAX_PENALTY / MIN_PENALTY, random.unit());
    format!("{value:.1e}").parse().unwrap_or(value)
}

fn pick<T: Copy>(random: &mut SplitMix64, values: &[T]) -> T {
    values[random.below(values.len())]
}

fn toggle(is_enabled: &mut bool) {
    *is_enabled = !*is_enabled;
}

/// Bigrams of forms, with what skips a word or sees past proclitics.
fn templates(random: &mut SplitMix64) -> Vec<String> {
    let more: &[&str] = pick(
        random,
        &[
            &[],
            &["form@-1 form@1"],
            &["stem@-1 stem@0", "stem@0 stem@1"],
            &["suffix@-1 suffix@0"],
        ],
    );
    let bigrams = ["form@-1 form@0", "form@0 form@1"];
    bigrams
        .iter()
        .chain(more)
        .map(|t| (*t).to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Facts = Facts {
        has_lists: true,
        has_clusters: true,
        fits_bioes: true,
    };

    #[test]
    fn samples_are_sound_in_range_and_all_different() {
        let start = Config::default();
        let configs = sample(&start, ALL, 500, 7);
        assert_eq!((configs.len(), &configs[0]), (500, &start));
        for (i, config) in configs.iter().enumerate() {
            config.check().unwrap_or_else(|e| panic!("trial {i}: {e}"));
            let t = &config.training;
            for penalty in [t.c1, t.c2] {
                assert!((0.01..=2.0).contains(&penalty), "trial {i}: {penalty}");
            }
            assert!((1..=3).contains(&t.min_count), "trial {i}");
            assert_eq!(t.max_iterations, start.training.max_iterations);
            assert!(!configs[..i].contains(config), "trial {i} is there twice");
            let toml = config.to_toml().expect("serialises");
            assert_eq!(&Config::from_toml(&toml, "c").expect("parses"), config);
        }
    }

    #[test]
    fn every_knob_is_turned_and_nothing_else() {
        let start = Config::default();
        let configs = sample(&start, ALL, 500, 1);
        let mut turned = BTreeSet::new();
        let mut n_changes = 0;
        for config in &configs {
            let changes = changes(&start, config).expect("changes");
            n_changes += changes.len();
            turned.extend(changes.into_keys());
        }
        turned.remove("features.ngrams.min");
        let keys = KNOBS.iter().map(|knob| knob.key.to_owned());
        assert_eq!(turned, keys.collect::<BTreeSet<_>>());
        let mean = n_changes as f64 / 500.0;
        assert!((4.0..9.0).contains(&mean), "{mean} changes on average");
    }

    #[test]
    fn penalties_are_log_uniform_with_two_digits() {
        let mut random = SplitMix64::new(2);
        let mut drawn: Vec<f64> = (0..2001).map(|_| penalty(&mut random)).collect();
        drawn.sort_by(f64::total_cmp);
        let median = drawn[1000];
        // √(0.01 × 2), not the 1.005 of a uniform draw.
        assert!((0.12..0.165).contains(&median), "{median}");
        assert!(drawn[0] < 0.0105 && drawn[2000] > 1.9, "{drawn:?}");
        assert!(drawn.iter().all(|x| x.to_string().len() <= 5), "{drawn:?}");
    }

    #[test]
    fn the_seed_decides_and_more_trials_are_a_continuation() {
        let start = Config::default();
        let of = |n, seed| sample(&start, ALL, n, seed);
        assert_eq!(of(30, 4)[..12], of(12, 4));
        assert_ne!(of(12, 4)[1..], of(12, 5)[1..]);
        assert_eq!(of(1, 4), std::slice::from_ref(&start));
    }

    #[test]
    fn what_the_data_lack_is_not_searched() {
        let facts = Facts {
            has_lists: false,
            has_clusters: false,
            fits_bioes: false,
        };
        let start = Config {
            scheme: Scheme::Iob2,
            ..Config::default()
        };
        for config in sample(&start, facts, 300, 3) {
            let changes = changes(&start, &config).expect("changes");
            for key in changes.keys() {
                let means_nothing = [
                    "scheme",
                    "gazetteer",
                    "phrases",
                    "document",
                    "domain",
                    "clusters",
                ]
                .iter()
                .any(|part| key.contains(part));
                assert!(!means_nothing, "{key} was changed");
            }
            for (family, enabled) in [
                ("affixes", config.features.affixes.enabled),
                ("ngrams", config.features.ngrams.enabled),
                ("shape", config.features.shape.enabled),
            ] {
                let prefix = format!("features.{family}.");
                let n = changes.keys().filter(|k| k.starts_with(&prefix)).count();
                assert!(enabled || n == 1, "{family} is off and has {changes:?}");
            }
        }
    }
}
