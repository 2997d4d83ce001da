//! What a class set of the name lists means to the features: worked out once a set, not once a word.

use super::config::Document;
use super::domain::Domains;
use super::evidence::groups_of_class;

/// A set of list classes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ClassSet {
    /// The classes that say what a word is, joined by `+`; classes that only say what the text is about are left out.
    pub names: Option<String>,
    /// Kinds of evidence and domains, see [`super::evidence`] and [`super::domain`].
    pub groups: u16,
}

impl ClassSet {
    /// Sorts the classes of a set.
    pub fn new<'a>(
        classes: impl Iterator<Item = &'a str>,
        document: &Document,
        domains: Option<&Domains>,
    ) -> Self {
        let mut names: Vec<&str> = Vec::new();
        let mut groups = 0;
        for class in classes {
            if let Some(bit) = domains.and_then(|d| d.bit(class)) {
                groups |= bit;
            } else {
                names.push(class);
            }
            if document.enabled {
                groups |= groups_of_class(class, document);
            }
        }
        Self {
            names: (!names.is_empty()).then(|| names.join("+")),
            groups,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::FeatureConfig;

    #[test]
    fn classes_of_domains_are_groups_and_no_names() {
        let config = FeatureConfig::default();
        let domains = Domains::new(&config.domain);
        let set =
            |classes: &str, domains| ClassSet::new(classes.split('+'), &config.document, domains);
        let both = set("CITY+DOMAIN_SPORT+GIVEN_M", Some(&domains));
        assert_eq!(both.names.as_deref(), Some("CITY+GIVEN_M"));
        let name = set("GIVEN_M", Some(&domains));
        let sport = set("DOMAIN_SPORT", Some(&domains));
        assert_eq!(
            (sport.names, both.groups),
            (None, name.groups | sport.groups)
        );
        assert_ne!((name.groups, sport.groups), (0, 0));
        let as_names = set("CITY+DOMAIN_SPORT", None);
        assert_eq!(as_names.names.as_deref(), Some("CITY+DOMAIN_SPORT"));
        assert_eq!(as_names.groups, 0);
    }
}
