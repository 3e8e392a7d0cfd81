//! Amplify: `customHttp.yml`, or `customHeaders` of `amplify.yml`: patterns with lists of keys and values
//! (<https://docs.aws.amazon.com/amplify/latest/userguide/setting-custom-headers.html>).

use super::{Paths, hand_over, header};
use crate::check::{Found, Kind, Look};
use crate::finding::Gap;
use crate::response::Header;
use crate::yaml::{self, Node};

/// Files of Amplify.
pub(crate) const KIND: Kind = Kind {
    name: "Amplify configuration",
    fits,
    look,
};

fn fits(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    let lower = name.to_ascii_lowercase();
    matches!(
        lower.as_str(),
        "customhttp.yml" | "customhttp.yaml" | "amplify.yml" | "amplify.yaml"
    )
}

fn look(look: &Look<'_>, found: &mut Found) {
    let text = look.file.text();
    let documents = match yaml::parse(text) {
        Ok(documents) => documents,
        Err(reason) => {
            found.gaps.push(Gap {
                path: look.file.path.clone(),
                reason: reason.0.to_owned(),
                template: yaml::is_template(text),
            });
            return;
        }
    };
    let mut paths = Paths::new("amplify", &look.file.path);
    for document in &documents {
        // Of several applications in one repository each has its own.
        let of_each = document.get("applications");
        let inner = of_each.map_or(&[][..], |list| list.items());
        for one in std::iter::once(document).chain(inner) {
            rules(one, text, &mut paths);
        }
    }
    hand_over(paths, found);
}

fn rules(node: &Node, text: &str, paths: &mut Paths) {
    let rules = node.get("customHeaders");
    for rule in rules.map_or(&[][..], |rules| rules.items()) {
        let Some((_, pattern)) = rule.entry("pattern") else {
            continue;
        };
        let listed = rule.get("headers");
        let items = listed.map_or(&[][..], |list| list.items());
        let headers = items.iter().filter_map(|item| one(item, text));
        let name = pattern.text().unwrap_or_default();
        paths.add(name, pattern.place.clone(), headers.collect(), true);
    }
}

fn one(item: &Node, text: &str) -> Option<Header> {
    let (key, value) = (item.get("key")?, item.get("value")?);
    let place = key.place.start..value.place.end.max(key.place.start);
    Some(header(key.text()?, yaml::written(value, text, &[])?, place))
}

#[cfg(test)]
mod tests {
    use crate::{File, Options, Serves, Tree, scan};

    #[test]
    fn patterns_and_their_headers() {
        let text = "customHeaders:\n  - pattern: '**'\n    headers:\n      - key: 'Content-Security-Policy'\n        value: \"default-src 'self'\"\n";
        let mut tree = Tree::default();
        tree.add(File::new("customHttp.yml", text.as_bytes()));
        let responses = scan(&tree, &Options::default()).responses;
        assert_eq!(responses[0].serves, Serves::Html);
        let header = &responses[0].headers[0];
        assert_eq!(header.value.value(), "default-src 'self'");
        assert_eq!(text.get(header.value.place(0..11)), Some("default-src"));
    }
}
