//! What silences Bandit and Safety.
//!
//! Sources: Bandit `bandit/cli/main.py` (INI), `bandit/core/config.py`, `bandit/core/manager.py`
//! (`NOSEC_COMMENT`); Safety `safety_policy_file` (versions 2.0 and 3.0).

use super::comments::Marker;
use super::entry::Entry;
use super::settings::{self, Language, OFF, ON, Rule, Tree, guards, hides, selects, unless};
use super::{Reader, Surface, is, is_like};
use crate::model::RepoPath;

/// Bandit's settings.
pub static BANDIT: Surface = Surface {
    id: "bandit-settings",
    name: "Bandit's settings",
    about: "Skips tests of Bandit, leaves files out, or narrows what Bandit looks for.",
    scanners: &["bandit"],
    concerns: is_bandit,
    reader: Reader::Any(bandit),
};

fn is_bandit(path: &RepoPath) -> bool {
    is(path, &[".bandit", "pyproject.toml", "setup.cfg", "tox.ini"])
        || is_like(
            path,
            "bandit",
            &[".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf"],
        )
}

/// The keys, wherever the table stands.
const KEYS: &[Rule] = &[
    hides("skips"),
    hides("exclude"),
    hides("exclude_dirs"),
    selects("tests"),
    selects("targets"),
    selects("include"),
    hides("assert_used.skips"),
    hides("baseline"),
    hides("configfile"),
    selects("level"),
    selects("confidence"),
    selects("severity"),
    hides("profile"),
    guards("ignore-nosec", ON),
    // Other plug-ins take lists of what they accept.
    hides("any_other_function_with_shell_equals_true.*"),
    hides("shell_injection.no_shell"),
    guards("shell_injection.*", &[]),
    guards("hardcoded_tmp_directory.tmp_dirs", &[]),
    hides("weak_cryptographic_key.*"),
    unless("try_except_pass.check_typed_exception", ON),
];

/// The text's own language decides: the same settings are written in three.
fn bandit(path: &RepoPath, text: &str) -> Option<Vec<Entry>> {
    let name = path.file_name().to_ascii_lowercase();
    let (language, ways): (_, &[&[&str]]) = match name.rsplit_once('.') {
        Some((_, "toml")) => (Language::Toml, &[&["tool", "bandit"]]),
        Some((_, "yaml" | "yml")) => (Language::Yaml, &[&[]]),
        _ => (Language::Ini, &[&["bandit"]]),
    };
    let mentions = text.contains("bandit") || name.contains("bandit");
    if !mentions {
        return Some(Vec::new());
    }
    let trees = language.parse(text)?;
    let mut found = Vec::new();
    for way in ways {
        for table in trees.iter().filter_map(|tree: &Tree<'_>| tree.at(way)) {
            found.extend(settings::entries(std::slice::from_ref(table), KEYS));
        }
    }
    Some(found)
}

/// `# nosec`.
pub static NOSEC: Surface = Surface {
    id: "nosec",
    name: "# nosec",
    about: "Tells Bandit, or gosec, to be silent about a line.",
    scanners: &["bandit", "gosec"],
    concerns: |path| is_like(path, "", &[".py", ".pyw", ".pyi", ".go", ".ipynb"]),
    reader: Reader::Comment(Marker::Nosec),
};

/// Safety's policy file.
pub static SAFETY: Surface = Surface {
    id: "safety-policy",
    name: ".safety-policy.yml",
    about: "Accepts vulnerabilities that Safety would report.",
    scanners: &["safety"],
    concerns: |path| is_like(path, "safety-policy", &[".yml", ".yaml"]),
    reader: Reader::Settings(
        Language::Yaml,
        &[
            hides("security.ignore-vulnerabilities"),
            unless("security.ignore-cvss-severity-below", &["0"]),
            unless("security.ignore-cvss-unknown-severity", OFF),
            unless("security.ignore-unpinned-requirements", OFF),
            unless("security.continue-on-vulnerability-error", OFF),
            hides("scanning-settings.exclude"),
            hides("scanning-settings.max-depth"),
            hides("report.dependency-vulnerabilities.auto-ignore-in-report.vulnerabilities"),
            hides("report.dependency-vulnerabilities.auto-ignore-in-report.cvss-severity"),
            unless(
                "report.dependency-vulnerabilities.auto-ignore-in-report.unpinned-requirements",
                OFF,
            ),
            unless(
                "report.dependency-vulnerabilities.auto-ignore-in-report.environment-results",
                OFF,
            ),
            guards("report.dependency-vulnerabilities.enabled", ON),
            guards(
                "fail-scan-with-exit-code.dependency-vulnerabilities.enabled",
                ON,
            ),
            selects(
                "fail-scan-with-exit-code.dependency-vulnerabilities.fail-on-any-of.cvss-severity",
            ),
        ],
    ),
};
