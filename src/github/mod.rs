//! What lockgate asks GitHub's REST API, and how answers are read. Pure: requests come out, answers
//! go in; [`crate::edge`] carries them.
//!
//! One file builds the requests of one group of endpoints and reads their answers with small structs
//! of its own: fields that lockgate does not use may change without harm.

pub mod code_scanning;
pub mod comments;
pub mod issues;
pub mod pulls;
mod request;
pub mod retry;
mod server;
pub mod statuses;

pub use request::{Accept, Answer, Cause, Method, Repeat, Request, Trouble};
pub use server::{Repository, Server, is_loopback};
