//! Trivy's `.trivyignore` and `.trivyignore.yaml`.
//!
//! Source of the formats: `pkg/result/ignore.go`. An id of the plain file holds for all kinds of
//! findings; lines whose `exp:` is no date are passed over by Trivy.

use super::purl::purl;
use super::statement::{Found, Statement, Subject, literal};
use super::tree::Node;
use super::{Document, Format};
use crate::model::{AdvisoryId, Kind, Untrusted};

/// The scanner's name in policies.
const SCANNER: &str = "trivy";

/// Databases whose ids are advisories. Any other id is taken for a rule of Trivy, which holds for
/// its vulnerabilities too.
const DATABASES: [&str; 20] = [
    "ALAS", "ALSA", "CVE", "DLA", "DSA", "ELSA", "GHSA", "GLSA", "GMS", "GO", "MAL", "NSWG", "OSV",
    "PYSEC", "RHSA", "RLSA", "RUSTSEC", "SNYK", "TEMP", "USN",
];

/// Families of checks whose old ids have the same numbers: `DS002` is `DS-0002`.
const RENUMBERED: [&str; 2] = ["DS", "KSV"];

const WIDER_VERSION: &str = "the file names a version; the waiver holds for every version";

/// True for a list of ids.
pub fn is_plain(document: &Document<'_>) -> bool {
    let mut fields = document.text.lines().filter_map(field).peekable();
    let id = |text: &str| {
        text.contains(|c: char| c.is_ascii_digit())
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_.:".contains(c))
    };
    document.format == Format::Lines
        && (document.name.ends_with("trivyignore") || (fields.peek().is_some() && fields.all(id)))
}

/// The first word of a line that says something.
fn field(line: &str) -> Option<&str> {
    line.split_whitespace()
        .next()
        .filter(|word| !word.starts_with('#'))
}

/// Reads `.trivyignore`. Comments above an id, or behind it, are its reason.
pub fn plain(document: &Document<'_>, found: &mut Found) {
    let mut above: Vec<&str> = Vec::new();
    for (number, line) in (1_u32..).zip(document.text.lines()) {
        let body = line.trim();
        if let Some(comment) = body.strip_prefix('#') {
            above.push(comment.trim_start_matches('#').trim());
            continue;
        }
        if let Some(id) = field(body) {
            plain_line(number, id, body, &above, found);
        }
        above.clear();
    }
}

fn plain_line(number: u32, id: &str, line: &str, above: &[&str], found: &mut Found) {
    let known = id
        .split_once('-')
        .is_some_and(|(prefix, _)| DATABASES.contains(&prefix.to_ascii_uppercase().as_str()));
    let advisory = AdvisoryId::new(id).filter(|_| known);
    let mut statement = Statement::new(number, subject(id, advisory, None));
    // Behind a `#` too: Trivy looks at every word.
    let expiry = line.split_whitespace().find_map(|w| w.strip_prefix("exp:"));
    if !statement.until(expiry) {
        let why = "its `exp:` is not a date, so that Trivy passes over it";
        found.leave(number, id, why);
        return;
    }
    let behind = line.split_once('#').map(|(_, comment)| comment);
    let behind = behind.unwrap_or_default().trim();
    let comments = above.iter().copied().chain([behind]);
    let reason: Vec<&str> = comments.filter(|c| !c.is_empty()).collect();
    statement.reason = Some(reason.join(" ").into()).filter(|r: &Untrusted| !r.is_empty());
    found.keep(statement);
}

fn subject(id: &str, advisory: Option<AdvisoryId>, kind: Option<Kind>) -> Subject {
    if let Some(advisory) = advisory {
        return Subject::advisory(advisory);
    }
    let mut subject = Subject::rule(SCANNER, literal(id));
    subject
        .rules
        .extend(spellings(id).into_iter().map(Untrusted::from));
    subject.kind = kind;
    subject
}

/// Other spellings of a misconfiguration's id: `AVD-DS-0002`, `DS-0002` and `DS002` are one check,
/// and reports of different versions have different ones.
fn spellings(id: &str) -> Vec<String> {
    let bare = id.strip_prefix("AVD-").unwrap_or(id);
    let end = bare
        .find(|c: char| !c.is_ascii_uppercase())
        .unwrap_or(bare.len());
    let (family, number) = bare.split_at_checked(end).unwrap_or((bare, ""));
    let digits = number.strip_prefix('-').unwrap_or(number);
    let Ok(number) = digits.parse::<u16>() else {
        return Vec::new();
    };
    let renumbered = RENUMBERED.contains(&family);
    let modern = digits.len() == 4 && bare.contains('-');
    if family.is_empty() || !(modern || (renumbered && digits.len() == 3)) {
        return Vec::new();
    }
    let mut all = vec![
        format!("AVD-{family}-{number:04}"),
        format!("{family}-{number:04}"),
    ];
    if renumbered && number < 1000 {
        all.push(format!("{family}{number:03}"));
    }
    all
}

/// Sections of the YAML file, with the kind of their findings.
const SECTIONS: [(&str, Kind); 4] = [
    ("vulnerabilities", Kind::Dependency),
    ("misconfigurations", Kind::Config),
    ("secrets", Kind::Secret),
    ("licenses", Kind::License),
];

/// True for `.trivyignore.yaml`.
pub fn is_yaml(document: &Document<'_>) -> bool {
    document.format == Format::Yaml
        && (SECTIONS.iter().any(|(key, _)| document.root.has(key))
            || document.name.contains("trivyignore"))
}

/// Reads `.trivyignore.yaml`.
pub fn yaml(document: &Document<'_>, found: &mut Found) {
    for (section, kind) in SECTIONS {
        for entry in document.root.list_of(section) {
            yaml_entry(entry, kind, found);
        }
    }
}

fn yaml_entry(entry: &Node, kind: Kind, found: &mut Found) {
    let line = entry.line;
    let Some(id) = entry.text_of("id") else {
        found.leave(line, "", "it has no id");
        return;
    };
    let advisory = AdvisoryId::new(id).filter(|_| kind == Kind::Dependency);
    let mut statement = Statement::new(line, subject(id, advisory, Some(kind)));
    let lists = (entry.texts_of("paths"), entry.texts_of("purls"));
    let (Some(paths), Some(urls)) = lists else {
        found.leave(line, id, "its `paths` or `purls` are not a list of texts");
        return;
    };
    statement.subject.paths = paths.into_iter().map(Untrusted::from).collect();
    // Trivy compares `purls` with the package of the finding, which these do not have.
    if matches!(kind, Kind::Config | Kind::Secret) && !urls.is_empty() {
        found.leave(line, id, "it names packages, and no such finding has one");
        return;
    }
    for url in urls {
        let Some(purl) = purl(url) else {
            found.leave(line, url, "it is not the package URL of a package");
            return;
        };
        if !purl.version.is_empty() {
            statement.wider = Some(WIDER_VERSION);
        }
        statement.subject.packages.insert(purl.package);
    }
    if !statement.until(entry.text_of("expired_at")) {
        found.leave(line, id, "its `expired_at` is not a date");
        return;
    }
    statement.reason = entry.text_of("statement").map(Untrusted::from);
    found.keep(statement);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn import(name: &str, text: &str) -> Found {
        crate::import::read(name, text).unwrap()
    }

    /// What Trivy itself would refuse or read otherwise must not accept more than was meant.
    #[test]
    fn odd_entries_are_not_widened() {
        let found = import(
            "a.yaml",
            "secrets: [{id: a, paths: 'docs/*'}, {id: b, paths: [[c]]}]",
        );
        assert_eq!((found.statements.len(), found.left.len()), (0, 2));
        let found = import("a.yaml", "secrets: [{id: a, purls: ['pkg:npm/a']}]");
        assert_eq!((found.statements.len(), found.left.len()), (0, 1));
        let found = import(
            ".trivyignore",
            "CVE-2024-1 # exp:2027-01-31\nCVE-2024-2 later\n",
        );
        let days: Vec<_> = found
            .statements
            .iter()
            .map(|s| s.expires.is_some())
            .collect();
        assert_eq!(days, [true, false]);
    }

    #[test]
    fn checks_have_several_names() {
        let all = ["AVD-DS-0002", "DS-0002", "DS002"];
        for id in all {
            assert_eq!(spellings(id), all, "{id}");
        }
        assert_eq!(spellings("AVD-AWS-0086"), ["AVD-AWS-0086", "AWS-0086"]);
        for id in ["AWS086", "github-pat", "GPL-3.0", "", "AVD-", "DS-99999"] {
            assert!(spellings(id).is_empty(), "{id}");
        }
    }
}
