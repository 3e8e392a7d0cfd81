//! Reading conditions that compare: `severity = ">=high"`, `age = ">7d"`, `cvss = ">=4, <7"`.

use super::super::condition::{Age, Condition, Range};
use super::super::file::{Reader, nearest};
use crate::model::{Confidence, Severity};

/// All of them, where their keys are there.
pub fn conditions(reader: &mut Reader<'_, '_>, all: &mut Vec<Condition>) {
    let severities = Severity::ALL.map(Severity::word);
    let ranges = ranges(reader, "severity", Severity::parse, |word| {
        ranked(word, &severities, "high", "medium")
    });
    let ranges = possible(reader, "severity", ranges, |_| Severity::ALL.to_vec());
    all.extend(ranges.map(Condition::Severity));

    let confidences = Confidence::ALL.map(Confidence::word);
    let ranges = self::ranges(reader, "confidence", Confidence::parse, |word| {
        ranked(word, &confidences, "medium", "high")
    });
    let ranges = possible(reader, "confidence", ranges, |_| Confidence::ALL.to_vec());
    all.extend(ranges.map(Condition::Confidence));

    let count = |text: &str| text.parse::<u32>().ok();
    let ranges = self::ranges(reader, "witnesses", count, |_| {
        "write how many scanners: 2, \">=2\"".to_owned()
    });
    let ranges = possible(reader, "witnesses", ranges, |n| {
        [n.saturating_sub(1), n, n.saturating_add(1)]
            .into_iter()
            .filter(|n| *n > 0)
            .collect()
    });
    all.extend(ranges.map(Condition::Witnesses));

    let ranges = self::ranges(reader, "age", Age::parse, |_| {
        "write hours, days or weeks with a comparison: \">7d\", \">=30d\", \"<24h\"".to_owned()
    });
    all.extend(possible_ages(reader, ranges).map(Condition::Age));

    let ranges = numbers(reader, "cvss", 10.0, "\">=7.0\", \">=4, <7\"");
    all.extend(ranges.map(Condition::Cvss));
    let ranges = numbers(reader, "epss", 1.0, "\">=0.5\", \">=0.1, <0.5\"");
    all.extend(ranges.map(Condition::Epss));
}

/// A list of ranges with where each of them stands; `None` when the key is not there.
type Placed<T> = Option<Vec<(Range<T>, std::ops::Range<usize>)>>;

fn ranges<T: Copy>(
    reader: &mut Reader<'_, '_>,
    key: &'static str,
    value: impl Fn(&str) -> Option<T>,
    help: impl Fn(&str) -> String,
) -> Placed<T> {
    let words = reader.words_or_numbers(key)?;
    let mut placed = Vec::new();
    for word in words {
        let span = word.span.clone();
        let parse = |text: &str| Range::parse(text, &value);
        let parsed = super::parse_all(reader, &[word], parse, &help);
        placed.extend(parsed.into_iter().map(|range| (range, span.clone())));
    }
    Some(placed)
}

fn ranked(word: &str, names: &[&'static str], from: &str, below: &str) -> String {
    let bare = word.trim_start_matches(['<', '>', '=', ' ']);
    let near = nearest(bare, names).map(|n| format!("did you mean `{n}`? "));
    let list: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    format!(
        "{}write one of {}, or `>={from}`, `<{below}`",
        near.unwrap_or_default(),
        list.join(", ")
    )
}

/// Numbers from 0 to `most`. A score that must be met exactly is a slip.
fn numbers(
    reader: &mut Reader<'_, '_>,
    key: &'static str,
    most: f64,
    examples: &str,
) -> Option<Vec<Range<f64>>> {
    let help = || format!("write a number from 0 to {most} with a comparison: {examples}");
    let value = |text: &str| {
        let number: f64 = text.parse().ok()?;
        (0.0..=most).contains(&number).then_some(number)
    };
    let placed = ranges(reader, key, value, |_| help())?;
    for (_, span) in placed.iter().filter(|(range, _)| range.is_exact()) {
        let message = format!("`{key}` needs a comparison");
        reader.error(span.clone(), &message, "hardly ever met", Some(help()));
    }
    let values: Vec<f64> = placed
        .iter()
        .flat_map(|(range, _)| range.values())
        .collect();
    possible(reader, key, Some(placed), |value| {
        // Between two neighbours all numbers are alike.
        let ends = values.iter().copied().chain([0.0, most]);
        ends.map(|other| f64::midpoint(value, other)).collect()
    })
}

fn possible_ages(reader: &mut Reader<'_, '_>, placed: Placed<Age>) -> Option<Vec<Range<Age>>> {
    let ranges = placed.as_ref()?.iter().map(|(range, span)| {
        let hours = range.values().map(Age::hours);
        let around = hours.flat_map(|h| [h - 24, h - 1, h, h + 1, h + 24]);
        let mut around = around.filter(|h| *h >= 0);
        let met = around.any(|value| range.all(|c, age| c.holds(value, age.hours())));
        (met, span.clone())
    });
    let never: Vec<_> = ranges
        .filter(|(met, _)| !met)
        .map(|(_, span)| span)
        .collect();
    for span in never {
        impossible(reader, "age", span);
    }
    Some(placed?.into_iter().map(|(range, _)| range).collect())
}

/// Reports ranges that no value is in; `near` lists the values to try around each one written.
fn possible<T: Copy + PartialOrd>(
    reader: &mut Reader<'_, '_>,
    key: &'static str,
    placed: Placed<T>,
    near: impl Fn(T) -> Vec<T>,
) -> Option<Vec<Range<T>>> {
    let mut ranges = Vec::new();
    for (range, span) in placed? {
        let met = range.values().flat_map(&near).any(|v| range.holds(v));
        if !met {
            impossible(reader, key, span);
        }
        ranges.push(range);
    }
    Some(ranges)
}

fn impossible(reader: &mut Reader<'_, '_>, key: &str, span: std::ops::Range<usize>) {
    reader.error(
        span,
        &format!("no finding has a `{key}` like this"),
        "never met",
        Some("it must leave something on the scale; a comma means that both must hold".to_owned()),
    );
}
