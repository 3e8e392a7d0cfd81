//! Where the words of a scalar stand in the file: values over several lines are written in another way than
//! they are read.

use super::Node;
use crate::text::Text;
use crate::words::variable;
use std::ops::Range;

/// The text of a scalar with the place of each word; nothing for what is no scalar. `source` is what was parsed,
/// `filled` the bytes that something is filled into before anybody reads it, in order.
pub(crate) fn written(node: &Node, source: &str, filled: &[Range<usize>]) -> Option<Text> {
    let value = node.text()?;
    let mut writer = Writer {
        source,
        filled,
        out: Text::default(),
    };
    match node.text_at() {
        Some(at) => writer.part(value, at),
        None => writer.words(value, node.place.clone()),
    }
    Some(writer.out)
}

/// A text that stands in the file as it is.
pub(crate) fn plain(text: &str, at: usize, filled: &[Range<usize>]) -> Text {
    let mut writer = Writer {
        source: "",
        filled,
        out: Text::default(),
    };
    writer.part(text, at);
    writer.out
}

struct Writer<'s> {
    source: &'s str,
    filled: &'s [Range<usize>],
    out: Text,
}

impl Writer<'_> {
    /// Words are as they are written, the space between them is not. Behind the first word that is written in
    /// another way (escapes) only the whole place can be told.
    fn words(&mut self, value: &str, place: Range<usize>) {
        let mut at = place.start;
        let mut rest = value;
        while !rest.is_empty() {
            let space = rest.len() - rest.trim_start().len();
            let word = rest.get(space..).unwrap_or_default();
            let end = word.find(char::is_whitespace).unwrap_or(word.len());
            let word = word.get(..end).unwrap_or_default();
            let found = self
                .source
                .get(at..place.end)
                .and_then(|raw| raw.find(word))
                .map(|found| at + found);
            let Some(found) = found else {
                self.out.push(rest, at..place.end.max(at));
                return;
            };
            if space > 0 {
                let between = rest.get(..space).unwrap_or_default();
                self.out.push(between, at..found);
            }
            self.part(word, found);
            at = found + word.len();
            rest = rest.get(space + end..).unwrap_or_default();
        }
    }

    /// Something that is written as it is read.
    fn part(&mut self, text: &str, at: usize) {
        let mut unknown: Vec<Range<usize>> = variable::variables(text)
            .into_iter()
            .map(|found| at + found.place.start..at + found.place.end)
            .collect();
        let end = at + text.len();
        let first = self.filled.partition_point(|place| place.end <= at);
        let inside = self.filled.get(first..).unwrap_or_default();
        let inside = inside.iter().take_while(|place| place.start < end);
        unknown.extend(inside.map(|place| place.start.max(at)..place.end.min(end)));
        unknown.sort_by_key(|place| place.start);
        let mut from = at;
        for place in unknown {
            if place.start < from {
                continue;
            }
            if from < place.start {
                let before = text.get(from - at..place.start - at).unwrap_or_default();
                self.out.push(before, from..place.start);
            }
            let stand_in = match self.out.value().ends_with("nonce-") {
                true => "bm9uY2Vub25jZW5vbmNl",
                false => "dynamic.invalid",
            };
            from = place.end;
            self.out.push_dynamic(stand_in, place);
        }
        if from < end {
            let behind = text.get(from - at..).unwrap_or_default();
            self.out.push(behind, from..end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    fn value(text: &str) -> Text {
        let documents = parse(text).unwrap();
        written(documents[0].get("a").unwrap(), text, &[]).unwrap()
    }

    #[test]
    fn words_keep_their_places_over_lines() {
        for text in [
            "a: >-\n  default-src 'self';\n  img-src  *\n",
            "a: |\n  default-src 'self';\n  img-src *\n",
            "a: \"default-src 'self';\n  img-src *\"\n",
            "a: default-src 'self';\n  img-src *\n",
        ] {
            let found = value(text);
            let from = found.value().find("img-src").unwrap();
            let place = found.place(from..from + 7);
            assert_eq!(text.get(place), Some("img-src"), "{text}");
            assert_eq!(text.get(found.place(0..11)), Some("default-src"));
        }
    }

    #[test]
    fn what_is_filled_in_is_not_known() {
        let found = value("a: script-src ${CDN} 'self'\n");
        assert_eq!(found.value(), "script-src dynamic.invalid 'self'");
        let escaped = value("a: \"x \\\"y\\\" z\"\n");
        assert_eq!(escaped.value(), "x \"y\" z");
    }
}
