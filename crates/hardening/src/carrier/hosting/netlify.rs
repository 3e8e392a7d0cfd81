//! `netlify.toml`: `[[headers]]` with `for` and a table of values.

use super::{Paths, hand_over, header};
use crate::check::{Found, Kind, Look};
use crate::finding::Gap;
use crate::response::Header;
use crate::text::Text;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Files of Netlify.
pub(crate) const KIND: Kind = Kind {
    name: "Netlify configuration",
    fits,
    look,
};

fn fits(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    name.starts_with("netlify") && name.ends_with(".toml")
}

fn look(look: &Look<'_>, found: &mut Found) {
    let text = look.file.text();
    let Ok(document) = DeTable::parse(text) else {
        found.gaps.push(Gap {
            path: look.file.path.clone(),
            reason: "it is no TOML".to_owned(),
            template: text.contains("{{"),
        });
        return;
    };
    let mut paths = Paths::new("netlify", &look.file.path);
    let rules = document.get_ref().get("headers").map(Spanned::get_ref);
    for rule in rules.and_then(DeValue::as_array).into_iter().flatten() {
        let Some(table) = rule.get_ref().as_table() else {
            continue;
        };
        let Some(pattern) = table.get("for") else {
            continue;
        };
        let scope = pattern.get_ref().as_str().unwrap_or_default();
        let values = table
            .get("values")
            .and_then(|values| values.get_ref().as_table());
        let headers = values
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| one(text, name, value));
        paths.add(scope, pattern.span(), headers.collect(), true);
    }
    hand_over(paths, found);
}

fn one(
    text: &str,
    name: &Spanned<std::borrow::Cow<'_, str>>,
    value: &Spanned<DeValue<'_>>,
) -> Option<Header> {
    let said = value.get_ref().as_str()?;
    let span = value.span();
    let place = name.span().start..span.end.max(name.span().start);
    Some(header(name.get_ref(), written(text, said, span), place))
}

/// A value between quotes; one that is written with escapes or over several lines has one place only.
pub(super) fn written(text: &str, said: &str, span: Range<usize>) -> Text {
    let raw = text.get(span.clone()).unwrap_or_default();
    if let Some(at) = raw.find(said).filter(|_| !said.is_empty()) {
        return Text::plain(said, span.start + at);
    }
    let mut value = Text::default();
    value.push(said, span);
    value
}
