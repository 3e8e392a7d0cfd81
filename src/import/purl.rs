//! Package URLs (<https://github.com/package-url/purl-spec>): which package is meant.

use super::statement::package;
use crate::model::{Ecosystem, Untrusted};
use percent_encoding::percent_decode_str;

/// A package that a package URL names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purl {
    /// A glob that matches the name as scanners write it.
    pub package: Untrusted,
    /// The version; empty when none is named.
    pub version: String,
}

/// Types that stand for a whole product, never for a package of it.
const PRODUCTS: [&str; 7] = [
    "oci",
    "docker",
    "github",
    "gitlab",
    "bitbucket",
    "generic",
    "swid",
];

/// Types whose namespace is part of the name, with what joins the two; elsewhere it is a vendor or
/// distribution, which scanners leave out.
const NAMESPACED: [(&str, char); 6] = [
    ("npm", '/'),
    ("maven", ':'),
    ("golang", '/'),
    ("composer", '/'),
    ("swift", '/'),
    ("hex", '/'),
];

/// Reads `pkg:type/namespace/name@version?qualifiers#subpath`. `None` for text that is no package
/// URL, and for one that names a product instead of a package.
pub fn purl(text: &str) -> Option<Purl> {
    let rest = text.trim().strip_prefix("pkg:")?.trim_start_matches('/');
    let rest = rest.split(['?', '#']).next()?;
    let (kind, rest) = rest.split_once('/')?;
    let kind = kind.to_ascii_lowercase();
    if PRODUCTS.contains(&kind.as_str()) {
        return None;
    }
    // A scope's `@` is encoded by the book, but not by everybody: `pkg:npm/@angular/core@1`.
    let (path, version) = match rest.rsplit_once('@') {
        Some((path, version)) if !path.is_empty() && !version.contains('/') => (path, version),
        _ => (rest, ""),
    };
    let decode = |text: &str| {
        let text = percent_decode_str(text).decode_utf8().ok()?;
        Some(text.into_owned())
    };
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let (name, namespace) = parts.split_last()?;
    let mut full = decode(name)?;
    let joined = NAMESPACED.iter().find(|(known, _)| *known == kind);
    if let (Some((_, joint)), false) = (joined, namespace.is_empty()) {
        full = format!("{}{joint}{full}", decode(&namespace.join("/"))?);
    }
    Some(Purl {
        package: package(&Ecosystem::new(&kind), &full),
        version: decode(version)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_scanners_write() {
        for (text, name, version) in [
            ("pkg:npm/lodash@4.17.20", "lodash", "4.17.20"),
            ("pkg:npm/%40angular/core@1.0.0", "@angular/core", "1.0.0"),
            ("pkg:npm/@angular/core", "@angular/core", ""),
            ("pkg:pypi/Flask_Cors@3", "flask-cors", "3"),
            ("pkg:maven/org.a/b@1?type=jar", "org.a:b", "1"),
            ("pkg:golang/github.com/a/b@v1#c", "github.com/a/b", "v1"),
            ("pkg:deb/debian/openssl@1.1%2B2", "openssl", "1.1+2"),
            ("pkg:cargo/time@0.1", "time", "0.1"),
        ] {
            let seen = purl(text).unwrap();
            assert_eq!((seen.package, seen.version), (name.into(), version.into()));
        }
        for no in [
            "lodash",
            "pkg:npm",
            "pkg:npm/",
            "pkg:oci/app@sha256%3A1",
            "pkg:npm/%ff",
        ] {
            assert_eq!(purl(no), None, "{no}");
        }
    }
}
