//! Everything that is reported of predictions on gold data.

use super::score::{Intervals, ScoreRow, Triple};
use crate::evaluate::{
    Breakdown, Calibration, Confusion, Counts, Found, MatchCounts, MatchTable, ResamplingUnit,
    SeenRecall,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Confidence thresholds of the trade-off curve: every twentieth, and 0.99 because models are often that sure.
const THRESHOLDS_PER_UNIT: u32 = 20;

/// Sizes of what was evaluated; over repeats, of all together but for the documents.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DataCounts {
    /// Documents.
    pub documents: u64,
    /// Sentences.
    pub sentences: u64,
    /// Tokens.
    pub tokens: u64,
    /// Tokens whose IOB2 tag is right.
    pub correct_tokens: u64,
    /// Gold entities.
    pub entities: u64,
    /// Predicted entities.
    pub predicted: u64,
}

/// Outcomes of one way of matching, with the ratios of nervaluate.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct MatchRow {
    /// (correct + ½ partial) / predicted.
    pub precision: f64,
    /// (correct + ½ partial) / gold.
    pub recall: f64,
    /// Harmonic mean.
    pub f1: f64,
    /// The counts.
    #[serde(flatten)]
    pub counts: MatchCounts,
}

impl From<&MatchCounts> for MatchRow {
    fn from(counts: &MatchCounts) -> Self {
        Self {
            precision: counts.precision().unwrap_or(0.0),
            recall: counts.recall().unwrap_or(0.0),
            f1: counts.f1().unwrap_or(0.0),
            counts: *counts,
        }
    }
}

/// One way of matching, over all types and of each.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct MatchingReport {
    /// All types.
    pub overall: MatchRow,
    /// Each type by itself.
    pub types: BTreeMap<String, MatchRow>,
}

/// Recall on some gold entities.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct SeenRow {
    /// Entities found with type and boundaries.
    pub found: u64,
    /// Entities.
    pub total: u64,
    /// found / total, `null` of none.
    pub recall: Option<f64>,
}

impl From<&Found> for SeenRow {
    fn from(found: &Found) -> Self {
        Self {
            found: found.found,
            total: found.total,
            recall: found.recall(),
        }
    }
}

/// Recall on mentions whose words are an entity of the training data, and on others.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct SeenReport {
    /// Seen mentions of all types.
    pub seen: SeenRow,
    /// Unseen ones.
    pub unseen: SeenRow,
    /// Type → seen and unseen.
    pub types: BTreeMap<String, BTreeMap<&'static str, SeenRow>>,
}

impl From<&SeenRecall> for SeenReport {
    fn from(recall: &SeenRecall) -> Self {
        let (seen, unseen) = recall.overall();
        let of_kind = |(kind, (seen, unseen)): (&String, &(Found, Found))| {
            let rows = [("seen", seen.into()), ("unseen", unseen.into())];
            (kind.clone(), BTreeMap::from(rows))
        };
        Self {
            seen: (&seen).into(),
            unseen: (&unseen).into(),
            types: recall.kinds.iter().map(of_kind).collect(),
        }
    }
}

/// Which type is taken for which. Rows are gold types, columns predicted ones; the last of both is `O`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ConfusionReport {
    /// Names of rows and columns.
    pub names: Vec<String>,
    /// Pairs with the same boundaries; in column `O` the missed, in row `O` the spurious.
    pub same_boundaries: Vec<Vec<u64>>,
    /// Pairs that only overlap.
    pub overlaps: Vec<Vec<u64>>,
}

impl From<&Confusion> for ConfusionReport {
    fn from(confusion: &Confusion) -> Self {
        let table = confusion.table();
        let rows = |m: &ndarray::Array2<u64>| m.outer_iter().map(|r| r.to_vec()).collect();
        Self {
            same_boundaries: rows(&table.same_boundaries),
            overlaps: rows(&table.overlaps),
            names: table.names,
        }
    }
}

/// A bin of the reliability diagram.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct BinReport {
    /// Lower end, exclusive but for 0.
    pub low: f64,
    /// Upper end, inclusive.
    pub high: f64,
    /// Predictions.
    pub n: u64,
    /// Right ones.
    pub correct: u64,
    /// correct / n, `null` of none.
    pub accuracy: Option<f64>,
    /// Mean confidence, `null` of none.
    pub confidence: Option<f64>,
}

/// Scores when only predictions of some confidence are kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ThresholdRow {
    /// Least confidence that is kept.
    pub threshold: f64,
    /// Scores of what is kept.
    #[serde(flatten)]
    pub row: ScoreRow,
}

/// Whether confidences can be believed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CalibrationReport {
    /// Predictions with a confidence.
    pub n: usize,
    /// Expected calibration error over ten bins.
    pub ece: Option<f64>,
    /// Brier score.
    pub brier: Option<f64>,
    /// The reliability diagram.
    pub bins: Vec<BinReport>,
    /// Precision and recall over a threshold.
    pub thresholds: Vec<ThresholdRow>,
}

impl CalibrationReport {
    fn new(calibration: &Calibration) -> Option<Self> {
        let bins = calibration.bins().into_iter().map(|bin| BinReport {
            low: bin.low,
            high: bin.high,
            n: bin.n,
            correct: bin.correct,
            accuracy: bin.accuracy(),
            confidence: bin.confidence(),
        });
        let steps = (0..THRESHOLDS_PER_UNIT)
            .map(|i| f64::from(i) / f64::from(THRESHOLDS_PER_UNIT))
            .chain([0.99]);
        let thresholds = steps.map(|threshold| ThresholdRow {
            threshold,
            row: ScoreRow::from(&calibration.at_threshold(threshold)),
        });
        (!calibration.is_empty()).then(|| Self {
            n: calibration.len(),
            ece: calibration.expected_error(),
            brier: calibration.brier(),
            bins: bins.collect(),
            thresholds: thresholds.collect(),
        })
    }
}

/// How intervals were computed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bootstrap {
    /// What was drawn.
    pub unit: ResamplingUnit,
    /// Number of units.
    pub units: usize,
    /// Number of resamples.
    pub resamples: usize,
    /// Seed of the draws.
    pub seed: u64,
    /// Coverage of the intervals.
    pub level: f64,
}

/// Everything that is reported of predictions on gold data.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Scorecard {
    /// All types together: the headline of conlleval.
    pub micro: ScoreRow,
    /// Unweighted means over the types, as seqeval.
    #[serde(rename = "macro")]
    pub macro_average: Triple,
    /// Type → scores.
    pub types: BTreeMap<String, ScoreRow>,
    /// Share of tokens whose IOB2 tag is right.
    pub token_accuracy: Option<f64>,
    /// Sizes.
    pub counts: DataCounts,
    /// `strict`, `exact`, `partial` and `type`, as nervaluate.
    pub matching: BTreeMap<&'static str, MatchingReport>,
    /// Kind of error → number.
    pub errors: BTreeMap<&'static str, u64>,
    /// Recall on seen and unseen mentions, where training data is known.
    pub seen: Option<SeenReport>,
    /// Number of tokens → scores.
    pub by_length: BTreeMap<String, ScoreRow>,
    /// `attached` or `bare` → scores.
    pub by_attachment: BTreeMap<String, ScoreRow>,
    /// Meta key → value → scores.
    pub by_meta: BTreeMap<String, BTreeMap<String, ScoreRow>>,
    /// Which type is taken for which.
    pub confusion: ConfusionReport,
    /// Confidences; `null` where predictions come without.
    pub calibration: Option<CalibrationReport>,
    /// How intervals were computed; `null` where they were not.
    pub bootstrap: Option<Bootstrap>,
}

/// The ways of matching in the order of [`MatchTable`], with the names of the report.
const MATCHINGS: [&str; 4] = ["strict", "exact", "partial", "type"];

impl Scorecard {
    /// Derives ratios from counts. `mentions` are recalls on seen and unseen ones, where the training data is known;
    /// `resamples` of 0 leaves out the intervals.
    pub fn new(
        all: &Breakdown,
        mentions: Option<&SeenRecall>,
        resamples: usize,
        seed: u64,
    ) -> Self {
        let micro = all.evaluation.micro();
        let confusion = ConfusionReport::from(&all.confusion);
        let mut card = Self {
            micro: ScoreRow::from(&micro),
            macro_average: all.evaluation.macro_average().into(),
            types: rows(&all.evaluation.kinds),
            token_accuracy: all.evaluation.token_accuracy(),
            counts: DataCounts {
                documents: all.documents,
                sentences: all.evaluation.sentences,
                tokens: all.evaluation.tokens,
                correct_tokens: all.evaluation.correct_tokens,
                entities: micro.support(),
                predicted: micro.predicted(),
            },
            matching: matching(&all.matching),
            errors: errors(&confusion),
            seen: mentions.map(SeenReport::from),
            by_length: rows(&all.by_length),
            by_attachment: rows(&all.by_attachment),
            by_meta: all
                .by_meta
                .iter()
                .map(|(k, t)| (k.clone(), rows(t)))
                .collect(),
            confusion,
            calibration: CalibrationReport::new(&all.calibration),
            bootstrap: None,
        };
        if resamples > 0 {
            card.add_intervals(all, resamples, seed);
        }
        card
    }

    fn add_intervals(&mut self, all: &Breakdown, resamples: usize, seed: u64) {
        let (unit, units) = all.units(None);
        self.micro.interval = Some(Intervals::new(&units, resamples, seed));
        for (kind, row) in &mut self.types {
            let (_, units) = all.units(Some(kind));
            row.interval = Some(Intervals::new(&units, resamples, seed));
        }
        self.bootstrap = Some(Bootstrap {
            unit,
            units: units.len(),
            resamples,
            seed,
            level: 0.95,
        });
    }
}

fn rows(table: &BTreeMap<String, Counts>) -> BTreeMap<String, ScoreRow> {
    let row = |(name, counts): (&String, &Counts)| (name.clone(), ScoreRow::from(counts));
    table.iter().map(row).collect()
}

fn matching(table: &MatchTable) -> BTreeMap<&'static str, MatchingReport> {
    let report = |i: usize| MatchingReport {
        overall: MatchRow::from(&table.overall[i]),
        types: table
            .kinds
            .iter()
            .map(|(kind, counts)| (kind.clone(), MatchRow::from(&counts[i])))
            .collect(),
    };
    let named = MATCHINGS.iter().enumerate();
    named.map(|(i, name)| (*name, report(i))).collect()
}

/// Sums the confusion tables into kinds of errors.
fn errors(confusion: &ConfusionReport) -> BTreeMap<&'static str, u64> {
    let outside = confusion.names.len().saturating_sub(1);
    let names = [
        "missed",
        "spurious",
        "type",
        "boundary",
        "type_and_boundary",
    ];
    let mut sums: BTreeMap<&'static str, u64> = names.map(|name| (name, 0)).into();
    let mut add = |name, n: u64| *sums.entry(name).or_default() += n;
    for (gold, row) in confusion.same_boundaries.iter().enumerate() {
        for (predicted, &n) in row.iter().enumerate() {
            match (gold, predicted) {
                (g, p) if g == p => {}
                (_, p) if p == outside => add("missed", n),
                (g, _) if g == outside => add("spurious", n),
                _ => add("type", n),
            }
        }
    }
    for (gold, row) in confusion.overlaps.iter().enumerate() {
        for (predicted, &n) in row.iter().enumerate() {
            let name = if gold == predicted {
                "boundary"
            } else {
                "type_and_boundary"
            };
            add(name, n);
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::{Document, Sentence};
    use crate::evaluate::{Predicted, disagreements};
    use crate::label::{Span, spans_from_tags};

    fn documents(tags: &[&str]) -> Vec<Document> {
        let document = |tags: &&str| {
            let tags: Vec<&str> = tags.split(' ').collect();
            let mut document = Document::new("d");
            document.sentences.push(Sentence {
                tokens: vec!["w".to_owned(); tags.len()],
                spans: spans_from_tags(&tags),
                ..Sentence::default()
            });
            document
        };
        tags.iter().map(document).collect()
    }

    #[test]
    fn kinds_of_errors_are_those_of_the_list() {
        let gold = documents(&["B-A I-A O B-B O B-A I-A I-A O B-B", "B-A O", "O B-B"]);
        let predicted = documents(&["B-A I-A O B-A B-B B-A I-A B-B O O", "B-B I-B", "O B-B"]);
        let run: Vec<Vec<Predicted>> = predicted
            .iter()
            .map(|d| vec![Predicted::from_spans(d.sentences[0].spans.clone())])
            .collect();
        let mut listed: BTreeMap<&str, u64> = BTreeMap::new();
        for found in disagreements(&gold, &run) {
            *listed.entry(found.kind.name()).or_default() += 1;
        }
        let card = Scorecard::new(&Breakdown::new(&gold, &[run], |_| false), None, 0, 0);
        let counted: BTreeMap<&str, u64> = card
            .errors
            .iter()
            .filter(|e| *e.1 > 0)
            .map(|(k, n)| (*k, *n))
            .collect();
        assert_eq!(counted, listed);
        assert_eq!(card.bootstrap, None);
        assert_eq!(card.micro.interval, None);
    }

    #[test]
    fn intervals_hold_the_score() {
        let gold = documents(&["B-A O B-B"; 20]);
        let mut run: Vec<Vec<Predicted>> = Vec::new();
        for i in 0..20 {
            let spans = if i % 2 == 0 {
                vec![Span::new(0, 1, "A")]
            } else {
                gold[0].sentences[0].spans.clone()
            };
            run.push(vec![Predicted::from_spans(spans)]);
        }
        let card = Scorecard::new(&Breakdown::new(&gold, &[run], |_| false), None, 500, 3);
        let interval = card
            .micro
            .interval
            .and_then(|i| i.recall)
            .expect("computed");
        assert!(
            interval.low < card.micro.recall && card.micro.recall < interval.high,
            "{interval:?} and {}",
            card.micro.recall
        );
        let certain = card.types["A"]
            .interval
            .and_then(|i| i.f1)
            .expect("computed");
        assert_eq!((certain.low, certain.high), (1.0, 1.0));
        assert_eq!(
            card.bootstrap.map(|b| (b.unit, b.units)),
            Some((ResamplingUnit::Document, 20))
        );
    }
}
