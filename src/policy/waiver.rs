//! Reading waivers. Each must say what it accepts, why, who answers for it, and until when.

use super::condition::Condition;
use super::file::Reader;
use super::lines::Lines;
use super::terms::Terms;
use super::when::conditions;
use super::{Source, Waiver};
use crate::model::diagnostic::Diagnostic;
use std::ops::Range;
use toml::de::{DeTable, DeValue};

/// Reads one `[[waiver]]`; `None` when it has errors, which are added to the list.
pub fn waiver(
    source: &Source,
    table: &DeTable<'_>,
    span: Range<usize>,
    lines: &Lines,
    errors: &mut Vec<Diagnostic>,
) -> Option<Waiver> {
    let line = lines.at(span.start);
    let mut reader = Reader::new(source, table, span, "waiver", errors);
    let before = reader.span();
    let conditions = conditions(&mut reader);
    let has = |test: fn(&Condition) -> bool| conditions.iter().any(test);
    let narrow = has(|c| matches!(c, Condition::Advisory(_) | Condition::Fingerprint(_)))
        || (has(|c| matches!(c, Condition::Rule(_))) && has(|c| matches!(c, Condition::Path(_))));
    if !narrow {
        reader.error(
            before,
            "the waiver does not say which finding it accepts",
            "too broad",
            Some(
                "name an `advisory`, a `fingerprint`, or a `rule` together with a `path`"
                    .to_owned(),
            ),
        );
    }
    let reason = reader.required_text(
        "reason",
        "say why the finding is acceptable, for whoever renews it",
    );
    let owner = reader.required_text(
        "owner",
        "say who answers for it: a person or team, `@org/web`",
    );
    let expires = expires(&mut reader);
    let terms = Terms::of(source, table);
    reader.finish();
    Some(Waiver {
        when: Condition::all(conditions),
        subject: terms.shown().into(),
        terms,
        reason: reason?.name.into(),
        owner: owner?.name.into(),
        expires: expires?,
        source: source.name.as_str().into(),
        path: source.path.clone(),
        line,
    })
}

const EXPIRES_HELP: &str = "write a date: expires = 2027-01-31; nothing is accepted for ever";

fn expires(reader: &mut Reader<'_, '_>) -> Option<jiff::civil::Date> {
    let Some(value) = reader.value("expires") else {
        reader.missing("expires", EXPIRES_HELP);
        return None;
    };
    let text = match value.get_ref() {
        DeValue::Datetime(when) if when.time.is_none() && when.offset.is_none() => when.to_string(),
        DeValue::String(text) => text.to_string(),
        _ => String::new(),
    };
    let date = text.parse::<jiff::civil::Date>().ok();
    if date.is_none()
        && value
            .get_ref()
            .as_str()
            .is_some_and(|t| t.trim().is_empty())
    {
        reader.error(
            value.span(),
            "`expires` is empty",
            "nothing here",
            Some(EXPIRES_HELP.to_owned()),
        );
    } else if date.is_none() {
        reader.error(
            value.span(),
            "`expires` must be a date without a time",
            "not a date",
            Some("write expires = 2027-01-31; it holds through that day in UTC".to_owned()),
        );
    }
    date
}
