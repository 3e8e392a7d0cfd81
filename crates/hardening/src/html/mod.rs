//! Pages: what `<meta http-equiv>` asks of the browser.

mod entities;
mod tags;
pub(crate) mod web_config;

use crate::check::{Found, Kind, Look};
use crate::response::{Header, Response, Serves, State};
use crate::text::Text;
use tags::Tag;

/// Pages.
pub(crate) const KIND: Kind = Kind {
    name: "HTML",
    fits: is_page,
    look,
};

/// Names of pages and of templates of pages.
const ENDS: &[&str] = &[
    ".html",
    ".htm",
    ".xhtml",
    ".shtml",
    ".html.erb",
    ".ejs",
    ".hbs",
    ".handlebars",
    ".mustache",
    ".twig",
    ".jinja",
    ".jinja2",
    ".html.j2",
    ".njk",
    ".liquid",
    ".cshtml",
    ".razor",
    ".jsp",
    ".jspx",
    ".phtml",
    ".blade.php",
    ".html.tera",
    ".heex",
    ".eex",
    ".ftl",
    ".gohtml",
    ".html.tmpl",
    ".html.tpl",
    ".html.template",
    ".tpl.html",
    ".latte",
    ".html.php",
];
/// Names that say nothing of security, and what pages mostly ask by them.
const OTHER: &[&str] = &[
    "refresh",
    "content-type",
    "content-language",
    "default-style",
    "x-ua-compatible",
    "set-cookie",
    "cache-control",
    "pragma",
    "expires",
    "cleartype",
    "imagetoolbar",
];

/// Whether a file is a page, by its path.
pub(crate) fn is_page(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    ENDS.iter().any(|end| lower.ends_with(end))
}

fn look(look: &Look<'_>, found: &mut Found) {
    let text = look.file.text();
    if !has(text, b"http-equiv") {
        return;
    }
    let path = look.file.path.as_str();
    let mut headers = Vec::new();
    let mut late = false;
    for tag in tags::tags(text) {
        // Only what stands in the head counts.
        late |= is_script_or_style(&tag) || tag.name == "body";
        if tag.name != "meta" {
            continue;
        }
        let Some(equivalent) = tag.get("http-equiv") else {
            continue;
        };
        let name = entities::decode(equivalent.value, equivalent.at);
        let name = name.value().trim().to_ascii_lowercase();
        let place = tag.place.clone();
        if name.is_empty() || OTHER.contains(&name.as_str()) {
            continue;
        }
        let content = tag.get("content");
        // The value begins with its tag, for whoever is told.
        let mut value = Text::default();
        value.push("", tag.place.start..tag.place.start);
        if let Some(content) = content {
            value = entities::decode_into(value, content.value, content.at);
        }
        let mut known = value.segments().iter().filter(|segment| !segment.dynamic);
        let unknown = !value.value().is_empty() && known.all(|segment| segment.value.is_empty());
        headers.push(Header {
            name,
            value,
            place,
            state: match unknown {
                true => State::Undecidable,
                false => State::Sent,
            },
            always: None,
            meta: Some(late),
        });
    }
    if let Some(first) = headers.first() {
        let start = first.place.start;
        found.responses.push(Response {
            carrier: "html",
            path: path.to_owned(),
            scope: "<meta>".to_owned(),
            place: start..start,
            serves: Serves::Html,
            tls: None,
            closed: false,
            headers,
        });
    }
}

/// Whether a text holds a word, in any case.
fn has(text: &str, word: &[u8]) -> bool {
    let bytes = text.as_bytes();
    let first = word.first().copied().unwrap_or_default();
    let mut from = 0;
    while let Some(rest) = bytes.get(from..)
        && let Some(at) = rest
            .iter()
            .position(|byte| byte.eq_ignore_ascii_case(&first))
    {
        let here = rest.get(at..at + word.len());
        if here.is_some_and(|here| here.eq_ignore_ascii_case(word)) {
            return true;
        }
        from += at + 1;
    }
    false
}

/// Scripts and style sheets that load before a policy stands escape it.
fn is_script_or_style(tag: &Tag<'_>) -> bool {
    let value = |name: &str| {
        tag.get(name)
            .map(|attribute| attribute.value.to_ascii_lowercase())
    };
    match tag.name.as_str() {
        "script" => {
            !value("type").is_some_and(|kind| kind.contains("json") || kind.contains("template"))
        }
        "style" => true,
        "link" => value("rel")
            .is_some_and(|rel| rel.split_ascii_whitespace().any(|one| one == "stylesheet")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::{File, Options, Scanned, Tree, scan};

    fn page(text: &str) -> Scanned {
        let mut tree = Tree::default();
        tree.add(File::new("web/index.html", text.as_bytes()));
        scan(&tree, &Options::default())
    }

    #[test]
    fn a_policy_in_a_page() {
        let text = "<head>\n<meta content=\"default-src &#39;self&#39;\"\n  HTTP-EQUIV='Content-Security-Policy'>\n\
                    <script src=a.js></script><meta http-equiv=content-security-policy content=img-src>";
        let scanned = page(text);
        let headers = &scanned.responses[0].headers;
        assert_eq!(headers[0].value.value(), "default-src 'self'");
        assert_eq!(
            (headers[0].meta, headers[1].meta),
            (Some(false), Some(true))
        );
        let meta = scanned
            .findings
            .iter()
            .find(|one| one.rule.0 == "LG-HDR-110");
        assert!(meta.is_none());
    }

    #[test]
    fn headers_that_have_no_effect_in_a_page() {
        let found =
            page("<meta charset=utf-8>\n<meta http-equiv=X-Frame-Options content=DENY>").findings;
        let lines: Vec<_> = found
            .iter()
            .map(|one| (one.rule.0, one.start.line))
            .collect();
        assert_eq!(lines, [("LG-HDR-110", 2)]);
        assert!(
            page("<meta http-equiv=refresh content=5>")
                .responses
                .is_empty()
        );
    }

    #[test]
    fn what_is_only_shown_is_no_policy() {
        let meta = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src *\">";
        for text in [
            format!("<!-- {meta} -->"),
            format!("<pre>{meta}</pre>"),
            meta.replace('<', "&lt;"),
        ] {
            assert!(page(&text).responses.is_empty(), "{text}");
        }
    }
}
