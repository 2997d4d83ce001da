//! Lists of lists in two flat vectors.

/// Compressed sparse rows: `row(i)` is a slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Csr<T> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Csr<T> {
    fn default() -> Self {
        Self {
            starts: vec![0],
            items: Vec::new(),
        }
    }
}

impl<T> Csr<T> {
    /// No rows yet, with room for so many and their items.
    pub fn with_capacity(rows: usize, items: usize) -> Self {
        let mut starts = Vec::with_capacity(rows + 1);
        starts.push(0);
        Self {
            starts,
            items: Vec::with_capacity(items),
        }
    }

    /// Appends a row.
    pub fn push_row(&mut self, row: impl IntoIterator<Item = T>) {
        self.items.extend(row);
        self.starts.push(self.items.len() as u32);
    }

    /// Items of row `i`.
    #[inline]
    pub fn row(&self, i: usize) -> &[T] {
        &self.items[self.starts[i] as usize..self.starts[i + 1] as usize]
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Items of all rows together.
    pub fn n_items(&self) -> usize {
        self.items.len()
    }

    /// Where row `i` begins among all items.
    #[inline]
    pub fn start(&self, i: usize) -> usize {
        self.starts[i] as usize
    }
}

/// Turns "row → columns" into "column → rows"; each result row is ascending.
pub(super) fn transpose(csr: &Csr<u32>, n_columns: usize) -> Csr<u32> {
    let mut starts = vec![0_u32; n_columns + 1];
    for &c in &csr.items {
        starts[c as usize + 1] += 1;
    }
    for i in 0..n_columns {
        starts[i + 1] += starts[i];
    }
    let mut cursor = starts.clone();
    let mut items = vec![0_u32; csr.items.len()];
    for r in 0..csr.len() {
        for &c in csr.row(r) {
            items[cursor[c as usize] as usize] = r as u32;
            cursor[c as usize] += 1;
        }
    }
    Csr { starts, items }
}
