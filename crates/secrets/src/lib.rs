//! Finds secrets in bytes.
//!
//! Rules are data (`rules/*.toml`): a *rule* is a regular expression for a token that can be told by
//! itself, a *service* is a name beside which a value of a known shape is that provider's key. The
//! [`Scanner`] takes the bytes of one file through these steps, each in a module of its own:
//!
//! ```text
//! decode   UTF-16, base64, hex, percent, JSON escapes     bytes → more bytes, with their places
//! engine   where a rule or a service fits                 bytes → Match
//! sift     placeholders, examples, hashes, entropy         Match → kept or dropped, with a reason
//! verify   checksums and structure                         Match → Proof
//! ```
//!
//! Nothing here reads a file or knows of a repository, and no [`Secret`] can be printed.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)
)]

mod allow;
pub mod decode;
pub mod engine;
mod hit;
mod overlap;
mod place;
pub mod rule;
mod scan;
pub mod sift;
mod stream;
pub mod verify;

pub use allow::ALLOW_COMMENTS;
pub use hit::{Allow, Encoding, Gap, Hit, Proof, Scanned, Secret};
pub use place::Position;
pub use rule::{Confidence, Rule, Rules, Severity};
pub use scan::{Input, MOST_HITS, Scanner};
pub use stream::Stream;
