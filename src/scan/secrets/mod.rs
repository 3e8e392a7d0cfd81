//! Secrets: what the search through bytes means for a repository.
//!
//! ```text
//! window    the bytes of a file, or a part of a large one, as hits    bytes → Sight
//! sighting  what a search through commits has to say
//! mark      what stands around a secret, for fingerprints             line → text without it
//! collect   one finding for each secret, however often it stands      Sight → observations
//! comment   `gitleaks:allow` and its kin on the line
//! ```

mod collect;
mod comment;
mod mark;
mod sighting;
mod state;
mod window;

pub use collect::{BaseSecrets, Collected, Honour, collect, severity};
pub use sighting::{Commit, Found, Sighting, Source, path_of, window};
pub use state::{State, StateError};
pub use window::{Sight, Sights, Window};
