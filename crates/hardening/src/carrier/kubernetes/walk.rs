//! Any map or list that names headers: `spec.http[].headers.response.set` of Istio, `responseHeaderModifier` of
//! the Gateway API, `responseHeadersPolicy` of Contour, a ConfigMap for `add-headers`, `addHeaders` of a chart.

use super::{Documents, annotations, controller};
use crate::check::Found;
use crate::finding::Gap;
use crate::response::{Header, Response, Serves, State};
use crate::text::Text;
use crate::words::header::known;
use crate::yaml::{self, Key, Node, Value};
use std::cell::OnceCell;
use std::ops::Range;

/// Maps, lists and values of one file, at most: aliases repeat them.
const MOST: usize = 200_000;
/// Responses of one file, at most.
const RESPONSES: usize = 1000;
/// Resources that set no header of a response, or whose headers others read.
const OTHERS: [&str; 4] = [
    "CustomResourceDefinition",
    "Middleware",
    "MiddlewareTCP",
    "Secret",
];

/// A walk through one file.
pub(super) struct Walk<'w> {
    path: &'w str,
    pub(super) documents: &'w Documents,
    pub(super) found: &'w mut Found,
    scope: String,
    left: usize,
    responses: usize,
    /// Whether Strict-Transport-Security stands anywhere; looked for once.
    names_hsts: OnceCell<bool>,
}

impl<'w> Walk<'w> {
    pub(super) fn new(path: &'w str, documents: &'w Documents, found: &'w mut Found) -> Self {
        Self {
            path,
            documents,
            found,
            scope: String::new(),
            left: MOST,
            responses: 0,
            names_hsts: OnceCell::new(),
        }
    }

    /// The whole file, whose text is as somebody wrote it.
    pub(super) fn file(&mut self, text: &str) {
        for document in &self.documents.nodes {
            let kind = document.text_of("kind").unwrap_or("values");
            let name = document.at(&["metadata", "name"]).and_then(Node::text);
            self.scope = format!("{kind} {}", name.unwrap_or_default())
                .trim_end()
                .to_owned();
            if !OTHERS.contains(&kind) {
                self.node(document, "");
            }
        }
        self.scope = "comments".to_owned();
        let comments = commented(text);
        self.respond(comments);
        if self.left == 0 || self.responses > RESPONSES {
            self.found.gaps.push(Gap {
                path: self.path.to_owned(),
                reason: "it holds too much; only the first part was looked at".to_owned(),
                template: false,
            });
        }
    }

    pub(super) fn path(&self) -> &'w str {
        self.path
    }

    pub(super) fn names_hsts(&self) -> bool {
        *self.names_hsts.get_or_init(|| {
            let name = b"strict-transport-security";
            let bytes = self.documents.source.as_bytes();
            let mut parts = bytes.windows(name.len());
            parts.any(|part| part.eq_ignore_ascii_case(name))
        })
    }

    fn node(&mut self, node: &Node, above: &str) {
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            return;
        }
        match &node.value {
            Value::Scalar { .. } => {}
            Value::List(items) => {
                let named = items.iter().filter_map(|item| self.item(item, above));
                let named = named.collect();
                self.respond(named);
                for item in items {
                    self.node(item, above);
                }
            }
            Value::Map(entries) => {
                let named = entries.iter().filter_map(|entry| self.entry(entry));
                let mut named: Vec<Header> = named.collect();
                annotations::of(self, node, &mut named);
                controller::of(self, node, above, &mut named);
                self.respond(named);
                for (key, value) in entries {
                    if !is_of_request(&key.text) {
                        self.node(value, &key.text);
                    }
                }
            }
        }
    }

    /// `Name: value`, also with the value one level below.
    fn entry(&self, (key, node): &(Key, std::rc::Rc<Node>)) -> Option<Header> {
        let name = known(&key.text)?;
        let node = match node.text() {
            Some(_) => node,
            None => node.get("value")?,
        };
        Some(self.header(name, key.place.clone(), self.text(node)?))
    }

    /// An item of a list: `{name: …, value: …}`, `Name: value`, or the name of a header that is taken away.
    fn item(&self, node: &Node, above: &str) -> Option<Header> {
        if let Some(text) = node.text() {
            let place = node.place.clone();
            if above == "remove" {
                return Some(header(known(text)?, place, Text::default(), State::Removed));
            }
            let (name, value) = text.split_once(':')?;
            let at = node.text_at()? + name.len() + 1 + (value.len() - value.trim_start().len());
            return Some(self.header(known(name)?, place, self.plain(value.trim(), at)));
        }
        let name = node.get("name")?;
        let value = self.text(node.get("value")?)?;
        Some(self.header(known(name.text()?)?, name.place.clone(), value))
    }

    /// A header that is sent, if anything is known of its value.
    pub(super) fn header(&self, name: &str, place: Range<usize>, value: Text) -> Header {
        let known = value.segments().iter().any(|part| !part.dynamic);
        let state = match known || value.value().is_empty() {
            true => State::Sent,
            false => State::Undecidable,
        };
        header(name, place, value, state)
    }

    /// The text of a scalar.
    pub(super) fn text(&self, node: &Node) -> Option<Text> {
        yaml::written(node, &self.documents.source, &self.documents.filled)
    }

    /// A part of the file as it stands there.
    pub(super) fn plain(&self, text: &str, at: usize) -> Text {
        yaml::plain(text, at, &self.documents.filled)
    }

    fn respond(&mut self, headers: Vec<Header>) {
        let Some(first) = headers.first() else {
            return;
        };
        self.responses += 1;
        if self.responses > RESPONSES {
            return;
        }
        self.found.responses.push(Response {
            carrier: "kubernetes",
            path: self.path.to_owned(),
            scope: self.scope.clone(),
            place: first.place.start..first.place.start,
            serves: Serves::Unknown,
            tls: None,
            closed: false,
            headers,
        });
    }
}

/// Whether what stands below a key is about requests.
fn is_of_request(key: &str) -> bool {
    let lower = key.to_ascii_lowercase();
    lower.contains("request") || lower == "proxysetheaders"
}

fn header(name: &str, place: Range<usize>, value: Text, state: State) -> Header {
    Header {
        name: name.to_owned(),
        value,
        place,
        state,
        always: None,
        meta: None,
    }
}

/// Policies that stand in comments: `# Content-Security-Policy: "…"`.
fn commented(text: &str) -> Vec<Header> {
    let mut headers = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let line = line.trim();
        let Some((key, value)) = line
            .strip_prefix('#')
            .and_then(|words| words.split_once(':'))
        else {
            continue;
        };
        let key = key.trim().trim_matches(['"', '\'', '-', ' ']);
        let Some(name) = known(key).filter(|name| name.starts_with("content-security-policy"))
        else {
            continue;
        };
        let behind = line.len() - value.len();
        let bare = value.trim().trim_matches(['"', '\'']);
        if let Some(inside) = value.find(bare).filter(|_| !bare.is_empty()) {
            let place = start..start + line.len();
            let value = Text::plain(bare, start + behind + inside);
            headers.push(header(name, place, value, State::Commented));
        }
    }
    headers
}
