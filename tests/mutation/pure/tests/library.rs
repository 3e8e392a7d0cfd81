//! The integration tests that need nothing but the library.

mod program {
    use std::path::{Path, PathBuf};

    /// The repository's own folder.
    pub fn repository() -> &'static Path {
        Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.."))
    }

    /// A fixture by its path below `tests/fixtures`.
    pub fn fixture(path: &str) -> PathBuf {
        repository().join("tests/fixtures").join(path)
    }
}

#[path = "../../../it/judging.rs"]
mod judging;
#[path = "../../../it/matching.rs"]
mod matching;
#[path = "../../../it/properties.rs"]
mod properties;
#[path = "../../../it/verdicts.rs"]
mod verdicts;
