//! Proclitics as views: where a word may be cut into conjunction, preposition, article and stem.
//!
//! Nothing is ever cut off a token. The readings of a word are listed side by side, and none is chosen: features
//! weigh them, and `name` decides where the name of an entity is to be shown.

/// Most readings a word can have: behind a conjunction, `لل` has three, and the conjunction alone is one.
const MAX_SPLITS: usize = 4;

/// Proclitic letters before the article: rows are no conjunction, `و`, `ف`; columns no particle, `ب`, `ل`, `ك`, `س`.
const PROCLITICS: [[&str; 5]; 3] = [
    ["", "ب", "ل", "ك", "س"],
    ["و", "وب", "ول", "وك", "وس"],
    ["ف", "فب", "فل", "فك", "فس"],
];

/// One reading of a word: proclitic letters, perhaps the article, and the stem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Split<'w> {
    /// Conjunction and preposition or future particle: `و`, `ب`, `ول`, …; empty where the article stands alone.
    pub proclitic: &'static str,
    /// Whether the article `ال` stands between proclitic and stem, be it written `ال` or hidden in `لل`.
    pub article: bool,
    /// The end of the word that follows proclitic and article.
    pub stem: &'w str,
}

impl Split<'_> {
    /// Writes the stem with its article, if it has one, replacing what `out` held: `للاتحاد` → `الاتحاد`.
    pub fn write_name(&self, out: &mut String) {
        out.clear();
        if self.article {
            out.push_str("ال");
        }
        out.push_str(self.stem);
    }
}

/// The readings of one word, without allocation; the shortest proclitic first.
#[derive(Debug, Clone, Copy)]
pub struct Clitics<'w> {
    splits: [Split<'w>; MAX_SPLITS],
    len: usize,
}

impl<'w> Clitics<'w> {
    /// The readings as a slice.
    pub fn as_slice(&self) -> &[Split<'w>] {
        &self.splits[..self.len]
    }

    /// The readings one by one.
    pub fn iter(&self) -> std::slice::Iter<'_, Split<'w>> {
        self.as_slice().iter()
    }

    /// Adds a reading if its stem has at least `min` letters.
    fn push(&mut self, proclitic: &'static str, article: bool, stem: &'w str, min: usize) {
        if stem.chars().nth(min - 1).is_none() {
            return;
        }
        debug_assert!(self.len < MAX_SPLITS, "more readings than {MAX_SPLITS}");
        if self.len < MAX_SPLITS {
            self.splits[self.len] = Split {
                proclitic,
                article,
                stem,
            };
            self.len += 1;
        }
    }

    /// Adds the readings of `rest` that start with a particle or the article, behind the conjunction of `row`.
    fn push_particles(&mut self, row: &[&'static str; 5], rest: &'w str) {
        if let Some(stem) = rest.strip_prefix("ال") {
            self.push(row[0], true, stem, MIN_DEFINITE);
        }
        for (particle, proclitic) in [("ب", row[1]), ("ك", row[3])] {
            if let Some(stem) = rest.strip_prefix(particle) {
                self.push(proclitic, false, stem, MIN_BARE);
                if let Some(stem) = stem.strip_prefix("ال") {
                    self.push(proclitic, true, stem, MIN_DEFINITE);
                }
            }
        }
        if let Some(stem) = rest.strip_prefix('ل') {
            self.push(row[2], false, stem, MIN_BARE);
            if let Some(after_lam) = stem.strip_prefix('ل') {
                self.push(row[2], true, after_lam, MIN_DEFINITE);
                // Three lams are written as two: للغة is ل + اللغة.
                self.push(row[2], true, stem, MIN_BARE);
            }
        }
        // The future particle stands before the four prefixes of the imperfect only.
        if let Some(verb) = rest.strip_prefix('س')
            && verb.starts_with(['ي', 'ت', 'ن', 'ا'])
        {
            self.push(row[4], false, verb, MIN_BARE);
        }
    }
}

impl<'a, 'w> IntoIterator for &'a Clitics<'w> {
    type Item = &'a Split<'w>;
    type IntoIter = std::slice::Iter<'a, Split<'w>>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// Fewest letters of a stem behind a preposition: below, almost every split is wrong (`لك`, `بيت`).
pub(super) const MIN_BARE: usize = 3;
/// Fewest letters of a stem behind the article (`الأم`) or a conjunction (`وفي`).
const MIN_DEFINITE: usize = 2;

/// The plausible readings of a normalised word as proclitics and stem.
///
/// `وبالقاهره` has three: `و|بالقاهره`, `وب|القاهره`, `وب+ال|قاهره`; and none is chosen. A word that is all stem is not
/// listed. Expects the normal form: with hamzas or harakat in the way, readings are missed.
pub fn clitics(word: &str) -> Clitics<'_> {
    let mut found = Clitics {
        splits: [Split::default(); MAX_SPLITS],
        len: 0,
    };
    found.push_particles(&PROCLITICS[0], word);
    for (conjunction, row) in [('و', &PROCLITICS[1]), ('ف', &PROCLITICS[2])] {
        if let Some(rest) = word.strip_prefix(conjunction) {
            found.push(row[0], false, rest, MIN_DEFINITE);
            found.push_particles(row, rest);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn readings(word: &str) -> String {
        let show = |s: &Split| {
            let article = if s.article { "+ال" } else { "" };
            format!("{}{article}|{}", s.proclitic, s.stem)
        };
        let found = clitics(word);
        found.into_iter().map(show).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn candidates() {
        let cases = [
            ("القاهره", "+ال|قاهره"),
            ("بالقاهره", "ب|القاهره ب+ال|قاهره"),
            ("وبالقاهره", "و|بالقاهره وب|القاهره وب+ال|قاهره"),
            ("والعراق", "و|العراق و+ال|عراق"),
            ("كالعراق", "ك|العراق ك+ال|عراق"),
            ("للبنان", "ل|لبنان ل+ال|بنان ل+ال|لبنان"),
            ("فللاتحاد", "ف|للاتحاد فل|لاتحاد فل+ال|اتحاد فل+ال|لاتحاد"),
            ("سيزور", "س|يزور"),
            ("وستقوم", "و|ستقوم وس|تقوم"),
            ("سوريا", ""),
            ("وفي", "و|في"),
            ("لك", ""),
            ("مصر", ""),
            ("", ""),
        ];
        for (word, expected) in cases {
            assert_eq!(readings(word), expected, "{word}");
        }
    }

    #[test]
    fn no_word_has_more_readings_than_fit() {
        for a in "وفبلكسايتن".chars() {
            for b in "وفبلكسايتن".chars() {
                for tail in ["الاتحاد", "لاتحاد", "للاتحاد"] {
                    let word = format!("{a}{b}{tail}");
                    assert!(
                        clitics(&word).iter().all(|s| word.ends_with(s.stem)),
                        "{word}"
                    );
                }
            }
        }
    }
}
