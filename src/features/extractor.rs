//! From a word form to its attributes.

use super::class_set::ClassSet;
use super::config::FeatureConfig;
use super::context::Context;
use super::domain::Domains;
use super::families::{ContextFamily, WordFamily, context_families, word_families};
use super::keys::KeyTable;
use super::sink::{ContextSink, WordSink};
use super::word::{Stem, Word, WordKeys};
use crate::clusters::{Clusters, MAX_CLUSTERINGS};
use crate::error::Result;
use crate::frozen::text_hash;
use crate::gazetteer::{EMPTY_PHRASE, Gazetteer, extend_phrase};
use crate::text;

/// Feature configuration, name lists and clusters, ready to extract. Shared by all threads.
#[derive(Debug)]
pub struct Extractor {
    gazetteer: Gazetteer,
    clusters: Clusters,
    /// By number in the name lists.
    class_sets: Vec<ClassSet>,
    domains: Option<Domains>,
    word_families: Vec<Box<dyn WordFamily>>,
    context_families: Vec<Box<dyn ContextFamily>>,
}

impl Extractor {
    /// Checks the configuration and builds the families.
    pub fn new(config: &FeatureConfig, gazetteer: Gazetteer, clusters: Clusters) -> Result<Self> {
        config.check()?;
        let domains = config.domain.enabled.then(|| Domains::new(&config.domain));
        let class_set = |set: usize| {
            let classes = gazetteer.classes_of(set as u16);
            ClassSet::new(classes, &config.document, domains.as_ref())
        };
        Ok(Self {
            class_sets: (0..gazetteer.n_sets()).map(class_set).collect(),
            domains,
            gazetteer,
            clusters,
            word_families: word_families(config),
            context_families: context_families(config)?,
        })
    }

    /// The name lists.
    pub fn gazetteer(&self) -> &Gazetteer {
        &self.gazetteer
    }

    /// How domains are told, where the configuration has them.
    pub fn domains(&self) -> Option<&Domains> {
        self.domains.as_ref()
    }

    /// Whether a normalised word is a listed name or a word of the cluster lexicon.
    pub fn is_known(&self, normal: &str) -> bool {
        self.gazetteer
            .find_word(normal)
            .is_some_and(|f| f.classes.is_some())
            || self.clusters.ids(normal, &mut [0; MAX_CLUSTERINGS])
    }

    /// Looks a word form up in everything.
    pub fn word(&self, surface: &str) -> Word {
        let normal = text::normalise(surface);
        let mut offsets: Vec<u32> = normal.char_indices().map(|(i, _)| i as u32).collect();
        offsets.push(normal.len() as u32);
        let mut shape = String::new();
        text::shape_into(surface, &mut shape);

        let mut phrase_starts = Vec::new();
        let mut groups = 0;
        let mut lists_of = |form: &str, begins_phrases: bool| {
            let hash = extend_phrase(EMPTY_PHRASE, text_hash(form));
            let found = self.gazetteer.find(hash)?;
            if found.longer && begins_phrases {
                phrase_starts.push(hash);
            }
            let set = &self.class_sets[usize::from(found.classes?)];
            groups |= set.groups;
            set.names.clone()
        };
        let lists = lists_of(&normal, true);
        let stems: Vec<Stem> = text::clitics(&normal)
            .iter()
            .map(|split| {
                // The bare article is a reading as well: `العتيبي` and `عتيبي` are one family.
                let bare = split.proclitic.is_empty();
                let mut text = String::new();
                if bare {
                    text.push_str(split.stem);
                } else {
                    split.write_name(&mut text);
                }
                Stem {
                    proclitic: if bare { "ال" } else { split.proclitic },
                    lists: lists_of(&text, !bare),
                    text,
                }
            })
            .collect();

        let mut ids = [0; MAX_CLUSTERINGS];
        let clusters = self.clusters.ids(&normal, &mut ids).then_some(ids);
        let stem_clusters = if clusters.is_some() {
            None
        } else {
            let mut by_length: Vec<&Stem> = stems.iter().collect();
            by_length.sort_by_key(|s| std::cmp::Reverse(s.text.len()));
            by_length
                .iter()
                .find_map(|s| self.clusters.ids(&s.text, &mut ids).then_some(ids))
        };
        Word {
            normal,
            offsets,
            shape,
            stems,
            lists,
            clusters,
            stem_clusters,
            has_clusters: self.clusters.n_clusterings() > 0,
            phrase_starts,
            groups,
        }
    }

    /// What context families need of a word.
    pub fn keys(&self, word: &Word) -> WordKeys {
        WordKeys::new(word)
    }

    /// All word attributes.
    pub fn word_attributes(&self, word: &Word, sink: &mut dyn WordSink) {
        for family in &self.word_families {
            family.extract(word, sink);
        }
    }

    /// Every kind of attribute that the families can produce.
    pub fn key_table(&self) -> KeyTable {
        let mut keys = KeyTable::default();
        for family in &self.word_families {
            family.declare(&mut keys);
        }
        for family in &self.context_families {
            family.declare(&mut keys);
        }
        keys
    }

    /// All context attributes of token `t`, an index into the context's words.
    pub fn context_attributes(&self, context: &Context<'_>, t: usize, sink: &mut dyn ContextSink) {
        for family in &self.context_families {
            family.extract(context, t, sink);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::context::Surroundings;
    use super::super::sink::{ContextHashes, ContextNames, WordHashes, WordNames};
    use super::*;
    use crate::gazetteer::Entry;

    fn extractor() -> Extractor {
        let entry = |name: &str, class: &str| Entry {
            name: name.into(),
            class: class.into(),
        };
        let gazetteer = Gazetteer::build(&[
            entry("القاهرة", "CITY"),
            entry("الاتحاد الأوروبي", "ORG"),
            entry("لبنان", "COUNTRY"),
        ])
        .expect("a gazetteer");
        Extractor::new(&FeatureConfig::default(), gazetteer, Clusters::empty())
            .expect("an extractor")
    }

    fn names(surface: &str) -> Vec<String> {
        let extractor = extractor();
        let mut sink = WordNames::default();
        extractor.word_attributes(&extractor.word(surface), &mut sink);
        sink.0.into_iter().map(|n| n.0).collect()
    }

    #[test]
    fn an_attached_preposition_does_not_hide_a_name() {
        let names = names("وبالقاهرة");
        for expected in [
            "form=وبالقاهره",
            "prefix3=وبا",
            "suffix1=ه",
            "ngram=قاه",
            "proclitic=وب",
            "stem=القاهره",
            "stem_list=CITY",
            "length=8",
        ] {
            assert!(
                names.iter().any(|n| n == expected),
                "{expected} not in {names:?}"
            );
        }
        assert!(!names.iter().any(|n| n == "unlisted="), "{names:?}");
    }

    #[test]
    fn spelled_attributes_have_the_hashes_of_the_fast_path() {
        let extractor = extractor();
        for surface in ["للبنان", "13:08", "Finance", "ـ", "🙂", "د."] {
            let word = extractor.word(surface);
            let mut names = WordNames::default();
            extractor.word_attributes(&word, &mut names);
            let mut hashes = Vec::new();
            extractor.word_attributes(&word, &mut WordHashes(&mut hashes));
            let named: Vec<_> = names.0.iter().map(|n| (n.1, n.2)).collect();
            assert_eq!(named, hashes, "{surface}");
        }
    }

    #[test]
    fn every_name_leads_back_to_its_hash_and_place() {
        use super::super::keys::Place;
        let extractor = extractor();
        let table = extractor.key_table();
        let surfaces = [
            "بالاتحاد",
            "الأوروبي",
            "|",
            "a|b",
            "\\",
            "=",
            "[-1]",
            "وبالقاهرة",
            "%",
            "بالاتحاد",
        ];
        let words: Vec<Word> = surfaces.iter().map(|s| extractor.word(s)).collect();
        let keys: Vec<WordKeys> = words.iter().map(|w| extractor.keys(w)).collect();
        let (words, keys): (Vec<&Word>, Vec<&WordKeys>) =
            (words.iter().collect(), keys.iter().collect());
        for word in &words {
            let mut names = WordNames::default();
            extractor.word_attributes(word, &mut names);
            for (name, hash, slots) in names.0 {
                assert_eq!(
                    table.find(&name),
                    Some((hash, Place::Word(slots))),
                    "{name}"
                );
            }
        }
        let sentences = [0..2, 2..keys.len()];
        let mut surroundings = Surroundings::default();
        surroundings.read(&extractor, &keys, &sentences);
        let mut names = ContextNames {
            words: &words,
            keys: &keys,
            out: Vec::new(),
        };
        for sentence in sentences {
            let context = surroundings.context(&extractor, &keys, sentence.clone());
            for t in sentence {
                extractor.context_attributes(&context, t, &mut names);
            }
        }
        assert!(names.out.iter().any(|n| n.0 == "phrase0=B|ORG"));
        for (name, hash) in names.out {
            assert_eq!(table.find(&name), Some((hash, Place::Context)), "{name}");
        }
        for foreign in ["form", "word=x", "form=x|y", "boundary=", "phrase0=B"] {
            assert_eq!(table.find(foreign), None, "{foreign}");
        }
    }

    #[test]
    fn phrases_are_found_behind_a_proclitic() {
        let extractor = extractor();
        let words: Vec<Word> = ["رحب", "بالاتحاد", "الأوروبي"]
            .map(|s| extractor.word(s))
            .into();
        let keys: Vec<WordKeys> = words.iter().map(|w| extractor.keys(w)).collect();
        let (words, keys): (Vec<&Word>, Vec<&WordKeys>) =
            (words.iter().collect(), keys.iter().collect());
        let mut surroundings = Surroundings::default();
        surroundings.read(&extractor, &keys, std::slice::from_ref(&(0..3)));
        let context = surroundings.context(&extractor, &keys, 0..3);
        let mut names = ContextNames {
            words: &words,
            keys: &keys,
            out: Vec::new(),
        };
        extractor.context_attributes(&context, 1, &mut names);
        let found: Vec<&str> = names.out.iter().map(|n| n.0.as_str()).collect();
        assert_eq!(
            found,
            [
                "form@-1 form@0=رحب|بالاتحاد",
                "form@0 form@1=بالاتحاد|الاوروبي",
                "phrase0=B|ORG",
                "phrase1=E|ORG",
            ]
        );
        let mut hashes = Vec::new();
        let mut sink = ContextHashes {
            words: &keys,
            out: &mut hashes,
        };
        extractor.context_attributes(&context, 1, &mut sink);
        assert_eq!(hashes, names.out.iter().map(|n| n.1).collect::<Vec<_>>());
    }
}
