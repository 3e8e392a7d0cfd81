//! Stands for gix where only its comparison of texts is used.

/// See gix.
pub mod diff {
    /// See gix.
    pub mod blob {
        pub use gix_imara_diff::*;
    }
}
