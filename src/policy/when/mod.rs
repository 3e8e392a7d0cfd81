//! Reading conditions, which gates and waivers share.

mod combine;
mod measure;

use super::condition::{Condition, FixTest, Pattern, Via};
use super::file::{Reader, Word, nearest, unknown};
use crate::model::{AdvisoryId, Ecosystem, Event, Kind, Origin, Relation, Scope};

/// Every condition of a table; errors go to the reader.
pub fn conditions(reader: &mut Reader<'_, '_>) -> Vec<Condition> {
    nested(reader, 0)
}

/// The same for a table inside of `depth` others.
fn nested(reader: &mut Reader<'_, '_>, depth: usize) -> Vec<Condition> {
    let before = reader.failed();
    let mut all = Vec::new();
    measure::conditions(reader, &mut all);
    words(reader, &mut all);
    patterns(reader, &mut all);
    names(reader, &mut all);
    combine::conditions(reader, depth, &mut all);
    if reader.failed() == before {
        combine::contradictions(reader, &all);
    }
    all
}

/// Conditions whose values are words of a fixed set.
fn words(reader: &mut Reader<'_, '_>, all: &mut Vec<Condition>) {
    let kinds = Kind::ALL.map(|kind| (kind.word(), kind));
    all.extend(among(reader, "kind", &kinds).map(Condition::Kind));
    let scopes = Scope::ALL.map(|scope| (scope.word(), scope));
    all.extend(among(reader, "scope", &scopes).map(Condition::Scope));
    let relations = Relation::ALL.map(|relation| (relation.word(), relation));
    all.extend(among(reader, "relation", &relations).map(Condition::Relation));
    let origins = Origin::ALL.map(|origin| (origin.word(), origin));
    all.extend(among(reader, "origin", &origins).map(Condition::Origin));
    let events = Event::ALL.map(|event| (event.word(), event));
    all.extend(among(reader, "event", &events).map(Condition::Event));
    let fixes = FixTest::ALL.map(|fix| (fix.word(), fix));
    all.extend(among(reader, "fix", &fixes).map(Condition::Fix));
    if let Some(listed) = reader.boolean("kev") {
        all.push(Condition::Kev(listed));
    }
}

fn among<T: Copy>(
    reader: &mut Reader<'_, '_>,
    key: &'static str,
    choices: &[(&str, T)],
) -> Option<Vec<T>> {
    let words = reader.words(key)?;
    let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
    let find = |word: &str| {
        let found = choices.iter().find(|(name, _)| *name == word);
        found.map(|(_, value)| *value)
    };
    let help = |word: &str| unknown("", word, &names).1;
    Some(parse_all(reader, &words, find, help))
}

fn patterns(reader: &mut Reader<'_, '_>, all: &mut Vec<Condition>) {
    type Parse = fn(&str) -> Option<Pattern>;
    type Make = fn(Vec<Pattern>) -> Condition;
    let globs: [(&'static str, Parse, Make); 4] = [
        ("scanner", Pattern::scanner, Condition::Scanner),
        ("rule", Pattern::name, Condition::Rule),
        ("path", Pattern::path, Condition::Path),
        ("package", Pattern::name, Condition::Package),
    ];
    for (key, parse, make) in globs {
        if let Some(words) = reader.words(key) {
            let patterns = parse_all(reader, &words, parse, |_| {
                "`*` stands for anything, `?` for one character, `{a,b}` for a choice".to_owned()
            });
            all.push(make(patterns));
        }
    }
    if let Some(words) = reader.words("via") {
        let vias = parse_all(reader, &words, Via::parse, |_| {
            "write the names from the project to the package: \"grunt > *\", \"a > b\"; a `*` \
             alone is one or more names"
                .to_owned()
        });
        all.push(Condition::Via(vias));
    }
}

/// Conditions on identifiers of others.
fn names(reader: &mut Reader<'_, '_>, all: &mut Vec<Condition>) {
    if let Some(words) = reader.words("advisory") {
        let ids = parse_all(reader, &words, AdvisoryId::new, |_| {
            "write it as published: `CVE-2024-1234`, `GHSA-jf85-cpcp-j695`, `PYSEC-2024-1`"
                .to_owned()
        });
        all.push(Condition::Advisory(ids));
    }
    if let Some(words) = reader.words_or_numbers("cwe") {
        let numbers = parse_all(reader, &words, cwe, |_| {
            "write the number: 79, or \"CWE-79\"".to_owned()
        });
        all.push(Condition::Cwe(numbers));
    }
    if let Some(words) = reader.words("ecosystem") {
        let list = parse_all(reader, &words, ecosystem, ecosystem_help);
        all.push(Condition::Ecosystem(list));
    }
    if let Some(words) = reader.words("fingerprint") {
        let parse = |text: &str| {
            let hex = text.len() == 32 && text.chars().all(|c| matches!(c, '0'..='9' | 'a'..='f'));
            hex.then(|| text.to_owned())
        };
        let list = parse_all(reader, &words, parse, |_| {
            "a fingerprint is 32 digits 0-9a-f, as the outputs show it".to_owned()
        });
        all.push(Condition::Fingerprint(list));
    }
}

/// `79`, `CWE-79`.
fn cwe(text: &str) -> Option<u32> {
    let digits = match text.get(..4) {
        Some(prefix) if prefix.eq_ignore_ascii_case("cwe-") => text.get(4..)?,
        _ => text,
    };
    let number = digits.bytes().all(|b| b.is_ascii_digit());
    number.then(|| digits.parse().ok())?.filter(|n| *n > 0)
}

/// Ecosystems by their package-url types, with other names that people give them.
const ECOSYSTEMS: [(&str, &[&str]); 18] = [
    ("alpm", &["arch"]),
    ("apk", &["alpine"]),
    ("cargo", &["rust", "crates", "crates.io"]),
    ("cocoapods", &["pods"]),
    ("composer", &["php", "packagist"]),
    ("conan", &["c", "cpp"]),
    ("deb", &["debian", "ubuntu", "dpkg"]),
    ("gem", &["ruby", "rubygems", "bundler"]),
    ("github", &["actions", "github-actions"]),
    ("golang", &["go", "gomod"]),
    ("hex", &["elixir", "erlang"]),
    ("maven", &["java", "gradle"]),
    (
        "npm",
        &["node", "nodejs", "javascript", "js", "yarn", "pnpm"],
    ),
    ("nuget", &["dotnet", ".net"]),
    ("pub", &["dart"]),
    ("pypi", &["python", "pip", "poetry", "uv"]),
    ("rpm", &["redhat", "fedora", "suse"]),
    ("swift", &["spm"]),
];

/// The set is open, but a name that nobody gives to an ecosystem would never match.
fn ecosystem(text: &str) -> Option<Ecosystem> {
    let ecosystem = Ecosystem::new(text);
    let slip = ECOSYSTEMS.iter().any(|(name, others)| {
        let other = others.iter().any(|other| other.eq_ignore_ascii_case(text));
        *name != text && (other || nearest(text, &[*name]).is_some())
    });
    let known = ECOSYSTEMS.iter().any(|(name, _)| *name == text);
    (ecosystem.as_str() == text && (known || !slip)).then_some(ecosystem)
}

fn ecosystem_help(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let meant = ECOSYSTEMS
        .iter()
        .find(|(_, others)| others.contains(&lower.as_str()));
    match meant {
        Some((name, _)) => format!("it is called `{name}` here"),
        None => unknown("", &lower, &ECOSYSTEMS.map(|(name, _)| name)).1,
    }
}

fn parse_all<T>(
    reader: &mut Reader<'_, '_>,
    words: &[Word],
    parse: impl Fn(&str) -> Option<T>,
    help: impl Fn(&str) -> String,
) -> Vec<T> {
    let mut parsed = Vec::new();
    for word in words {
        match parse(&word.name) {
            Some(value) => parsed.push(value),
            None => reader.error(
                word.span.clone(),
                &format!("`{}` cannot be understood here", word.name),
                "",
                Some(help(&word.name)),
            ),
        }
    }
    parsed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weaknesses_in_both_spellings() {
        for text in ["79", "CWE-79", "cwe-79", "CWE-079"] {
            assert_eq!(cwe(text), Some(79), "{text}");
        }
        for text in ["", "CWE-", "0", "CWE 79", "-79", "79a", "CWE-99999999999"] {
            assert_eq!(cwe(text), None, "{text}");
        }
    }

    #[test]
    fn ecosystems_that_nobody_names_so_are_refused() {
        for text in ["npm", "pypi", "golang", "deb", "hackage", "qpkg", "generic"] {
            assert!(ecosystem(text).is_some(), "{text}");
        }
        for (text, help) in [
            ("pip", "it is called `pypi` here"),
            ("Go", "it is called `golang` here"),
            ("NPM", "did you mean `npm`?"),
            ("pyp", "did you mean `pypi`?"),
            ("crates.io", "it is called `cargo` here"),
            ("a b", "known are"),
        ] {
            assert!(ecosystem(text).is_none(), "{text}");
            assert!(ecosystem_help(text).starts_with(help), "{text}");
        }
    }
}
