//! A policy that is put together from directives.

use super::value::{NONCE, Value, What, append, unknown};
use crate::text::Text;
use std::ops::Range;

/// A directive with its sources.
struct Directive {
    name: String,
    place: Range<usize>,
    sources: Vec<Text>,
}

/// A policy that is being put together.
#[derive(Default)]
pub(super) struct Policy {
    directives: Vec<Directive>,
    /// Texts stay as they are written; else keywords get their quotes.
    raw: bool,
}

impl Policy {
    /// One of a library that adds no quotes.
    pub(super) fn raw() -> Self {
        Self {
            raw: true,
            ..Self::default()
        }
    }

    /// Whether nothing was said yet.
    pub(super) fn is_empty(&self) -> bool {
        self.directives.is_empty()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.directives.iter().any(|one| one.name == name)
    }

    /// Names a directive; its sources stay.
    pub(super) fn directive(&mut self, name: &str, place: Range<usize>) {
        if !self.has(name) {
            self.directives.push(Directive {
                name: name.to_owned(),
                place,
                sources: Vec::new(),
            });
        }
    }

    /// Takes the sources of a directive away.
    pub(super) fn clear(&mut self, name: &str) {
        if let Some(one) = self.directives.iter_mut().find(|one| one.name == name) {
            one.sources.clear();
        }
    }

    /// Takes a directive away.
    pub(super) fn remove(&mut self, name: &str) {
        self.directives.retain(|one| one.name != name);
    }

    /// Adds a source to a directive that was named; each counts once.
    pub(super) fn source(&mut self, name: &str, source: Text) {
        let Some(one) = self.directives.iter_mut().find(|one| one.name == name) else {
            return;
        };
        let known = one
            .sources
            .iter()
            .any(|known| known.value() == source.value());
        if !known && !source.value().is_empty() && one.sources.len() < 1000 {
            one.sources.push(source);
        }
    }

    /// Adds what a value says of a directive, as `word` translates names.
    pub(super) fn value(
        &mut self,
        name: &str,
        value: &Value,
        word: &dyn Fn(&str) -> Option<String>,
    ) {
        let value = value.one();
        match &value.what {
            What::List(list) => list.iter().for_each(|one| self.value(name, one, word)),
            What::Text(text) if self.raw => self.source(name, text.clone()),
            What::Text(text) => self.source(name, quoted(text)),
            What::Named(named) => {
                let mut out = Text::default();
                match word(named) {
                    Some(word) => out.push(&word, value.place.clone()),
                    None => unknown(&mut out, value.place.clone()),
                }
                self.source(name, out);
            }
            What::Nothing | What::Bool(_) => {}
            _ => {
                let mut out = Text::default();
                unknown(&mut out, value.place.clone());
                self.source(name, out);
            }
        }
    }

    /// Adds words that are written in another way than they are sent.
    pub(super) fn word(&mut self, name: &str, word: &str, place: Range<usize>) {
        let mut out = Text::default();
        out.push(word, place);
        self.source(name, out);
    }

    /// Adds a nonce that is made for each response.
    pub(super) fn nonce(&mut self, name: &str, place: Range<usize>) {
        let mut out = Text::default();
        out.push_dynamic(NONCE, place);
        self.source(name, out);
    }

    /// Gives every directive without sources, but for those that need none, one that is not known.
    pub(super) fn fill_empty(&mut self) {
        let needs = |one: &&mut Directive| {
            let named = one.name.contains("-src")
                || ["base-uri", "form-action", "frame-ancestors"].contains(&&*one.name);
            one.sources.is_empty() && named
        };
        for one in self.directives.iter_mut().filter(needs) {
            let mut out = Text::default();
            unknown(&mut out, one.place.clone());
            one.sources.push(out);
        }
    }

    /// The policy as it is sent.
    pub(super) fn text(&self) -> Text {
        let mut out = Text::default();
        for directive in &self.directives {
            let at = directive.place.start;
            if !out.value().is_empty() {
                out.push("; ", at..at);
            }
            out.push(&directive.name, directive.place.clone());
            for source in &directive.sources {
                let at = source
                    .segments()
                    .first()
                    .map_or(at, |segment| segment.file.start);
                out.push(" ", at..at);
                append(&mut out, source);
            }
        }
        out
    }
}

/// Keywords, nonces and hashes get their quotes from the libraries that build policies.
fn quoted(text: &Text) -> Text {
    let value = text.value();
    let lower = value.to_ascii_lowercase();
    let keyword = KEYWORDS.contains(&lower.as_str())
        || ["sha256-", "sha384-", "sha512-", "nonce-"]
            .iter()
            .any(|start| lower.starts_with(start));
    if !keyword {
        return text.clone();
    }
    let place = text.file();
    let mut out = Text::default();
    out.push("'", place.start..place.start);
    append(&mut out, text);
    out.push("'", place.end..place.end);
    out
}

const KEYWORDS: &[&str] = &[
    "self",
    "none",
    "unsafe-inline",
    "unsafe-eval",
    "strict-dynamic",
    "report-sample",
    "unsafe-hashes",
    "wasm-unsafe-eval",
];

/// What a library calls a keyword or a scheme, as it is sent: `unsafe_inline`, `UNSAFE_INLINE`, `UnsafeInline`.
pub(super) fn word(name: &str) -> Option<String> {
    let squeezed = name.to_ascii_lowercase().replace(['_', '-'], "");
    let keyword = KEYWORDS
        .iter()
        .find(|word| word.replace('-', "") == squeezed);
    if let Some(word) = keyword {
        return Some(format!("'{word}'"));
    }
    let schemes = [
        "http",
        "https",
        "data",
        "blob",
        "filesystem",
        "mediastream",
        "ws",
        "wss",
    ];
    if schemes.contains(&squeezed.as_str()) {
        return Some(format!("{squeezed}:"));
    }
    match squeezed.as_str() {
        "script" => Some("'script'".to_owned()),
        "all" | "wildcard" => Some("*".to_owned()),
        _ => None,
    }
}

/// The directive that a name in a program means: `script_src`, `ScriptSrcElem`, `FORM_ACTION`.
pub(super) fn directive(name: &str) -> Option<String> {
    const PLAIN: &[&str] = &[
        "base-uri",
        "form-action",
        "frame-ancestors",
        "sandbox",
        "report-uri",
        "report-to",
        "plugin-types",
        "upgrade-insecure-requests",
        "block-all-mixed-content",
        "require-sri-for",
        "require-trusted-types-for",
        "trusted-types",
        "navigate-to",
    ];
    let mut dashed = String::new();
    let camel = name.chars().any(|c| c.is_ascii_lowercase());
    for c in name.chars() {
        if camel && c.is_ascii_uppercase() && !dashed.is_empty() {
            dashed.push('-');
        }
        dashed.push(if c == '_' {
            '-'
        } else {
            c.to_ascii_lowercase()
        });
    }
    let stem = dashed
        .strip_suffix("-elem")
        .or_else(|| dashed.strip_suffix("-attr"))
        .unwrap_or(&dashed);
    let kinds = [
        "default",
        "script",
        "style",
        "img",
        "font",
        "connect",
        "media",
        "object",
        "frame",
        "child",
        "worker",
        "manifest",
        "prefetch",
        "fenced-frame",
    ];
    let src = stem
        .strip_suffix("-src")
        .is_some_and(|kind| kinds.contains(&kind));
    (src || PLAIN.contains(&dashed.as_str())).then_some(dashed)
}
