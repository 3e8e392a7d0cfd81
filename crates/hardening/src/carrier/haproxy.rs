//! HAProxy: `http-response set-header` and its relatives.

use super::words::{Style, Word, line};
use crate::check::{Found, Kind, Look, Raised};
use crate::message::quoted;
use crate::response::{Header, Response, Serves, State};
use std::ops::Range;

/// Files of HAProxy.
pub(crate) const KIND: Kind = Kind {
    name: "HAProxy configuration",
    fits,
    look,
};

const STYLE: Style = Style {
    quotes: b"\"'",
    escapes: true,
    comments: true,
    long: false,
};
/// What the server fills in.
const MARKS: [(&str, &str); 4] = [("%[", "]"), ("${", "}"), ("{{", "}}"), ("%{", "}")];
/// Sections of one file, at most.
const MOST: usize = 1000;

fn fits(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    let name = [".j2", ".template", ".tmpl", ".erb"]
        .iter()
        .find_map(|end| name.strip_suffix(end))
        .unwrap_or(name);
    (name.ends_with(".cfg") || name.ends_with(".conf"))
        && (name.contains("haproxy") || lower.contains("haproxy/"))
}

fn look(look: &Look<'_>, found: &mut Found) {
    let text = look.file.text();
    let mut sections: Vec<Response> = Vec::new();
    let mut tcp = Vec::new();
    let mut redirects = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let (words, next) = line(text, at, STYLE);
        at = next;
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        let (Some(first), Some(last)) = (words.first(), words.last()) else {
            continue;
        };
        let place = first.place.start..last.place.end;
        if let [
            kind @ ("global" | "defaults" | "frontend" | "backend" | "listen"),
            rest @ ..,
        ] = texts.as_slice()
        {
            if sections.len() < MOST {
                sections.push(section(kind, rest, &look.file.path, place));
            }
            continue;
        }
        old_protocol(&texts, look, place.clone(), found);
        let number = sections.len();
        let Some(section) = sections.last_mut() else {
            continue;
        };
        match texts.as_slice() {
            ["bind", rest @ ..] => {
                let encrypted = rest.contains(&"ssl");
                section.tls = Some(encrypted || section.tls == Some(true));
            }
            ["mode", "tcp"] => tcp.push(number),
            ["redirect", "scheme", "https", ..]
            | ["http-request", "redirect", "scheme", "https", ..] => {
                redirects.push(number);
            }
            ["http-response" | "http-after-response", ..]
            | ["rspadd" | "rspidel" | "rspdel", ..] => {
                section
                    .headers
                    .extend(header(&words, place).filter(|_| section.headers.len() < MOST));
            }
            _ => {}
        }
    }
    let is_hsts = |header: &Header| header.name == "strict-transport-security";
    let sent = sections
        .iter()
        .any(|section| section.headers.iter().any(is_hsts));
    let everywhere = sections.first().map(|first| first.scope.as_str()) == Some("defaults");
    for (index, mut section) in sections.into_iter().enumerate() {
        let frontend = section.scope.starts_with("frontend") || section.scope.starts_with("listen");
        let is_tcp = tcp.contains(&(index + 1)) || everywhere && tcp.contains(&1);
        section.closed = frontend && !sent && !is_tcp;
        if (frontend || !section.headers.is_empty()) && !is_tcp {
            found.responses.push(section);
        }
    }
}

fn section(kind: &str, rest: &[&str], path: &str, place: Range<usize>) -> Response {
    let name = rest.first().copied().unwrap_or_default();
    Response {
        carrier: "haproxy",
        path: path.to_owned(),
        scope: format!("{kind} {name}").trim_end().to_owned(),
        place,
        serves: Serves::Unknown,
        tls: None,
        closed: false,
        headers: Vec::new(),
    }
}

fn header(words: &[Word], place: Range<usize>) -> Option<Header> {
    let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
    let (name, value, state) = match texts.as_slice() {
        [_, "set-header" | "add-header", name, _, ..] => (
            name.to_ascii_lowercase(),
            words.get(3)?.value(&MARKS),
            State::Sent,
        ),
        [_, "replace-header" | "replace-value", name, ..] => (
            name.to_ascii_lowercase(),
            Default::default(),
            State::Undecidable,
        ),
        // With a condition only some lose it.
        [_, "del-header", name] => (
            name.to_ascii_lowercase(),
            Default::default(),
            State::Removed,
        ),
        ["rspadd", line, ..] => {
            let (name, value) = line.split_once(':')?;
            let mut text = crate::text::Text::default();
            text.push(value.trim(), words.get(1)?.inside());
            (name.trim().to_ascii_lowercase(), text, State::Sent)
        }
        _ => return None,
    };
    let unknown =
        !value.dynamic().is_empty() && value.segments().iter().all(|segment| segment.dynamic);
    Some(Header {
        name,
        value,
        place,
        state: if unknown { State::Undecidable } else { state },
        always: None,
        meta: None,
    })
}

fn old_protocol(texts: &[&str], look: &Look<'_>, place: Range<usize>, found: &mut Found) {
    let old = ["SSLv3", "TLSv1.0", "TLSv1.1"];
    let pairs = texts.iter().zip(texts.iter().skip(1));
    let least = pairs
        .filter(|(name, _)| **name == "ssl-min-ver")
        .map(|(_, version)| *version);
    let least = least.into_iter().find(|version| old.contains(version));
    let forced = texts
        .iter()
        .find(|word| matches!(**word, "force-sslv3" | "force-tlsv10" | "force-tlsv11"));
    if let Some(word) = least.or(forced.copied()) {
        let message = format!(
            "{} can be broken; browsers have given up on it.",
            quoted(word)
        );
        let raised = Raised::new("LG-NGX-201", &look.file.path, place, message);
        found
            .raised
            .push(raised.better("ssl-default-bind-options ssl-min-ver TLSv1.2"));
    }
}
