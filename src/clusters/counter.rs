//! From the lines of a text to the bigrams of its words.

use std::io::BufRead;

use hashbrown::HashMap;
use rayon::prelude::*;

use super::bigrams::Bigrams;
use super::segment::cut;
use super::vocabulary::Vocabulary;
use crate::corpus::Lines;
use crate::error::{Error, Result};
use crate::text::{Tokenised, normalise_into, tokenise_into};

/// Bytes of text that one thread tokenises at a time: enough that most words of a chunk are not its first of their kind.
const CHUNK_BYTES: usize = 1 << 18;
/// Bytes of text that are read before they are tokenised together; the memory for text, however much of it there is.
const BATCH_BYTES: usize = 32 * CHUNK_BYTES;
/// Ends a sentence in a stream of word numbers.
const END: u32 = u32::MAX;

/// Collects the sentences of a text as the numbers of their words: 4 bytes a token, and each distinct word once.
#[derive(Debug, Default)]
pub struct BigramCounter {
    vocabulary: Vocabulary,
    /// Occurrences of each word.
    counts: Vec<u32>,
    /// All sentences, each followed by `END`.
    stream: Vec<u32>,
}

impl BigramCounter {
    /// Adds the sentences of a text with a paragraph a line; the words are normal forms ([`crate::text::normalise()`]).
    ///
    /// Chunks of lines are tokenised in parallel and joined in their order: the result is the same for any number of
    /// threads.
    ///
    /// # Errors
    /// With the number of the line: when reading fails, or a line is too long or is no UTF-8. What came before is added.
    pub fn read(&mut self, input: impl BufRead) -> Result<()> {
        let mut lines = Lines::new(input);
        let mut chunks: Vec<String> = Vec::new();
        let mut n_bytes = 0;
        loop {
            let line = lines.next_line();
            if let Ok(Some((_, line))) = line {
                n_bytes += line.len();
                match chunks.last_mut() {
                    // The tokeniser ends a sentence at the end of a line.
                    Some(chunk) if chunk.len() + line.len() < CHUNK_BYTES => {
                        chunk.push('\n');
                        chunk.push_str(line);
                    }
                    _ => chunks.push(line.to_owned()),
                }
            }
            let is_end = !matches!(line, Ok(Some(_)));
            if is_end || n_bytes >= BATCH_BYTES {
                self.add_chunks(&chunks)?;
                chunks.clear();
                n_bytes = 0;
            }
            if is_end {
                return line.map(|_| ());
            }
        }
    }

    fn add_chunks(&mut self, texts: &[String]) -> Result<()> {
        let chunks: Vec<Chunk> = texts.par_iter().map(|text| Chunk::new(text)).collect();
        for chunk in &chunks {
            let numbers: Vec<u32> = chunk
                .vocabulary
                .words()
                .iter()
                .map(|word| self.number(word))
                .collect();
            for &local in &chunk.stream {
                let number = numbers.get(local as usize).copied();
                self.push(number);
            }
        }
        if self.stream.len() > u32::MAX as usize {
            return Err(Error::new("the text is too long")
                .expected("at most 4 billion tokens")
                .hint("cluster a part of it"));
        }
        Ok(())
    }

    /// Adds a sentence of normal forms.
    pub fn add<'a>(&mut self, words: impl IntoIterator<Item = &'a str>) {
        for word in words {
            let number = self.number(word);
            self.push(Some(number));
        }
        self.push(None);
    }

    fn number(&mut self, word: &str) -> u32 {
        let number = self.vocabulary.number(word);
        if number as usize == self.counts.len() {
            self.counts.push(0);
        }
        number
    }

    /// Adds a word, or the end of a sentence.
    fn push(&mut self, word: Option<u32>) {
        if let Some(word) = word {
            self.counts[word as usize] += 1;
        }
        self.stream.push(word.unwrap_or(END));
    }

    /// Number of words added, repetitions included.
    pub fn n_tokens(&self) -> usize {
        self.counts.iter().map(|&c| c as usize).sum()
    }

    /// Number of distinct words added.
    pub fn n_words(&self) -> usize {
        self.counts.iter().filter(|&&c| c > 0).count()
    }

    /// Cuts words into proclitic and stem wherever the whole text so far bears the reading out; see `clusters/segment.rs`.
    /// Call it once, after the last sentence. Returns the number of distinct words that were cut.
    pub fn segment(&mut self) -> usize {
        let cuts: Vec<_> = (0..self.counts.len())
            .into_par_iter()
            .map(|number| cut(number, &self.vocabulary, &self.counts))
            .collect();
        let mut n_cut = 0;
        let mut n_pieces = 0;
        let cuts: Vec<Option<[u32; 2]>> = cuts
            .into_iter()
            .enumerate()
            .map(|(number, cut)| {
                let cut = cut?;
                n_cut += 1;
                n_pieces += self.counts[number] as usize;
                Some([self.number(&cut.proclitic), cut.stem])
            })
            .collect();
        let uncut = std::mem::take(&mut self.stream);
        self.stream.reserve_exact(uncut.len() + n_pieces);
        self.counts.fill(0);
        for word in uncut {
            match cuts.get(word as usize) {
                Some(Some(pieces)) => pieces.iter().for_each(|&piece| self.push(Some(piece))),
                Some(None) => self.push(Some(word)),
                None => self.push(None),
            }
        }
        n_cut
    }

    /// Bigrams of the words that occur at least `min_count` times, at most `max_words` of them, the most frequent. The
    /// beginning and the end of a sentence and all rarer words are neighbours too, each as one.
    pub fn finish(self, min_count: u32, max_words: usize) -> Bigrams {
        let words = self.vocabulary.words();
        let mut kept: Vec<u32> = (0..words.len() as u32)
            .filter(|&w| self.counts[w as usize] >= min_count.max(1))
            .collect();
        kept.par_sort_unstable_by(|&a, &b| {
            let key = |w: u32| {
                (
                    std::cmp::Reverse(self.counts[w as usize]),
                    &words[w as usize],
                )
            };
            key(a).cmp(&key(b))
        });
        kept.truncate(max_words);
        let n = kept.len() as u32;
        let (rare, edge) = (n, n + 1);
        let mut rank = vec![rare; words.len()];
        for (r, &word) in kept.iter().enumerate() {
            rank[word as usize] = r as u32;
        }
        let mut stream = self.stream;
        for word in &mut stream {
            *word = rank.get(*word as usize).copied().unwrap_or(edge);
        }
        let spelling = |&w: &u32| words[w as usize].to_string();
        let count = |&w: &u32| self.counts[w as usize];
        Bigrams::count(
            kept.iter().map(spelling).collect(),
            kept.iter().map(count).collect(),
            &stream,
        )
    }
}

/// The sentences of a piece of text.
struct Chunk {
    vocabulary: Vocabulary,
    stream: Vec<u32>,
}

impl Chunk {
    fn new(text: &str) -> Self {
        let mut vocabulary = Vocabulary::default();
        let mut stream = Vec::with_capacity(text.len() / 8);
        let mut tokenised = Tokenised::default();
        // Normalising is the costlier look-up; it is done once for each spelling.
        let mut spellings: HashMap<&str, u32> = HashMap::new();
        let mut normal = String::new();
        for line in text.lines() {
            tokenise_into(line, &mut tokenised);
            for sentence in &tokenised.sentences {
                for token in &tokenised.tokens[sentence.clone()] {
                    stream.push(*spellings.entry(token.surface(line)).or_insert_with_key(
                        |surface| {
                            normalise_into(surface, &mut normal);
                            vocabulary.number(&normal)
                        },
                    ));
                }
                stream.push(END);
            }
        }
        Self { vocabulary, stream }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sentences of a text as the counter holds them.
    fn sentences(counter: &BigramCounter) -> Vec<String> {
        let words = counter.vocabulary.words();
        counter
            .stream
            .split(|&w| w == END)
            .map(|s| {
                let sentence: Vec<&str> = s.iter().map(|&w| &*words[w as usize]).collect();
                sentence.join(" ")
            })
            .filter(|s| !s.is_empty())
            .collect()
    }

    fn read(text: &str) -> BigramCounter {
        let mut counter = BigramCounter::default();
        counter.read(text.as_bytes()).expect("a text");
        counter
    }

    #[test]
    fn lines_become_sentences_of_normal_forms() {
        let counter = read("\u{feff}زار أحمد القاهرة. ثم عاد\r\n\n  \nإلى بيروتَ");
        assert_eq!(
            sentences(&counter),
            ["زار احمد القاهره .", "ثم عاد", "الي بيروت"]
        );
        assert_eq!((counter.n_tokens(), counter.n_words()), (8, 8));
    }

    #[test]
    fn chunks_and_threads_make_no_difference() {
        // Several batches, lines longer than a chunk among them, and words that come first in any of them.
        let long = "كلمه طويله ".repeat(CHUNK_BYTES / 15);
        let mut text = String::new();
        for letter in 'a'..='z' {
            let paragraph = format!("سطر {letter} و\n").repeat(36_000);
            text.push_str(&paragraph);
            text.push_str(&long);
            text.push('\n');
        }
        assert!(text.len() > 2 * BATCH_BYTES, "{}", text.len());
        let mut by_lines = BigramCounter::default();
        for line in text.lines() {
            by_lines.add(line.split_whitespace());
        }
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let counter = pool.expect("a pool").install(|| read(&text));
            assert!(counter.stream == by_lines.stream, "{threads} threads");
            assert_eq!(counter.vocabulary.words(), by_lines.vocabulary.words());
            assert_eq!(counter.counts, by_lines.counts);
        }
    }

    #[test]
    fn segmenting_keeps_the_order() {
        let text = "زار بيروت\n".repeat(6) + "عاد وبيروت امس .\n";
        let mut counter = read(&text);
        assert_eq!(counter.segment(), 1);
        let sentences = sentences(&counter);
        assert_eq!(sentences[5..], ["زار بيروت", "عاد و+ بيروت امس ."]);
        assert_eq!(counter.n_tokens(), 17);
        assert_eq!(counter.n_words(), 6, "وبيروت is gone, و+ has come");
    }

    #[test]
    fn broken_text_is_an_error_with_its_line() {
        let mut counter = BigramCounter::default();
        let error = counter
            .read(&b"\xd8\xa7\n\xff\xfe\n"[..])
            .expect_err("not UTF-8");
        assert_eq!(error.line(), Some(2), "{error}");
    }
}
