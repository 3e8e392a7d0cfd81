//! The package and the advisory of a dependency result. SARIF has no place for them, so every tool
//! writes them into its message or its fingerprints in its own way.

use super::format::SarifResult;
use super::kind::advisory;
use crate::ingest::cargo;
use crate::model::{AdvisoryId, Ecosystem, Package};
use std::collections::BTreeSet;

/// What a result says of a dependency.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Named {
    pub package: Option<Package>,
    pub advisories: BTreeSet<AdvisoryId>,
    /// The lockfiles that the scanner reads.
    pub lockfiles: &'static [&'static str],
    /// What is wrong, for scanners that have no advisory for it.
    pub family: Option<&'static str>,
}

/// Reads the result of a scanner in the way of that scanner; any other one as Trivy, whose fields
/// are spelled out.
pub fn named(scanner: &str, rule: &str, message: &str, result: &SarifResult<'_>) -> Named {
    let file = result
        .locations
        .iter()
        .flatten()
        .find_map(|l| l.physical_location.as_ref()?.artifact_location.as_ref())
        .and_then(|a| a.uri.as_ref())
        .map(|uri| uri.as_str())
        .unwrap_or_default();
    let fingerprint = |key: &str| result.partial_fingerprints.as_ref()?.get(key)?.text();
    let mut named = match scanner {
        "osv-scanner" => osv_scanner(message, file),
        "grype" => grype(message),
        "cargo-audit" => fingerprint("cargo-audit/advisory-fingerprint")
            .map(cargo_audit)
            .unwrap_or_default(),
        "cargo-deny" => cargo_deny(
            fingerprint("cargo-deny/krate"),
            fingerprint("cargo-deny/advisory-id"),
        ),
        _ => Named {
            package: trivy(message, file),
            ..Named::default()
        },
    };
    named.advisories.extend(advisory(rule));
    if matches!(scanner, "cargo-audit" | "cargo-deny") {
        named.lockfiles = cargo::LOCKFILES;
        named.family = matches!(rule, "yanked" | "a:yanked").then_some("yanked");
    }
    named
}

fn installed(ecosystem: Ecosystem, name: &str, version: &str) -> Option<Package> {
    let mut package = Package::new(
        ecosystem,
        Some(name.trim()).filter(|name| !name.is_empty())?,
    );
    package.version = Some(version.trim())
        .filter(|version| !version.is_empty())
        .map(Into::into);
    Some(package)
}

/// `Package 'a@1' is vulnerable to 'CVE-1' (also known as 'GHSA-1', 'PYSEC-1').`
/// (`pkg/reporter/sarif_reporter.go`, google/osv-scanner).
fn osv_scanner(message: &str, file: &str) -> Named {
    let mut quoted = message.split('\'').skip(1).step_by(2);
    let package = quoted
        .next()
        .and_then(|text| text.rsplit_once('@'))
        .and_then(|(name, version)| installed(of_lockfile(file), name, version));
    Named {
        package,
        advisories: quoted.filter_map(AdvisoryId::new).collect(),
        ..Named::default()
    }
}

/// The ecosystem of a lockfile by its name.
fn of_lockfile(path: &str) -> Ecosystem {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    match name {
        "package-lock.json"
        | "npm-shrinkwrap.json"
        | "yarn.lock"
        | "pnpm-lock.yaml"
        | "bun.lock" => Ecosystem::NPM,
        "poetry.lock" | "uv.lock" | "pdm.lock" | "Pipfile.lock" => Ecosystem::PYPI,
        "Cargo.lock" => Ecosystem::new("cargo"),
        "go.mod" => Ecosystem::new("golang"),
        "composer.lock" => Ecosystem::new("composer"),
        "Gemfile.lock" | "gems.locked" => Ecosystem::new("gem"),
        "pom.xml" | "gradle.lockfile" => Ecosystem::new("maven"),
        "packages.lock.json" => Ecosystem::new("nuget"),
        _ if name.contains("requirements") && name.ends_with(".txt") => Ecosystem::PYPI,
        _ if name.starts_with("pylock.") => Ecosystem::PYPI,
        _ => Ecosystem::UNKNOWN,
    }
}

/// `A high vulnerability in npm package: a, version 1.1.1 was found in …`
/// (`grype/presenter/sarif/presenter.go`, anchore/grype).
fn grype(message: &str) -> Named {
    let parts = || {
        let (_, rest) = message.split_once(" vulnerability in ")?;
        let (kind, rest) = rest.split_once(" package: ")?;
        let (name, rest) = rest.split_once(", version ")?;
        let (version, _) = rest.split_once(" was found")?;
        installed(of_syft(kind), name, version)
    };
    Named {
        package: parts(),
        ..Named::default()
    }
}

/// Syft's package types whose name is not the package-url type (`syft/pkg/type.go`, anchore/syft).
pub fn of_syft(kind: &str) -> Ecosystem {
    Ecosystem::new(match kind {
        "python" => "pypi",
        "rust-crate" => "cargo",
        "go-module" => "golang",
        "java-archive" | "jenkins-plugin" => "maven",
        "php-composer" => "composer",
        "dotnet" => "nuget",
        other => other,
    })
}

/// `RUSTSEC-2026-0007:bytes:1.10.1`, `yanked:lz4_flex:0.11.5`.
fn cargo_audit(fingerprint: &str) -> Named {
    let mut parts = fingerprint.splitn(3, ':');
    let advisories = parts.next().and_then(AdvisoryId::new).into_iter().collect();
    let package = match (parts.next(), parts.next()) {
        (Some(name), Some(version)) => installed(Ecosystem::new("cargo"), name, version),
        _ => None,
    };
    Named {
        package,
        advisories,
        ..Named::default()
    }
}

/// `anyhow@1.0.100` and `RUSTSEC-2026-0190`.
fn cargo_deny(krate: Option<&str>, advisory: Option<&str>) -> Named {
    Named {
        package: krate
            .and_then(|krate| krate.rsplit_once('@'))
            .and_then(|(name, version)| installed(Ecosystem::new("cargo"), name, version)),
        advisories: advisory.and_then(AdvisoryId::new).into_iter().collect(),
        ..Named::default()
    }
}

/// The package that Trivy's SARIF names only inside the message's text.
fn trivy(message: &str, file: &str) -> Option<Package> {
    let field = |name: &str| {
        message
            .lines()
            .find_map(|line| line.trim().strip_prefix(name)?.strip_prefix(':'))
            .map(str::trim)
            .filter(|value| !value.is_empty())
    };
    let mut package = Package::new(of_lockfile(file), field("Package")?);
    package.version = field("Installed Version").map(Into::into);
    package.fixed = field("Fixed Version")
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|version| !version.is_empty())
        .map(Into::into)
        .collect();
    Some(package)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Foreign as _, Untrusted};

    fn words(named: Named) -> String {
        let package = named.package.unwrap();
        let ids: Vec<String> = named.advisories.iter().map(ToString::to_string).collect();
        format!(
            "{} {} {} {}",
            package.ecosystem.as_str(),
            package.name.raw(),
            package.version.as_ref().map_or("?", Untrusted::raw),
            ids.join(" ")
        )
    }

    #[test]
    fn each_scanner_is_read_in_its_own_way() {
        let osv = "Package '@a/b@0.0.1' is vulnerable to 'CVE-2021-23424' (also known as 'GHSA-whgm-jr23-g3j9').";
        assert_eq!(
            words(osv_scanner(osv, "web/package-lock.json")),
            "npm @a/b 0.0.1 CVE-2021-23424 GHSA-whgm-jr23-g3j9"
        );
        let grype_text =
            "A low vulnerability in python package: six, version 1.1 was found in image x at: y";
        assert_eq!(words(grype(grype_text)), "pypi six 1.1 ");
        assert_eq!(
            words(cargo_audit("RUSTSEC-2026-0007:bytes:1.10.1")),
            "cargo bytes 1.10.1 RUSTSEC-2026-0007"
        );
        assert_eq!(
            words(cargo_deny(
                Some("anyhow@1.0.100"),
                Some("RUSTSEC-2026-0190")
            )),
            "cargo anyhow 1.0.100 RUSTSEC-2026-0190"
        );
        let fields = "Package: lodash\nInstalled Version: 4.17.4\nVulnerability CVE-1";
        let package = trivy(fields, "web/yarn.lock").unwrap();
        assert_eq!(package.name.raw(), "lodash");
        assert_eq!(package.ecosystem, Ecosystem::NPM);
        assert_eq!(osv_scanner("no quotes", "x"), Named::default());
    }
}
