//! Files that decide which version a package has, although another file asks for it.

use crate::model::{Ecosystem, Foreign as _, RepoPath};

/// Whether a change to `path` may alter the version that a file without pinned versions gets: a
/// constraints or included file of pip, a property of Maven's parent, a catalogue of Gradle, central
/// package management of NuGet. False for the ecosystems whose lockfiles say it all.
pub fn steers(ecosystem: &Ecosystem, path: &RepoPath) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    let named = |names: &[&str]| names.contains(&name.as_str());
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    if *ecosystem == Ecosystem::PYPI {
        return ends(&[".txt", ".in"])
            || named(&["pyproject.toml", "setup.py", "setup.cfg", "pipfile"]);
    }
    let word: &str = ecosystem.as_str();
    match word {
        "maven" | "gradle" | "jar" => {
            named(&["gradle.properties", "maven.config", "extensions.xml"])
                || ends(&[
                    "pom.xml",
                    ".pom",
                    ".gradle",
                    ".gradle.kts",
                    ".versions.toml",
                    ".sbt",
                ])
        }
        "nuget" => {
            named(&["packages.config", "global.json"])
                || ends(&[".props", ".targets", ".csproj", ".fsproj", ".vbproj"])
        }
        _ => false,
    }
}

/// Whether a file of this name pins every version by itself.
pub fn pins(path: &RepoPath) -> bool {
    path.file_name().to_ascii_lowercase().contains("lock")
}

/// Words of paths under which people keep what they do not ship.
const ASIDE: &[&str] = &[
    "bench",
    "benches",
    "benchmark",
    "benchmarks",
    "demo",
    "demos",
    "dev",
    "develop",
    "development",
    "doc",
    "docs",
    "e2e",
    "example",
    "examples",
    "experimental",
    "fixture",
    "fixtures",
    "mock",
    "mocks",
    "playground",
    "sample",
    "samples",
    "sandbox",
    "scratch",
    "spec",
    "specs",
    "stub",
    "stubs",
    "test",
    "testdata",
    "testing",
    "tests",
];

/// Whether a file that was aside of what is shipped, by the words of its path, no longer is.
pub fn leaves_aside(old: &RepoPath, new: &RepoPath) -> bool {
    let aside = |path: &RepoPath| {
        let path = path.raw().to_ascii_lowercase();
        path.split(|c: char| !c.is_alphanumeric())
            .any(|word| ASIDE.contains(&word))
    };
    aside(old) && !aside(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_tests_is_seen() {
        let leaves =
            |old, new| leaves_aside(&RepoPath::new(old).unwrap(), &RepoPath::new(new).unwrap());
        assert!(leaves("tests/a.py", "src/a.py"));
        assert!(leaves("requirements-dev.txt", "requirements.txt"));
        assert!(leaves("web/__tests__/a.js", "web/a.js"));
        assert!(!leaves("tests/a.py", "test/a.py"));
        assert!(!leaves("src/a.py", "lib/a.py"));
        assert!(!leaves("src/latest.py", "lib/latest.py"));
    }
}
