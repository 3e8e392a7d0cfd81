//! One comment per pull request: how lockgate knows its own again, and what to do with those that are
//! there. Pure: [`crate::github`] builds the requests.

mod decide;
mod marker;

pub use decide::{Author, Comment, Identity, Ours, Plan, Why, decide, is_claimed};
pub use marker::{Marker, Stamp, body, digest};
