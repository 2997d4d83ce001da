//! The name of an entity as it would stand alone, without the proclitics of its first word.

use std::borrow::Cow;

use super::chars::{CharClass, class_of, is_stripped};
use super::clitics::{Clitics, MIN_BARE, Split, clitics};
use super::normalise::{fold_char, normalise};

/// The name of an entity: its surface without the proclitics of its first word.
///
/// `بالاتحاد الأوروبي` → `الاتحاد الأوروبي`, `للبنان` → `لبنان`, `وللأمم المتحدة` → `الأمم المتحدة`. Hamzas and harakat of the
/// rest stay as written; only the article hidden in `لل` is restored, and allocates.
///
/// `is_known` gets a normalised word and says whether it is a name or a frequent word by itself. A known first word is
/// left whole; else the shortest cut to a known word (with or without its article) is made. Unknown words are cut only
/// where the pattern tells: `بال`, `وال`, `لل` and `وب`, `ول` before a long stem.
pub fn name_without_proclitics(surface: &str, is_known: impl Fn(&str) -> bool) -> Cow<'_, str> {
    let end = surface
        .find(|c| class_of(c).is_gap())
        .unwrap_or(surface.len());
    let first = &surface[..end];
    if let Some(at) = latin_behind_tatweel(first) {
        return Cow::Borrowed(&surface[at..]);
    }
    let word = normalise(first);
    if !word.starts_with(['و', 'ف', 'ب', 'ل', 'ك']) || is_known(&word) {
        return Cow::Borrowed(surface);
    }
    let splits = clitics(&word);
    let split = known_split(&splits, is_known).or_else(|| patterned_split(&splits, &word));
    let Some(split) = split else {
        return Cow::Borrowed(surface);
    };
    let Some(at) = stem_start(first, split.stem.chars().count()) else {
        return Cow::Borrowed(surface);
    };
    if !split.article {
        return Cow::Borrowed(&surface[at..]);
    }
    // Behind ب and ك the article is written, and the name starts there; behind ل it is restored.
    match stem_start(first, split.stem.chars().count() + 2) {
        Some(article) if !split.proclitic.ends_with('ل') => Cow::Borrowed(&surface[article..]),
        _ => Cow::Owned(format!("ال{}", &surface[at..])),
    }
}

/// Where a Latin word starts behind a proclitic that is set off by tatweel, as in `لـFIFA`.
fn latin_behind_tatweel(word: &str) -> Option<usize> {
    let rest = word.strip_prefix(['و', 'ف', 'ب', 'ل', 'ك'])?;
    let latin = rest.trim_start_matches('ـ');
    let starts_latin = latin.starts_with(|c| class_of(c) == CharClass::Letter);
    (latin.len() < rest.len() && starts_latin).then_some(word.len() - latin.len())
}

/// The first reading, from the shortest proclitic on, whose stem or definite stem is known.
fn known_split<'w>(splits: &Clitics<'w>, is_known: impl Fn(&str) -> bool) -> Option<Split<'w>> {
    let mut name = String::new();
    // A definite noun that starts with lam is seen after the plain reading, but is the better one if known as such.
    let lam = splits.into_iter().find(|split| {
        split.write_name(&mut name);
        is_hidden_lam(split) && is_known(&name)
    });
    lam.or_else(|| {
        splits.into_iter().find(|split| {
            let letters = split.stem.chars().count();
            // Names that start with ف and ك are many, entities behind these particles few.
            let enough = match split.proclitic {
                "" => false,
                "ف" | "ك" => letters > MIN_BARE || split.article,
                proclitic if proclitic.contains('س') => false,
                _ => letters >= MIN_BARE || split.article,
            };
            split.write_name(&mut name);
            enough
                && !is_hidden_lam(split)
                && (is_known(&name) || split.article && is_known(split.stem))
        })
    })
    .copied()
}

/// Whether the reading restores a lam that three in a row would have had.
fn is_hidden_lam(split: &Split) -> bool {
    split.article && split.proclitic.ends_with('ل') && split.stem.starts_with('ل')
}

/// The reading that the letters alone give away.
fn patterned_split<'w>(splits: &Clitics<'w>, word: &str) -> Option<Split<'w>> {
    // First words of names that only look like a preposition or conjunction with an article.
    const WHOLE: [&str; 9] = [
        "باليرمو",
        "بالتيمور",
        "بالدوين",
        "بالمير",
        "بالاك",
        "بالوتيلي",
        "والتون",
        "والاس",
        "والكر",
    ];
    // Places that start with lam and never take the article.
    const LAM_NAMES: [&str; 12] = [
        "لبنان",
        "ليبيا",
        "لندن",
        "ليون",
        "لاهاي",
        "لاوس",
        "لوكسمبورغ",
        "ليبيريا",
        "ليتوانيا",
        "لاتفيا",
        "لشبونه",
        "لوزان",
    ];
    // Words that start with وب or ول by nature: ولاية, ولادة, وباء, وليد.
    const WAW_WORDS: [&str; 5] = ["ولاي", "ولاد", "وبا", "وليد", "ولي"];
    const MIN_STEM: usize = 3;
    const MIN_LONG_STEM: usize = 5;
    if WHOLE.contains(&word) {
        return None;
    }
    let long = |split: &&Split, min: usize| split.stem.chars().count() >= min;
    let lam_name = splits
        .into_iter()
        .find(|s| !s.article && matches!(s.proclitic, "ل" | "ول") && LAM_NAMES.contains(&s.stem));
    let definite = || {
        splits.into_iter().find(|s| {
            s.article
                && matches!(s.proclitic, "و" | "ب" | "ل" | "وب" | "ول")
                && long(s, MIN_STEM)
                && !is_hidden_lam(s)
        })
    };
    let coordinated = || {
        splits.into_iter().find(|s| {
            s.proclitic == "و"
                && s.stem.starts_with(['ب', 'ل'])
                && long(s, MIN_LONG_STEM)
                && !WAW_WORDS.iter().any(|w| word.starts_with(w))
        })
    };
    lam_name.or_else(definite).or_else(coordinated).copied()
}

/// Byte where the last `letters` characters of the word's normal form start in `word`, if they correspond one to one.
fn stem_start(word: &str, letters: usize) -> Option<usize> {
    let kept = |c: char| !is_stripped(c);
    let at = word
        .char_indices()
        .filter(|&(_, c)| kept(c))
        .rev()
        .nth(letters.checked_sub(1)?)?
        .0;
    word.chars()
        .filter(|&c| kept(c))
        .all(|c| fold_char(c).is_some())
        .then_some(at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const KNOWN: [&str; 25] = [
        "الاتحاد",
        "لبنان",
        "وزاره",
        "الامم",
        "القاهره",
        "بنك",
        "بغداد",
        "فرنسا",
        "واشنطن",
        "كوريا",
        "بالي",
        "ليبيا",
        "وليد",
        "قطر",
        "اليمن",
        "اللغه",
        "لندن",
        "باسم",
        "اسم",
        "مصر",
        "كمال",
        "مال",
        "عراق",
        "وسام",
        "سام",
    ];

    #[test]
    fn names_with_knowledge() {
        let cases = [
            ("بالاتحاد الأوروبي", "الاتحاد الأوروبي"),
            ("للبنان", "لبنان"),
            ("للاتحاد", "الاتحاد"),
            ("ووزارة العدل", "وزارة العدل"),
            ("وللأمم المتحدة", "الأمم المتحدة"),
            ("بالقاهرة", "القاهرة"),
            ("لبنك الخليج", "بنك الخليج"),
            ("ولبنان", "لبنان"),
            ("ولقطر", "قطر"),
            ("لليمن", "اليمن"),
            ("لليبيا", "ليبيا"),
            ("للغة العربية", "اللغة العربية"),
            ("كالعراق", "العراق"),
            ("بِالْقَاهِرَةِ", "الْقَاهِرَةِ"),
            ("بـالقاهرة", "القاهرة"),
            ("لـلندن", "لندن"),
            ("لـFIFA", "FIFA"),
            ("بمصر", "مصر"),
        ];
        for (surface, name) in cases {
            let found = name_without_proclitics(surface, |w| KNOWN.contains(&w));
            assert_eq!(found, name, "{surface}");
        }
        for name in [
            "بغداد",
            "لبنان",
            "فرنسا",
            "واشنطن",
            "كوريا",
            "بالي",
            "ليبيا",
            "وليد",
            "باسم",
            "كمال",
            "وسام",
            "",
        ] {
            let found = name_without_proclitics(name, |w| KNOWN.contains(&w));
            assert_eq!(found, name);
        }
    }

    #[test]
    fn names_by_pattern_alone() {
        let cases = [
            ("بالاتحاد الأوروبي", "الاتحاد الأوروبي"),
            ("للبنان", "لبنان"),
            ("وللأمم المتحدة", "الأمم المتحدة"),
            ("والسعودية", "السعودية"),
            ("وبالقاهرة", "القاهرة"),
            ("وبريطانيا", "بريطانيا"),
            ("ولبنان", "لبنان"),
        ];
        for (surface, name) in cases {
            assert_eq!(
                name_without_proclitics(surface, |_| false),
                name,
                "{surface}"
            );
        }
        for name in [
            "بغداد",
            "لبنان",
            "فرنسا",
            "واشنطن",
            "كوريا",
            "بالي",
            "ليبيا",
            "وليد",
            "ولاية تكساس",
            "ولايات",
            "والي",
            "كاليفورنيا",
            "فالنسيا",
            "باليرمو",
            "والت ديزني",
            "والتر",
            "لله",
        ] {
            assert_eq!(name_without_proclitics(name, |_| false), name);
        }
    }

    fn check(surface: &str, knows: bool) -> std::result::Result<(), TestCaseError> {
        let name = name_without_proclitics(surface, |w| knows && w.len() % 3 == 0);
        prop_assert_eq!(name.is_empty(), surface.is_empty());
        let tail = match &name {
            Cow::Borrowed(name) => name,
            Cow::Owned(name) => name.strip_prefix("ال").unwrap_or("no article"),
        };
        prop_assert!(surface.ends_with(tail), "{} from {}", name, surface);
        Ok(())
    }

    proptest! {
        #[test]
        fn a_name_is_the_end_of_its_surface(surface in any::<String>(), knows in any::<bool>()) {
            check(&surface, knows)?;
        }

        #[test]
        fn also_behind_proclitics(surface in "[وفبلكس]{0,3}(ال|ل|)[ابتحرعلمنهويءـًﻻa \u{200F}]{0,8}", knows in any::<bool>()) {
            check(&surface, knows)?;
        }
    }
}
