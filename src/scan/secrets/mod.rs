//! Secrets: what the search through bytes means for a repository.
//!
//! ```text
//! sight     what the rules find in a file, with its place             hits → Sight
//! sighting  what a search through commits has to say
//! mark      what stands around a secret, for fingerprints             line → text without it
//! foreign   configurations of other tools
//! collect   one finding for each secret, however often it stands      Sight → observations
//! ```

mod collect;
pub mod foreign;
mod mark;
mod sight;
mod sighting;
mod state;

pub use collect::{BaseSecrets, Collected, Honour, collect, severity};
pub use sight::{Sight, Sights, sights, window};
pub use sighting::{Commit, Found, Sighting, Source, path_of};
pub use state::{State, StateError};
