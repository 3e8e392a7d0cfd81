//! Policies of others' test suites, of real applications, and of chance.
#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "tests read fixtures, and fail by panicking"
)]

mod cases;
mod evaluator;
mod htmlunit;
mod observatory;
mod oracle;
mod properties;
mod real;
mod rules;
mod spec;
mod zap;
