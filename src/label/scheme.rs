//! Label ids: the numbers that a tagger predicts, and which of them may follow which.

use crate::error::{Error, Result};
use crate::label::tags::{Prefix, chunk};
use crate::label::{Span, parse_tag};
use serde::{Deserialize, Serialize};

/// Number of a label within its [`LabelSet`]; 0 is `O`.
pub type LabelId = u16;

/// How the tokens of an entity are marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// `B` on the first token, `I` on the others.
    #[default]
    Iob2,
    /// As [`Scheme::Iob2`], with `E` on the last token and `S` on an only one.
    Bioes,
}

impl Scheme {
    /// The prefixes of one kind, in the order of their label ids.
    fn prefixes(self) -> &'static [Prefix] {
        match self {
            Self::Iob2 => &[Prefix::Begin, Prefix::Inside],
            Self::Bioes => &[Prefix::Begin, Prefix::Inside, Prefix::End, Prefix::Single],
        }
    }
}

/// The labels of a model: `O`, then for each kind `B`, `I` (in BIOES `B`, `I`, `E`, `S`).
///
/// ```
/// use musamma::label::{LabelSet, Scheme};
/// let labels = LabelSet::new(Scheme::Iob2, ["LOC", "PER"])?;
/// let names: Vec<String> = labels.ids().map(|id| labels.name(id)).collect();
/// assert_eq!(names, ["O", "B-LOC", "I-LOC", "B-PER", "I-PER"]);
/// # Ok::<(), musamma::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct LabelSet {
    scheme: Scheme,
    kinds: Vec<String>,
}

/// What a file may hold, before it is known to be a label set.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    scheme: Scheme,
    kinds: Vec<String>,
}

impl TryFrom<Unchecked> for LabelSet {
    type Error = Error;

    fn try_from(raw: Unchecked) -> Result<Self> {
        Self::new(raw.scheme, raw.kinds)
    }
}

impl LabelSet {
    /// The id of `O`.
    pub const OUTSIDE: LabelId = 0;

    /// A label set with the kinds in the given order.
    ///
    /// # Errors
    /// When a kind is empty, holds white space or occurs twice, or when the labels do not fit a [`LabelId`].
    pub fn new<K: Into<String>>(
        scheme: Scheme,
        kinds: impl IntoIterator<Item = K>,
    ) -> Result<Self> {
        let kinds: Vec<String> = kinds.into_iter().map(Into::into).collect();
        for (i, kind) in kinds.iter().enumerate() {
            if kind.is_empty() || kind.contains(char::is_whitespace) {
                return Err(Error::new(format!("`{kind}` cannot name an entity type"))
                    .expected("a name without white space"));
            }
            if kinds[..i].contains(kind) {
                return Err(Error::new(format!("entity type `{kind}` is listed twice")));
            }
        }
        let labels = Self { scheme, kinds };
        if labels.n_labels() > usize::from(LabelId::MAX) {
            return Err(
                Error::new(format!("{} entity types are too many", labels.kinds.len()))
                    .expected("at most 16,000"),
            );
        }
        Ok(labels)
    }

    /// The label set of the kinds that occur in `spans`, in alphabetical order.
    ///
    /// # Errors
    /// As [`LabelSet::new`].
    pub fn from_spans<'a>(
        scheme: Scheme,
        spans: impl IntoIterator<Item = &'a Span>,
    ) -> Result<Self> {
        let kinds: std::collections::BTreeSet<&str> =
            spans.into_iter().map(|span| span.kind.as_str()).collect();
        Self::new(scheme, kinds)
    }

    /// The scheme.
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The entity types, in the order of their labels.
    pub fn kinds(&self) -> &[String] {
        &self.kinds
    }

    /// Number of labels, with `O`.
    pub fn n_labels(&self) -> usize {
        1 + self.kinds.len() * self.scheme.prefixes().len()
    }

    /// All label ids in order.
    pub fn ids(&self) -> impl Iterator<Item = LabelId> + use<> {
        0..self.n_labels() as LabelId
    }

    /// Prefix and kind index of a label; an id outside the set counts as `O`. The kind index of `O` is 0.
    pub fn parts(&self, id: LabelId) -> (Prefix, usize) {
        let prefixes = self.scheme.prefixes();
        match usize::from(id).checked_sub(1) {
            Some(i) if i / prefixes.len() < self.kinds.len() => {
                (prefixes[i % prefixes.len()], i / prefixes.len())
            }
            _ => (Prefix::Outside, 0),
        }
    }

    /// The label of a prefix and kind index; `None` when the scheme has no such prefix or the set no such kind.
    pub fn label(&self, prefix: Prefix, kind: usize) -> Option<LabelId> {
        if prefix == Prefix::Outside {
            return Some(Self::OUTSIDE);
        }
        let prefixes = self.scheme.prefixes();
        let offset = prefixes.iter().position(|&p| p == prefix)?;
        (kind < self.kinds.len()).then(|| (1 + kind * prefixes.len() + offset) as LabelId)
    }

    /// The tag of a label, such as `B-PER`; an id outside the set is shown as `O`.
    pub fn name(&self, id: LabelId) -> String {
        match self.parts(id) {
            (Prefix::Outside, _) => "O".to_owned(),
            (prefix, kind) => format!("{}-{}", prefix.letter(), self.kinds[kind]),
        }
    }

    /// The label of a tag, if the set has it.
    pub fn id(&self, tag: &str) -> Option<LabelId> {
        let (prefix, kind) = parse_tag(tag).ok()?;
        if prefix == Prefix::Outside {
            return Some(Self::OUTSIDE);
        }
        self.label(prefix, self.kind_index(kind)?)
    }

    /// Position of a kind in [`LabelSet::kinds`].
    pub fn kind_index(&self, kind: &str) -> Option<usize> {
        self.kinds.iter().position(|k| k == kind)
    }

    /// Whether `next` may directly follow `prev`.
    pub fn is_legal(&self, prev: LabelId, next: LabelId) -> bool {
        let (prev, prev_kind) = self.parts(prev);
        let (next, next_kind) = self.parts(next);
        let is_open = matches!(prev, Prefix::Begin | Prefix::Inside);
        let continues = matches!(next, Prefix::Inside | Prefix::End);
        if continues {
            return is_open && prev_kind == next_kind;
        }
        // In IOB2 an open entity may end anywhere; in BIOES only E ends it.
        self.scheme == Scheme::Iob2 || !is_open
    }

    /// Whether a sentence may start with `id`.
    pub fn is_legal_start(&self, id: LabelId) -> bool {
        self.is_legal(Self::OUTSIDE, id)
    }

    /// Whether a sentence may end with `id`.
    pub fn is_legal_end(&self, id: LabelId) -> bool {
        self.is_legal(id, Self::OUTSIDE)
    }

    /// Writes the labels of a sentence of `n_tokens` tokens into `labels`, which is cleared first.
    ///
    /// # Errors
    /// When a span is empty, out of the sentence, overlaps its predecessor, or is of a kind that the set lacks.
    pub fn encode(&self, spans: &[Span], n_tokens: usize, labels: &mut Vec<LabelId>) -> Result<()> {
        labels.clear();
        labels.resize(n_tokens, Self::OUTSIDE);
        let mut at = 0;
        for span in spans {
            if span.is_empty() || span.start < at || span.end > n_tokens {
                return Err(Error::new(format!(
                    "{} span over the tokens {}..{} does not fit",
                    span.kind, span.start, span.end
                ))
                .expected(format!(
                    "ordered spans without overlap within the sentence's {n_tokens} tokens"
                )));
            }
            at = span.end;
            let kind = self.kind_index(&span.kind).ok_or_else(|| {
                Error::new(format!("entity type `{}` is unknown here", span.kind))
                    .expected(format!("one of {}", self.kinds.join(", ")))
                    .hint(format!(
                        "--map {}=TYPE renames it, --map {}=O drops it",
                        span.kind, span.kind
                    ))
            })?;
            for (offset, slot) in labels[span.start..span.end].iter_mut().enumerate() {
                let prefix = Prefix::of_position(self.scheme, offset, span.len());
                *slot = self.label(prefix, kind).unwrap_or(Self::OUTSIDE);
            }
        }
        Ok(())
    }

    /// The spans of a label sequence as `(start, end, kind index)`, half-open.
    ///
    /// Illegal sequences are read as conlleval reads them, see [`crate::label::spans_from_tags`].
    pub fn decode(&self, labels: &[LabelId]) -> Vec<(usize, usize, usize)> {
        let mut spans = Vec::new();
        chunk(
            labels.iter().map(|&id| self.parts(id)),
            |start, end, kind| {
                spans.push((start, end, kind));
            },
        );
        spans
    }

    /// As [`LabelSet::decode`], with the kinds by name.
    pub fn decode_spans(&self, labels: &[LabelId]) -> Vec<Span> {
        self.decode(labels)
            .into_iter()
            .map(|(start, end, kind)| Span::new(start, end, self.kinds[kind].as_str()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::label::spans_from_tags;
    use crate::random::SplitMix64;

    fn labels(scheme: Scheme) -> LabelSet {
        LabelSet::new(scheme, ["PER", "LOC"]).expect("valid kinds")
    }

    #[test]
    fn names_and_ids_are_inverse() {
        for scheme in [Scheme::Iob2, Scheme::Bioes] {
            let labels = labels(scheme);
            for id in labels.ids() {
                assert_eq!(labels.id(&labels.name(id)), Some(id));
                let (prefix, kind) = labels.parts(id);
                assert_eq!(labels.label(prefix, kind), Some(id));
            }
            assert_eq!(labels.id("B-XXX"), None);
        }
        assert_eq!(labels(Scheme::Iob2).id("S-PER"), None);
        assert_eq!(labels(Scheme::Iob2).n_labels(), 5);
        assert_eq!(labels(Scheme::Bioes).n_labels(), 9);
    }

    #[test]
    fn transitions_of_one_kind() {
        // Rows and columns: O B I (E S) and # for the sentence's edge; 1 is legal.
        let tables = [
            (
                Scheme::Iob2,
                vec!["O", "B-PER", "I-PER"],
                vec!["1101", "1111", "1111", "110."],
            ),
            (
                Scheme::Bioes,
                vec!["O", "B-PER", "I-PER", "E-PER", "S-PER"],
                vec!["110011", "001100", "001100", "110011", "110011", "11001."],
            ),
        ];
        for (scheme, names, rows) in tables {
            let labels = labels(scheme);
            for (prev, row) in rows.iter().enumerate() {
                for (next, cell) in row.chars().enumerate() {
                    let id = |i: usize| labels.id(names[i]).expect("known");
                    let legal = match (prev < names.len(), next < names.len()) {
                        (true, true) => labels.is_legal(id(prev), id(next)),
                        (true, false) => labels.is_legal_end(id(prev)),
                        (false, true) => labels.is_legal_start(id(next)),
                        (false, false) => continue,
                    };
                    assert_eq!(legal, cell == '1', "{scheme:?} {prev} → {next}");
                }
            }
            for (prev, next) in [("B-PER", "I-LOC"), ("I-PER", "I-LOC")] {
                let id = |tag| labels.id(tag).expect("known");
                assert!(!labels.is_legal(id(prev), id(next)), "{prev} {next}");
            }
        }
    }

    #[test]
    fn legal_sequences_are_exactly_the_encodings() {
        // Over all label sequences of four tokens: legal if and only if encoding its spans gives it back.
        for scheme in [Scheme::Iob2, Scheme::Bioes] {
            let labels = labels(scheme);
            let n = labels.n_labels();
            let mut encoded = Vec::new();
            for code in 0..n.pow(4) {
                let sequence: Vec<LabelId> =
                    (0..4).map(|i| (code / n.pow(i) % n) as LabelId).collect();
                let is_legal = labels.is_legal_start(sequence[0])
                    && labels.is_legal_end(sequence[3])
                    && sequence.windows(2).all(|w| labels.is_legal(w[0], w[1]));
                labels
                    .encode(&labels.decode_spans(&sequence), 4, &mut encoded)
                    .expect("spans of a decoding fit");
                let names: Vec<String> = sequence.iter().map(|&id| labels.name(id)).collect();
                assert_eq!(is_legal, encoded == sequence, "{names:?}");
            }
        }
    }

    #[test]
    fn decodes_broken_sequences_as_the_tags_do() {
        let labels = labels(Scheme::Bioes);
        let mut random = SplitMix64::new(3);
        for _ in 0..2000 {
            let ids: Vec<LabelId> = (0..random.below(10))
                .map(|_| random.below(labels.n_labels() + 2) as LabelId)
                .collect();
            let tags: Vec<String> = ids.iter().map(|&id| labels.name(id)).collect();
            assert_eq!(
                labels.decode_spans(&ids),
                spans_from_tags(&tags),
                "{tags:?}"
            );
        }
    }

    #[test]
    fn refuses_what_does_not_fit() {
        let labels = labels(Scheme::Iob2);
        let mut out = Vec::new();
        for spans in [
            vec![Span::new(0, 1, "MISC")],
            vec![Span::new(1, 1, "PER")],
            vec![Span::new(2, 4, "PER")],
            vec![Span::new(0, 2, "PER"), Span::new(1, 3, "PER")],
            vec![Span::new(1, 2, "PER"), Span::new(0, 1, "PER")],
        ] {
            assert!(labels.encode(&spans, 3, &mut out).is_err(), "{spans:?}");
        }
        for kinds in [vec!["A", "A"], vec![""], vec!["A B"]] {
            assert!(LabelSet::new(Scheme::Iob2, kinds).is_err());
        }
    }

    #[test]
    fn serde_checks_what_it_reads() {
        let labels = labels(Scheme::Bioes);
        let json = serde_json::to_string(&labels).expect("serialises");
        assert_eq!(json, r#"{"scheme":"bioes","kinds":["PER","LOC"]}"#);
        assert_eq!(
            serde_json::from_str::<LabelSet>(&json).expect("reads back"),
            labels
        );
        assert!(
            serde_json::from_str::<LabelSet>(r#"{"scheme":"iob2","kinds":["A","A"]}"#).is_err()
        );
        assert!(serde_json::from_str::<LabelSet>(r#"{"scheme":"iob3","kinds":[]}"#).is_err());
    }
}
