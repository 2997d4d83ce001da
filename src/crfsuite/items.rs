//! This tagger's attributes as CRFsuite knows them: by name, one list a token, all with the value 1.
//!
//! A word attribute that is seen from a window offset is called `name[-1]`, `name[+2]` …; the word's own attributes and those
//! of the context have no suffix. So that no two attributes share a name, one without suffix whose name looks as if it had
//! one, such as that of the token `a[-1]`, is called `name[+0]`.
//!
//! The text format has a line a token, the label and the attributes separated by tabs, and an empty line between sentences;
//! a colon or backslash is written after a backslash, since a bare colon would begin the attribute's value. A sentence that
//! does not count 1 begins with a line `@weight:…`.

use std::collections::{HashMap, HashSet};
use std::io::Write;
use std::ops::Range;

use crate::corpus::Document;
use crate::error::{Error, Result};
use crate::features::context::{Surroundings, stretches};
use crate::features::keys::Place;
use crate::features::sink::{ContextNames, WordNames};
use crate::features::{Extractor, KeyTable, N_SLOTS, OFFSETS, Word, WordKeys};
use crate::label::{Scheme, tags_from_spans};
use crate::model::slot_name;

/// Distinct words whose names are remembered, about 100 MB; when they are full, all are forgotten.
const CACHED_WORDS: usize = 1 << 14;

/// The name of an attribute seen from a slot, where slot [`N_SLOTS`] is that of context attributes.
pub fn item_name(name: &str, slot: u8) -> String {
    let mut suffix = slot_name(slot);
    if suffix.is_empty() && split_suffix(name).is_some() {
        suffix.push_str("[+0]");
    }
    format!("{name}{suffix}")
}

/// Name, hash and slot of the attribute that [`item_name`] calls so; `None` when no family in `keys` has such an attribute.
pub fn parse_item_name<'a>(item: &'a str, keys: &KeyTable) -> Option<(&'a str, u64, u8)> {
    let (name, offset) = match split_suffix(item) {
        Some((name, number)) => (name, number.parse::<i8>().ok()?),
        None => (item, 0),
    };
    let (hash, place) = keys.find(name)?;
    let slot = match place {
        Place::Word(_) => u8::try_from(i16::from(offset) - i16::from(*OFFSETS.start())).ok()?,
        Place::Context => N_SLOTS as u8,
    };
    (place.has_slot(slot) && item_name(name, slot) == item).then_some((name, hash, slot))
}

/// Cuts `[+1]` or the like from the end of a name.
fn split_suffix(name: &str) -> Option<(&str, &str)> {
    let (stem, number) = name.strip_suffix(']')?.rsplit_once('[')?;
    let digits = number.strip_prefix(['+', '-'])?;
    let is_number = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    is_number.then_some((stem, number))
}

/// Spells the attributes of documents, token by token: exactly those that training sees, each once.
#[derive(Debug)]
pub struct ItemReader<'e> {
    extractor: &'e Extractor,
    index: HashMap<String, usize>,
    words: Vec<Spelled>,
}

/// A word form with the names of its attributes, by slot.
#[derive(Debug)]
struct Spelled {
    word: Word,
    keys: WordKeys,
    names: [Vec<String>; N_SLOTS],
}

impl<'e> ItemReader<'e> {
    /// A reader with the features, name lists and clusters of `extractor`.
    pub fn new(extractor: &'e Extractor) -> Self {
        Self {
            extractor,
            index: HashMap::new(),
            words: Vec::new(),
        }
    }

    /// Calls `visit` with sentence, token within the sentence, and attribute names, for every token of a document.
    ///
    /// # Errors
    /// The first that `visit` returns.
    pub fn visit(
        &mut self,
        document: &Document,
        mut visit: impl FnMut(usize, usize, &[&str]) -> Result<()>,
    ) -> Result<()> {
        let mut end = 0;
        let sentences: Vec<Range<usize>> = document
            .sentences
            .iter()
            .map(|s| {
                let start = end;
                end += s.tokens.len();
                start..end
            })
            .collect();
        let mut surroundings = Surroundings::default();
        for stretch in stretches(&sentences) {
            let base = sentences[stretch.start].start;
            let local: Vec<Range<usize>> = sentences[stretch.clone()]
                .iter()
                .map(|s| s.start - base..s.end - base)
                .collect();
            if self.words.len() > CACHED_WORDS {
                self.index.clear();
                self.words.clear();
            }
            let ids: Vec<usize> = document.sentences[stretch.clone()]
                .iter()
                .flat_map(|s| &s.tokens)
                .map(|surface| self.look_up(surface))
                .collect();
            let words: Vec<&Spelled> = ids.iter().map(|&id| &self.words[id]).collect();
            self.visit_stretch(&words, &local, &mut surroundings, |s, t, names| {
                visit(stretch.start + s, t, names)
            })?;
        }
        Ok(())
    }

    /// The same for a stretch of sentences, which are ranges of `spelled` and counted from 0.
    fn visit_stretch(
        &self,
        spelled: &[&Spelled],
        sentences: &[Range<usize>],
        surroundings: &mut Surroundings,
        mut visit: impl FnMut(usize, usize, &[&str]) -> Result<()>,
    ) -> Result<()> {
        let words: Vec<&Word> = spelled.iter().map(|s| &s.word).collect();
        let keys: Vec<&WordKeys> = spelled.iter().map(|s| &s.keys).collect();
        surroundings.read(self.extractor, &keys, sentences);
        for (s, sentence) in sentences.iter().enumerate() {
            let context = surroundings.context(self.extractor, &keys, sentence.clone());
            for t in sentence.clone() {
                let mut sink = ContextNames {
                    words: &words,
                    keys: &keys,
                    out: Vec::new(),
                };
                self.extractor.context_attributes(&context, t, &mut sink);
                let own: Vec<String> = distinct(sink.out.into_iter().map(|n| n.0))
                    .map(|name| item_name(&name, N_SLOTS as u8))
                    .collect();
                let window = OFFSETS
                    .enumerate()
                    .filter_map(|(slot, d)| Some(&spelled[context.neighbour(t, d)?].names[slot]));
                let names: Vec<&str> = window.flatten().chain(&own).map(String::as_str).collect();
                visit(s, t - sentence.start, &names)?;
            }
        }
        Ok(())
    }

    /// The attribute names of a document's sentences and tokens.
    pub fn items(&mut self, document: &Document) -> Vec<Vec<Vec<String>>> {
        let mut items = vec![Vec::new(); document.sentences.len()];
        let all = self.visit(document, |s, _, names| {
            items[s].push(names.iter().map(|&n| n.to_owned()).collect());
            Ok(())
        });
        debug_assert!(all.is_ok(), "the visitor never fails");
        items
    }

    fn look_up(&mut self, surface: &str) -> usize {
        if let Some(&id) = self.index.get(surface) {
            return id;
        }
        let word = self.extractor.word(surface);
        let mut sink = WordNames::default();
        self.extractor.word_attributes(&word, &mut sink);
        let mut names: [Vec<String>; N_SLOTS] = Default::default();
        for (name, _, slots) in distinct(sink.0) {
            for (slot, names) in names.iter_mut().enumerate() {
                if slots >> slot & 1 == 1 {
                    names.push(item_name(&name, slot as u8));
                }
            }
        }
        let id = self.words.len();
        self.words.push(Spelled {
            keys: self.extractor.keys(&word),
            word,
            names,
        });
        self.index.insert(surface.to_owned(), id);
        id
    }
}

/// Leaves out repeated elements: an n-gram may occur twice in a word, and is one attribute all the same.
fn distinct<T: Clone + Eq + std::hash::Hash>(
    items: impl IntoIterator<Item = T>,
) -> impl Iterator<Item = T> {
    let mut seen = HashSet::new();
    items
        .into_iter()
        .filter(move |item| seen.insert(item.clone()))
}

/// Writes labelled documents in CRFsuite's text format.
#[derive(Debug)]
pub struct ItemWriter<'e, W> {
    reader: ItemReader<'e>,
    scheme: Scheme,
    out: W,
    has_sentence: bool,
}

impl<'e, W: Write> ItemWriter<'e, W> {
    /// A writer of labels in `scheme` and the attributes of `extractor`.
    pub fn new(extractor: &'e Extractor, scheme: Scheme, out: W) -> Self {
        Self {
            reader: ItemReader::new(extractor),
            scheme,
            out,
            has_sentence: false,
        }
    }

    /// Writes the sentences of a document, each of which counts `weight` in training; those without tokens are left out.
    ///
    /// # Errors
    /// When writing fails.
    pub fn write(&mut self, document: &Document, weight: f64) -> Result<()> {
        let Self {
            reader,
            scheme,
            out,
            has_sentence,
        } = self;
        let mut tags = Vec::new();
        let mut line = String::new();
        reader.visit(document, |s, t, names| {
            line.clear();
            if t == 0 {
                let sentence = &document.sentences[s];
                tags = tags_from_spans(&sentence.spans, sentence.tokens.len(), *scheme);
                if std::mem::replace(has_sentence, true) {
                    line.push('\n');
                }
                if weight != 1.0 {
                    line.push_str(&format!("@weight:{weight}\n"));
                }
            }
            escape(&tags[t], &mut line);
            for name in names {
                line.push('\t');
                escape(name, &mut line);
            }
            line.push('\n');
            out.write_all(line.as_bytes())
                .map_err(|e| Error::io("cannot write", e))
        })
    }

    /// The output, after the last document.
    pub fn into_inner(self) -> W {
        self.out
    }
}

fn escape(field: &str, line: &mut String) {
    for piece in field.split_inclusive([':', '\\']) {
        match piece.strip_suffix([':', '\\']) {
            Some(text) => {
                line.push_str(text);
                line.push('\\');
                line.push_str(&piece[text.len()..]);
            }
            None => line.push_str(piece),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clusters::Clusters;
    use crate::corpus::Sentence;
    use crate::features::FeatureConfig;
    use crate::gazetteer::Gazetteer;
    use crate::label::Span;

    fn extractor() -> Extractor {
        let mut config = FeatureConfig::default();
        for family in [&mut config.affixes.enabled, &mut config.ngrams.enabled] {
            *family = false;
        }
        config.form.window = [-1, 1];
        config.shape.enabled = false;
        config.gazetteer.enabled = false;
        config.clitics.enabled = false;
        config.document.enabled = false;
        let gazetteer = Gazetteer::build(&[]).expect("a gazetteer");
        Extractor::new(&config, gazetteer, Clusters::empty()).expect("an extractor")
    }

    fn document(sentences: &[&[&str]]) -> Document {
        Document {
            sentences: sentences
                .iter()
                .map(|tokens| Sentence {
                    tokens: tokens.iter().map(|&t| t.to_owned()).collect(),
                    spans: vec![Span::new(0, 1, "PER")],
                    ..Sentence::default()
                })
                .collect(),
            ..Document::default()
        }
    }

    #[test]
    fn text_format() {
        let extractor = extractor();
        let mut writer = ItemWriter::new(&extractor, Scheme::Iob2, Vec::new());
        writer
            .write(&document(&[&["محمود", "13:08"], &[]]), 1.0)
            .expect("in memory");
        writer
            .write(&document(&[&["a\\b"]]), 0.25)
            .expect("in memory");
        let text = String::from_utf8(writer.into_inner()).expect("text");
        let expected = "\
B-PER\tform=محمود\tlength=5\tform=00\\:00[+1]\tboundary=first\tform@-1 form@0=∅|محمود\tform@0 form@1=محمود|00\\:00
O\tform=محمود[-1]\tform=00\\:00\tlength=5\tboundary=last\tform@-1 form@0=محمود|00\\:00\tform@0 form@1=00\\:00|∅

@weight:0.25
B-PER\tform=a\\\\\\\\b\tlength=3\tboundary=first\tboundary=last\tform@-1 form@0=∅|a\\\\\\\\b\tform@0 form@1=a\\\\\\\\b|∅
";
        assert_eq!(text, expected);
    }

    #[test]
    fn slots_do_not_share_names() {
        // Digits are normalised to 0.
        let extractor = extractor();
        let document = document(&[
            &["a", "a[-1]", "|", "x|y"],
            &["a[+0]", "a", "[-1]", "x", "y|z"],
        ]);
        let keys = extractor.key_table();
        let mut seen: HashMap<String, (u64, u8)> = HashMap::new();
        for item in ItemReader::new(&extractor)
            .items(&document)
            .concat()
            .concat()
        {
            let (name, hash, slot) = parse_item_name(&item, &keys).expect(&item);
            assert_eq!(item_name(name, slot), item);
            let before = seen.insert(item.clone(), (hash, slot));
            assert!(before.is_none_or(|b| b == (hash, slot)), "{item}");
        }
        let attributes: HashSet<(u64, u8)> = seen.values().copied().collect();
        assert_eq!(attributes.len(), seen.len());
        for name in ["form=a[-0][+0]", "form=a[-1]", "form=a[-0][-1]"] {
            assert!(seen.contains_key(name), "{name} not in {seen:?}");
        }
        for foreign in [
            "form=b[+0]",
            "form=b[-2]",
            "length=1[-1]",
            "boundary=first[+0]",
            "w=b",
        ] {
            assert_eq!(parse_item_name(foreign, &keys), None, "{foreign}");
        }
    }

    #[test]
    fn an_attribute_that_occurs_twice_is_written_once() {
        let gazetteer = Gazetteer::build(&[]).expect("a gazetteer");
        let extractor = Extractor::new(&FeatureConfig::default(), gazetteer, Clusters::empty())
            .expect("an extractor");
        let items = ItemReader::new(&extractor).items(&document(&[&["لالالا"]]));
        let names = &items[0][0];
        assert_eq!(
            names.iter().filter(|n| *n == "ngram=لا").count(),
            1,
            "{names:?}"
        );
    }
}
