//! pip's requirements files.
//!
//! Source: pip's documentation "Requirements File Format" and PEP 508. Only names, exact versions
//! and lines are taken.

use super::{Entry, Source};
use crate::model::Ecosystem;

/// `requirements.txt`, `requirements-dev.txt`, `dev-requirements.txt`, `requirements.in` …
pub fn is_requirements(name: &str) -> bool {
    let stem = name
        .strip_suffix(".txt")
        .or_else(|| name.strip_suffix(".in"));
    stem.is_some_and(|stem| {
        stem == "requirements"
            || stem.ends_with("requirements")
            || stem.starts_with("requirements-")
            || stem.starts_with("requirements_")
            || stem.starts_with("requirements.")
    })
}

/// The entries. Any text is a requirements file, so there is always a list.
pub fn parse(source: &Source<'_>) -> Option<Vec<Entry>> {
    let text = source.text;
    let mut entries = Vec::new();
    let mut continued = false;
    for (index, line) in text.lines().enumerate() {
        let start = !continued;
        continued = line.trim_end().ends_with('\\');
        if !start {
            continue;
        }
        if let Some((name, version)) = requirement(line) {
            entries.push(Entry {
                name: Ecosystem::PYPI.normalise(name),
                version,
                line: u32::try_from(index + 1).unwrap_or(u32::MAX),
                key: None,
                scope: None,
                relation: None,
                needs: Vec::new(),
            });
        }
    }
    Some(entries)
}

fn requirement(line: &str) -> Option<(&str, Option<String>)> {
    let line = line.trim();
    if !line.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return None;
    }
    let end = line
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')))
        .unwrap_or(line.len());
    let (name, rest) = line.split_at(end);
    let rest = rest.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1.trim_start(),
        None => rest,
    };
    let known = rest.is_empty()
        || rest.starts_with(['=', '<', '>', '~', '!', ';', '#', '\\', '@', '(', '-']);
    known.then(|| (name, exact(rest)))
}

/// The version of `==1.2`; `None` for ranges and for `==1.*`.
fn exact(specifier: &str) -> Option<String> {
    let rest = specifier.trim_start_matches('(').strip_prefix("==")?;
    let rest = rest.strip_prefix('=').unwrap_or(rest).trim_start();
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, ';' | '#' | ',' | '\\' | ')'));
    let version = end.map_or(rest, |end| rest.get(..end).unwrap_or(rest));
    (!version.is_empty() && !version.contains('*')).then(|| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_versions_and_lines() {
        let text = "# comment\n-r base.txt\nFlask_SQLAlchemy[x]==2.0 ; python_version>'3' # why\n\
                    Jinja2 >= 2.0\nclick==8.* \nrequests==2.0 \\\n    --hash=sha256:aa\nhttps://x/y.whl\nsix\n";
        let seen: Vec<_> = parse(&Source::alone("", text))
            .unwrap()
            .into_iter()
            .map(|e| (e.name, e.version, e.line))
            .collect();
        let v = |v: &str| Some(v.to_owned());
        assert_eq!(
            seen,
            [
                ("flask-sqlalchemy".into(), v("2.0"), 3),
                ("jinja2".into(), None, 4),
                ("click".into(), None, 5),
                ("requests".into(), v("2.0"), 6),
                ("six".into(), None, 9),
            ]
        );
    }

    #[test]
    fn usual_names_are_known() {
        for name in [
            "requirements.txt",
            "requirements-dev.txt",
            "dev-requirements.txt",
            "requirements.in",
        ] {
            assert!(is_requirements(name), "{name}");
        }
        assert!(!is_requirements("robots.txt"));
    }
}
