//! What silences the audits of JavaScript packages.
//!
//! Sources: npm's documentation of `.npmrc` and of `overrides`; yarn's of `.yarnrc.yml`
//! (`npmAudit…`) and of `resolutions`; pnpm's of `auditConfig` and of `overrides`; better-npm-audit
//! (`.nsprc`); IBM/audit-ci; audit-resolver (`audit-resolve.json`).

use super::entry::{Entry, Means};
use super::settings::{Language, OFF, ON, Tree, guards, hides, selects, unless};
use super::{Reader, Surface, is, is_like};

const ALL: &[&str] = &["npm-audit", "pnpm-audit", "yarn-audit"];

const PACKAGE: &[&str] = &["package.json"];

/// `.npmrc`, but for registries.
pub static NPMRC: Surface = Surface {
    id: "npmrc",
    name: ".npmrc",
    about: "Switches audits of npm off, or leaves packages out of them.",
    scanners: &["npm-audit", "pnpm-audit"],
    concerns: |path| is(path, &[".npmrc"]),
    reader: Reader::Settings(
        Language::Npmrc,
        &[
            unless("audit", ON),
            unless("audit-level", &["info", "low"]),
            hides("omit"),
            hides("only"),
            unless("production", OFF),
            unless("offline", OFF),
            unless("dev", ON),
            unless("optional", ON),
            guards("include", &[]),
        ],
    ),
};

/// Who answers the question which packages are vulnerable.
pub static NPM_REGISTRY: Surface = Surface {
    id: "npm-registry",
    name: ".npmrc",
    about: "Lets another registry say which packages are vulnerable; one that answers nothing makes a clean report.",
    scanners: &["npm-audit", "pnpm-audit"],
    concerns: |path| is(path, &[".npmrc"]),
    reader: Reader::Settings(
        Language::Npmrc,
        &[
            hides("registry"),
            hides("*:registry"),
            hides("proxy"),
            hides("https-proxy"),
            unless("strict-ssl", ON),
        ],
    ),
};

/// pnpm's list in `package.json`.
pub static PACKAGE_JSON: Surface = Surface {
    id: "pnpm-audit-config",
    name: "pnpm.auditConfig",
    about: "Accepts advisories that pnpm audit would report.",
    scanners: &["pnpm-audit"],
    concerns: |path| is(path, PACKAGE),
    reader: Reader::Settings(
        Language::Json,
        &[
            hides("pnpm.auditConfig.ignoreCves"),
            hides("pnpm.auditConfig.ignoreGhsas"),
            hides("pnpm.auditConfig.ignoreUnfixable"),
        ],
    ),
};

/// pnpm's settings for a workspace.
pub static WORKSPACE: Surface = Surface {
    id: "pnpm-workspace",
    name: "pnpm-workspace.yaml",
    about: "Accepts advisories that pnpm audit would report, or replaces packages.",
    scanners: &["pnpm-audit"],
    concerns: |path| is(path, &["pnpm-workspace.yaml"]),
    reader: Reader::Tree(Language::Yaml, |tree| {
        let rules = &[
            hides("auditConfig.ignoreCves"),
            hides("auditConfig.ignoreGhsas"),
            unless("auditLevel", &["low", "info"]),
            hides("registry"),
        ];
        let mut found = super::settings::entries(std::slice::from_ref(tree), rules);
        found.extend(replaced(tree, &["overrides"]));
        found
    }),
};

/// Packages that are replaced by others.
pub static OVERRIDES: Surface = Surface {
    id: "package-override",
    name: "package.json",
    about: "Replaces a package by something that advisories do not know: an alias, a file, a repository. Moving it to another version is no suppression.",
    scanners: ALL,
    concerns: |path| is(path, PACKAGE),
    reader: Reader::Tree(Language::Json, |tree| {
        let ways: [&[&str]; 3] = [&["overrides"], &["resolutions"], &["pnpm", "overrides"]];
        ways.iter().flat_map(|way| replaced(tree, way)).collect()
    }),
};

/// The entries of a table of overrides that put something else in a package's place. Documents nest
/// no deeper than their reader allows.
fn replaced(tree: &Tree<'_>, way: &[&str]) -> Vec<Entry> {
    let mut found = Vec::new();
    let mut open: Vec<(String, &Tree<'_>)> = tree
        .at(way)
        .into_iter()
        .flat_map(Tree::members)
        .map(|(name, node)| (name.to_owned(), node))
        .collect();
    while let Some((name, node)) = open.pop() {
        open.extend(node.members().map(|(inner, child)| {
            // npm writes what holds for the package itself under a dot.
            let name = if inner == "." { name.as_str() } else { inner };
            (name.to_owned(), child)
        }));
        let Some(value) = node.text().filter(|value| is_other(&name, value)) else {
            continue;
        };
        found.push(Entry {
            key: way.join("."),
            what: format!("{name} → {value}"),
            sense: format!("{name} → {value}"),
            until: None,
            line: node.line,
            means: Means::Hides,
        });
    }
    found
}

/// True for a value that is no version of the package.
fn is_other(key: &str, value: &str) -> bool {
    // `a/**/b` of yarn, `a>b` of pnpm: the last one is replaced; a range may follow.
    let last = key.rsplit('>').next().unwrap_or(key);
    let parts: Vec<&str> = last.split('/').filter(|part| !part.contains('*')).collect();
    let scoped = parts
        .iter()
        .rev()
        .nth(1)
        .filter(|part| part.starts_with('@'));
    let bare = parts.last().copied().unwrap_or(last);
    let bare = bare.split_once('@').map_or(bare, |(name, _)| name);
    let name = match scoped {
        Some(scope) => format!("{scope}/{bare}"),
        None => bare.to_owned(),
    };
    let value = value.trim();
    if let Some(alias) = value.strip_prefix("npm:") {
        let version = |c: char| c.is_ascii_digit() || "^~<>=*x".contains(c);
        let same = alias
            .strip_prefix(name.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('@'));
        return !same && !alias.starts_with(version);
    }
    // A version, a range, a tag, or `$name`, a reference to the project's own range.
    let plain = |c: char| c.is_ascii_alphanumeric() || "$.^~<>=*| +-_@/".contains(c);
    let path = value.contains('/') && !value.starts_with('$');
    value == "-" || path || !value.chars().all(plain)
}

/// `.yarnrc.yml`.
pub static YARNRC: Surface = Surface {
    id: "yarnrc",
    name: ".yarnrc.yml",
    about: "Accepts advisories that yarn npm audit would report, or asks another registry for them.",
    scanners: &["yarn-audit"],
    concerns: |path| is(path, &[".yarnrc.yml"]),
    reader: Reader::Settings(
        Language::Yaml,
        &[
            hides("npmAuditExcludePackages"),
            hides("npmAuditIgnoreAdvisories"),
            hides("npmAuditRegistry"),
            hides("npmRegistryServer"),
            hides("npmScopes.*.npmAuditRegistry"),
            unless("enableStrictSsl", ON),
            unless("enableNetwork", ON),
        ],
    ),
};

/// `.nsprc`.
pub static NSPRC: Surface = Surface {
    id: "nsprc",
    name: ".nsprc",
    about: "Accepts advisories that npm audit would report.",
    scanners: &["npm-audit"],
    concerns: |path| is(path, &[".nsprc", ".auditrc"]),
    reader: Reader::Settings(Language::Json, &[hides("")]),
};

/// `audit-ci.json`.
pub static AUDIT_CI: Surface = Surface {
    id: "audit-ci",
    name: "audit-ci.json",
    about: "Accepts advisories, or narrows what audit-ci looks at.",
    scanners: ALL,
    concerns: |path| is_like(path, "audit-ci", &[".json", ".jsonc", ".json5"]),
    reader: Reader::Settings(
        Language::Json,
        &[
            hides("allowlist"),
            hides("whitelist"),
            hides("advisories"),
            hides("path-whitelist"),
            unless("skip-dev", OFF),
            unless("pass-enoaudit", OFF),
            hides("registry"),
            hides("extra-args"),
            hides("directory"),
            guards("low", ON),
            guards("moderate", ON),
            guards("high", ON),
            guards("critical", ON),
        ],
    ),
};

/// `audit-resolve.json`.
pub static AUDIT_RESOLVE: Surface = Surface {
    id: "audit-resolve",
    name: "audit-resolve.json",
    about: "Accepts advisories that npm audit would report.",
    scanners: &["npm-audit"],
    concerns: |path| is(path, &["audit-resolve.json"]),
    reader: Reader::Settings(
        Language::Json,
        &[hides("decisions"), selects("rules.audit-level")],
    ),
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_no_version_replaces() {
        for (key, value) in [
            ("lodash", "4.17.21"),
            ("lodash", "^4.17.21 || >=5"),
            ("lodash", "$lodash"),
            ("lodash", "npm:lodash@4.17.21"),
            ("**/lodash", "npm:lodash@^4"),
            ("a/**/@scope/b@1", "npm:@scope/b@2"),
            ("a>b@<2", "npm:2.0.0"),
            ("lodash", "latest"),
            ("lodash", ">=4 <5"),
        ] {
            assert!(!is_other(key, value), "{key} {value}");
        }
        for (key, value) in [
            ("lodash", "npm:lodash-fork@4.17.21"),
            ("lodash", "npm:@me/lodash@4"),
            ("@scope/b", "npm:b@2"),
            ("lodash", "file:./vendor/lodash"),
            ("lodash", "link:../x"),
            ("lodash", "me/lodash#fix"),
            ("lodash", "git+ssh://x/y"),
            ("lodash", "patch:lodash@npm%3A4#x"),
            ("lodash", "-"),
        ] {
            assert!(is_other(key, value), "{key} {value}");
        }
    }
}
