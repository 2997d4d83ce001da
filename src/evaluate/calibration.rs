//! Whether confidences can be believed, and what precision and recall a threshold on them buys.

use super::Counts;
use crate::label::Span;
use std::collections::HashSet;

/// Number of bins of the reliability diagram: ten of equal width, as in Guo et al., ICML 2017 (figure 4).
pub const N_BINS: usize = 10;

/// Predicted entities with their confidence, and whether each is right.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Calibration {
    /// (confidence, whether type and boundaries are right) of each predicted entity, in the order they were added.
    claims: Vec<(f32, bool)>,
    /// Number of gold entities.
    gold: u64,
}

/// Predictions of similar confidence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bin {
    /// Lower end of the bin, exclusive but for 0.
    pub low: f64,
    /// Upper end, inclusive.
    pub high: f64,
    /// Predictions in the bin.
    pub n: u64,
    /// Right ones among them.
    pub correct: u64,
    /// Sum of their confidences.
    pub confidence_sum: f64,
}

impl Bin {
    /// correct / n.
    pub fn accuracy(&self) -> Option<f64> {
        (self.n > 0).then(|| self.correct as f64 / self.n as f64)
    }

    /// Mean confidence.
    pub fn confidence(&self) -> Option<f64> {
        (self.n > 0).then(|| self.confidence_sum / self.n as f64)
    }
}

impl Calibration {
    /// Adds a sentence; predictions without confidences are left out.
    pub fn add_sentence(&mut self, gold: &[Span], predicted: &[Span], confidences: &[f32]) {
        let found: HashSet<&Span> = gold.iter().collect();
        let claims = predicted.iter().zip(confidences);
        self.claims
            .extend(claims.map(|(span, &confidence)| (confidence, found.contains(span))));
        self.gold += gold.len() as u64;
    }

    /// Number of predictions with a confidence.
    pub fn len(&self) -> usize {
        self.claims.len()
    }

    /// Whether there is nothing to say, as with predictions from a file.
    pub fn is_empty(&self) -> bool {
        self.claims.is_empty()
    }

    /// The reliability diagram: [`N_BINS`] bins of equal width.
    pub fn bins(&self) -> Vec<Bin> {
        let mut bins: Vec<Bin> = (0..N_BINS)
            .map(|i| Bin {
                low: i as f64 / N_BINS as f64,
                high: (i + 1) as f64 / N_BINS as f64,
                n: 0,
                correct: 0,
                confidence_sum: 0.0,
            })
            .collect();
        for &(confidence, is_right) in &self.claims {
            // Bin i holds (i/N, (i+1)/N], and the first 0 as well.
            let index = bins.iter().position(|b| f64::from(confidence) <= b.high);
            let bin = &mut bins[index.unwrap_or(N_BINS - 1)];
            bin.n += 1;
            bin.correct += u64::from(is_right);
            bin.confidence_sum += f64::from(confidence);
        }
        bins
    }

    /// Expected calibration error: Σ n/N · |accuracy − confidence| over the bins (Naeini, Cooper & Hauskrecht, AAAI 2015).
    pub fn expected_error(&self) -> Option<f64> {
        let gaps = self.bins().into_iter().map(|bin| {
            let gap = bin.accuracy()? - bin.confidence()?;
            Some(gap.abs() * bin.n as f64)
        });
        let sum: f64 = gaps.flatten().sum();
        (!self.is_empty()).then(|| sum / self.claims.len() as f64)
    }

    /// Brier score: the mean of (confidence − outcome)², 0 is perfect (Brier 1950).
    pub fn brier(&self) -> Option<f64> {
        let square = |&(confidence, is_right): &(f32, bool)| {
            (f64::from(confidence) - f64::from(u8::from(is_right))).powi(2)
        };
        let sum: f64 = self.claims.iter().map(square).sum();
        (!self.is_empty()).then(|| sum / self.claims.len() as f64)
    }

    /// Counts when only predictions with at least this confidence are kept.
    pub fn at_threshold(&self, threshold: f64) -> Counts {
        let kept = self
            .claims
            .iter()
            .filter(|(confidence, _)| f64::from(*confidence) >= threshold);
        let (mut tp, mut fp) = (0, 0);
        for (_, is_right) in kept {
            *(if *is_right { &mut tp } else { &mut fp }) += 1;
        }
        Counts {
            tp,
            fp,
            fn_: self.gold.saturating_sub(tp),
        }
    }

    /// Adds other counts.
    pub fn merge(&mut self, other: &Calibration) {
        self.claims.extend_from_slice(&other.claims);
        self.gold += other.gold;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Calibration {
        let gold = [Span::new(0, 1, "A"), Span::new(2, 4, "B")];
        let predicted = [
            Span::new(0, 1, "A"),
            Span::new(1, 2, "A"),
            Span::new(2, 3, "B"),
            Span::new(2, 4, "B"),
        ];
        let mut calibration = Calibration::default();
        calibration.add_sentence(&gold, &predicted, &[1.0, 0.25, 0.35, 0.95]);
        calibration
    }

    #[test]
    fn bins_and_errors_by_hand() {
        let calibration = example();
        let bins = calibration.bins();
        let filled: Vec<(usize, u64, u64)> = bins
            .iter()
            .enumerate()
            .filter(|(_, b)| b.n > 0)
            .map(|(i, b)| (i, b.n, b.correct))
            .collect();
        assert_eq!(filled, [(2, 1, 0), (3, 1, 0), (9, 2, 2)]);
        // (0.25 + 0.35 + 2 · |1 − 0.975|) / 4
        let ece = calibration.expected_error().expect("defined");
        assert!((ece - 0.1625).abs() < 1e-6, "{ece}");
        let brier = calibration.brier().expect("defined");
        let expected = (0.25_f64.powi(2) + 0.35_f64.powi(2) + 0.05_f64.powi(2)) / 4.0;
        assert!((brier - expected).abs() < 1e-6, "{brier}");
    }

    #[test]
    fn borders_belong_to_the_bin_below() {
        let mut calibration = Calibration::default();
        let span = [Span::new(0, 1, "A")];
        for confidence in [0.0, 0.5, 0.500_01, 1.0] {
            calibration.add_sentence(&span, &span, &[confidence]);
        }
        let n: Vec<u64> = calibration.bins().iter().map(|b| b.n).collect();
        assert_eq!(n, [1, 0, 0, 0, 1, 1, 0, 0, 0, 1]);
    }

    #[test]
    fn a_threshold_trades_recall_for_precision() {
        let calibration = example();
        let counts = |t| {
            let c = calibration.at_threshold(t);
            (c.tp, c.fp, c.fn_)
        };
        assert_eq!(counts(0.0), (2, 2, 0));
        assert_eq!(counts(0.3), (2, 1, 0));
        assert_eq!(counts(0.96), (1, 0, 1));
    }

    #[test]
    fn without_confidences_nothing_is_defined() {
        let mut calibration = Calibration::default();
        let span = [Span::new(0, 1, "A")];
        calibration.add_sentence(&span, &span, &[]);
        assert!(calibration.is_empty());
        assert_eq!(calibration.expected_error(), None);
        assert_eq!(calibration.brier(), None);
    }
}
