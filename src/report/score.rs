//! Precision, recall and F1 with the counts behind them.

use crate::evaluate::bootstrap::{Interval, interval};
use crate::evaluate::{Counts, Scores};
use serde::Serialize;

/// Three fractions without counts: a mean, a deviation, an average over types.
///
/// 0 where undefined, as conlleval and seqeval print it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Triple {
    /// Precision.
    pub precision: f64,
    /// Recall.
    pub recall: f64,
    /// F1.
    pub f1: f64,
}

impl From<Scores> for Triple {
    fn from(scores: Scores) -> Self {
        let (precision, recall, f1) = scores.or_zero();
        Self {
            precision,
            recall,
            f1,
        }
    }
}

impl Triple {
    /// Means of each fraction; zeros of nothing.
    pub fn mean(all: &[Triple]) -> Triple {
        Self::of_each(all, |values| {
            let n = values.len().max(1) as f64;
            values.iter().sum::<f64>() / n
        })
    }

    /// Sample standard deviations (n − 1) of each fraction; zeros of fewer than two.
    pub fn deviation(all: &[Triple]) -> Triple {
        Self::of_each(all, standard_deviation)
    }

    fn of_each(all: &[Triple], statistic: fn(&[f64]) -> f64) -> Triple {
        let of = |value: fn(&Triple) -> f64| {
            let values: Vec<f64> = all.iter().map(value).collect();
            statistic(&values)
        };
        Triple {
            precision: of(|t| t.precision),
            recall: of(|t| t.recall),
            f1: of(|t| t.f1),
        }
    }
}

/// Sample standard deviation (n − 1); 0 of fewer than two values.
pub fn standard_deviation(values: &[f64]) -> f64 {
    if values.len() < 2 {
        return 0.0;
    }
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
    (squares / (values.len() - 1) as f64).sqrt()
}

/// 95 % intervals of the three fractions, each `null` where undefined.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Intervals {
    /// Of precision.
    pub precision: Option<Interval>,
    /// Of recall.
    pub recall: Option<Interval>,
    /// Of F1.
    pub f1: Option<Interval>,
}

impl Intervals {
    /// Bootstrap intervals over units of resampling.
    pub fn new(units: &[Counts], n_resamples: usize, seed: u64) -> Self {
        Self {
            precision: interval(units, Counts::precision, n_resamples, seed),
            recall: interval(units, Counts::recall, n_resamples, seed),
            f1: interval(units, Counts::f1, n_resamples, seed),
        }
    }
}

/// Scores with their counts. The fractions are 0 where undefined; `support` and `predicted` tell.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ScoreRow {
    /// tp / (tp + fp).
    pub precision: f64,
    /// tp / (tp + fn).
    pub recall: f64,
    /// 2PR / (P + R).
    pub f1: f64,
    /// Entities found.
    pub tp: u64,
    /// Entities invented.
    pub fp: u64,
    /// Entities missed.
    #[serde(rename = "fn")]
    pub fn_: u64,
    /// Gold entities.
    pub support: u64,
    /// Predicted entities.
    pub predicted: u64,
    /// 95 % bootstrap intervals, where computed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Intervals>,
}

impl From<&Counts> for ScoreRow {
    fn from(counts: &Counts) -> Self {
        let (precision, recall, f1) = counts.scores().or_zero();
        Self {
            precision,
            recall,
            f1,
            tp: counts.tp,
            fp: counts.fp,
            fn_: counts.fn_,
            support: counts.support(),
            predicted: counts.predicted(),
            interval: None,
        }
    }
}

impl ScoreRow {
    /// The fractions alone.
    pub fn scores(&self) -> Triple {
        Triple {
            precision: self.precision,
            recall: self.recall,
            f1: self.f1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deviations_are_those_of_the_textbook() {
        let values = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0];
        assert!((standard_deviation(&values) - (32.0_f64 / 7.0).sqrt()).abs() < 1e-12);
        assert!(standard_deviation(&[1.0]).abs() < 1e-12);
        let triple = |f1| Triple {
            f1,
            ..Triple::default()
        };
        let all = [triple(0.4), triple(0.6)];
        assert!((Triple::mean(&all).f1 - 0.5).abs() < 1e-12);
        assert!((Triple::deviation(&all).f1 - 0.02_f64.sqrt()).abs() < 1e-12);
        assert_eq!(Triple::mean(&[]), Triple::default());
    }

    #[test]
    fn undefined_fractions_are_zero_beside_their_counts() {
        let row = ScoreRow::from(&Counts {
            tp: 0,
            fp: 0,
            fn_: 3,
        });
        assert_eq!(row.scores(), Triple::default());
        assert_eq!((row.support, row.predicted), (3, 0));
    }
}
