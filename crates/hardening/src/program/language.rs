//! What languages differ in, as far as it matters for finding texts and what is done with them.

/// A language that programs are read in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Ruby,
    Php,
    Java,
    Kotlin,
    CSharp,
    Go,
    Rust,
}

impl Language {
    /// The carrier's id.
    pub(super) fn carrier(self) -> &'static str {
        match self {
            Self::Ruby => "ruby",
            Self::Php => "php",
            Self::Java => "java",
            Self::Kotlin => "kotlin",
            Self::CSharp => "csharp",
            Self::Go => "go",
            Self::Rust => "rust",
        }
    }

    /// Whether a line ends a statement.
    pub(super) fn by_lines(self) -> bool {
        matches!(self, Self::Ruby | Self::Go | Self::Kotlin)
    }

    /// What puts texts together.
    pub(super) fn plus(self) -> &'static str {
        match self {
            Self::Php => ".",
            _ => "+",
        }
    }
}
