//! dependency-check's suppression file. An XML reader's events are enough: each `suppress` element
//! is an entry.

use super::entry::Entry;
use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};
use quick_xml::reader::Reader;

/// Levels of elements; the format has three.
const MAX_DEPTH: usize = 16;

/// The entries; `None` for what is not well-formed.
pub fn suppressions(text: &str) -> Option<Vec<Entry>> {
    let mut reader = Reader::from_str(text);
    let mut found: Vec<Entry> = Vec::new();
    let mut open: Vec<String> = Vec::new();
    let mut current: Option<Entry> = None;
    let mut lines = Lines::new(text);
    loop {
        let at = usize::try_from(reader.buffer_position()).ok()?;
        let event = reader.read_event().ok()?;
        match event {
            Event::Eof => break,
            Event::Start(start) => {
                let name = local(&start);
                if open.len() >= MAX_DEPTH {
                    return None;
                }
                match &mut current {
                    Some(entry) => {
                        entry
                            .sense
                            .push_str(&format!(" {name}{}", attributes(&start, None)));
                    }
                    None if name == "suppress" => {
                        let mut entry = Entry::hides("");
                        entry.line = lines.at(at);
                        entry.sense = attributes(&start, Some(&mut entry.until));
                        current = Some(entry);
                    }
                    None => {}
                }
                open.push(name);
            }
            Event::Text(bytes) => {
                let inner = open.last().map(String::as_str);
                if let (Some(entry), Some(name)) = (&mut current, inner)
                    && name != "notes"
                {
                    let text = bytes.trim().to_owned();
                    if !text.is_empty() {
                        if !entry.what.is_empty() {
                            entry.what.push_str(", ");
                        }
                        entry.what.push_str(&text);
                        entry.sense.push_str(&format!("={text}"));
                    }
                }
            }
            Event::End(_) => {
                let name = open.pop()?;
                if name == "suppress" {
                    found.extend(current.take());
                }
            }
            _ => {}
        }
    }
    open.is_empty().then_some(found)
}

fn local(start: &BytesStart<'_>) -> String {
    start.local_name().as_ref().to_owned()
}

/// The attributes in their order; `until` is taken out when somebody wants it.
fn attributes(start: &BytesStart<'_>, mut until: Option<&mut Option<String>>) -> String {
    let mut text = String::new();
    for attribute in start.attributes().flatten() {
        let name = attribute.key.local_name().as_ref().to_owned();
        let value = attribute.normalized_value(XmlVersion::Implicit1_0);
        let value = value.map(|v| v.into_owned()).unwrap_or_default();
        match &mut until {
            Some(until) if name == "until" => {
                **until = Some(value.trim_end_matches('Z').to_owned())
            }
            _ => text.push_str(&format!("[{name}={value}]")),
        }
    }
    text
}

/// Lines by ascending position.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
        }
    }

    fn at(&mut self, position: usize) -> u32 {
        let passed = self.text.get(self.at..position).unwrap_or_default();
        let lines = passed.bytes().filter(|byte| *byte == b'\n').count();
        self.line = self
            .line
            .saturating_add(u32::try_from(lines).unwrap_or(u32::MAX));
        self.at = position.max(self.at);
        self.line
    }
}
