//! Reads content security policies as browsers do, and tells what is wrong with them and where.
//!
//! The text of the policies of one response goes through these steps, each in a module of its own:
//!
//! ```text
//! template  what only running code knows               text → ranges
//! parse     policies, directives, tokens with places   text → Policy
//! source    what one token of a list is                token → Source
//! list      what a list of sources lets run            Source… → Answer
//! judge     what is wrong                              Policy… → Flaw
//! ```
//!
//! The standard is Content Security Policy Level 3 in the editor's draft of 19 April 2026
//! (w3c/webappsec-csp, commit 3e24aea3); a section number in a comment is a section of it. Nothing
//! here reads a file, and no text is too odd: it is read in linear time, and never aborts a scan.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice
    )
)]

mod behaviour;
mod bypass;
mod directive;
mod flaw;
mod given;
mod judge;
mod list;
mod parse;
pub mod rules;
mod source;
mod template;
mod url;

pub use behaviour::{Behaviour, behaviour};
pub use flaw::{Flaw, RuleId, Severity};
pub use given::{Answer, Delivery, Given, Response};
pub use judge::{MOST_FLAWS, judge};
pub use parse::{MOST_DIRECTIVES, MOST_POLICIES, MOST_TOKENS};
