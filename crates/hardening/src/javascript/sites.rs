//! Policies that frameworks for sites write into pages and headers: SvelteKit and Astro.

use super::directives::directive;
use super::helmet::header;
use super::value::{Entry, Value, What, append};
use crate::response::{Header, State};
use crate::text::Text;

/// What stands for a nonce or a hash that is made for each page.
const NONCE: &str = " 'nonce-bm9uY2Vub25jZW5vbmNl'";

/// SvelteKit: `kit.csp.directives` and `kit.csp.reportOnly`. It adds nonces or hashes of its own scripts, unless
/// inline scripts are allowed anyway (`src/runtime/server/page/csp.js` of sveltejs/kit 2).
pub(super) fn svelte_kit(csp: &Entry) -> Vec<Header> {
    let Some(object) = csp.value.object() else {
        return vec![header(
            "content-security-policy",
            Text::default(),
            csp.at.clone(),
            State::Undecidable,
        )];
    };
    let one = |key: &str, name: &str| {
        let entry = object.get(key)?;
        let mut text = Text::default();
        let given = entry.value.object()?;
        for inner in given.effective() {
            if inner.value.is(false) {
                continue;
            }
            directive(&inner.key, inner, &mut text);
            if inner.key == "script-src" && !allows_inline(inner) {
                text.push_dynamic(NONCE, inner.at.clone());
            }
        }
        // Its own script needs a nonce all the same.
        let fallback = given.get("default-src").filter(|one| !allows_inline(one));
        if let Some(inner) = fallback.filter(|_| given.get("script-src").is_none()) {
            directive("script-src", inner, &mut text);
            text.push_dynamic(NONCE, inner.at.clone());
        }
        Some(header(name, quoted(&text), entry.at.clone(), State::Sent))
    };
    let sent = one("directives", "content-security-policy");
    let reported = one("reportOnly", "content-security-policy-report-only");
    sent.into_iter()
        .chain(reported)
        .filter(|header| !header.value.value().is_empty())
        .collect()
}

/// SvelteKit takes keywords without their quotes, and adds them.
fn quoted(text: &Text) -> Text {
    const KEYWORDS: &[&str] = &[
        "self",
        "none",
        "unsafe-inline",
        "unsafe-eval",
        "unsafe-hashes",
        "strict-dynamic",
        "report-sample",
        "wasm-unsafe-eval",
    ];
    let mut out = Text::default();
    for segment in text.segments() {
        let part = text.value().get(segment.value.clone()).unwrap_or_default();
        let hashes = ["nonce-", "sha256-", "sha384-", "sha512-"];
        let bare = KEYWORDS.contains(&part) || hashes.iter().any(|hash| part.starts_with(hash));
        match (segment.dynamic, bare) {
            (true, _) => out.push_dynamic(part, segment.file.clone()),
            (false, true) => out.push(&format!("'{part}'"), segment.file.clone()),
            (false, false) => out.push(part, segment.file.clone()),
        }
    }
    out
}

/// Whether the sources of a directive allow inline scripts.
fn allows_inline(entry: &Entry) -> bool {
    let inline = |value: &Value| {
        value
            .str()
            .is_some_and(|text| text.contains("unsafe-inline"))
    };
    inline(&entry.value)
        || entry
            .value
            .list()
            .is_some_and(|list| list.iter().any(inline))
}

/// Astro: `security.csp` (6) or `experimental.csp` (5.9). Each page has the policy in an element, with hashes of
/// its scripts and styles (`src/runtime/server/render/csp.ts` of withastro/astro).
pub(super) fn astro(csp: &Entry) -> Option<Header> {
    let name = "content-security-policy";
    let at = &csp.at;
    let object = match &csp.value.what {
        What::Bool(true) => None,
        What::Object(object) => Some(object),
        // It is off by itself.
        What::Bool(false) | What::Null | What::Undefined => return None,
        _ => {
            return Some(header(
                name,
                Text::default(),
                at.clone(),
                State::Undecidable,
            ));
        }
    };
    let mut text = Text::default();
    let directives = object.and_then(|object| object.get("directives"));
    for one in directives
        .and_then(|entry| entry.value.list())
        .into_iter()
        .flatten()
    {
        one.write(&mut text);
        text.push("; ", at.clone());
    }
    for (key, directive) in [
        ("scriptDirective", "script-src"),
        ("styleDirective", "style-src"),
    ] {
        let options = object.and_then(|object| object.get(key)?.value.object());
        text.push(directive, at.clone());
        let resources = options.and_then(|options| options.get("resources")?.value.list());
        match resources.filter(|list| !list.is_empty()) {
            Some(list) => {
                for one in list {
                    text.push(" ", at.clone());
                    one.write(&mut text);
                }
            }
            None => text.push(" 'self'", at.clone()),
        }
        text.push_dynamic(NONCE, at.clone());
        let strict = options.and_then(|options| options.get("strictDynamic"));
        if let Some(entry) = strict.filter(|entry| entry.value.is(true)) {
            text.push(" 'strict-dynamic'", entry.at.clone());
        }
        text.push("; ", at.clone());
    }
    // The value begins where its name stands, for whoever is told.
    let mut value = Text::default();
    value.push("", at.start..at.start);
    append(&mut value, &text);
    let mut header = header(name, value, at.clone(), State::Sent);
    header.meta = Some(false);
    Some(header)
}
