//! Headers that middlewares set (<https://doc.traefik.io/traefik/middlewares/http/headers/>).

use super::routers::{Dynamic, part};
use super::settings::{Entry, Source};
use crate::check::Found;
use crate::response::{Header, Response, Serves, State};
use crate::text::Text;
use crate::words::variable;
use std::collections::BTreeMap;
use std::ops::Range;

/// Settings whose value is the header's.
const PLAIN: &[(&str, &str)] = &[
    ("contentsecuritypolicy", "content-security-policy"),
    (
        "contentsecuritypolicyreportonly",
        "content-security-policy-report-only",
    ),
    ("customframeoptionsvalue", "x-frame-options"),
    ("referrerpolicy", "referrer-policy"),
    ("permissionspolicy", "permissions-policy"),
    ("featurepolicy", "feature-policy"),
    ("custombrowserxssvalue", "x-xss-protection"),
    (
        "accesscontrolalloworiginlist",
        "access-control-allow-origin",
    ),
    (
        "accesscontrolallowcredentials",
        "access-control-allow-credentials",
    ),
];
/// Settings that switch a header with a fixed value on.
const SWITCHES: &[(&str, &str, &str)] = &[
    ("framedeny", "x-frame-options", "DENY"),
    ("contenttypenosniff", "x-content-type-options", "nosniff"),
    ("browserxssfilter", "x-xss-protection", "1; mode=block"),
];

pub(super) fn look(sources: &[Source<'_>], dynamic: &Dynamic<'_>, found: &mut Found) {
    for source in sources {
        let mut middlewares: BTreeMap<&str, Vec<(&str, &Entry)>> = BTreeMap::new();
        for entry in &source.dynamic {
            if let Some((name, rest)) = part(entry, "http.middlewares.")
                && let Some(setting) = rest.strip_prefix("headers.")
            {
                middlewares.entry(name).or_default().push((setting, entry));
            }
        }
        for (name, settings) in middlewares {
            // Without any router in the repository, those that use it are elsewhere.
            let used = dynamic.used.contains(name) || !dynamic.has_routers;
            let headers = headers(&settings, used);
            found
                .responses
                .extend(response(source, format!("middleware {name}"), headers));
        }
        let commented = commented(source.file.text());
        found
            .responses
            .extend(response(source, "comments".to_owned(), commented));
    }
}

fn response(source: &Source<'_>, scope: String, headers: Vec<Header>) -> Option<Response> {
    let place = headers.first()?.place.clone();
    Some(Response {
        carrier: "traefik",
        path: source.file.path.clone(),
        scope,
        place: place.start..place.start,
        serves: Serves::Unknown,
        tls: None,
        closed: false,
        headers,
    })
}

fn header(name: &str, value: Text, place: Range<usize>, state: State) -> Header {
    Header {
        name: name.to_owned(),
        value,
        place,
        state,
        always: None,
        meta: None,
    }
}

fn headers(settings: &[(&str, &Entry)], used: bool) -> Vec<Header> {
    let sent = match used {
        true => State::Sent,
        false => State::Undecidable,
    };
    let mut headers = Vec::new();
    let own_frame = settings
        .iter()
        .any(|(setting, _)| *setting == "customframeoptionsvalue");
    for (setting, entry) in settings {
        // The value wins over the switch.
        if *setting == "framedeny" && own_frame {
            continue;
        }
        let place = entry.place.clone();
        let custom = setting.strip_prefix("customresponseheaders.");
        let plain = PLAIN
            .iter()
            .find(|(name, _)| name == setting)
            .map(|(_, header)| *header);
        let switch = SWITCHES.iter().find(|(name, ..)| name == setting);
        if let Some((_, name, value)) = switch.filter(|_| entry.is_on()) {
            let mut text = Text::default();
            text.push(value, place.clone());
            headers.push(header(name, text, place, sent));
        } else if let Some(name) = custom.or(plain) {
            // The entry of a list or table itself, before what is in it.
            if entry.value.is_empty() && entry.value_at.is_none() && custom.is_none() {
                continue;
            }
            let state = match entry.value.is_empty() {
                true => State::Removed,
                false => sent,
            };
            headers.push(header(name, text(entry), place, state));
        } else if *setting == "stsseconds" && entry.value.trim() != "0" {
            headers.push(header(
                "strict-transport-security",
                transport(settings, entry),
                place,
                sent,
            ));
        }
    }
    headers
}

/// The value that Traefik makes of its three settings.
fn transport(settings: &[(&str, &Entry)], seconds: &Entry) -> Text {
    let mut text = Text::default();
    text.push("max-age=", seconds.place.clone());
    append(&mut text, seconds);
    for (name, words) in [
        ("stsincludesubdomains", "; includeSubDomains"),
        ("stspreload", "; preload"),
    ] {
        let found = settings.iter().rev().find(|(setting, _)| *setting == name);
        if let Some((_, entry)) = found.filter(|(_, entry)| entry.is_on()) {
            text.push(words, entry.place.clone());
        }
    }
    text
}

fn text(entry: &Entry) -> Text {
    let mut text = Text::default();
    append(&mut text, entry);
    text
}

/// Adds a value; what Compose fills in is only known when it starts.
fn append(text: &mut Text, entry: &Entry) {
    let value = &entry.value;
    if let Some(written) = &entry.written {
        for part in written.segments() {
            let said = written.value().get(part.value.clone()).unwrap_or_default();
            match part.dynamic {
                true => text.push_dynamic(said, part.file.clone()),
                false => text.push(said, part.file.clone()),
            }
        }
        return;
    }
    let place = |part: Range<usize>| match entry.value_at {
        Some(at) => at + part.start..at + part.end,
        None => entry.place.clone(),
    };
    let mut at = 0;
    for found in variable::variables(value) {
        let before = at..found.place.start;
        if !before.is_empty() {
            text.push(value.get(before.clone()).unwrap_or_default(), place(before));
        }
        at = found.place.end;
        text.push_dynamic("dynamic.invalid", place(found.place));
    }
    if at < value.len() {
        text.push(value.get(at..).unwrap_or_default(), place(at..value.len()));
    }
}

/// Headers that stand in comments: `# contentSecurityPolicy: "…"`, `# - traefik…headers.stsSeconds=…`.
fn commented(text: &str) -> Vec<Header> {
    let mut headers = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let trimmed = line.trim();
        let Some(words) = trimmed.strip_prefix('#') else {
            continue;
        };
        let separator = match words.to_ascii_lowercase().contains("traefik.") {
            true => '=',
            false => ':',
        };
        let Some((key, value)) = words.split_once(separator) else {
            continue;
        };
        let key = key.trim().trim_matches(['"', '\'', '-', ' ']);
        let key = key
            .rsplit('.')
            .next()
            .unwrap_or_default()
            .to_ascii_lowercase();
        let name = match key.as_str() {
            "stsseconds" => "strict-transport-security",
            "content-security-policy" | "x-frame-options" | "strict-transport-security" => &key,
            key => match PLAIN.iter().find(|(name, _)| *name == key) {
                Some((_, header)) => header,
                None => continue,
            },
        };
        let value_start =
            start + (value.as_ptr() as usize).saturating_sub(trimmed.as_ptr() as usize);
        let inner = value.trim_start();
        let value_start = value_start + (value.len() - inner.len());
        let inner = inner.trim_end();
        let bare = inner.trim_matches(['"', '\'']);
        let quote = inner.find(bare).unwrap_or_default();
        if !bare.is_empty() {
            let value = Text::plain(bare, value_start + quote);
            headers.push(header(
                name,
                value,
                start..start + trimmed.len(),
                State::Commented,
            ));
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn middlewares_in_labels_and_in_comments() {
        let text = "services:\n  web:\n    image: traefik/whoami:v1\n    labels:\n      - traefik.http.middlewares.safe.headers.stsSeconds=31536000\n      - traefik.http.middlewares.safe.headers.stsPreload=true\n      - traefik.http.middlewares.safe.headers.contentSecurityPolicy=default-src 'self' ${CDN}\n      # - traefik.http.middlewares.safe.headers.referrerPolicy=no-referrer\n";
        let mut tree = crate::Tree::default();
        tree.add(crate::File::new("docker-compose.yml", text.as_bytes()));
        let scanned = crate::scan(&tree, &crate::Options::default());
        let all = scanned
            .responses
            .iter()
            .flat_map(|response| &response.headers);
        let told: Vec<_> = all
            .map(|header| (header.name.as_str(), header.value.value(), header.state))
            .collect();
        assert_eq!(
            told,
            [
                (
                    "strict-transport-security",
                    "max-age=31536000; preload",
                    State::Sent
                ),
                (
                    "content-security-policy",
                    "default-src 'self' dynamic.invalid",
                    State::Sent
                ),
                ("referrer-policy", "no-referrer", State::Commented),
            ]
        );
        let policy = scanned
            .responses
            .iter()
            .flat_map(|response| &response.headers)
            .nth(1)
            .unwrap();
        let place = policy.value.place(0..11);
        assert_eq!(text.get(place), Some("default-src"));
        let dynamic = policy.value.dynamic();
        assert_eq!(
            text.get(policy.value.place(dynamic[0].clone())),
            Some("${CDN}")
        );
    }
}
