//! What silences gitleaks and its kin.
//!
//! Sources: gitleaks `config/config.go`, `README.md` (`.gitleaksignore`, `gitleaks:allow`);
//! betterleaks has the same formats under its own name.

use super::comments::Marker;
use super::settings::{Language, ON, guards, hides};
use super::{Reader, Surface, is_like, lists};

const LEAKS: &[&str] = &["gitleaks", "betterleaks"];

/// `.gitleaks.toml`. A file with rules of its own takes the place of the built-in ones.
pub static SETTINGS: Surface = Surface {
    id: "gitleaks-settings",
    name: ".gitleaks.toml",
    about: "Makes gitleaks accept paths, commits or texts, or replaces its rules.",
    scanners: LEAKS,
    concerns: |path| {
        is_like(path, "gitleaks", &[".toml"]) || is_like(path, "betterleaks", &[".toml"])
    },
    reader: Reader::Settings(
        Language::Toml,
        &[
            hides("allowlist.paths"),
            hides("allowlist.regexes"),
            hides("allowlist.stopwords"),
            hides("allowlist.commits"),
            hides("allowlist.regexTarget"),
            hides("allowlists"),
            hides("rules.allowlist.paths"),
            hides("rules.allowlist.regexes"),
            hides("rules.allowlist.stopwords"),
            hides("rules.allowlist.commits"),
            hides("rules.allowlists"),
            hides("extend.disabledRules"),
            hides("extend.path"),
            guards("extend.useDefault", ON),
            guards("rules.regex", &[]),
            super::settings::selects("rules.id"),
        ],
    ),
};

/// `.gitleaksignore`.
pub static IGNORE_FILE: Surface = Surface {
    id: "gitleaksignore",
    name: ".gitleaksignore",
    about: "Makes gitleaks leave out these findings.",
    scanners: LEAKS,
    concerns: |path| is_like(path, "leaksignore", &[""]),
    reader: Reader::Lines(lists::line),
};

/// `gitleaks:allow`. gitleaks reads every text file, and does not ask whether it is a comment.
pub static COMMENT: Surface = Surface {
    id: "gitleaks-comment",
    name: "gitleaks:allow",
    about: "Makes gitleaks silent about a line.",
    scanners: LEAKS,
    concerns: |_| true,
    reader: Reader::Comment(Marker::Leaks),
};
