//! Addresses on hosts that policies often allow, by which an attacker gets past them.
//!
//! The lists are google/csp-evaluator's (Apache-2.0, `data/NOTICE`): endpoints that answer with what
//! the asker wrote (JSONP), copies of AngularJS, which runs code from attributes, and Flash films.

use crate::source::Host;
use crate::url::Url;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// What is at an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bypass {
    Jsonp,
    Angular,
    Flash,
}

/// One address of a list.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) kind: Bypass,
    host: &'static str,
    path: &'static str,
    /// Works only where the policy allows `eval`.
    pub(crate) needs_eval: bool,
}

impl Entry {
    pub(crate) fn url(&self) -> Url<'static> {
        Url {
            path: self.path,
            ..Url::at("https", self.host)
        }
    }

    /// Host and path, for a message.
    pub(crate) fn address(&self) -> String {
        format!("{}{}", self.host, self.path)
    }
}

/// By host; those of one host stand together.
static ENTRIES: LazyLock<BTreeMap<&'static str, Vec<Entry>>> =
    LazyLock::new(|| read(include_str!("../data/bypasses.txt")));

fn read(text: &'static str) -> BTreeMap<&'static str, Vec<Entry>> {
    let mut entries: BTreeMap<&'static str, Vec<Entry>> = BTreeMap::new();
    let mut kind = None;
    let lines = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'));
    for line in lines {
        if let Some(address) = line.strip_prefix("//") {
            let at = address.find('/').unwrap_or(address.len());
            if let (Some(kind), Some((host, path))) = (kind, address.split_at_checked(at)) {
                entries.entry(host).or_default().push(Entry {
                    kind,
                    host,
                    path,
                    needs_eval: false,
                });
            }
            continue;
        }
        kind = match line {
            "[jsonp]" => Some(Bypass::Jsonp),
            "[angular]" => Some(Bypass::Angular),
            "[flash]" => Some(Bypass::Flash),
            "[jsonp-needs-eval]" => None,
            host => {
                let there = entries.get_mut(host).into_iter().flatten();
                there
                    .filter(|entry| entry.kind == Bypass::Jsonp)
                    .for_each(|entry| entry.needs_eval = true);
                None
            }
        };
    }
    entries
}

/// The addresses that a source lets pass.
pub(crate) fn behind(source: &Host<'_>) -> Vec<&'static Entry> {
    let exact = source.host.to_ascii_lowercase();
    let hosts: Vec<&Entry> = match source.host.starts_with('*') {
        true => ENTRIES.values().flatten().collect(),
        false => ENTRIES.get(exact.as_str()).into_iter().flatten().collect(),
    };
    let list = crate::source::Source::Host(*source);
    let passes = |entry: &&Entry| list.matches(entry.url()) == crate::given::Answer::Yes;
    hosts.into_iter().filter(passes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_whole() {
        let of = |kind| {
            ENTRIES
                .values()
                .flatten()
                .filter(move |entry| entry.kind == kind)
        };
        assert_eq!(of(Bypass::Jsonp).count(), 122);
        assert_eq!(of(Bypass::Angular).count(), 41);
        assert_eq!(of(Bypass::Flash).count(), 2);
        assert!(of(Bypass::Jsonp).filter(|entry| entry.needs_eval).count() >= 2);
        for entry in ENTRIES.values().flatten() {
            assert!(
                entry.host.contains('.') && entry.path.starts_with('/'),
                "{entry:?}"
            );
        }
    }
}
