//! What is known of one word form.

use crate::clusters::MAX_CLUSTERINGS;
use crate::frozen::text_hash;

/// A reading of a word as proclitics and stem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stem {
    /// The proclitics, for example `وب`.
    pub proclitic: &'static str,
    /// The normalised rest.
    pub text: String,
    /// Classes of the rest in the name lists, joined by `+`.
    pub lists: Option<String>,
}

/// A word form with everything that word families look at. Made once per distinct form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Normal form; never empty.
    pub normal: String,
    /// Byte offsets of the normal form's characters, and its length.
    pub(super) offsets: Vec<u32>,
    /// Kinds of characters.
    pub shape: String,
    /// Readings with proclitics.
    pub stems: Vec<Stem>,
    /// Classes of the normal form in the name lists, joined by `+`.
    pub lists: Option<String>,
    /// Cluster ids of the normal form.
    pub clusters: Option<[u16; MAX_CLUSTERINGS]>,
    /// Cluster ids of the longest stem that has any, where the normal form has none.
    pub stem_clusters: Option<[u16; MAX_CLUSTERINGS]>,
    /// Whether the model has a cluster lexicon at all.
    pub has_clusters: bool,
    /// Hashes of the word and its stems where they begin listed phrases.
    pub(super) phrase_starts: Vec<u64>,
    /// Groups of list classes that the word or a stem has, see [`super::evidence`].
    pub(super) groups: u16,
}

impl Word {
    /// Number of characters of the normal form.
    #[allow(clippy::len_without_is_empty)] // never empty
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Characters `start..end` of the normal form.
    pub fn letters(&self, start: usize, end: usize) -> &str {
        &self.normal[self.offsets[start] as usize..self.offsets[end] as usize]
    }

    /// A view as text; `None` where the word has no value for it.
    pub fn view(&self, view: View) -> Option<String> {
        match view {
            View::Form => Some(self.normal.clone()),
            View::Stem => Some(self.best_stem().to_owned()),
            View::Shape => Some(self.shape.clone()),
            View::Suffix => Some(
                self.letters(self.len().saturating_sub(3), self.len())
                    .to_owned(),
            ),
            View::Lists => self
                .lists
                .clone()
                .or_else(|| self.stems.iter().find_map(|s| s.lists.clone())),
            View::Cluster(k) => self
                .clusters
                .or(self.stem_clusters)
                .map(|ids| ids[usize::from(k)])
                .filter(|&id| id != 0)
                .map(|id| id.to_string()),
        }
    }

    /// The first listed stem where the word itself is not listed, else the word.
    fn best_stem(&self) -> &str {
        if self.lists.is_none()
            && let Some(stem) = self.stems.iter().find(|s| s.lists.is_some())
        {
            return &stem.text;
        }
        &self.normal
    }
}

/// A property of a word that templates can join.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// Normal form.
    Form,
    /// Listed stem, else normal form.
    Stem,
    /// Kinds of characters.
    Shape,
    /// Last three letters.
    Suffix,
    /// Classes in the name lists.
    Lists,
    /// Cluster in one clustering.
    Cluster(u8),
}

const N_PLAIN: usize = 5;
const N_VIEWS: usize = N_PLAIN + MAX_CLUSTERINGS;

impl View {
    /// The names that templates use.
    pub const NAMES: &'static str = "form, stem, shape, suffix, lists, cluster0 … cluster7";

    /// The view of a name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "form" => Some(Self::Form),
            "stem" => Some(Self::Stem),
            "shape" => Some(Self::Shape),
            "suffix" => Some(Self::Suffix),
            "lists" => Some(Self::Lists),
            _ => name
                .strip_prefix("cluster")
                .and_then(|k| k.parse().ok())
                .filter(|&k: &u8| usize::from(k) < MAX_CLUSTERINGS)
                .map(Self::Cluster),
        }
    }

    fn index(self) -> usize {
        match self {
            Self::Form => 0,
            Self::Stem => 1,
            Self::Shape => 2,
            Self::Suffix => 3,
            Self::Lists => 4,
            Self::Cluster(k) => N_PLAIN + usize::from(k),
        }
    }

    fn all() -> impl Iterator<Item = Self> {
        [
            Self::Form,
            Self::Stem,
            Self::Shape,
            Self::Suffix,
            Self::Lists,
        ]
        .into_iter()
        .chain((0..MAX_CLUSTERINGS as u8).map(Self::Cluster))
    }
}

/// What context families need of a word: hashes of its views. Small enough to keep for many words.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WordKeys {
    /// Hash of each view, 0 where the word has none.
    views: [u64; N_VIEWS],
    phrase_starts: Box<[u64]>,
    groups: u16,
}

impl WordKeys {
    /// Hashes a word's views.
    pub fn new(word: &Word) -> Self {
        let mut views = [0; N_VIEWS];
        for view in View::all() {
            // A text whose hash is 0 would be taken for an absent view; no word is lost over one in 2^64.
            views[view.index()] = word.view(view).map_or(0, |text| text_hash(&text));
        }
        Self {
            views,
            phrase_starts: word.phrase_starts.clone().into_boxed_slice(),
            groups: word.groups,
        }
    }

    /// Hash of a view, 0 where there is none.
    #[inline(always)]
    pub fn view(&self, view: View) -> u64 {
        self.views[view.index()]
    }

    /// Hash of the normal form.
    #[inline(always)]
    pub fn form(&self) -> u64 {
        self.views[0]
    }

    /// Groups of list classes, see [`super::evidence`].
    #[inline(always)]
    pub fn groups(&self) -> u16 {
        self.groups
    }

    /// Phrase hashes of the word and of its stems where a listed phrase of several words begins so.
    #[inline(always)]
    pub fn phrase_starts(&self) -> &[u64] {
        &self.phrase_starts
    }
}
