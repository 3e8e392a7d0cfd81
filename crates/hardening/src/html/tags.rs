//! Tags of a page with their places, read in one pass over any bytes.
//!
//! After the tokenizer of HTML (<https://html.spec.whatwg.org/multipage/parsing.html>), and what template
//! languages put into it: their marks hide quotes and angles.

use std::ops::Range;

/// A tag that opens something.
pub(super) struct Tag<'t> {
    /// In lower case.
    pub(super) name: String,
    pub(super) attributes: Vec<Attribute<'t>>,
    pub(super) place: Range<usize>,
}

/// An attribute as it is written.
pub(super) struct Attribute<'t> {
    /// In lower case.
    pub(super) name: String,
    /// Without quotes, with entities.
    pub(super) value: &'t str,
    /// Where the value begins.
    pub(super) at: usize,
}

impl<'t> Tag<'t> {
    /// An attribute of that name; the first one counts.
    pub(super) fn get(&self, name: &str) -> Option<&Attribute<'t>> {
        self.attributes
            .iter()
            .find(|attribute| attribute.name == name)
    }
}

/// Attributes of one tag, at most.
const ATTRIBUTES: usize = 100;
/// Marks of templates: how they begin and end.
pub(super) const MARKS: &[(&str, &str)] = &[
    ("<%", "%>"),
    ("<?", "?>"),
    ("{{", "}}"),
    ("{%", "%}"),
    ("{#", "#}"),
    ("${", "}"),
];
/// What stands between these tags is text or comes to life later.
const TEXT: &[&str] = &[
    "script", "style", "textarea", "title", "xmp", "noscript", "template", "pre", "iframe",
];

/// The tags of a page that the browser acts on, in order.
pub(super) fn tags(text: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut at = 0;
    while let Some(open) = find(text, at, "<") {
        let rest = text.get(open..).unwrap_or_default();
        if rest.starts_with("<!--") {
            at = behind(text, open + 4, "-->");
        } else if let Some((_, end)) = MARKS.iter().find(|(start, _)| rest.starts_with(start)) {
            at = behind(text, open + 2, end);
        } else if rest.as_bytes().get(1).is_some_and(u8::is_ascii_alphabetic) {
            let (tag, end) = tag(text, open);
            at = end;
            if TEXT.contains(&tag.name.as_str())
                && !text.get(..end).unwrap_or_default().ends_with("/>")
            {
                at = behind_element(text, end, &tag.name);
            }
            tags.push(tag);
        } else {
            at = open + 1;
        }
    }
    tags
}

fn find(text: &str, from: usize, what: &str) -> Option<usize> {
    let at = text.get(from..)?.find(what)?;
    Some(from + at)
}

/// Just behind the next `what`, or the end.
fn behind(text: &str, from: usize, what: &str) -> usize {
    find(text, from, what).map_or(text.len(), |at| at + what.len())
}

/// Just before the end tag of an element.
fn behind_element(text: &str, from: usize, name: &str) -> usize {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(open) = find(text, at, "</") {
        let end = open + 2 + name.len();
        let same = bytes
            .get(open + 2..end)
            .is_some_and(|it| it.eq_ignore_ascii_case(name.as_bytes()));
        if same {
            return open;
        }
        at = open + 2;
    }
    text.len()
}

fn tag(text: &str, open: usize) -> (Tag<'_>, usize) {
    let bytes = text.as_bytes();
    let is = |at: usize, test: fn(u8) -> bool| bytes.get(at).copied().is_some_and(test);
    let mut at = open + 1;
    while is(at, |byte| {
        !byte.is_ascii_whitespace() && byte != b'>' && byte != b'/'
    }) {
        at += 1;
    }
    let name = text
        .get(open + 1..at)
        .unwrap_or_default()
        .to_ascii_lowercase();
    let mut attributes = Vec::new();
    loop {
        while is(at, |byte| byte.is_ascii_whitespace() || byte == b'/') {
            at += 1;
        }
        match bytes.get(at) {
            None => break,
            Some(b'>') => {
                at += 1;
                break;
            }
            Some(_) => {}
        }
        if let Some(end) = mark(text, at) {
            at = end;
            continue;
        }
        let start = at;
        at += 1;
        while is(at, |byte| {
            !byte.is_ascii_whitespace() && !b"=>/".contains(&byte)
        }) {
            at += 1;
        }
        let key = text.get(start..at).unwrap_or_default().to_ascii_lowercase();
        let mut value = at;
        while is(value, |byte| byte.is_ascii_whitespace()) {
            value += 1;
        }
        let (place, end) = match bytes.get(value) {
            Some(b'=') => self::value(text, value + 1),
            _ => (at..at, at),
        };
        at = end;
        if attributes.len() < ATTRIBUTES {
            attributes.push(Attribute {
                name: key,
                value: text.get(place.clone()).unwrap_or_default(),
                at: place.start,
            });
        }
    }
    let tag = Tag {
        name,
        attributes,
        place: open..at,
    };
    (tag, at)
}

/// The end of a template's mark that begins here.
fn mark(text: &str, at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    let (start, end) = MARKS.iter().find(|(start, _)| rest.starts_with(start))?;
    Some(behind(text, at + start.len(), end))
}

/// The place of a value, and where to go on.
fn value(text: &str, from: usize) -> (Range<usize>, usize) {
    let bytes = text.as_bytes();
    let mut at = from;
    while bytes.get(at).is_some_and(u8::is_ascii_whitespace) {
        at += 1;
    }
    let quote = bytes
        .get(at)
        .copied()
        .filter(|byte| *byte == b'"' || *byte == b'\'');
    let start = at + usize::from(quote.is_some());
    at = start;
    while let Some(byte) = bytes.get(at) {
        let ends = match quote {
            Some(quote) => *byte == quote,
            None => byte.is_ascii_whitespace() || *byte == b'>',
        };
        if ends {
            break;
        }
        at = match byte {
            b'<' | b'{' | b'$' => mark(text, at).unwrap_or(at + 1),
            _ => at + 1,
        };
    }
    let end = at.min(bytes.len());
    (
        start..end,
        end + usize::from(quote.is_some() && end < bytes.len()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_browser_acts_on() {
        let page = "<!-- <meta a> --><META Content='x' http-equiv=Refresh><pre><meta b></pre>\
                    <script>'<meta c>'</script><template><meta d></template><p><meta e=\"<%= a(\">\") %>\">";
        let all = tags(page);
        let metas: Vec<_> = all.iter().filter(|tag| tag.name == "meta").collect();
        assert_eq!(metas.len(), 2);
        assert_eq!(metas[0].get("http-equiv").unwrap().value, "Refresh");
        assert_eq!(metas[1].get("e").unwrap().value, "<%= a(\">\") %>");
    }

    #[test]
    fn any_bytes_end() {
        for page in [
            "<",
            "<a",
            "<a b",
            "<a b=",
            "<a b='",
            "<!--",
            "<script>",
            "<a {{",
            "<\u{e9}",
            "</",
            "<a b=\u{e9}",
        ] {
            tags(page);
            tags(&page.repeat(3000));
        }
    }
}
