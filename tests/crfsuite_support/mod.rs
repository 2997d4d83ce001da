//! A small labelled corpus of this project's own, and the way to the oracle.

#![allow(dead_code, reason = "each test uses a part of it")]
#[path = "../oracle_support/mod.rs"]
mod oracle_support;

use std::path::{Path, PathBuf};

use musamma::clusters::Lexicon;
use musamma::corpus::{Document, Sentence};
use musamma::crfsuite::ItemWriter;
use musamma::features::Extractor;
use musamma::gazetteer::Entry;
use musamma::label::{Scheme, Span};
use musamma::model::Resources;
use serde_json::Value;

/// Knuth's MMIX linear congruential generator; its high bits are random enough to choose words.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    /// Uniform in −1..1.
    pub fn signed(&mut self) -> f64 {
        self.below(1 << 30) as f64 / f64::from(1 << 29) - 1.0
    }

    pub fn pick<'a, T: ?Sized>(&mut self, from: &[&'a T]) -> &'a T {
        from[self.below(from.len())]
    }
}

const PERSONS: &[&str] = &[
    "محمود الكيلاني",
    "سلمى حداد",
    "يوسف",
    "ليان بركات",
    "عبد الرحيم المنصوري",
    "نيكولاي غروموف",
];
const PLACES: &[&str] = &[
    "عمّان",
    "الرباط",
    "نواكشوط",
    "كفر الزيات",
    "لبنان",
    "صلالة",
    "رأس غارب الشمالية",
];
const ORGANISATIONS: &[&str] = &[
    "جامعة النيل",
    "شركة الواحة للنقل",
    "نادي الشروق",
    "وزارة الري",
    "الاتحاد الأفريقي",
];
const TEMPLATES: &[&str] = &[
    "وصل PER إلى LOC صباح الأحد .",
    "أعلنت ORG افتتاح فرع جديد في LOC",
    "قال PER مدير ORG إن المشروع سينتهي عام 2019 .",
    "فاز ORG على ORG ( 3 - 1 ) في LOC :",
    "وزار PER و PER مدينة LOC أمس",
    "لم يعلق أحد على الخبر | حتى الساعة 13:08",
    "ارتفعت الأسعار في الأسواق المحلية لالالا !",
    "PER",
    "انتقد PER قرار ORG الخاص ب LOC \\ a[-0] a:b",
    "بدأت أعمال البناء قرب LOC بإشراف ORG",
];

/// Random sentences about invented people, in documents of five.
pub fn documents(seed: u64, n_sentences: usize) -> Vec<Document> {
    let mut random = Random(seed);
    let sentences: Vec<Sentence> = (0..n_sentences).map(|_| sentence(&mut random)).collect();
    sentences
        .chunks(5)
        .map(|sentences| Document {
            sentences: sentences.to_vec(),
            ..Document::default()
        })
        .collect()
}

fn sentence(random: &mut Random) -> Sentence {
    let mut sentence = Sentence::default();
    for word in random.pick(TEMPLATES).split(' ') {
        let names = match word {
            "PER" => PERSONS,
            "LOC" => PLACES,
            "ORG" => ORGANISATIONS,
            _ => {
                sentence.tokens.push(word.to_owned());
                continue;
            }
        };
        let start = sentence.tokens.len();
        let name = random.pick(names).split(' ').map(str::to_owned);
        sentence.tokens.extend(name);
        let end = sentence.tokens.len();
        // A prefix of its own now and then, so that names are not always seen alone.
        if random.below(3) == 0 {
            sentence.tokens[start].insert(0, 'و');
        }
        // Some names go unmarked: without contradictions, weights would grow without bound.
        if random.below(8) > 0 {
            sentence.spans.push(Span::new(start, end, word));
        }
    }
    sentence
}

/// A few listed names.
pub fn resources() -> Resources {
    let entries = [
        ("لبنان", "COUNTRY"),
        ("يوسف", "GIVEN"),
        ("الاتحاد الأفريقي", "ORG"),
    ]
    .map(|(name, class)| Entry {
        name: name.into(),
        class: class.into(),
    });
    Resources::compile(&entries, &Lexicon::default()).expect("sound lists")
}

/// Features of a configuration with [`resources`].
pub fn extractor(config: &musamma::config::Config) -> Extractor {
    let (gazetteer, clusters) = resources().open().expect("sound resources");
    Extractor::new(&config.features, gazetteer, clusters).expect("a sound configuration")
}

/// Writes the documents' items to a file in CRFsuite's text format.
pub fn write_items(documents: &[Document], extractor: &Extractor, scheme: Scheme, path: &Path) {
    let mut writer = ItemWriter::new(extractor, scheme, Vec::new());
    for document in documents {
        writer.write(document, 1.0).expect("in memory");
    }
    std::fs::write(path, writer.into_inner()).expect("a file");
}

/// The Python that has python-crfsuite, or `None`, said aloud.
pub fn python() -> Option<String> {
    oracle_support::python(&["pycrfsuite"])
}

/// Sends one job to `tests/oracle_crfsuite.py` and returns its answer.
pub fn ask(python: &str, job: &Value) -> Value {
    oracle_support::ask(python, "oracle_crfsuite.py", std::slice::from_ref(job)).remove(0)
}

/// A slice of a public corpus that lies beside the checkout (or in `MUSAMMA_DATA`), or `None`, said aloud.
pub fn anercorp(n_sentences: usize) -> Option<Vec<Document>> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let data = std::env::var_os("MUSAMMA_DATA").map_or_else(beside, PathBuf::from);
    let path = data.join("anercorp/train.conll");
    let Ok(file) = std::fs::File::open(&path) else {
        oracle_support::skipped(&format!("{} is missing", path.display()));
        return None;
    };
    let reader = musamma::corpus::ConllReader::new(std::io::BufReader::new(file), "anercorp");
    let mut left = n_sentences;
    let mut documents = Vec::new();
    for document in reader {
        let mut document = document.expect("a sound corpus");
        document.sentences.truncate(left);
        left -= document.sentences.len();
        documents.push(document);
        if left == 0 {
            break;
        }
    }
    Some(documents)
}
