//! Apache: `Header` in configuration and `.htaccess` (`mod_headers`).

use super::words::{Style, Word, line, next_line};
use crate::check::{Found, Kind, Look, Raised};
use crate::message::quoted;
use crate::response::{Header, Response, Serves, State};
use crate::rule::Severity;
use std::ops::Range;

/// Files of Apache.
pub(crate) const KIND: Kind = Kind {
    name: "Apache configuration",
    fits,
    look,
};

const STYLE: Style = Style {
    quotes: b"\"'",
    escapes: false,
    comments: false,
    long: false,
};
/// What the server fills in.
const MARKS: [(&str, &str); 3] = [("%{", "}"), ("${", "}"), ("{{", "}}")];
/// Sections inside one another, at most.
const DEPTH: usize = 32;
/// Headers of one section, at most.
const HEADERS: usize = 200;
/// Sections that responses are told of, at most.
const MOST: usize = 500;

fn fits(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    if !lower.contains(".conf") && !lower.contains("htaccess") {
        return false;
    }
    let (folders, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
    let in_apache = folders
        .split('/')
        .any(|folder| folder.contains("apache") || folder.contains("httpd"));
    let conf =
        name.ends_with(".conf") || name.ends_with(".conf.template") || name.ends_with(".conf.j2");
    let named = ["apache", "httpd", "vhost"]
        .iter()
        .any(|word| name.contains(word));
    name.starts_with(".htaccess") || name.starts_with("htaccess") || conf && (in_apache || named)
}

/// A section that is open, with the headers in force.
struct Section {
    response: Response,
    /// Says nothing of which responses are meant (`IfModule`).
    transparent: bool,
    /// Has a `Header` of its own.
    own: bool,
}

fn look(look: &Look<'_>, found: &mut Found) {
    let text = look.file.text();
    let mut file = top(&look.file.path);
    if look.file.name() == ".htaccess" && has_pages(look) {
        file.response.serves = Serves::Html;
    }
    let mut open = vec![file];
    let mut commented = Vec::new();
    let mut at = 0;
    while at < text.len() {
        let start = at;
        let (words, next) = line(text, at, STYLE);
        at = next;
        let Some(first) = words.first() else {
            continue;
        };
        if first.text.starts_with('#') {
            at = next_line(text.as_bytes(), start);
            commented.extend(comment(text, start..at));
            continue;
        }
        if first.text.starts_with("</") {
            close(&mut open, found);
        } else if first.text.starts_with('<') {
            section(&words, &mut open);
        } else {
            directive(&words, &mut open, look, found);
        }
    }
    while open.len() > 1 {
        close(&mut open, found);
    }
    if let Some(mut top) = open.pop() {
        let own = top.own || !commented.is_empty() || top.response.serves == Serves::Html;
        top.response.headers.extend(commented);
        if own {
            found.responses.push(top.response);
        }
    }
}

/// Whether pages lie in the folder that the file is for.
fn has_pages(look: &Look<'_>) -> bool {
    let folder = look.file.folder();
    let mut pages = ["index.html", "index.htm", "index.php"].iter();
    pages.any(|name| match folder {
        "" => look.tree.has(name),
        folder => look.tree.has(&format!("{folder}/{name}")),
    })
}

fn top(path: &str) -> Section {
    let response = Response {
        carrier: "apache",
        path: path.to_owned(),
        scope: "file".to_owned(),
        place: 0..0,
        serves: Serves::Unknown,
        tls: None,
        closed: false,
        headers: Vec::new(),
    };
    Section {
        response,
        transparent: false,
        own: false,
    }
}

fn section(words: &[Word], open: &mut Vec<Section>) {
    let (Some(first), Some(last)) = (words.first(), words.last()) else {
        return;
    };
    let name = first
        .text
        .trim_start_matches('<')
        .trim_end_matches('>')
        .to_ascii_lowercase();
    let args: Vec<&str> = words
        .iter()
        .skip(1)
        .map(|word| word.text.trim_end_matches('>'))
        .collect();
    let args = args.join(" ").trim_end().to_owned();
    let Some(above) = open.last() else {
        return;
    };
    let mut response = above.response.clone();
    let transparent = name.starts_with("ifmodule")
        || name.starts_with("ifdefine")
        || name.starts_with("ifversion");
    if !transparent {
        let written = first.text.trim_start_matches('<');
        let scope = format!("{written} {args}");
        response.scope = match above.response.scope.as_str() {
            "file" => scope,
            above => format!("{above} > {scope}"),
        };
        response.place = first.place.start..last.place.end;
        response.closed = name == "virtualhost";
        match name.as_str() {
            "virtualhost" => {
                response.tls = Some(args.split_whitespace().any(|arg| arg.ends_with(":443")))
            }
            "filesmatch" | "files" => response.serves = by_name(&args),
            "location" | "locationmatch" | "directory" | "directorymatch" => {}
            _ => response.serves = Serves::Unknown,
        }
    }
    // Deeper ones are only counted, so that their ends are found.
    if open.len() >= DEPTH {
        response.headers.clear();
    }
    if open.len() < MOST {
        open.push(Section {
            response,
            transparent,
            own: false,
        });
    }
}

/// What files of such names are.
fn by_name(pattern: &str) -> Serves {
    let lower = pattern.to_ascii_lowercase();
    let word = |c: char| c.is_ascii_alphanumeric();
    let words: Vec<&str> = lower.split(|c| !word(c)).collect();
    let holds = |names: &[&str]| words.iter().any(|word| names.contains(word));
    if holds(&["html", "htm", "php", "xhtml"]) {
        return Serves::Html;
    }
    let assets = [
        "js", "css", "png", "jpg", "jpeg", "jpe", "gif", "svg", "svgz", "webp", "ico", "woff",
        "woff2", "ttf", "otf", "eot", "json", "xml", "txt", "pdf", "appcache", "mp4", "map",
    ];
    match holds(&assets) {
        true => Serves::Assets,
        false => Serves::Unknown,
    }
}

fn close(open: &mut Vec<Section>, found: &mut Found) {
    if open.len() < 2 {
        return;
    }
    let Some(section) = open.pop() else {
        return;
    };
    if section.transparent {
        if let Some(above) = open.last_mut() {
            above.own |= section.own;
            above.response.headers = section.response.headers;
            above.response.serves = section.response.serves;
            above.response.tls = section.response.tls;
        }
        return;
    }
    let virtual_host = section.response.closed;
    if (section.own || virtual_host) && found.responses.len() < MOST * 100 {
        found.responses.push(section.response);
    }
}

fn directive(words: &[Word], open: &mut [Section], look: &Look<'_>, found: &mut Found) {
    let Some((first, args)) = words.split_first() else {
        return;
    };
    let Some(section) = open.last_mut() else {
        return;
    };
    let texts: Vec<&str> = args.iter().map(|word| word.text.as_str()).collect();
    let end = words.last().map_or(first.place.end, |word| word.place.end);
    let place = first.place.start..end;
    let path = &look.file.path;
    match first.text.to_ascii_lowercase().as_str() {
        "header" => header(args, place, section),
        "sslengine"
            if texts
                .first()
                .is_some_and(|on| on.eq_ignore_ascii_case("on")) =>
        {
            section.response.tls = Some(true);
        }
        "documentroot" | "directoryindex" | "fallbackresource" => {
            section.response.serves = Serves::Html
        }
        "proxypass" if texts.first() == Some(&"/") => section.response.serves = Serves::Unknown,
        "redirect" | "redirectpermanent" if texts.iter().any(|arg| arg.starts_with("https://")) => {
            section.response.serves = Serves::Data;
        }
        "sslprotocol" => {
            let old = protocols(&texts);
            if !old.is_empty() {
                let message = format!(
                    "{} can be broken; browsers have given up on it.",
                    quoted(&old.join(" "))
                );
                let raised = Raised::new("LG-NGX-201", path, place, message);
                found
                    .raised
                    .push(raised.better("SSLProtocol -all +TLSv1.2 +TLSv1.3"));
            }
        }
        "options"
            if texts
                .iter()
                .any(|arg| matches!(*arg, "Indexes" | "+Indexes" | "All" | "+All")) =>
        {
            let message = "Everybody may list the files of this folder.";
            let raised = Raised::new("LG-NGX-301", path, place, message);
            found.raised.push(raised.better("Options -Indexes"));
        }
        _ => {}
    }
    if section.own {
        without_always(section, look, found);
    }
}

/// Old protocols that stay allowed (`mod_ssl`): `all -SSLv3` leaves TLS 1.0 and 1.1.
fn protocols(args: &[&str]) -> Vec<&'static str> {
    const OLD: [&str; 3] = ["SSLv3", "TLSv1", "TLSv1.1"];
    let mut allowed: Vec<&'static str> = Vec::new();
    for arg in args {
        let (minus, name) = match arg.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, arg.trim_start_matches('+')),
        };
        let all = name.eq_ignore_ascii_case("all");
        let named = OLD
            .into_iter()
            .filter(|old| all || old.eq_ignore_ascii_case(name));
        match minus {
            true => allowed.retain(|old| !named.clone().any(|gone| gone == *old)),
            // SSL 3 is no part of `all` any more.
            false => allowed.extend(named.filter(|old| !all || *old != "SSLv3")),
        }
    }
    allowed
}

/// `Header [always|onsuccess] action name [value] [env=… | expr=…]`
fn header(args: &[Word], place: Range<usize>, section: &mut Section) {
    let table = args.first().map(|word| word.text.to_ascii_lowercase());
    let always = table.as_deref() == Some("always");
    let skip = usize::from(always || table.as_deref() == Some("onsuccess"));
    let mut args = args.iter().skip(skip);
    let (Some(action), Some(name)) = (args.next(), args.next()) else {
        return;
    };
    let value = args.next();
    let conditional = |word: &Word| word.text.starts_with("env=") || word.text.starts_with("expr=");
    let only_some = args.any(conditional);
    let name = name.text.trim_end_matches(':').to_ascii_lowercase();
    let headers = &mut section.response.headers;
    let same = |header: &Header| header.name == name && header.always == Some(always);
    let state = match action.text.to_ascii_lowercase().as_str() {
        "set" | "add" | "append" | "merge" | "setifempty" => State::Sent,
        "unset" => State::Removed,
        "edit" | "edit*" => State::Undecidable,
        _ => return,
    };
    let removal_of_some = state == State::Removed && (only_some || value.is_some_and(conditional));
    if removal_of_some || headers.len() > HEADERS {
        return;
    }
    let replaces = matches!(
        action.text.to_ascii_lowercase().as_str(),
        "set" | "unset" | "edit" | "edit*"
    );
    if replaces && !only_some {
        headers.retain(|header| !same(header));
    }
    let text = value
        .filter(|_| state == State::Sent)
        .map(|word| word.value(&MARKS));
    let text = text.unwrap_or_default();
    let unknown =
        !text.dynamic().is_empty() && text.segments().iter().all(|segment| segment.dynamic);
    let state = match value.is_some_and(|word| word.text.starts_with("expr=")) || unknown {
        true if state == State::Sent => State::Undecidable,
        _ => state,
    };
    headers.push(Header {
        name,
        value: text,
        place,
        state,
        always: Some(always),
        meta: None,
    });
    section.own = true;
}

/// What is only set for answers without an error, the last one that was set.
fn without_always(section: &Section, look: &Look<'_>, found: &mut Found) {
    let protects = [
        "content-security-policy",
        "x-frame-options",
        "strict-transport-security",
        "x-content-type-options",
    ];
    let Some(last) = section.response.headers.last() else {
        return;
    };
    let assets = matches!(section.response.serves, Serves::Assets | Serves::Data);
    if last.always == Some(false)
        && last.state == State::Sent
        && !assets
        && protects.contains(&last.name.as_str())
    {
        let message = format!(
            "{} is left out of answers with an error.",
            quoted(&last.name)
        );
        let raised = Raised::new("LG-NGX-102", &look.file.path, last.place.clone(), message);
        found.raised.push(raised.at(Severity::Info));
    }
}

/// A policy that stands in a comment only.
fn comment(text: &str, place: Range<usize>) -> Option<Header> {
    let line_text = text.get(place.clone())?;
    let body = line_text.trim_start_matches(['#', ' ', '\t']);
    let lower = body.get(..7)?.to_ascii_lowercase();
    if lower != "header " {
        return None;
    }
    let from = place.end - body.len();
    let (words, _) = line(text, from, STYLE);
    let end = words.last()?.place.end;
    let mut section = top("");
    header(words.get(1..)?, from..end, &mut section);
    let mut header = section.response.headers.pop()?;
    let policy = header.name.starts_with("content-security-policy") && header.state == State::Sent;
    header.state = State::Commented;
    policy.then_some(header)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protocols_that_stay() {
        assert_eq!(protocols(&["all", "-SSLv3"]), ["TLSv1", "TLSv1.1"]);
        assert!(protocols(&["all", "-SSLv3", "-TLSv1", "-TLSv1.1"]).is_empty());
        assert!(protocols(&["-all", "+TLSv1.2"]).is_empty());
    }

    #[test]
    fn files_of_apache() {
        for path in [
            ".htaccess",
            "web/.htaccess",
            "docker/apache/site.conf",
            "vhost.conf",
        ] {
            assert!(fits(path), "{path}");
        }
        assert!(!fits("nginx/default.conf"));
    }
}
