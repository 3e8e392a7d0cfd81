//! TOML with the place of every value, and a reader that collects errors instead of stopping.

use super::Source;
use crate::model::diagnostic::Diagnostic;
use std::collections::BTreeSet;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value with its place.
pub type Value<'a> = Spanned<DeValue<'a>>;

/// A text with its place.
#[derive(Debug, Clone)]
pub struct Word {
    /// The text.
    pub name: String,
    /// Its bytes in the file.
    pub span: Range<usize>,
}

/// Parses the text; what the parser can recover is still checked, so that syntax errors and wrong
/// values are reported together.
pub fn parse<'a>(source: &'a Source, errors: &mut Vec<Diagnostic>) -> Spanned<DeTable<'a>> {
    let (table, found) = DeTable::parse_recoverable(&source.text);
    for error in found {
        let span = error.span().unwrap_or(0..0);
        errors.push(diagnostic(
            source,
            span,
            error.message(),
            "TOML syntax",
            None,
        ));
    }
    table
}

/// Makes an error at a place of a source.
pub fn diagnostic(
    source: &Source,
    span: Range<usize>,
    message: &str,
    label: &str,
    help: Option<String>,
) -> Diagnostic {
    Diagnostic {
        source: source.name.as_str().into(),
        text: source.text.as_str().into(),
        span,
        message: message.into(),
        label: label.to_owned(),
        help,
    }
}

/// Reads the keys of one table and, at the end, reports those that nobody asked for.
pub struct Reader<'s, 't> {
    source: &'s Source,
    table: &'t DeTable<'t>,
    /// What the table is, for error texts: `gate`, `scanners.bandit`.
    what: String,
    span: Range<usize>,
    asked: BTreeSet<&'static str>,
    errors: &'s mut Vec<Diagnostic>,
}

impl<'s, 't> Reader<'s, 't> {
    pub fn new(
        source: &'s Source,
        table: &'t DeTable<'t>,
        span: Range<usize>,
        what: impl Into<String>,
        errors: &'s mut Vec<Diagnostic>,
    ) -> Self {
        Self {
            source,
            table,
            what: what.into(),
            span,
            asked: BTreeSet::new(),
            errors,
        }
    }

    /// The place of the whole table.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The value of a key, if it is there.
    pub fn value(&mut self, key: &'static str) -> Option<&'t Value<'t>> {
        self.asked.insert(key);
        self.table
            .iter()
            .find(|(k, _)| k.get_ref() == key)
            .map(|(_, value)| value)
    }

    /// How many errors there are, of this table and of all that were read before it.
    pub fn failed(&self) -> usize {
        self.errors.len()
    }

    /// Reads a table inside this one, called `what`, and reports its unknown keys.
    pub fn within<T>(
        &mut self,
        table: &DeTable<'_>,
        span: Range<usize>,
        what: &str,
        read: impl FnOnce(&mut Reader<'_, '_>) -> T,
    ) -> T {
        let mut reader = Reader::new(self.source, table, span, what, self.errors);
        let found = read(&mut reader);
        reader.finish();
        found
    }

    /// Reports an error.
    pub fn error(&mut self, span: Range<usize>, message: &str, label: &str, help: Option<String>) {
        self.errors
            .push(diagnostic(self.source, span, message, label, help));
    }

    fn wrong_type(&mut self, key: &str, value: &Value<'_>, wanted: &str) {
        let found = value.get_ref().type_str();
        self.error(
            value.span(),
            &format!("`{key}` must be {wanted}"),
            &format!("this is {} {found}", article(found)),
            None,
        );
    }

    /// A text.
    pub fn text(&mut self, key: &'static str) -> Option<Word> {
        let value = self.value(key)?;
        match value.get_ref().as_str() {
            Some(text) => Some(Word {
                name: text.to_owned(),
                span: value.span(),
            }),
            None => {
                self.wrong_type(key, value, "a string");
                None
            }
        }
    }

    /// A text that must be there and not be blank.
    pub fn required_text(&mut self, key: &'static str, why: &str) -> Option<Word> {
        if self.value(key).is_none() {
            self.missing(key, why);
            return None;
        }
        let word = self.text(key)?;
        if word.name.trim().is_empty() {
            self.error(
                word.span,
                &format!("`{key}` is empty"),
                "nothing here",
                Some(why.to_owned()),
            );
            return None;
        }
        Some(word)
    }

    /// Reports a key that must be there.
    pub fn missing(&mut self, key: &str, why: &str) {
        let message = format!("`{}` has no `{key}`", self.what);
        self.error(
            self.span(),
            &message,
            "it belongs in here",
            Some(why.to_owned()),
        );
    }

    /// A boolean.
    pub fn boolean(&mut self, key: &'static str) -> Option<bool> {
        let value = self.value(key)?;
        let found = value.get_ref().as_bool();
        if found.is_none() {
            self.wrong_type(key, value, "true or false");
        }
        found
    }

    /// One text or a list of texts.
    pub fn words(&mut self, key: &'static str) -> Option<Vec<Word>> {
        self.list(key, "string", |value| match value {
            DeValue::String(text) => Some(text.to_string()),
            _ => None,
        })
    }

    /// The same, where numbers may stand without quotes.
    pub fn words_or_numbers(&mut self, key: &'static str) -> Option<Vec<Word>> {
        self.list(key, "string", |value| match value {
            DeValue::String(text) => Some(text.to_string()),
            DeValue::Integer(number) => {
                let number = i64::from_str_radix(number.as_str(), number.radix());
                number.ok().map(|number| number.to_string())
            }
            DeValue::Float(number) => Some(number.as_str().to_owned()),
            _ => None,
        })
    }

    fn list(
        &mut self,
        key: &'static str,
        wanted: &str,
        read: impl Fn(&DeValue<'_>) -> Option<String>,
    ) -> Option<Vec<Word>> {
        let value = self.value(key)?;
        let word = |value: &Value<'_>| {
            read(value.get_ref()).map(|name| Word {
                name,
                span: value.span(),
            })
        };
        let list = match (value.get_ref(), word(value)) {
            (_, Some(word)) => return Some(vec![word]),
            (DeValue::Array(list), None) => list,
            _ => {
                self.wrong_type(key, value, &format!("a {wanted} or a list of {wanted}s"));
                return None;
            }
        };
        let mut words = Vec::new();
        for item in list.iter() {
            match word(item) {
                Some(word) => words.push(word),
                None => self.wrong_type(key, item, &format!("a list of {wanted}s")),
            }
        }
        if list.is_empty() {
            self.error(
                value.span(),
                &format!("`{key}` is an empty list"),
                "nothing here",
                Some(format!("leave `{key}` out, or name something")),
            );
            return None;
        }
        Some(words)
    }

    /// One of a fixed set of words.
    pub fn choice<T: Copy>(&mut self, key: &'static str, choices: &[(&str, T)]) -> Option<T> {
        let word = self.text(key)?;
        let found = choices.iter().find(|(name, _)| *name == word.name);
        if found.is_none() {
            let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
            let (message, help) = unknown(&format!("{key} "), &word.name, &names);
            self.error(word.span, &message, "not one of the words", Some(help));
        }
        found.map(|(_, value)| *value)
    }

    /// A table.
    pub fn table(&mut self, key: &'static str) -> Option<(&'t DeTable<'t>, Range<usize>)> {
        let value = self.value(key)?;
        match value.get_ref().as_table() {
            Some(table) => Some((table, value.span())),
            None => {
                self.wrong_type(key, value, "a table");
                None
            }
        }
    }

    /// A list of tables: `[[gate]]`.
    pub fn tables(&mut self, key: &'static str) -> Vec<(&'t DeTable<'t>, Range<usize>)> {
        let Some(value) = self.value(key) else {
            return Vec::new();
        };
        let Some(list) = value.get_ref().as_array() else {
            self.error(
                value.span(),
                &format!("`{key}` must be a list of tables"),
                "not a list",
                Some(format!("write `[[{key}]]` instead of `[{key}]`")),
            );
            return Vec::new();
        };
        let mut tables = Vec::new();
        for item in list.iter() {
            match item.get_ref().as_table() {
                Some(table) => tables.push((table, item.span())),
                None => self.wrong_type(key, item, "a list of tables"),
            }
        }
        tables
    }

    /// Reports every key that was not asked for.
    pub fn finish(self) {
        for (key, _) in self.table.iter() {
            let name = key.get_ref().as_ref();
            if !self.asked.contains(name) {
                let known: Vec<&str> = self.asked.iter().copied().collect();
                let (message, help) = unknown(&format!("key in `{}`: ", self.what), name, &known);
                self.errors.push(diagnostic(
                    self.source,
                    key.span(),
                    &message,
                    "nobody reads this",
                    Some(help),
                ));
            }
        }
    }
}

fn article(noun: &str) -> &'static str {
    if noun.starts_with(['a', 'e', 'i', 'o', 'u']) {
        "an"
    } else {
        "a"
    }
}

/// Message and way out for a word that is none of the known ones.
pub fn unknown(what: &str, word: &str, known: &[&str]) -> (String, String) {
    let list = known
        .iter()
        .map(|k| format!("`{k}`"))
        .collect::<Vec<_>>()
        .join(", ");
    let help = match nearest(word, known) {
        Some(near) => format!("did you mean `{near}`? Known are {list}"),
        None => format!("known are {list}"),
    };
    (format!("unknown {what}`{word}`"), help)
}

/// The known word that differs in at most a third of its letters.
pub fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    known
        .iter()
        .map(|k| (distance(word, k), *k))
        .filter(|(d, k)| *d <= k.chars().count().div_ceil(3))
        .min()
        .map(|(_, k)| k)
}

/// Levenshtein distance; words longer than 64 characters are never near.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().max(b.len()) > 64 {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, up) in b.iter().zip(row.iter().skip(1)) {
            let cost = diagonal + usize::from(x != y);
            left = cost.min(left + 1).min(up + 1);
            diagonal = *up;
            next.push(left);
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_offered() {
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(nearest("bandti", &["bandit", "trivy"]), Some("bandit"));
        assert_eq!(nearest("zebra", &["bandit", "trivy"]), None);
    }
}
