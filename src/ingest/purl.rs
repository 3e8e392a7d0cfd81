//! Package URLs: `pkg:npm/%40scope/name@1.0.0`.
//!
//! Source: the package-url specification (ECMA-427), sections on parsing and on types.

use crate::model::{Ecosystem, Package, Untrusted};
use percent_encoding::percent_decode_str;

/// The package that a package URL names; `None` for other text. Qualifiers and subpath are left
/// out: they say where the package came from, not which one it is.
pub fn package(text: &str) -> Option<Package> {
    let rest = text.trim().strip_prefix("pkg:")?.trim_start_matches('/');
    let (kind, rest) = without_qualifiers(rest).split_once('/')?;
    let (path, version) = split_version(rest);
    let segments: Vec<String> = path
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(decoded)
        .collect();
    let (name, namespace) = segments.split_last()?;
    let ecosystem = Ecosystem::new(kind);
    let name = match ecosystem.as_str() {
        _ if namespace.is_empty() => name.clone(),
        "maven" => format!("{}:{name}", namespace.join(".")),
        // The namespace is the distribution.
        "alpm" | "apk" | "deb" | "qpkg" | "rpm" => name.clone(),
        _ => segments.join("/"),
    };
    let mut package = Package::new(ecosystem, name);
    package.version = version
        .map(|version| Untrusted::new(decoded(version)))
        .filter(|version| !version.is_empty());
    Some(package)
}

/// The URL without version, qualifiers and subpath: the same for all versions of a package.
pub fn versionless(text: &str) -> &str {
    split_version(without_qualifiers(text.trim())).0
}

fn without_qualifiers(text: &str) -> &str {
    text.split(['#', '?']).next().unwrap_or_default()
}

/// Splits at the last `@`, unless that is the unencoded one of an npm scope.
fn split_version(text: &str) -> (&str, Option<&str>) {
    match text.rsplit_once('@') {
        Some((path, version))
            if !path.is_empty() && !path.ends_with('/') && !version.contains('/') =>
        {
            (path, Some(version))
        }
        _ => (text, None),
    }
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Foreign as _;

    #[test]
    fn names_are_those_of_the_registries() {
        let seen = |text: &str| {
            let package = package(text).unwrap();
            let version = package.version.as_ref().map_or("", |v| v.raw()).to_owned();
            format!(
                "{} {} {version}",
                package.ecosystem.as_str(),
                package.name.raw()
            )
        };
        assert_eq!(seen("pkg:npm/%40s/n@1.0.0"), "npm @s/n 1.0.0");
        assert_eq!(seen("pkg:npm/@s/n"), "npm @s/n ");
        assert_eq!(
            seen("pkg:maven/org.apache.logging.log4j/log4j-core@2.13.2?type=jar"),
            "maven org.apache.logging.log4j:log4j-core 2.13.2"
        );
        assert_eq!(
            seen("pkg:deb/debian/bash@5.0-4?distro=debian-10.2"),
            "deb bash 5.0-4"
        );
        assert_eq!(
            seen("pkg:golang/github.com/a/b@v1.2.3%2Bincompatible"),
            "golang github.com/a/b v1.2.3+incompatible"
        );
        assert_eq!(seen("pkg:pypi/flask"), "pypi flask ");
        for nothing in ["", "flask", "pkg:", "pkg:npm", "pkg:npm/", "pkg:npm/?a=b"] {
            assert!(package(nothing).is_none(), "{nothing}");
        }
        assert_eq!(versionless("pkg:npm/%40s/n@1.0.0?a=b"), "pkg:npm/%40s/n");
    }
}
