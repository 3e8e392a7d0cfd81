//! What silences scanners of source code.
//!
//! Sources: Semgrep's documentation of `.semgrepignore` and `nosemgrep`; CodeQL's of alert
//! suppression comments.

use super::comments::Marker;
use super::{Reader, Surface, is, is_like, lists};
use crate::model::RepoPath;

/// `.semgrepignore`.
pub static SEMGREP_FILE: Surface = Surface {
    id: "semgrepignore",
    name: ".semgrepignore",
    about: "Makes Semgrep leave files out.",
    scanners: &["semgrep"],
    concerns: |path| is(path, &[".semgrepignore"]),
    reader: Reader::Lines(lists::pattern),
};

/// `nosemgrep`.
pub static SEMGREP_COMMENT: Surface = Surface {
    id: "nosemgrep",
    name: "nosemgrep",
    about: "Makes Semgrep silent about a line.",
    scanners: &["semgrep"],
    concerns: is_source,
    reader: Reader::Comment(Marker::Semgrep),
};

/// CodeQL's comments.
pub static CODEQL_COMMENT: Surface = Surface {
    id: "codeql-comment",
    name: "codeql[…]",
    about: "Makes CodeQL mark an alert as suppressed.",
    scanners: &["codeql"],
    concerns: is_source,
    reader: Reader::Comment(Marker::CodeQl),
};

/// lockgate's own.
pub static LOCKGATE_COMMENT: Surface = Surface {
    id: "lockgate-comment",
    name: "lockgate:allow",
    about: "Makes lockgate's own scanners silent about a line.",
    scanners: &["lockgate"],
    concerns: is_source,
    reader: Reader::Comment(Marker::Lockgate),
};

/// Anything but documentation, in which such words are only spoken of.
fn is_source(path: &RepoPath) -> bool {
    let prose = [
        ".md",
        ".markdown",
        ".mdx",
        ".rst",
        ".txt",
        ".adoc",
        ".asciidoc",
        ".org",
    ];
    !is_like(path, "", &prose)
}
