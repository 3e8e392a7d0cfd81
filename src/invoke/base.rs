//! Running a tool with the base's settings: what the judged change says to the tool is not heard.
//!
//! Only what the tools' own flags allow. What a flag does not reach counts by itself, as a
//! suppression that the change adds.

use super::{Argument, Invocation};
use crate::model::RepoPath;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The settings that the base has.
pub struct Settings<'a> {
    read: &'a dyn Fn(&RepoPath) -> Option<Vec<u8>>,
    list: &'a dyn Fn() -> BTreeSet<RepoPath>,
}

/// An invocation that does not hear the change, with the surfaces (names of rules of the scanner
/// `suppressions`) that have no effect on it.
pub type Deaf = (Invocation, &'static [&'static str]);

impl<'a> Settings<'a> {
    /// Of a commit: `read` gives the bytes of a file, `list` all its files.
    pub fn new(
        read: &'a dyn Fn(&RepoPath) -> Option<Vec<u8>>,
        list: &'a dyn Fn() -> BTreeSet<RepoPath>,
    ) -> Self {
        Self { read, list }
    }

    /// The bytes of a file in a folder; `None` for the root.
    fn file(&self, folder: Option<&RepoPath>, name: &str) -> Option<Vec<u8>> {
        let path = match folder {
            Some(folder) => folder.join(name)?,
            None => RepoPath::new(name).ok()?,
        };
        (self.read)(&path)
    }

    /// The first of these files that the base has in a folder, with its name.
    fn first(
        &self,
        folder: Option<&RepoPath>,
        names: &[&'static str],
    ) -> Option<(&'static str, Vec<u8>)> {
        let mut found = names
            .iter()
            .filter_map(|name| Some((*name, self.file(folder, name)?)));
        found.next()
    }

    /// The same, or a file that says nothing.
    fn or(&self, names: &[&'static str], nothing: (&'static str, &str)) -> Argument {
        let (name, text) = self
            .first(None, names)
            .unwrap_or_else(|| (nothing.0, nothing.1.as_bytes().to_vec()));
        setting(name, text)
    }

    /// The folders that hold a file of one of these names.
    fn folders(&self, names: &[&str]) -> BTreeSet<Option<RepoPath>> {
        let files = (self.list)();
        let named = files
            .iter()
            .filter(|path| names.contains(&path.file_name()));
        named.map(RepoPath::parent).collect()
    }
}

fn setting(name: &'static str, text: Vec<u8>) -> Argument {
    Argument::Setting(name, Arc::from(text))
}

/// For tools that no flag makes deaf.
pub fn hears(_: &Settings<'_>, invocation: Invocation) -> Deaf {
    (invocation, &[])
}

/// Bandit looks for one `.bandit` anywhere in the tree (`bandit/cli/main.py`); a file of ours takes
/// its place. Other settings it reads only where that file names them.
pub fn bandit(base: &Settings<'_>, invocation: Invocation) -> Deaf {
    let folders = base.folders(&[".bandit"]);
    let folder = match folders.len() {
        1 => folders.into_iter().next().flatten(),
        _ => None,
    };
    let ini = base.file(folder.as_ref(), ".bandit");
    let ini = ini.unwrap_or_else(|| b"[bandit]\n".to_vec());
    let text = String::from_utf8_lossy(&ini).into_owned();
    let mut invocation = invocation
        .word("--ignore-nosec")
        .word("--ini")
        .argument(setting(".bandit", ini));
    let named = text.lines().find_map(|line| {
        let (name, value) = line.split_once(['=', ':'])?;
        (name.trim() == "configfile").then(|| value.trim().to_owned())
    });
    if let Some(named) = named {
        let name = match named.ends_with(".toml") {
            true => "bandit.toml",
            false => "bandit.yaml",
        };
        // One that the base does not have would be the change's.
        let text = base.file(None, &named).unwrap_or_default();
        invocation = invocation.word("-c").argument(setting(name, text));
    }
    (invocation, &["nosec", "bandit-settings"])
}

/// Trivy. Settings that name further files would be heard through those (`pkg/flag/`), so that they
/// are not replaced. An empty file of secret settings would be an error.
pub fn trivy(base: &Settings<'_>, invocation: Invocation) -> Deaf {
    let settings = base.first(None, &["trivy.yaml"]);
    let further = ["ignorefile", "ignore-policy", "config", "vex", "data"];
    let names_files = settings.as_ref().is_some_and(|(_, text)| {
        let text = String::from_utf8_lossy(text);
        further.iter().any(|word| text.contains(word))
    });
    if names_files {
        return (invocation, &[]);
    }
    let (_, text) = settings.unwrap_or(("", b"{}\n".to_vec()));
    let ignored = base.or(&[".trivyignore", ".trivyignore.yaml"], (".trivyignore", ""));
    let secrets = base.or(&["trivy-secret.yaml"], ("trivy-secret.yaml", "{}\n"));
    let invocation = invocation
        .word("--config")
        .argument(setting("trivy.yaml", text))
        .word("--ignorefile")
        .argument(ignored)
        .word("--secret-config")
        .argument(secrets);
    let undone = &[
        "trivyignore",
        "trivyignore-yaml",
        "trivy-settings",
        "trivy-secret-settings",
    ];
    (invocation, undone)
}

/// gitleaks. It reads `.gitleaksignore` of what it scans in any case (`cmd/root.go`).
pub fn gitleaks(base: &Settings<'_>, invocation: Invocation) -> Deaf {
    let built_in = "[extend]\nuseDefault = true\n";
    let settings = base.or(&[".gitleaks.toml"], (".gitleaks.toml", built_in));
    let invocation = invocation
        .word("--config")
        .argument(settings)
        .word("--ignore-gitleaks-allow");
    (invocation, &["gitleaks-settings", "gitleaks-comment"])
}

/// Semgrep. No flag replaces `.semgrepignore`.
pub fn semgrep(_: &Settings<'_>, invocation: Invocation) -> Deaf {
    (invocation.word("--disable-nosem"), &["nosemgrep"])
}

/// hadolint.
pub fn hadolint(base: &Settings<'_>, invocation: Invocation) -> Deaf {
    let names = &[".hadolint.yaml", ".hadolint.yml"];
    let settings = base.or(names, (".hadolint.yaml", "ignored: []\n"));
    let invocation = invocation
        .word("--config")
        .argument(settings)
        .word("--disable-ignore-pragma");
    (invocation, &["hadolint-settings", "hadolint-comment"])
}

/// osv-scanner has settings beside each lockfile; one file for all is the same only where the root
/// alone has one. Its flags stand before the folder.
pub fn osv_scanner(base: &Settings<'_>, mut invocation: Invocation) -> Deaf {
    let folders = base.folders(&["osv-scanner.toml"]);
    if folders.iter().any(Option::is_some) {
        return (invocation, &[]);
    }
    let settings = base.or(&["osv-scanner.toml"], ("osv-scanner.toml", ""));
    let folder = invocation.arguments.pop();
    let mut invocation = invocation.word("--config").argument(settings);
    invocation.arguments.extend(folder);
    (invocation, &["osv-scanner-settings"])
}

/// grype.
pub fn grype(base: &Settings<'_>, invocation: Invocation) -> Deaf {
    let names = &[".grype.yaml", ".grype/config.yaml"];
    let settings = base.or(names, (".grype.yaml", "ignore: []\n"));
    let invocation = invocation.word("--config").argument(settings);
    (invocation, &["grype-settings"])
}

/// cargo-deny takes the settings of the folder, or of the nearest one above.
pub fn cargo_deny(base: &Settings<'_>, invocation: Invocation) -> Deaf {
    let folder = invocation.folder.clone();
    let above = std::iter::successors(folder, RepoPath::parent).map(Some);
    let names = ["deny.toml", ".deny.toml", ".cargo/deny.toml"];
    let found = above
        .chain([None])
        .find_map(|folder| base.first(folder.as_ref(), &names));
    let (_, text) = found.unwrap_or_default();
    let invocation = invocation
        .word("--config")
        .argument(setting("deny.toml", text));
    (invocation, &["cargo-deny-settings"])
}

/// npm. What `.npmrc` could leave out is put back by the recipe's own flags; its registry is not.
pub fn npm(_: &Settings<'_>, invocation: Invocation) -> Deaf {
    (invocation, &["npmrc"])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoke::{Files, recipe};
    use crate::model::Foreign as _;

    /// The command line of a tool on a tree with everything, against a base with these files.
    fn command(scanner: &str, base: &[(&str, &str)]) -> (String, Vec<&'static str>) {
        let path = |text: &str| RepoPath::new(text).unwrap();
        let tree: BTreeSet<RepoPath> = ["a.py", "Dockerfile", "Cargo.lock", "package-lock.json"]
            .map(path)
            .into();
        let files = Files::new(&tree, &|_| None);
        let recipe = recipe(scanner).unwrap();
        let invocation = (recipe.plan)(&files).remove(0);
        let read = |path: &RepoPath| {
            let found = base.iter().find(|(name, _)| *name == path.raw());
            found.map(|(_, text)| text.as_bytes().to_vec())
        };
        let list = || base.iter().map(|(name, _)| path(name)).collect();
        let (deaf, undone) = (recipe.deaf)(&Settings::new(&read, &list), invocation);
        let texts = deaf.arguments.iter().filter_map(|argument| match argument {
            Argument::Setting(_, text) => Some(String::from_utf8_lossy(text).into_owned()),
            _ => None,
        });
        let texts: Vec<String> = texts.collect();
        let line = recipe.command(&deaf).raw().to_owned();
        (format!("{line} | {}", texts.join(" | ")), undone.to_vec())
    }

    #[test]
    fn tools_hear_the_base() {
        for (scanner, base, says) in [
            (
                "bandit",
                ("a/.bandit", "[bandit]\nskips=B1\n"),
                "--ignore-nosec --ini BASE/.bandit | [bandit]\nskips=B1",
            ),
            ("bandit", ("x", ""), "--ini BASE/.bandit | [bandit]\n"),
            (
                "trivy",
                (".trivyignore", "CVE-1"),
                "--ignorefile BASE/.trivyignore --secret-config",
            ),
            (
                "trivy",
                (".trivyignore.yaml", "x"),
                "--ignorefile BASE/.trivyignore.yaml",
            ),
            (
                "gitleaks",
                ("x", ""),
                "--config BASE/.gitleaks.toml --ignore-gitleaks-allow | [extend]\nuseDefault = true",
            ),
            ("semgrep", ("x", ""), "--disable-nosem"),
            (
                "hadolint",
                (".hadolint.yaml", "ignored: [DL1]"),
                "--disable-ignore-pragma | ignored: [DL1]",
            ),
            (
                "osv-scanner",
                ("x", ""),
                "--recursive --config BASE/osv-scanner.toml . |",
            ),
            (
                "grype",
                (".grype.yaml", "a: b"),
                "--config BASE/.grype.yaml | a: b",
            ),
            (
                "cargo-deny",
                ("deny.toml", "[bans]"),
                "check --config BASE/deny.toml | [bans]",
            ),
        ] {
            let (line, undone) = command(scanner, &[base]);
            assert!(line.contains(says), "{line}");
            assert!(!undone.is_empty(), "{scanner}");
        }
    }

    #[test]
    fn what_cannot_be_replaced_is_left_and_not_claimed() {
        for (scanner, base) in [
            ("trivy", ("trivy.yaml", "ignorefile: ci/ignored\n")),
            ("osv-scanner", ("web/osv-scanner.toml", "")),
            ("checkov", (".checkov.yaml", "")),
        ] {
            let (line, undone) = command(scanner, &[base]);
            assert!(!line.contains("BASE") && undone.is_empty(), "{line}");
        }
        let ini = "[bandit]\nconfigfile = ci/b.yaml\n";
        let (line, _) = command("bandit", &[(".bandit", ini), ("ci/b.yaml", "skips: []")]);
        assert!(line.contains("-c BASE/bandit.yaml |"), "{line}");
        assert!(line.ends_with("skips: []"), "{line}");
    }
}
