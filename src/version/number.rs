//! Versions by the rules of their ecosystem.

use super::generic;
use crate::model::Ecosystem;
use std::cmp::Ordering;
use std::str::FromStr as _;

/// Longest version that is read by its ecosystem's rules, in bytes; longer ones are hostile.
const LONGEST: usize = 128;

/// A version as its ecosystem reads it.
pub enum Number<'a> {
    /// Semantic Versioning 2.0.0: npm, Cargo, Go, Composer.
    Semantic(semver::Version),
    /// PEP 440: Python.
    Python(Box<pep440_rs::Version>),
    /// Anything else, also what breaks the rules of its own ecosystem.
    Other(&'a str),
}

/// What scanners write around a version: `>=1.2`, `=1.2`.
fn bare(text: &str) -> &str {
    text.trim()
        .trim_start_matches(['=', '>', '<', '~', '^', ' '])
}

fn without_v(text: &str) -> &str {
    match text.strip_prefix(['v', 'V']) {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => rest,
        _ => text,
    }
}

/// Without the `go` of a release of Go itself: `go1.22.5`.
fn without_go(text: &str) -> &str {
    match text.strip_prefix("go") {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => rest,
        _ => text,
    }
}

/// Without the platform that Bundler writes after a dash: `1.13.1-x86_64-linux`. A gem's version
/// itself holds no dash (RubyGems, `Gem::Version::VERSION_PATTERN` makes `.pre.` of it).
fn without_platform(text: &str) -> &str {
    match text.split_once('-') {
        Some((version, platform)) if platform.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            version
        }
        _ => text,
    }
}

impl<'a> Number<'a> {
    /// Reads a version; every text is one.
    pub fn new(ecosystem: &Ecosystem, text: &'a str) -> Self {
        let text = bare(text);
        if text.len() > LONGEST {
            return Self::Other(text);
        }
        match ecosystem.as_str() {
            "npm" | "cargo" | "golang" | "composer" => match semantic(without_v(text)) {
                Some(version) => Self::Semantic(version),
                None => Self::Other(without_v(text)),
            },
            "pypi" => match pep440_rs::Version::from_str(text) {
                Ok(version) => Self::Python(Box::new(version)),
                Err(_) => Self::Other(text),
            },
            "gem" => Self::Other(without_platform(text)),
            _ => Self::Other(without_v(text)),
        }
    }

    /// True for a version before a release.
    pub fn is_pre_release(&self) -> bool {
        match self {
            Self::Semantic(version) => !version.pre.is_empty(),
            Self::Python(version) => version.any_prerelease(),
            Self::Other(text) => generic::is_pre_release(text),
        }
    }

    /// Epoch, and up to three numbers of the release.
    pub fn release(&self) -> (u64, Vec<u64>) {
        match self {
            Self::Semantic(v) => (0, vec![v.major, v.minor, v.patch]),
            Self::Python(v) => (v.epoch(), v.release().iter().copied().take(3).collect()),
            Self::Other(text) => (0, generic::release(text)),
        }
    }
}

/// Also `1` and `1.0`, which npm and Composer accept; `None` for four numbers and leading zeros.
fn semantic(text: &str) -> Option<semver::Version> {
    if let Ok(version) = semver::Version::parse(text) {
        return Some(version);
    }
    let end = text.find(['-', '+']).unwrap_or(text.len());
    let (core, rest) = text.split_at(end);
    let padding = match core.matches('.').count() {
        0 => ".0.0",
        1 => ".0",
        _ => return None,
    };
    semver::Version::parse(&format!("{core}{padding}{rest}")).ok()
}

/// The order of two versions of an ecosystem.
///
/// npm, Cargo, Go and Composer by Semantic Versioning §11 (build metadata counts for nothing),
/// Python by PEP 440. All others, and versions that their ecosystem's rules do not allow, by their
/// numbers and words from left to right.
pub fn compare(ecosystem: &Ecosystem, a: &str, b: &str) -> Ordering {
    match (Number::new(ecosystem, a), Number::new(ecosystem, b)) {
        (Number::Semantic(a), Number::Semantic(b)) => a.cmp_precedence(&b),
        (Number::Python(a), Number::Python(b)) => a.cmp(&b),
        _ => generic::compare(
            without_platform_of(ecosystem, a),
            without_platform_of(ecosystem, b),
        ),
    }
}

fn without_platform_of<'a>(ecosystem: &Ecosystem, text: &'a str) -> &'a str {
    match Number::new(ecosystem, text) {
        Number::Other(text) => text,
        _ => without_v(bare(text)),
    }
}

/// The form in which two spellings of one version are equal.
///
/// Python: normalised by PEP 440, without final zeros (`1.0` and `1.0.0` are equal there). Go: no
/// `v`, no `+incompatible`, and no `go` before a release of Go itself. Composer: no `v`. RubyGems: no platform. Others: unchanged.
pub fn canonical(ecosystem: &Ecosystem, version: &str) -> String {
    let version = version.trim();
    match ecosystem.as_str() {
        "pypi" if version.len() <= LONGEST => match pep440_rs::Version::from_str(version) {
            Ok(parsed) => {
                let release = parsed.release();
                let kept = release.iter().rposition(|n| *n != 0).map_or(1, |at| at + 1);
                let release: Vec<u64> = release.iter().copied().take(kept).collect();
                parsed.with_release(release).to_string()
            }
            Err(_) => version.to_owned(),
        },
        "golang" => without_v(without_go(version))
            .trim_end_matches("+incompatible")
            .to_owned(),
        "composer" => without_v(version).to_owned(),
        "gem" => without_platform(version).to_owned(),
        _ => version.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ascending(ecosystem: &str, versions: &[&str]) {
        let ecosystem = Ecosystem::new(ecosystem);
        for pair in versions.windows(2) {
            let order = compare(&ecosystem, pair[0], pair[1]);
            assert_eq!(order, Ordering::Less, "{ecosystem:?} {pair:?}");
        }
    }

    #[test]
    fn each_ecosystem_has_its_order() {
        ascending("npm", &["1.0.0-rc.1", "1.0", "1.0.2", "1.0.10", "v2"]);
        ascending("cargo", &["0.9.0", "0.10.0-alpha", "0.10.0"]);
        ascending(
            "golang",
            &[
                "v0.0.0-20190101000000-aaaaaaaaaaaa",
                "0.0.0-20200101000000-bbbbbbbbbbbb",
                "v0.1.0",
                "v2.0.0+incompatible",
            ],
        );
        ascending("composer", &["v1.2.3", "1.2.3.1", "v1.2.4-beta1", "1.2.4"]);
        ascending(
            "pypi",
            &[
                "1.0.dev1",
                "1.0a1",
                "1.0",
                "1.0+local.1",
                "1.0.post1",
                "1!0.1",
            ],
        );
        ascending(
            "gem",
            &["1.13.1-x86_64-linux", "1.13.2", "2.0.0.rc1", "2.0.0"],
        );
        ascending("maven", &["2.9.10", "2.9.10.1", "2.13.0-rc1", "2.13.0"]);
    }

    #[test]
    fn spellings_of_one_version_are_equal() {
        let same = |ecosystem: &str, a: &str, b: &str| {
            let ecosystem = Ecosystem::new(ecosystem);
            assert_eq!(canonical(&ecosystem, a), canonical(&ecosystem, b));
        };
        same("pypi", "1.0", "1.0.0");
        same("pypi", "1.0-RC1", "1.0rc1");
        same("golang", "v1.2.3", "1.2.3");
        same("golang", "v2.0.0+incompatible", "2.0.0");
        same("golang", "go1.22.5", "v1.22.5");
        same("composer", "v1.2.3", "1.2.3");
        same("gem", "1.13.1-x86_64-linux", "1.13.1");
        let npm = Ecosystem::NPM;
        assert_ne!(canonical(&npm, "1.0.0+a"), canonical(&npm, "1.0.0"));
        assert_eq!(canonical(&Ecosystem::PYPI, "0.0"), "0");
    }

    #[test]
    fn hostile_versions_are_read_in_time() {
        let long = "9.".repeat(500_000);
        for ecosystem in ["npm", "pypi", "gem", "deb"] {
            let ecosystem = Ecosystem::new(ecosystem);
            assert_eq!(compare(&ecosystem, &long, &long), Ordering::Equal);
            assert!(!canonical(&ecosystem, &long).is_empty());
        }
        assert_eq!(compare(&Ecosystem::NPM, "", "\u{1d7d8}"), Ordering::Less);
    }
}
