//! Reading conditions, which gates and waivers share.

use super::condition::{Condition, Pattern, SeverityTest};
use super::file::{Reader, Word, nearest, unknown};
use super::fix::FixTest;
use crate::model::{AdvisoryId, Kind, Severity};

/// Every condition of a table; errors go to the reader.
pub fn conditions(reader: &mut Reader<'_, '_>) -> Vec<Condition> {
    let mut all = Vec::new();
    if let Some(words) = reader.words("severity") {
        let tests = parse_all(reader, &words, SeverityTest::parse, |word| {
            let bare = word.trim_start_matches(['<', '>', '=', ' ']);
            let names = Severity::ALL.map(Severity::word);
            let near = nearest(bare, &names).map(|n| format!("did you mean `{n}`? "));
            format!(
                "{}write one of {}, or `>=high`, `<medium`",
                near.unwrap_or_default(),
                names.map(|n| format!("`{n}`")).join(", ")
            )
        });
        all.push(Condition::Severity(tests));
    }
    if let Some(words) = reader.words("kind") {
        let names = Kind::ALL.map(Kind::word);
        let kinds = parse_all(reader, &words, Kind::parse, |word| {
            unknown("", word, &names).1
        });
        all.push(Condition::Kind(kinds));
    }
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
    if let Some(words) = reader.words("advisory") {
        let ids = parse_all(reader, &words, AdvisoryId::new, |_| {
            "write it as published: `CVE-2024-1234`, `GHSA-jf85-cpcp-j695`, `PYSEC-2024-1`"
                .to_owned()
        });
        all.push(Condition::Advisory(ids));
    }
    if let Some(words) = reader.words("fix") {
        let names = FixTest::ALL.map(FixTest::word);
        let tests = parse_all(reader, &words, FixTest::parse, |word| {
            unknown("", word, &names).1
        });
        all.push(Condition::Fix(tests));
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
    all
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
