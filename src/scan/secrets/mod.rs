//! Secrets: what the search through bytes means for a repository.
//!
//! ```text
//! window    the bytes of a file, or a part of a large one, as hits    bytes → Sight
//! mark      what stands around a secret, for fingerprints             line → text without it
//! collect   one finding for each secret, however often it stands      Sight → observations
//! comment   `gitleaks:allow` and its kin on the line
//! ```

pub mod collect;
mod comment;
mod mark;
mod window;

pub use collect::{BaseSecrets, Collected, Honour};
pub use window::{Sight, Window};

/// The scanner's name in policies and outputs.
pub const SCANNER: &str = "secrets";
