//! Other tools' own lists of accepted findings → waivers. Pure: texts in, text out.
//!
//! A file is recognised by its language and its keys ([`SOURCES`]), read into one tree for all
//! languages ([`tree`]), and turned into [`statement::Statement`]s; [`gather()`] puts those of all
//! files together and [`render()`] writes them. Nothing is widened in silence: what a waiver cannot
//! say is listed, and where a waiver says more than the file did, a comment says so.

mod audit_ci;
mod bandit;
mod cyclonedx;
mod existing;
mod gather;
mod ini;
mod json;
mod openvex;
mod osv_scanner;
mod purl;
mod render;
mod statement;
mod table;
mod tree;
mod trivy;
mod vex;
mod yaml;

pub use existing::append;
pub use gather::{Fill, Import, Origin, Remark, Waiver, gather};
pub use render::{line, render};
pub use statement::{Fate, Found, Left, Statement, Subject, day, literal};

use crate::model::Problem;
use tree::{Node, Value};

/// The language of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Lines,
    Ini,
    Json,
    Toml,
    Yaml,
}

/// A file that was read, before it is known whose it is.
struct Document<'a> {
    /// Its name without folders, in lower case.
    name: String,
    text: &'a str,
    format: Format,
    /// Empty for lines.
    root: Node,
}

/// A kind of file that can be imported.
pub struct Source {
    /// What it is, for people.
    pub name: &'static str,
    sniff: fn(&Document<'_>) -> bool,
    read: fn(&Document<'_>, &mut Found),
}

/// Every kind of file, in the order in which they are tried.
pub const SOURCES: &[Source] = &[
    Source {
        name: ".trivyignore",
        sniff: trivy::is_plain,
        read: trivy::plain,
    },
    Source {
        name: ".trivyignore.yaml",
        sniff: trivy::is_yaml,
        read: trivy::yaml,
    },
    Source {
        name: "Bandit's settings (.bandit, pyproject.toml, bandit.yaml)",
        sniff: bandit::is_settings,
        read: bandit::read_settings,
    },
    Source {
        name: "a baseline of Bandit (JSON)",
        sniff: bandit::is_baseline,
        read: bandit::read_baseline,
    },
    Source {
        name: "audit-ci.json, .jsonc or .json5",
        sniff: audit_ci::is_one,
        read: audit_ci::read,
    },
    Source {
        name: "osv-scanner.toml",
        sniff: osv_scanner::is_one,
        read: osv_scanner::read,
    },
    Source {
        name: "OpenVEX",
        sniff: openvex::is_one,
        read: openvex::read,
    },
    Source {
        name: "CycloneDX VEX (JSON)",
        sniff: cyclonedx::is_one,
        read: cyclonedx::read,
    },
];

/// Files that people have and that no waiver can stand for, with the reason.
const REFUSED: [(&str, &str); 4] = [
    (
        ".gitleaksignore",
        "its entries mean one line of one commit; a waiver by rule and path would also accept every \
         later secret in that file. Waive those findings by their fingerprint, which the outputs show",
    ),
    (
        ".snyk",
        "its ids are Snyk's own; name the CVE or GHSA ids in waivers instead",
    ),
    (
        ".semgrepignore",
        "it says which files Semgrep looks at, not which findings are accepted",
    ),
    (
        ".grype.yaml",
        "rules of Grype match on more than a waiver can say; name the advisories in waivers instead",
    ),
];

/// Reads a file of another tool. `name` may have folders in front.
///
/// # Errors
/// When it is none of [`SOURCES`], or damaged.
pub fn read(name: &str, text: &str) -> Result<Found, Problem> {
    let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let name = file.to_lowercase();
    if let Some((_, why)) = REFUSED.iter().find(|(refused, _)| *refused == name) {
        let text = format!("this kind of file is not imported: {why}");
        return Err(Problem::new("not-imported", text));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let format = format(&name, text);
    let root = match format {
        Format::Ini => ini::parse(text)?,
        Format::Json => json::parse(text)?,
        Format::Toml => table::parse(text)?,
        Format::Yaml => yaml::parse(text)?,
        Format::Lines => Node {
            line: 1,
            value: Value::Null,
        },
    };
    let document = Document {
        name,
        text,
        format,
        root,
    };
    let source = SOURCES.iter().find(|source| (source.sniff)(&document));
    let source = source.ok_or_else(|| {
        Problem::new(
            "not-recognised",
            "nothing in it is known: it is none of the files that can be imported",
        )
    })?;
    let mut found = Found::default();
    (source.read)(&document, &mut found);
    if found.overflows() {
        let text = "it has more entries than can be imported at once; divide it";
        return Err(Problem::new("too-many", text));
    }
    Ok(found)
}

/// The language, by the name's ending, else by the first line that says something.
fn format(name: &str, text: &str) -> Format {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    let mut lines = text.lines().map(str::trim);
    let first = lines.find(|line| !line.is_empty() && !line.starts_with(['#', ';']));
    let first = first.unwrap_or_default();
    match ending {
        Some("json" | "jsonc" | "json5") => Format::Json,
        Some("toml") => Format::Toml,
        Some("yaml" | "yml") => Format::Yaml,
        Some("bandit" | "ini" | "cfg") => Format::Ini,
        Some("trivyignore") => Format::Lines,
        _ if first.starts_with(['{', '/']) => Format::Json,
        _ if first == "[bandit]" => Format::Ini,
        _ if first.starts_with('[') => Format::Toml,
        _ if first.ends_with(':') || first.contains(": ") || first.starts_with("---") => {
            Format::Yaml
        }
        _ => Format::Lines,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(name: &str, text: &str) -> &'static str {
        read(name, text).unwrap_err().code
    }

    #[test]
    fn files_are_known_by_what_is_in_them() {
        for (name, text) in [
            ("ci/ignored", "# why\nCVE-2024-1 exp:2027-01-01\n"),
            ("trivy", "vulnerabilities:\n  - id: CVE-2024-1\n"),
            ("setup.cfg", "[bandit]\nskips: B101\n"),
            ("x", "[bandit]\nskips = B101\n"),
            ("x", "[tool.bandit]\nskips = [\"B101\"]\n"),
            ("bandit.yml", "---\nskips: [B101]\n"),
            ("x", "// c\n{allowlist: ['GHSA-jf85-cpcp-j695']}"),
            ("x", "[[IgnoredVulns]]\nid = \"GO-2024-1\"\n"),
        ] {
            let found = read(name, text).unwrap();
            assert_eq!(found.statements.len(), 1, "{name}: {found:?}");
        }
        assert_eq!(read(".trivyignore", "").unwrap(), Found::default());
    }

    #[test]
    fn other_files_are_refused() {
        assert_eq!(
            code("pyproject.toml", "[tool.black]\nline = 1\n"),
            "not-recognised"
        );
        assert_eq!(code("package.json", "{\"name\": \"x\"}"), "not-recognised");
        assert_eq!(code("notes.txt", "some words here\n"), "not-recognised");
        assert_eq!(code("empty", ""), "not-recognised");
        assert_eq!(code("audit-ci.json", "{"), "not-readable");
        assert_eq!(code("a/.gitleaksignore", ""), "not-imported");
        assert_eq!(code("a\\.SNYK", ""), "not-imported");
    }
}
