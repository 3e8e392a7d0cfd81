//! Scanners of Cargo's lockfiles that judge by RustSec's advisories: cargo-audit and cargo-deny.
//!
//! Sources of the formats: `rustsec/src/report.rs`, `rustsec/src/advisory/metadata.rs` and
//! `rustsec/src/warning.rs` (rustsec/rustsec); `src/diag.rs` and `src/stats.rs`
//! (EmbarkStudios/cargo-deny).

mod audit;
mod deny;
mod rustsec;

pub use audit::CargoAudit;
pub use deny::CargoDeny;
pub use rustsec::LOCKFILES;
