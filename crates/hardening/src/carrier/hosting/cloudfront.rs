//! CloudFront: policies of response headers, in Terraform (`aws_cloudfront_response_headers_policy`) and in
//! CloudFormation (`AWS::CloudFront::ResponseHeadersPolicy`). Both have the same settings by other spellings.

use crate::carrier::kubernetes;
use crate::check::Found;
use crate::file::Tree;
use crate::response::{Header, Response, Serves, State};
use crate::role::Role;
use crate::text::Text;
use crate::words::header::known;
use crate::yaml::{self, Node, Value};
use std::ops::Range;

const TERRAFORM: &str = "\"aws_cloudfront_response_headers_policy\"";
const CLOUD_FORMATION: &str = "AWS::CloudFront::ResponseHeadersPolicy";
/// Settings of one file, at most.
const MOST: usize = 10_000;
/// Blocks inside one another, at most.
const DEEPEST: usize = 32;

/// Settings whose value is the header's, by the name of their block and their own, and the header.
const PLAIN: [(&str, &str); 3] = [
    (
        "contentsecuritypolicy.contentsecuritypolicy",
        "content-security-policy",
    ),
    ("frameoptions.frameoption", "x-frame-options"),
    ("referrerpolicy.referrerpolicy", "referrer-policy"),
];

/// Terraform; CloudFormation is YAML.
pub(crate) fn fits(path: &str) -> bool {
    path.ends_with(".tf")
}

/// A setting.
struct Entry {
    /// The block and the name, in lower case and without `_`.
    name: String,
    place: Range<usize>,
    /// Nothing where it is put together by a function.
    value: Option<Text>,
}

/// Looks at all policies.
pub(crate) fn look_at_all(tree: &Tree, roles: &dyn Fn(&str) -> Role, found: &mut Found) {
    for file in tree.files() {
        let (path, text) = (&file.path, file.text());
        let of_terraform = fits(path) && text.contains(TERRAFORM);
        let of_formation = kubernetes::fits(path) && text.contains(CLOUD_FORMATION);
        if !(of_terraform || of_formation) || !roles(path).counts() {
            continue;
        }
        let mut policies = Vec::new();
        if of_terraform {
            policies = terraform(text);
        } else if let Ok(documents) = yaml::parse(text) {
            for document in &documents {
                let resources = document.get("Resources");
                let entries = resources.map_or(&[][..], |resources| resources.entries());
                let ours = |node: &&Node| node.text_of("Type") == Some(CLOUD_FORMATION);
                for node in entries.iter().map(|(_, node)| &**node).filter(ours) {
                    let mut policy = Vec::new();
                    formation(node, "", text, &mut policy);
                    policies.push(policy);
                }
            }
        }
        for policy in policies {
            let headers = headers(&policy);
            if let Some(first) = headers.first() {
                found.responses.push(Response {
                    carrier: "cloudfront",
                    path: path.clone(),
                    scope: "policy of response headers".to_owned(),
                    place: first.place.start..first.place.start,
                    serves: Serves::Unknown,
                    tls: None,
                    closed: false,
                    headers,
                });
            }
        }
    }
}

fn name(block: &str, key: &str) -> String {
    let plain = |text: &str| text.replace('_', "").to_ascii_lowercase();
    format!("{}.{}", plain(block), plain(key))
}

fn formation(node: &Node, block: &str, text: &str, out: &mut Vec<Entry>) {
    for (key, value) in node.entries() {
        if out.len() >= MOST {
            return;
        }
        match &value.value {
            Value::Map(_) => formation(value, &key.text, text, out),
            Value::List(items) => items
                .iter()
                .for_each(|item| formation(item, &key.text, text, out)),
            Value::Scalar { .. } => out.push(Entry {
                name: name(block, &key.text),
                place: key.place.clone(),
                value: yaml::written(value, text, &[]),
            }),
        }
    }
}

/// The settings of each policy, line by line: blocks, and names with values between quotes.
fn terraform(text: &str) -> Vec<Vec<Entry>> {
    let mut policies: Vec<Vec<Entry>> = Vec::new();
    let mut blocks: Vec<&str> = Vec::new();
    let mut count = 0;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let body = line.trim();
        if body.starts_with(['#', '/', '*']) {
            continue;
        }
        if let Some(head) = body.strip_suffix('{') {
            if blocks.is_empty() && head.contains(TERRAFORM) {
                policies.push(Vec::new());
            }
            let first = head.split([' ', '=']).next().unwrap_or_default();
            if blocks.len() >= DEEPEST {
                return policies;
            }
            blocks.push(match head.contains(TERRAFORM) {
                true => TERRAFORM,
                false => first,
            });
            continue;
        }
        if body.starts_with('}') {
            blocks.pop();
            continue;
        }
        let inside = blocks.first() == Some(&TERRAFORM);
        let Some((key, value)) = body.split_once('=').filter(|_| inside && count < MOST) else {
            continue;
        };
        count += 1;
        let value_at = start + body.len() - value.trim_start().len();
        let value = value.trim();
        let block = blocks.last().copied().unwrap_or_default();
        let quoted = value
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        let bare = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let entry = Entry {
            name: name(block, key.trim()),
            place: start..start + key.trim_end().len(),
            value: match quoted {
                Some(inner) => Some(yaml::plain(inner, value_at + 1, &[])),
                None => bare.then(|| Text::plain(value, value_at)),
            },
        };
        if let Some(policy) = policies.last_mut() {
            policy.push(entry);
        }
    }
    policies
}

fn headers(policy: &[Entry]) -> Vec<Header> {
    let mut headers = Vec::new();
    let mut custom: Option<&'static str> = None;
    let mut sends_hsts = false;
    for entry in policy {
        let said = entry.value.as_ref().map(Text::value).unwrap_or_default();
        let plain = PLAIN.iter().find(|(name, _)| *name == entry.name);
        if let Some((_, name)) = plain {
            headers.push(header(name, entry, entry.value.clone()));
        } else if entry.name.ends_with(".header") {
            custom = known(said);
        } else if let (true, Some(name)) = (entry.name.ends_with(".value"), custom) {
            headers.push(header(name, entry, entry.value.clone()));
            custom = None;
        } else if entry.name == "stricttransportsecurity.accesscontrolmaxagesec" && !sends_hsts {
            sends_hsts = true;
            let text = entry
                .value
                .as_ref()
                .map(|age| transport(policy, entry, age));
            headers.push(header("strict-transport-security", entry, text));
        }
    }
    headers
}

fn transport(policy: &[Entry], seconds: &Entry, age: &Text) -> Text {
    let mut text = Text::default();
    text.push("max-age=", seconds.place.start..seconds.place.start);
    match age.dynamic().is_empty() {
        true => text.push(age.value(), age.file()),
        false => text.push_dynamic("31536000", age.file()),
    }
    for (name, words) in [
        (
            "stricttransportsecurity.includesubdomains",
            "; includeSubDomains",
        ),
        ("stricttransportsecurity.preload", "; preload"),
    ] {
        let mut all = policy.iter().filter(|entry| entry.name == name);
        let value = all.next().and_then(|entry| entry.value.as_ref());
        if let Some(value) = value.filter(|value| value.value() == "true") {
            text.push(words, value.file());
        }
    }
    text
}

fn header(name: &str, entry: &Entry, value: Option<Text>) -> Header {
    let known = value
        .as_ref()
        .is_some_and(|value| value.segments().iter().any(|part| !part.dynamic));
    Header {
        name: name.to_owned(),
        value: value.unwrap_or_default(),
        place: entry.place.clone(),
        state: match known {
            true => State::Sent,
            false => State::Undecidable,
        },
        always: None,
        meta: None,
    }
}

#[cfg(test)]
mod tests {
    use crate::{File, Options, Tree, scan};

    fn told(path: &str, text: &str) -> Vec<String> {
        let mut tree = Tree::default();
        tree.add(File::new(path, text.as_bytes()));
        let responses = scan(&tree, &Options::default()).responses;
        let all = responses.iter().flat_map(|response| &response.headers);
        all.map(|one| format!("{}: {}", one.name, one.value.value()))
            .collect()
    }

    #[test]
    fn policies_of_both_formats() {
        let terraform = "resource \"aws_cloudfront_response_headers_policy\" \"site\" {\n  security_headers_config {\n    content_security_policy {\n      content_security_policy = \"default-src 'self' ${var.cdn}\"\n      override = true\n    }\n    strict_transport_security {\n      access_control_max_age_sec = \"63072000\"\n      preload = true\n    }\n  }\n}\n";
        assert_eq!(
            told("infra/cdn.tf", terraform),
            [
                "content-security-policy: default-src 'self' dynamic.invalid",
                "strict-transport-security: max-age=63072000; preload"
            ]
        );
        let formation = "Resources:\n  Policy:\n    Type: AWS::CloudFront::ResponseHeadersPolicy\n    Properties:\n      ResponseHeadersPolicyConfig:\n        SecurityHeadersConfig:\n          ContentSecurityPolicy:\n            ContentSecurityPolicy: default-src *\n            Override: true\n          FrameOptions: {FrameOption: DENY, Override: true}\n        CustomHeadersConfig:\n          Items:\n            - {Header: Permissions-Policy, Value: camera=(), Override: true}\n";
        assert_eq!(
            told("template.yaml", formation),
            [
                "content-security-policy: default-src *",
                "x-frame-options: DENY",
                "permissions-policy: camera=()"
            ]
        );
    }
}
