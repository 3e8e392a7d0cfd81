//! Secrets: what the search through bytes means for a repository.

mod sighting;
mod state;

pub use sighting::{Commit, Found, Sighting, Source, line_of, path_of};
pub use state::{State, StateError};
