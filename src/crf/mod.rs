//! The linear-chain conditional random field: training, decoding and marginals over numbers only.
//!
//! This room never sees text. It is given attribute hashes and label ids, and the flow is
//!
//! ```text
//! Observations ─ Dataset ─ Objective ─ optimise ─► Weights          (training)
//! emissions ─ Lattice ─► best labels, marginals                     (tagging)
//! ```
//!
//! The model is p(y|x) ∝ exp(Σ_t Σ_a θ[a, y_t] + Σ_t τ[y_{t−1}, y_t]) over attributes a that are present at token t
//! (Lafferty, McCallum and Pereira 2001). Most attributes depend on a single word form and are looked at from a window of
//! offsets, so scores are summed once per distinct word and offset instead of once per token; attributes that occur in
//! exactly the same places share one column. Both are exact rewritings of the same likelihood.

mod columns;
pub mod csr;
pub mod dataset;
pub mod decode;
pub mod expand;
mod exponential;
pub mod grammar;
mod history;
mod lattice;
pub mod objective;
pub mod optimise;
mod registers;
mod rows;
mod sentences;
mod state_weights;
mod tasks;
#[cfg(test)]
mod testing;
mod vector;
pub mod weights;

pub use csr::Csr;
pub use dataset::{Dataset, LabelSpace, MAX_LABELS, Observations};
pub(crate) use decode::with_stride;
pub use decode::{Decoder, Lattice, Transitions};
pub use expand::{Expanded, expand};
pub use grammar::Grammar;
pub use objective::{Objective, Regularisation};
pub use optimise::{Optimiser, Progress, Stop, Summary};
pub(crate) use rows::touch;
pub use weights::{AttributeWeight, Weights, warm_start};
