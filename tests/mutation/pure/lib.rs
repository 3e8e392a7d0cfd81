//! The modules that decide, from the program's own source, with their own tests; and the reader of
//! bundles, which the replay of verdicts needs.

#![allow(dead_code, missing_docs)]

#[path = "../../../src/assess/mod.rs"]
pub mod assess;
#[path = "../../../src/baseline/mod.rs"]
pub mod baseline;
#[path = "../../../src/bundle/mod.rs"]
pub mod bundle;
#[path = "../../../src/merge/mod.rs"]
pub mod merge;
#[path = "../../../src/model/mod.rs"]
pub mod model;
pub mod mutant;
#[path = "../../../src/origin/mod.rs"]
pub mod origin;
#[path = "../../../src/policy/mod.rs"]
pub mod policy;
#[path = "../../../src/version/mod.rs"]
pub mod version;
