//! GitHub's REST API: one client, which carries [`crate::github::Request`]s.

mod client;
mod reply;
mod tls;
mod token;

#[cfg(test)]
mod tests;

pub use client::Client;
pub use token::{Token, no_core_dump};
