//! Tags as strings (`B-PER`), and the chunk rules that make spans of them.
//!
//! The rules are those of conlleval (Tjong Kim Sang, `CoNLL` 2000) as seqeval 1.2 extends them to `E` and `S`. They read
//! IOB1, IOB2, IOE and BIOES alike and give a span for every broken sequence too, so that a score never depends on
//! whether somebody repaired the tags first.

use crate::error::{Error, Result};
use crate::label::{Scheme, Span};

/// Position of a token within its entity, the part of a tag before the dash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Prefix {
    /// `O`: in no entity.
    Outside,
    /// `B`: first token.
    Begin,
    /// `I`: a token that continues an entity (in IOB1 also its first).
    Inside,
    /// `E`: last token.
    End,
    /// `S`: the only token.
    Single,
}

impl Prefix {
    /// The letter in a tag.
    pub fn letter(self) -> char {
        match self {
            Self::Outside => 'O',
            Self::Begin => 'B',
            Self::Inside => 'I',
            Self::End => 'E',
            Self::Single => 'S',
        }
    }

    /// The prefix of the token at `offset` of an entity of `len` tokens.
    pub(crate) fn of_position(scheme: Scheme, offset: usize, len: usize) -> Self {
        match (scheme, offset, len) {
            (Scheme::Bioes, _, 1) => Self::Single,
            (_, 0, _) => Self::Begin,
            (Scheme::Bioes, _, _) if offset + 1 == len => Self::End,
            _ => Self::Inside,
        }
    }
}

/// Splits a well-formed tag into its prefix and kind (empty for `O`).
///
/// # Errors
/// For anything but `O`, `B-…`, `I-…`, `E-…` and `S-…` with a kind, with what was expected and a hint.
pub fn parse_tag(tag: &str) -> Result<(Prefix, &str)> {
    if tag == "O" {
        return Ok((Prefix::Outside, ""));
    }
    match split(tag) {
        Some((prefix, kind)) if !kind.is_empty() => Ok((prefix, kind)),
        _ => Err(tag_error(tag)),
    }
}

fn tag_error(tag: &str) -> Error {
    let shown: String = tag.chars().take(40).collect();
    let hint = match tag.as_bytes() {
        [b'L' | b'U', b'-', _, ..] => "this looks like BILOU: write L- as E- and U- as S-",
        [b'B' | b'I' | b'E' | b'S', b'_', _, ..] => {
            "a dash joins prefix and type: B-PER, not B_PER"
        }
        [b'B' | b'I' | b'E' | b'S'] | [b'B' | b'I' | b'E' | b'S', b'-'] => {
            "the type after the dash is missing"
        }
        [b'o' | b'0'] => "the tag of a token outside is the capital letter O",
        _ => "the tag stands in the last column, the token in the first",
    };
    Error::new(format!("unknown tag `{shown}`"))
        .expected("O, B-TYPE or I-TYPE (in BIOES also E-TYPE, S-TYPE)")
        .hint(hint)
}

/// Prefix letter and what follows its dash; `None` when there is no such letter and dash.
fn split(tag: &str) -> Option<(Prefix, &str)> {
    let (prefix, kind) = tag.split_once('-')?;
    let prefix = match prefix {
        "B" => Prefix::Begin,
        "I" => Prefix::Inside,
        "E" => Prefix::End,
        "S" => Prefix::Single,
        _ => return None,
    };
    Some((prefix, kind))
}

/// As [`parse_tag`], but never fails: a bare `B`, `I`, `E`, `S` is of kind `_` (as in seqeval), anything else is outside.
fn parse_leniently(tag: &str) -> (Prefix, &str) {
    let (prefix, kind) = match tag {
        "B" => (Prefix::Begin, ""),
        "I" => (Prefix::Inside, ""),
        "E" => (Prefix::End, ""),
        "S" => (Prefix::Single, ""),
        _ => match split(tag) {
            Some(parts) => parts,
            None => return (Prefix::Outside, ""),
        },
    };
    (prefix, if kind.is_empty() { "_" } else { kind })
}

/// Calls `emit(start, end, kind)` for every chunk of a sequence, by the rules of conlleval and seqeval.
///
/// The kind that comes with [`Prefix::Outside`] is ignored.
pub(super) fn chunk<K: PartialEq + Copy>(
    parts: impl Iterator<Item = (Prefix, K)>,
    mut emit: impl FnMut(usize, usize, K),
) {
    let mut open: Option<(usize, Prefix, K)> = None;
    let mut n_tokens = 0;
    for (i, (prefix, kind)) in parts.enumerate() {
        n_tokens = i + 1;
        // A chunk goes on only from B or I, into I or E, of the same kind; everything else is a boundary.
        if let Some((start, last, open_kind)) = open {
            let goes_on = matches!(last, Prefix::Begin | Prefix::Inside)
                && matches!(prefix, Prefix::Inside | Prefix::End)
                && open_kind == kind;
            if goes_on {
                open = Some((start, prefix, kind));
                continue;
            }
            emit(start, i, open_kind);
        }
        open = (prefix != Prefix::Outside).then_some((i, prefix, kind));
    }
    if let Some((start, _, kind)) = open {
        emit(start, n_tokens, kind);
    }
}

/// The spans of one sentence's tags, in order, with exactly the semantics of conlleval and seqeval's default mode.
///
/// Never fails: a string that is no tag counts as `O` (readers refuse such strings, see [`parse_tag`]).
///
/// ```
/// use musamma::label::{Span, spans_from_tags};
/// assert_eq!(
///     spans_from_tags(&["I-PER", "I-PER", "B-PER", "I-LOC"]),
///     [Span::new(0, 2, "PER"), Span::new(2, 3, "PER"), Span::new(3, 4, "LOC")]
/// );
/// ```
pub fn spans_from_tags<S: AsRef<str>>(tags: &[S]) -> Vec<Span> {
    let mut spans = Vec::new();
    chunk(
        tags.iter().map(|tag| parse_leniently(tag.as_ref())),
        |start, end, kind| spans.push(Span::new(start, end, kind)),
    );
    spans
}

/// The tags of a sentence of `n_tokens` tokens.
///
/// Of spans that overlap the first wins, and what lies beyond the sentence is cut, so that any input gives legal tags.
pub fn tags_from_spans(spans: &[Span], n_tokens: usize, scheme: Scheme) -> Vec<String> {
    let mut tags = vec![String::new(); n_tokens];
    for span in spans {
        let end = span.end.min(n_tokens);
        let Some(slots) = tags.get_mut(span.start..end) else {
            continue;
        };
        if slots.iter().any(|slot| !slot.is_empty()) {
            continue;
        }
        let len = slots.len();
        for (offset, slot) in slots.iter_mut().enumerate() {
            let prefix = Prefix::of_position(scheme, offset, len);
            *slot = format!("{}-{}", prefix.letter(), span.kind);
        }
    }
    for tag in tags.iter_mut().filter(|tag| tag.is_empty()) {
        tag.push('O');
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SplitMix64;
    use proptest::prelude::*;

    #[test]
    fn table_of_sequences() {
        let table: &[(&str, &str)] = &[
            ("", ""),
            ("O O", ""),
            ("B-PER I-PER O B-LOC", "0-2PER 3-4LOC"),
            // IOB1: I begins, B only separates neighbours of one kind.
            ("I-PER I-PER B-PER O I-LOC", "0-2PER 2-3PER 4-5LOC"),
            // IOE1/IOE2: E closes.
            ("I-PER E-PER I-PER E-PER", "0-2PER 2-4PER"),
            ("E-PER E-PER", "0-1PER 1-2PER"),
            // BIOES.
            ("S-PER S-PER B-LOC I-LOC E-LOC", "0-1PER 1-2PER 2-5LOC"),
            // Broken sequences.
            ("O I-PER", "1-2PER"),
            ("B-PER I-LOC", "0-1PER 1-2LOC"),
            ("B-PER I-LOC I-PER", "0-1PER 1-2LOC 2-3PER"),
            ("S-PER I-PER E-PER", "0-1PER 1-3PER"),
            ("B-PER S-PER I-PER", "0-1PER 1-2PER 2-3PER"),
            ("E-PER I-PER B-PER", "0-1PER 1-2PER 2-3PER"),
            ("B-A-B I-A-B I-A", "0-2A-B 2-3A"),
            ("B I O S", "0-2_ 3-4_"),
            ("B-PER X-PER I-PER", "0-1PER 2-3PER"),
        ];
        for (tags, expected) in table {
            let tags: Vec<&str> = tags.split_whitespace().collect();
            let shown: Vec<String> = spans_from_tags(&tags)
                .iter()
                .map(|s| format!("{}-{}{}", s.start, s.end, s.kind))
                .collect();
            assert_eq!(shown.join(" "), *expected, "of {tags:?}");
        }
    }

    /// conlleval's subroutines, rule by rule as the Perl has them, with seqeval's lines for `S` and for `E` before `B`.
    mod conlleval {
        fn end_of_chunk(prev: char, tag: char, prev_type: &str, kind: &str) -> bool {
            let listed = [
                ('B', 'B'),
                ('B', 'O'),
                ('I', 'B'),
                ('I', 'O'),
                ('E', 'E'),
                ('E', 'I'),
                ('E', 'O'),
                ('E', 'B'),
                ('E', 'S'),
                ('B', 'S'),
                ('I', 'S'),
            ];
            listed.contains(&(prev, tag)) || prev == 'S' || (prev != 'O' && prev_type != kind)
        }

        fn start_of_chunk(prev: char, tag: char, prev_type: &str, kind: &str) -> bool {
            let listed = [
                ('B', 'B'),
                ('I', 'B'),
                ('O', 'B'),
                ('O', 'I'),
                ('E', 'E'),
                ('E', 'I'),
                ('O', 'E'),
                ('E', 'B'),
                ('S', 'B'),
                ('S', 'I'),
                ('S', 'E'),
            ];
            listed.contains(&(prev, tag)) || tag == 'S' || (tag != 'O' && prev_type != kind)
        }

        pub fn chunks(tags: &[String]) -> Vec<(usize, usize, String)> {
            let (mut prev, mut prev_type, mut begin) = ('O', String::new(), 0);
            let mut found = Vec::new();
            for i in 0..=tags.len() {
                let text = tags.get(i).map_or("O", String::as_str);
                let tag = text.chars().next().expect("a tag is not empty");
                let kind = text.get(2..).unwrap_or("").to_owned();
                if end_of_chunk(prev, tag, &prev_type, &kind) {
                    found.push((begin, i, prev_type.clone()));
                }
                if start_of_chunk(prev, tag, &prev_type, &kind) {
                    begin = i;
                }
                (prev, prev_type) = (tag, kind);
            }
            found
        }
    }

    #[test]
    fn agrees_with_conlleval_on_random_taggings() {
        let mut random = SplitMix64::new(7);
        for round in 0..20_000 {
            // Alternately IOB letters only, and everything.
            let letters = if round % 2 == 0 { "OBI" } else { "OBIES" };
            let letters: Vec<char> = letters.chars().collect();
            let kinds = ["PER", "LOC", "ORG-X"];
            let tags: Vec<String> = (0..random.below(12))
                .map(|_| match letters[random.below(letters.len())] {
                    'O' => "O".to_owned(),
                    letter => format!("{letter}-{}", kinds[random.below(kinds.len())]),
                })
                .collect();
            let ours: Vec<_> = spans_from_tags(&tags)
                .into_iter()
                .map(|s| (s.start, s.end, s.kind))
                .collect();
            assert_eq!(ours, conlleval::chunks(&tags), "of {tags:?}");
        }
    }

    #[test]
    fn malformed_tags_are_errors_with_a_hint() {
        for tag in [
            "X-PER", "B-", "B_PER", "PER", "B", "", "o", "U-PER", "-", "b-PER", "BI-PER",
        ] {
            let error = parse_tag(tag).expect_err(tag).to_string();
            assert!(
                error.contains(&format!("`{tag}`"))
                    && error.contains("expected")
                    && error.contains("hint"),
                "{error}"
            );
        }
        assert_eq!(parse_tag("B-A-B").expect("legal"), (Prefix::Begin, "A-B"));
    }

    #[test]
    fn spans_that_do_not_fit_still_give_legal_tags() {
        let spans = [
            Span::new(0, 2, "A"),
            Span::new(1, 3, "B"),
            Span::new(3, 9, "C"),
            Span::new(8, 9, "D"),
        ];
        assert_eq!(
            tags_from_spans(&spans, 5, Scheme::Iob2),
            ["B-A", "I-A", "O", "B-C", "I-C"]
        );
    }

    /// Non-overlapping spans and the sentence length, from gap and length pairs.
    pub(crate) fn spans() -> impl Strategy<Value = (Vec<Span>, usize)> {
        let piece = (0usize..4, 1usize..5, "[A-Z]{1,4}(-[A-Z])?");
        (prop::collection::vec(piece, 0..8), 0usize..4).prop_map(|(pieces, tail)| {
            let mut at = 0;
            let mut spans = Vec::new();
            for (gap, len, kind) in pieces {
                spans.push(Span::new(at + gap, at + gap + len, kind));
                at += gap + len;
            }
            (spans, at + tail)
        })
    }

    proptest! {
        #[test]
        fn spans_survive_the_way_through_tags((spans, n) in spans()) {
            for scheme in [Scheme::Iob2, Scheme::Bioes] {
                let tags = tags_from_spans(&spans, n, scheme);
                prop_assert_eq!(tags.len(), n);
                prop_assert_eq!(&spans_from_tags(&tags), &spans);
                for tag in &tags {
                    prop_assert!(parse_tag(tag).is_ok());
                }
            }
        }

        #[test]
        fn any_strings_give_ordered_spans(tags in prop::collection::vec("\\PC{0,4}|[BIES]-?[AB]?", 0..20)) {
            let mut at = 0;
            for span in spans_from_tags(&tags) {
                prop_assert!(at <= span.start && span.start < span.end && span.end <= tags.len());
                at = span.end;
            }
        }
    }
}
