//! Bandit's configuration (`.bandit`, `[tool.bandit]` of `pyproject.toml`, `bandit.yaml`) and its
//! baseline.
//!
//! Source of the formats: `bandit/core/config.py`, `bandit/core/manager.py` (`_is_file_included`,
//! baseline), `bandit/cli/main.py` (INI), `bandit/plugins/asserts.py`.

use super::statement::{Found, Statement, Subject, literal};
use super::tree::{Entry, Node, Value};
use super::{Document, Format};
use crate::model::{Foreign as _, RepoPath, Untrusted};

/// The scanner's name in policies.
const SCANNER: &str = "bandit";

const WIDER_BASELINE: &str = "the baseline knows single findings; the waiver holds for every finding of the rule in the file";

/// The table with Bandit's settings.
fn settings<'a>(document: &'a Document<'_>) -> Option<&'a Node> {
    let root = &document.root;
    match document.format {
        Format::Ini => root.get("bandit"),
        Format::Toml => root.get("tool")?.get("bandit"),
        Format::Yaml => ["skips", "tests", "exclude_dirs", "assert_used"]
            .iter()
            .any(|key| root.has(key))
            .then_some(root),
        Format::Json | Format::Lines => None,
    }
}

/// True for a file with settings of Bandit.
pub fn is_settings(document: &Document<'_>) -> bool {
    settings(document).is_some()
}

/// Reads settings.
pub fn read_settings(document: &Document<'_>, found: &mut Found) {
    for entry in settings(document).map(Node::entries).unwrap_or_default() {
        match entry.key.as_str() {
            "skips" => each(entry, |line, id| skip(line, id, found)),
            "exclude" | "exclude_dirs" => each(entry, |line, path| {
                let subject = Subject::rule(SCANNER, "*".into());
                in_path(line, path, subject, found);
            }),
            "tests" => found.leave(
                entry.line,
                "tests",
                "it says what Bandit looks for at all; leave it in Bandit's own configuration",
            ),
            "assert_used" => {
                for skips in entry.value.entries().iter().filter(|e| e.key == "skips") {
                    each(skips, |line, path| {
                        in_path(line, path, Subject::rule(SCANNER, "B101".into()), found);
                    });
                }
            }
            _ => {}
        }
    }
}

/// Every element of a list, or of a text with commas.
fn each(entry: &Entry, mut take: impl FnMut(u32, &str)) {
    let nodes = match &entry.value.value {
        Value::List(list) => list.as_slice(),
        _ => std::slice::from_ref(&entry.value),
    };
    for node in nodes {
        for word in node.text().unwrap_or_default().split([',', '\n']) {
            let word = word.trim().trim_matches(['\'', '"']);
            if !word.is_empty() {
                take(node.line, word);
            }
        }
    }
}

fn skip(line: u32, id: &str, found: &mut Found) {
    let number = id.strip_prefix('B').unwrap_or_default();
    if number.is_empty() || !number.chars().all(|c| c.is_ascii_digit()) {
        found.leave(
            line,
            id,
            "it is not the id of a test of Bandit, such as B101",
        );
        return;
    }
    found.keep(Statement::new(line, Subject::rule(SCANNER, id.into())));
}

fn in_path(line: u32, path: &str, mut subject: Subject, found: &mut Found) {
    subject.paths = path_globs(path).into_iter().map(Untrusted::from).collect();
    if subject.paths.is_empty() {
        found.leave(line, path, "it would accept everything that Bandit finds");
    } else {
        found.keep(Statement::new(line, subject));
    }
}

/// Bandit looks for the text anywhere in a path, and its `*` goes over `/`. Whole names of files
/// and folders are meant, and those alone are taken over. Empty when all paths are meant.
fn path_globs(path: &str) -> Vec<String> {
    let path = path.replace('\\', "/");
    let (anchored, rest) = match path.strip_prefix("./") {
        Some(rest) => (true, rest),
        None => (false, path.as_str()),
    };
    let mut parts: Vec<&str> = Vec::new();
    for part in rest.split('/').filter(|part| !part.is_empty()) {
        let part = if part == "*" { "**" } else { part };
        if !(part == "**" && parts.last() == Some(&"**")) {
            parts.push(part);
        }
    }
    if parts.iter().all(|part| part.chars().all(|c| c == '*')) {
        return Vec::new();
    }
    if !anchored && parts.first() != Some(&"**") {
        parts.insert(0, "**");
    }
    let glob = parts.join("/");
    if parts.last() == Some(&"**") {
        return vec![glob];
    }
    if path.ends_with(".py") {
        return vec![glob];
    }
    // It names a file or a folder.
    let below = format!("{glob}/**");
    vec![glob, below]
}

/// True for a baseline: a JSON report of Bandit.
pub fn is_baseline(document: &Document<'_>) -> bool {
    document.format == Format::Json
        && document.root.has("results")
        && document.root.has("metrics")
        && (document.root.has("generated_at") || document.root.has("errors"))
}

/// Reads a baseline.
pub fn read_baseline(document: &Document<'_>, found: &mut Found) {
    for result in document.root.list_of("results") {
        let rule = result.text_of("test_id").unwrap_or_default();
        let file = result.text_of("filename").unwrap_or_default();
        let Ok(path) = RepoPath::new(&file.replace('\\', "/")) else {
            found.leave(
                result.line,
                file,
                "it is not a path inside the repository; write the baseline from its root",
            );
            continue;
        };
        let mut subject = Subject::rule(SCANNER, literal(rule));
        subject.paths = [literal(path.raw())].into();
        let mut statement = Statement::new(result.line, subject);
        statement.wider = Some(WIDER_BASELINE);
        found.keep(statement);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_mean_whole_names() {
        for (path, wanted) in [
            ("tests", vec!["**/tests", "**/tests/**"]),
            ("./tests/", vec!["tests", "tests/**"]),
            ("/tests/", vec!["**/tests", "**/tests/**"]),
            ("*/tests/*", vec!["**/tests/**"]),
            ("*_test.py", vec!["**/*_test.py"]),
            ("a\\b.py", vec!["**/a/b.py"]),
        ] {
            assert_eq!(path_globs(path), wanted, "{path}");
        }
        for all in ["*", "/", "./", "**/*", "*/*"] {
            assert!(path_globs(all).is_empty(), "{all}");
        }
    }
}
