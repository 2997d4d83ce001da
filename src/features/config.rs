//! Which features a model has: serde structures whose defaults are the product's.

use serde::{Deserialize, Serialize};

use super::domain::MAX_DOMAINS;
use super::{OFFSETS, SlotMask, slots, template::Template};
use crate::error::{Error, Result};

/// All feature families. A family that is left out of the file has its default; `enabled = false` switches it off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub struct FeatureConfig {
    /// The normalised word.
    pub form: Form,
    /// Beginnings and ends of words.
    pub affixes: Affixes,
    /// Character n-grams from inside the word.
    pub ngrams: Ngrams,
    /// Kinds of characters.
    pub shape: Shape,
    /// Length in letters.
    pub length: Length,
    /// Readings of the word as proclitics and stem.
    pub clitics: Clitics,
    /// Classes of the word in the name lists.
    pub gazetteer: Gazetteer,
    /// Classes of the word in the cluster lexicon.
    pub clusters: Clusters,
    /// Phrases of several words in the name lists.
    pub phrases: Phrases,
    /// Conjunctions of views of neighbouring words.
    pub conjunctions: Conjunctions,
    /// Beginning and end of the sentence.
    pub boundary: Boundary,
    /// Other mentions in the same document.
    pub document: Document,
    /// What the surrounding text is about.
    pub domain: Domain,
}

/// First and last window offset, for example `[-1, 1]`.
pub type Window = [i8; 2];

macro_rules! family {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty = $default:expr),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            /// Whether the family is used.
            pub enabled: bool,
            $($(#[$field_doc])* pub $field: $type,)*
        }

        impl Default for $name {
            fn default() -> Self {
                Self { enabled: true, $($field: $default,)* }
            }
        }
    };
}

family! {
    /// See `families/form.rs`.
    Form {
        /// Offsets at which it is seen.
        window: Window = [-2, 2],
    }
}
family! {
    /// See `families/affixes.rs`.
    Affixes {
        /// Offsets at which they are seen.
        window: Window = [-1, 1],
        /// Longest prefix in letters.
        prefix: usize = 4,
        /// Longest suffix in letters.
        suffix: usize = 4,
    }
}
family! {
    /// See `families/ngrams.rs`.
    Ngrams {
        /// Offsets at which they are seen.
        window: Window = [0, 0],
        /// Shortest n-gram in letters.
        min: usize = 2,
        /// Longest n-gram in letters.
        max: usize = 5,
    }
}
family! {
    /// See `families/shape.rs`.
    Shape {
        /// Offsets at which it is seen.
        window: Window = [-1, 1],
    }
}
family! {
    /// See `families/length.rs`.
    Length {
        /// Offsets at which it is seen.
        window: Window = [0, 0],
        /// Lengths from here on are one value.
        max: usize = 8,
    }
}
family! {
    /// See `families/clitics.rs`.
    Clitics {
        /// Offsets at which they are seen.
        window: Window = [-1, 1],
    }
}
family! {
    /// See `families/gazetteer.rs`.
    Gazetteer {
        /// Offsets at which they are seen.
        window: Window = [-2, 2],
    }
}
family! {
    /// See `families/clusters.rs`.
    Clusters {
        /// Offsets at which they are seen.
        window: Window = [-2, 2],
    }
}
family! {
    /// See `families/phrases.rs`.
    Phrases {
        /// Offsets at which a match is seen.
        window: Window = [-1, 1],
    }
}
family! {
    /// See `families/conjunctions.rs`.
    Conjunctions {
        /// Templates, for example `form@-1 form@0`.
        templates: Vec<String> = strings(["form@-1 form@0", "form@0 form@1"]),
    }
}
family! {
    /// See `families/document.rs`. The values are beginnings of class names.
    Document {
        /// Classes of words that persons are called by.
        name: Vec<String> = strings(["GIVEN", "FAMILY", "PERSON", "FOREIGN"]),
        /// Classes of titles and professions.
        title: Vec<String> = strings(["TITLE"]),
        /// Classes of words that places begin with.
        place_head: Vec<String> = strings(["LOC_HEAD"]),
        /// Classes of words that organisations begin with.
        organisation_head: Vec<String> = strings(["ORG_HEAD"]),
    }
}
family! {
    /// See `families/domain.rs`.
    Domain {
        /// List classes of words that tell a domain, one class a domain, eight at most.
        classes: Vec<String> = strings([
            "DOMAIN_CONFLICT",
            "DOMAIN_CULTURE",
            "DOMAIN_ECONOMY",
            "DOMAIN_POLITICS",
            "DOMAIN_SCIENCE",
            "DOMAIN_SPORT",
        ]),
        /// Tokens before and after the sentence that are counted with it.
        reach: usize = 40,
        /// Words that make a domain.
        min: usize = 2,
    }
}
family! {
    /// See `families/boundary.rs`.
    Boundary {}
}

fn strings<const N: usize>(values: [&str; N]) -> Vec<String> {
    values.map(String::from).to_vec()
}

impl FeatureConfig {
    /// Refuses values that make no sense, naming the key.
    pub fn check(&self) -> Result<()> {
        let windows = [
            ("form", self.form.window),
            ("affixes", self.affixes.window),
            ("ngrams", self.ngrams.window),
            ("shape", self.shape.window),
            ("length", self.length.window),
            ("clitics", self.clitics.window),
            ("gazetteer", self.gazetteer.window),
            ("clusters", self.clusters.window),
            ("phrases", self.phrases.window),
        ];
        for (family, [first, last]) in windows {
            if first > last || !OFFSETS.contains(&first) || !OFFSETS.contains(&last) {
                return Err(
                    Error::new(format!("features.{family}.window = [{first}, {last}]"))
                        .expected("[first, last] with -2 ≤ first ≤ last ≤ 2"),
                );
            }
        }
        if self.ngrams.min == 0 || self.ngrams.min > self.ngrams.max {
            return Err(
                Error::new("features.ngrams: min and max do not make a range")
                    .expected("1 ≤ min ≤ max"),
            );
        }
        if self.domain.classes.len() > MAX_DOMAINS {
            return Err(Error::new("features.domain.classes: too many")
                .expected(format!("{MAX_DOMAINS} at most")));
        }
        for template in &self.conjunctions.templates {
            Template::parse(template).map_err(|e| e.in_file("features.conjunctions"))?;
        }
        Ok(())
    }
}

/// The slots of a window.
pub fn mask(window: Window) -> SlotMask {
    slots(window[0], window[1])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_sound_and_survive_toml() {
        let config = FeatureConfig::default();
        config.check().expect("sound");
        let text = toml::to_string(&config).expect("serialises");
        assert_eq!(
            toml::from_str::<FeatureConfig>(&text).expect("parses"),
            config
        );
    }

    #[test]
    fn mistakes_are_named() {
        let config: FeatureConfig = toml::from_str("[form]\nwindow = [-5, 1]\n").expect("parses");
        assert!(
            config
                .check()
                .expect_err("too wide")
                .to_string()
                .contains("features.form")
        );
        assert!(toml::from_str::<FeatureConfig>("[fomr]\n").is_err());
        assert!(toml::from_str::<FeatureConfig>("[form]\nwidth = 3\n").is_err());
    }
}
