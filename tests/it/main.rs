//! One integration binary: it links once, and its tests run side by side.
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests read fixtures and start the program"
)]

mod corpus;
