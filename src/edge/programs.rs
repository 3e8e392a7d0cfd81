//! Finding programs, and the environment that they get.
//!
//! A pull request must not supply the scanner that judges it: folders of the repository are taken
//! off the search path, for the tools and for what they start in turn.

use super::files::Root;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

/// Variables that tools get: where things are, language, proxies, certificates, package indexes.
/// Everything else stays here, above all tokens (`GITHUB_TOKEN`, `ACTIONS_*`), the inputs of
/// actions (`INPUT_*`), and settings of tools that make them look at less (`TRIVY_SEVERITY`,
/// `npm_config_offline`).
const PASSED: &[&str] = &[
    "ALL_PROXY",
    "APPDATA",
    "CARGO_HOME",
    "CI",
    "COMSPEC",
    "CURL_CA_BUNDLE",
    "GRYPE_DB_CACHE_DIR",
    "HOME",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "LANG",
    "LANGUAGE",
    "LOCALAPPDATA",
    "LOGNAME",
    "NODE_EXTRA_CA_CERTS",
    "NO_PROXY",
    "NPM_CONFIG_REGISTRY",
    "NPM_CONFIG_USERCONFIG",
    "PATHEXT",
    "PIP_CERT",
    "PIP_CONFIG_FILE",
    "PIP_EXTRA_INDEX_URL",
    "PIP_INDEX_URL",
    "PROGRAMDATA",
    "PYENV_ROOT",
    "REQUESTS_CA_BUNDLE",
    "RUSTUP_HOME",
    "SSL_CERT_DIR",
    "SSL_CERT_FILE",
    "SYSTEMROOT",
    "TEMP",
    "TMP",
    "TMPDIR",
    "TRIVY_CACHE_DIR",
    "TRIVY_DB_REPOSITORY",
    "TZ",
    "USER",
    "USERPROFILE",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
];

/// Variables that lockgate sets. `YARN_IGNORE_PATH`: yarn does not hand over to a yarn that the
/// tree brings. `COREPACK_…`: nobody is there to answer.
const SET: &[(&str, &str)] = &[
    ("COREPACK_ENABLE_DOWNLOAD_PROMPT", "0"),
    ("NO_COLOR", "1"),
    ("YARN_IGNORE_PATH", "1"),
];

/// What the search path has under a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A program.
    At(PathBuf),
    /// Only a program inside the repository, which is not run.
    Refused(PathBuf),
    /// Nothing.
    Nowhere,
}

/// The search path without the repository's folders.
#[derive(Debug, Clone)]
pub struct Programs {
    repository: PathBuf,
    folders: Vec<PathBuf>,
    refused: Vec<PathBuf>,
}

impl Programs {
    /// The search path of this process, for judging this folder.
    pub fn new(root: &Root) -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        Self::on(&path, root.repository())
    }

    fn on(path: &OsStr, repository: &Path) -> Self {
        // Relative and empty entries mean the working folder, which is the repository.
        let (refused, folders) = std::env::split_paths(path)
            .filter(|folder| !folder.as_os_str().is_empty())
            .partition(|folder| {
                !folder.is_absolute()
                    || folder.starts_with(repository)
                    || leads_into(folder, repository)
            });
        Self {
            repository: repository.to_owned(),
            folders,
            refused,
        }
    }

    /// Looks for a program.
    pub fn find(&self, name: &str) -> Found {
        let mut refused = None;
        for path in self
            .folders
            .iter()
            .flat_map(|folder| candidates(folder, name))
        {
            if !is_program(&path) {
                continue;
            }
            if !leads_into(&path, &self.repository) {
                return Found::At(path);
            }
            refused = refused.or(Some(path));
        }
        let shadowed = self
            .refused
            .iter()
            .flat_map(|folder| candidates(folder, name));
        match refused.or_else(|| shadowed.into_iter().find(|path| is_program(path))) {
            Some(path) => Found::Refused(path),
            None => Found::Nowhere,
        }
    }

    /// The whole environment of a tool.
    pub fn environment(&self) -> Vec<(OsString, OsString)> {
        let path = std::env::join_paths(&self.folders).unwrap_or_default();
        let passed = std::env::vars_os().filter(|(name, _)| {
            name.to_str().is_some_and(|name| {
                let name = name.to_ascii_uppercase();
                PASSED.contains(&name.as_str()) || name.starts_with("LC_")
            })
        });
        let set = SET.iter().map(|(name, value)| (name.into(), value.into()));
        passed.chain(set).chain([("PATH".into(), path)]).collect()
    }
}

fn leads_into(path: &Path, repository: &Path) -> bool {
    path.canonicalize()
        .is_ok_and(|real| real.starts_with(repository))
}

#[cfg(unix)]
fn candidates(folder: &Path, name: &str) -> Vec<PathBuf> {
    vec![folder.join(name)]
}

#[cfg(not(unix))]
fn candidates(folder: &Path, name: &str) -> Vec<PathBuf> {
    let named = |ending| folder.join(format!("{name}.{ending}"));
    ["exe", "cmd", "bat"].map(named).into()
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn program(path: &Path) {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, "#!/bin/sh\n").unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    #[test]
    fn programs_of_the_repository_are_passed_over() {
        let outside = tempfile::TempDir::new().unwrap();
        let base = outside.path().canonicalize().unwrap();
        let (repository, system) = (base.join("repo"), base.join("bin"));
        program(&repository.join("bin/one"));
        program(&system.join("two"));
        std::os::unix::fs::symlink(repository.join("bin/one"), system.join("linked")).unwrap();
        std::fs::write(system.join("plain"), "").unwrap();
        let path = std::env::join_paths([
            Path::new(""),
            Path::new("."),
            &repository.join("bin"),
            &system,
        ])
        .unwrap();
        let programs = Programs::on(&path, &repository);
        assert!(matches!(programs.find("one"), Found::Refused(_)));
        assert!(matches!(programs.find("linked"), Found::Refused(_)));
        assert_eq!(programs.find("two"), Found::At(system.join("two")));
        assert_eq!(programs.find("plain"), Found::Nowhere);
        program(&system.join("one"));
        assert_eq!(programs.find("one"), Found::At(system.join("one")));
        let environment = programs.environment();
        let path = environment.iter().find(|(name, _)| name == "PATH").unwrap();
        assert_eq!(path.1, system.as_os_str());
    }
}
