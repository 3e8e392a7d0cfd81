//! What an expression stands for, as far as the file tells.

use crate::text::Text;
use std::ops::Range;

/// A value with the place of its expression.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) what: What,
    pub(super) place: Range<usize>,
}

/// What a value is.
#[derive(Debug, Clone)]
pub(super) enum What {
    Text(Text),
    /// `:self` of Ruby, or the last part of a name that nothing in the file explains.
    Named(String),
    List(Vec<Value>),
    Map(Vec<(Value, Value)>),
    Bool(bool),
    Nothing,
    /// One of these; which, only the running program knows.
    Either(Vec<Value>),
    Unknown,
}

impl Value {
    pub(super) fn new(what: What, place: Range<usize>) -> Self {
        Self { what, place }
    }

    pub(super) fn unknown(place: Range<usize>) -> Self {
        Self::new(What::Unknown, place)
    }

    pub(super) fn text(&self) -> Option<&Text> {
        match &self.what {
            What::Text(text) => Some(text),
            _ => None,
        }
    }

    /// A text of which all is known.
    pub(super) fn str(&self) -> Option<&str> {
        let text = self.text()?;
        text.dynamic().is_empty().then(|| text.value())
    }

    /// A text or a name.
    pub(super) fn word(&self) -> Option<&str> {
        match &self.what {
            What::Named(name) => Some(name),
            _ => self.str(),
        }
    }

    pub(super) fn list(&self) -> Option<&[Self]> {
        match &self.what {
            What::List(list) => Some(list),
            _ => None,
        }
    }

    pub(super) fn map(&self) -> Option<&[(Self, Self)]> {
        match &self.what {
            What::Map(entries) => Some(entries),
            _ => None,
        }
    }

    pub(super) fn is_true(&self) -> bool {
        matches!(self.what, What::Bool(true)) || self.str() == Some("true")
    }

    /// Something, as far as can be told.
    pub(super) fn is_known(&self) -> bool {
        !matches!(self.what, What::Unknown | What::Named(_))
    }

    /// All that it may be.
    pub(super) fn alternatives(&self) -> Vec<&Self> {
        match &self.what {
            What::Either(all) => all.iter().flat_map(Self::alternatives).collect(),
            _ => vec![self],
        }
    }

    /// One of what it may be: what says most.
    pub(super) fn one(&self) -> &Self {
        let all = self.alternatives();
        let length = |value: &&&Self| match &value.what {
            What::Text(text) => 1 + text.value().len(),
            What::List(list) => 1 + list.len(),
            _ => 0,
        };
        all.iter().max_by_key(length).copied().unwrap_or(self)
    }

    /// Adds it to a text.
    pub(super) fn write(&self, out: &mut Text) {
        match &self.one().what {
            What::Text(text) => append(out, text),
            What::Nothing => {}
            What::Bool(bool) => out.push(&bool.to_string(), self.place.clone()),
            _ => unknown(out, self.place.clone()),
        }
    }
}

/// A nonce that is made for each response.
pub(super) const NONCE: &str = "'nonce-bG9ja2dhdGVsb2NrZ2F0ZQ'";

/// Adds what only the running program knows.
pub(super) fn unknown(out: &mut Text, place: Range<usize>) {
    let stand_in = match out.value().ends_with("nonce-") {
        true => "bG9ja2dhdGVsb2NrZ2F0ZQ",
        false => "dynamic.invalid",
    };
    out.push_dynamic(stand_in, place);
}

/// Adds a text to another one.
pub(super) fn append(out: &mut Text, more: &Text) {
    for segment in more.segments() {
        let value = more.value().get(segment.value.clone()).unwrap_or_default();
        match segment.dynamic {
            // A stand-in may have to be another one behind what stands before.
            true if value == "dynamic.invalid" => unknown(out, segment.file.clone()),
            true => out.push_dynamic(value, segment.file.clone()),
            false => out.push(value, segment.file.clone()),
        }
    }
}

/// Whether anything of a text is known.
pub(super) fn says_something(text: &Text) -> bool {
    let mut known = text.segments().iter().filter(|segment| !segment.dynamic);
    let says = |part: &str| part.contains(|c: char| c.is_ascii_alphanumeric() || c == '*');
    text.value().is_empty()
        || text.value() == NONCE
        || known.any(|segment| text.value().get(segment.value.clone()).is_some_and(says))
}

/// Texts with something in between.
pub(super) fn join(list: &[Value], between: &str, place: &Range<usize>) -> Text {
    let mut out = Text::default();
    for (nth, value) in list.iter().enumerate() {
        if nth > 0 && !between.is_empty() {
            let at = value
                .text()
                .map_or(value.place.start, |text| text.file().start);
            out.push(between, at..at);
        }
        match value.what {
            What::Unknown => unknown(&mut out, place.clone()),
            _ => value.write(&mut out),
        }
    }
    out
}

/// A text with each of some words replaced.
pub(super) fn replace(text: &Text, what: &str, with: &Value) -> Text {
    let mut out = Text::default();
    for segment in text.segments() {
        let part = text.value().get(segment.value.clone()).unwrap_or_default();
        if segment.dynamic || what.is_empty() {
            match segment.dynamic {
                true => out.push_dynamic(part, segment.file.clone()),
                false => out.push(part, segment.file.clone()),
            }
            continue;
        }
        let mut from = 0;
        for (at, found) in part.match_indices(what) {
            push_part(&mut out, text, segment.value.start, part, from..at);
            let place = segment.value.start + at..segment.value.start + at + found.len();
            match &with.what {
                What::Text(with) if !with.dynamic().is_empty() => append(&mut out, with),
                // What stands there is what the file says at this place.
                What::Text(with) => out.push(with.value(), text.place(place)),
                What::Nothing => {}
                _ => unknown(&mut out, text.place(place)),
            }
            from = at + found.len();
        }
        push_part(&mut out, text, segment.value.start, part, from..part.len());
    }
    out
}

fn push_part(out: &mut Text, text: &Text, start: usize, part: &str, range: Range<usize>) {
    let piece = part.get(range.clone()).unwrap_or_default();
    if !piece.is_empty() {
        out.push(piece, text.place(start + range.start..start + range.end));
    }
}

/// A text whose placeholders (`%s`, `{}`, `{0}`) are filled in.
pub(super) fn fill(text: &Text, arguments: &[Value]) -> Text {
    let mut out = Text::default();
    let mut next = 0;
    for segment in text.segments() {
        let part = text.value().get(segment.value.clone()).unwrap_or_default();
        if segment.dynamic {
            out.push_dynamic(part, segment.file.clone());
            continue;
        }
        let mut from = 0;
        let mut rest = part;
        while let Some((at, length, index)) = placeholder(rest) {
            let start = from + at;
            push_part(&mut out, text, segment.value.start, part, from..start);
            let place = segment.value.start + start..segment.value.start + start + length;
            let nth = index.unwrap_or(next);
            next += usize::from(index.is_none());
            match (length, arguments.get(nth)) {
                (2, _) if rest.get(at..at + 2) == Some("%%") => {
                    out.push("%", text.place(place));
                    next -= 1;
                }
                (_, Some(value)) if value.text().is_some() => value.write(&mut out),
                _ => unknown(&mut out, text.place(place)),
            }
            from = start + length;
            rest = part.get(from..).unwrap_or_default();
        }
        push_part(&mut out, text, segment.value.start, part, from..part.len());
    }
    out
}

/// The first placeholder: where it begins, its length, and which argument it names.
fn placeholder(text: &str) -> Option<(usize, usize, Option<usize>)> {
    let mut marks = text.match_indices(['%', '{']);
    marks.find_map(|(at, mark)| {
        let rest = text.get(at + 1..)?;
        let (length, index) = match mark {
            "{" => named(rest)?,
            _ => lettered(rest)?,
        };
        Some((at, length, index))
    })
}

/// `{}`, `{0}`, `{name}`: the length, and the argument's number.
fn named(inner: &str) -> Option<(usize, Option<usize>)> {
    let end = inner.bytes().take(60).position(|byte| byte == b'}')?;
    let name = inner.get(..end)?;
    if name.contains([' ', ';', '\'', '{']) {
        return None;
    }
    // A name is a variable of the program, and no argument.
    let index = (!name.is_empty()).then(|| name.parse().unwrap_or(usize::MAX));
    Some((end + 2, index))
}

/// `%s`, `%1$s`, `%-5d`, `%v`.
fn lettered(behind: &str) -> Option<(usize, Option<usize>)> {
    let flags = behind.bytes().take(7);
    let flags = flags.take_while(|byte| byte.is_ascii_digit() || b"$-+.#".contains(byte));
    let flags = flags.count();
    let index = behind.get(..flags)?.strip_suffix('$');
    let index = index.and_then(|digits| digits.parse::<usize>().ok());
    let letter = behind.as_bytes().get(flags)?;
    let index = index.map(|index| index.saturating_sub(1));
    b"sdvq%".contains(letter).then_some((flags + 2, index))
}

/// A text with its line breaks, and the blanks around them, replaced.
pub(super) fn one_line(text: &Text, with: &str) -> Text {
    let mut out = Text::default();
    for segment in text.segments() {
        let part = text.value().get(segment.value.clone()).unwrap_or_default();
        if segment.dynamic {
            out.push_dynamic(part, segment.file.clone());
            continue;
        }
        let start = segment.value.start;
        let mut from = 0;
        for (at, _) in part.match_indices(['\n', '\r']) {
            push_part(&mut out, text, start, part, from..at);
            if !with.is_empty() {
                out.push(with, text.place(start + at..start + at + 1));
            }
            from = at + 1;
        }
        push_part(&mut out, text, start, part, from..part.len());
    }
    out
}
