//! `web.config` of IIS: `<customHeaders>` of `<httpProtocol>`.
//!
//! After <https://learn.microsoft.com/iis/configuration/system.webserver/httpprotocol/customheaders/>.

use super::entities;
use super::tags::{Tag, tags};
use crate::check::{Found, Kind, Look};
use crate::response::{Header, Response, Serves, State};
use crate::text::Text;
use std::ops::Range;

/// Its files, and what is laid over them for a release.
pub(crate) const KIND: Kind = Kind {
    name: "IIS configuration",
    fits,
    look,
};

/// Headers of one file, at most.
const MOST: usize = 200;

fn fits(path: &str) -> bool {
    let name = path
        .rsplit('/')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    name == "applicationhost.config" || name.starts_with("web.") && name.ends_with(".config")
}

fn look(look: &Look<'_>, found: &mut Found) {
    let text = look.file.text();
    if !text.contains("customHeaders") {
        return;
    }
    let headers: Vec<Header> = tags(text).iter().filter_map(header).take(MOST).collect();
    let Some(first) = headers.first() else {
        return;
    };
    let start = first.place.start;
    found.responses.push(Response {
        carrier: "iis",
        path: look.file.path.clone(),
        scope: "customHeaders".to_owned(),
        place: start..start,
        serves: Serves::Unknown,
        tls: None,
        closed: false,
        headers,
    });
}

/// `<add name="…" value="…"/>`, `<remove name="…"/>`
fn header(tag: &Tag<'_>) -> Option<Header> {
    let name = tag.get("name")?;
    let value = tag.get("value");
    let (value, state) = match (tag.name.as_str(), value) {
        ("add", Some(value)) => (entities::decode(value.value, value.at), State::Sent),
        ("remove", None) => (Text::default(), State::Removed),
        _ => return None,
    };
    let lower = name.value.trim().to_ascii_lowercase();
    // Other lists of such a file have names and values, too; none of them looks like this.
    let is_header = lower.contains('-')
        && lower
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let place: Range<usize> = name.at..name.at + name.value.len();
    is_header.then_some(Header {
        name: lower,
        value,
        place,
        state,
        always: None,
        meta: None,
    })
}

#[cfg(test)]
mod tests {
    use crate::response::State;
    use crate::{File, Options, Tree, scan};

    #[test]
    fn headers_of_a_site() {
        let text = r#"<?xml version="1.0"?>
<configuration><appSettings><add key="a" value="b"/></appSettings>
  <system.webServer><httpProtocol><customHeaders>
    <remove name="X-Powered-By" />
    <!-- <add name="X-Frame-Options" value="DENY" /> -->
    <add name="Content-Security-Policy"
         value="default-src &#39;self&#39;; script-src 'self' 'unsafe-inline'" />
  </customHeaders></httpProtocol></system.webServer></configuration>"#;
        let mut tree = Tree::default();
        tree.add(File::new("src/Shop/Web.config", text.as_bytes()));
        let scanned = scan(&tree, &Options::default());
        let headers = &scanned.responses[0].headers;
        assert_eq!(headers.len(), 2);
        assert_eq!(headers[0].state, State::Removed);
        assert_eq!(
            headers[1].value.value(),
            "default-src 'self'; script-src 'self' 'unsafe-inline'"
        );
        let inline = scanned
            .findings
            .iter()
            .find(|one| one.rule.0 == "LG-CSP-201");
        assert_eq!(inline.unwrap().start.line, 7);
    }
}
