//! Word classes as text.

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use super::MAX_CLUSTERINGS;
use crate::error::{Error, Result};
use crate::frozen::{finish, text_hash, write_map};

/// Word classes as text: a line a word, `word<TAB>id<TAB>id…`, the same number of ids on every line. Lines that begin with
/// `# ` are comments: where the classes come from, and whom to thank for the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lexicon {
    /// Comments, without the `# `.
    pub comments: Vec<String>,
    /// Clusterings.
    pub n: usize,
    /// Normalised words with their ids.
    pub words: Vec<(String, Vec<u16>)>,
}

impl Lexicon {
    /// Reads a lexicon. `source` names it in errors.
    ///
    /// # Errors
    /// When reading fails or a line is not a word with its ids, as many as on the first line.
    pub fn read(reader: impl BufRead, source: &str) -> Result<Self> {
        let mut lexicon = Self::default();
        for (line, text) in (1_u64..).zip(reader.lines()) {
            let text =
                text.map_err(|e| Error::io("cannot read", e).at_line(line).in_file(source))?;
            if let Some(comment) = text.strip_prefix("# ") {
                lexicon.comments.push(comment.to_owned());
                continue;
            }
            if text.is_empty() {
                continue;
            }
            let mut fields = text.split('\t');
            let word = fields.next().unwrap_or_default();
            let ids: std::result::Result<Vec<u16>, _> = fields.map(str::parse).collect();
            let sound = ids.as_ref().is_ok_and(|ids| {
                !word.is_empty()
                    && (1..=MAX_CLUSTERINGS).contains(&ids.len())
                    && (lexicon.words.is_empty() || ids.len() == lexicon.n)
            });
            match ids {
                Ok(ids) if sound => {
                    lexicon.n = ids.len();
                    lexicon.words.push((word.to_owned(), ids));
                }
                _ => {
                    return Err(Error::new("not a word with its cluster ids")
                        .expected("word<TAB>id…, ids below 65536, as many on every line")
                        .at_line(line)
                        .in_file(source));
                }
            }
        }
        Ok(lexicon)
    }

    /// A lexicon of one column: the classes of a clustering, as [`super::Exchange::run`] gives them.
    pub fn from_classes(classes: impl IntoIterator<Item = (String, u16)>) -> Self {
        Self {
            comments: Vec::new(),
            n: 1,
            words: classes.into_iter().map(|(w, id)| (w, vec![id])).collect(),
        }
    }

    /// The columns of both lexicons beside one another, by word; where only one has a word, the other's ids are 0. Comments
    /// are put one after the other. Of a word that a lexicon has twice, the first line counts.
    ///
    /// # Errors
    /// When there would be more than [`MAX_CLUSTERINGS`] columns.
    pub fn join(self, other: Self) -> Result<Self> {
        let n = self.n + other.n;
        if n > MAX_CLUSTERINGS {
            return Err(Error::new(format!("{n} clusterings are too many"))
                .expected(format!("at most {MAX_CLUSTERINGS}")));
        }
        let mut rows: BTreeMap<String, Vec<u16>> = BTreeMap::new();
        for (start, lexicon) in [(0, &self), (self.n, &other)] {
            // Later lines first, so that the first of a word stays.
            for (word, ids) in lexicon.words.iter().rev() {
                let row = rows.entry(word.clone()).or_insert_with(|| vec![0; n]);
                row[start..start + ids.len()].copy_from_slice(ids);
            }
        }
        let mut comments = self.comments;
        comments.extend(other.comments);
        Ok(Self {
            comments,
            n,
            words: rows.into_iter().collect(),
        })
    }

    /// Writes the lexicon, comments first and the words in their order, so that [`Lexicon::read`] gives it back.
    ///
    /// # Errors
    /// When writing fails, or a word or comment would not stay on its line or not be taken for what it is.
    pub fn write(&self, out: &mut impl Write) -> Result<()> {
        let failed = |e| Error::io("cannot write", e);
        for comment in &self.comments {
            if comment.contains(['\n', '\r']) {
                return Err(Error::new(format!(
                    "a comment of several lines: {comment:?}"
                )));
            }
            writeln!(out, "# {comment}").map_err(failed)?;
        }
        let mut line = String::new();
        for (word, ids) in &self.words {
            if word.is_empty() || word.starts_with("# ") || word.contains(['\t', '\n', '\r']) {
                return Err(Error::new(format!(
                    "{word:?} cannot be a word of a lexicon"
                )));
            }
            line.clear();
            line.push_str(word);
            for id in ids {
                line.push('\t');
                line.push_str(&id.to_string());
            }
            line.push('\n');
            out.write_all(line.as_bytes()).map_err(failed)?;
        }
        Ok(())
    }

    /// The bytes that [`super::Clusters::open`] takes: the map, then the rows.
    ///
    /// # Errors
    /// When the map cannot be built; see [`write_map`].
    pub fn parts(&self) -> Result<(Vec<u8>, Vec<u8>)> {
        let mut words: Vec<(u64, &[u16])> = self
            .words
            .iter()
            .map(|(word, ids)| (finish(text_hash(word)), ids.as_slice()))
            .collect();
        words.sort_unstable();
        words.dedup_by_key(|w| w.0);
        let mut rows = Vec::new();
        let mut index = std::collections::HashMap::new();
        let mut entries = Vec::with_capacity(words.len());
        for (hash, ids) in words {
            let row = *index.entry(ids).or_insert_with(|| {
                let row = rows.len() / (2 * self.n.max(1));
                rows.extend(ids.iter().flat_map(|id| id.to_le_bytes()));
                row as u32
            });
            entries.push((hash, row));
        }
        Ok((write_map(&entries)?, rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Lexicon {
        Lexicon::read(text.as_bytes(), "c.tsv").expect("a lexicon")
    }

    fn written(lexicon: &Lexicon) -> String {
        let mut out = Vec::new();
        lexicon.write(&mut out).expect("written");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn uneven_lines_are_refused_with_their_number() {
        let error = Lexicon::read("أ\t1\t2\nب\t1\n".as_bytes(), "c.tsv").expect_err("uneven");
        assert!(error.to_string().starts_with("c.tsv:2: "), "{error}");
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = "# from here\n# and there\n#\t4\t5\nدمشق\t3\t65535\nو+\t0\t1\n";
        assert_eq!(written(&read(text)), text);
    }

    #[test]
    fn joining_keeps_the_words_of_both() {
        let left = read("# left\nج\t1\t2\nب\t3\t4\nب\t5\t6\n");
        let right = read("# right\nا\t7\nب\t8\n");
        let both = left.join(right).expect("three columns");
        assert_eq!(
            written(&both),
            "# left\n# right\nا\t0\t0\t7\nب\t3\t4\t8\nج\t1\t2\t0\n"
        );
        let none = Lexicon::default()
            .join(both.clone())
            .expect("three columns");
        assert_eq!(none, both);
    }

    #[test]
    fn no_more_columns_than_a_model_takes() {
        let wide = read("ا\t1\t1\t1\t1\t1\n");
        let error = wide.clone().join(wide).expect_err("ten columns");
        assert!(error.to_string().contains("at most 8"), "{error}");
    }

    #[test]
    fn words_that_would_not_come_back_are_refused() {
        for word in ["", "# x", "a\tb", "a\nb"] {
            let lexicon = Lexicon::from_classes([(word.to_owned(), 1)]);
            assert!(lexicon.write(&mut Vec::new()).is_err(), "{word:?}");
        }
    }
}
