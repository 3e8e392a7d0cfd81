//! `Gemfile.lock`.
//!
//! Source: Bundler's parser (rubygems/rubygems, `bundler/lib/bundler/lockfile_parser.rb`): sections
//! at the margin, gems four spaces in, what they need six.

use super::build::Builder;
use super::read::line_number;
use super::{Entry, Source, gemfile};
use crate::model::Scope;
use std::collections::{BTreeMap, BTreeSet};

/// Where gems come from; those of a `PATH` are folders of the project.
const SOURCES: [&str; 4] = ["GEM", "GIT", "PATH", "PLUGIN SOURCE"];

/// The entries, or `None` when this is no lockfile of Bundler.
pub fn parse(source: &Source<'_>) -> Option<Vec<Entry>> {
    let mut section = "";
    let mut builder = Builder::default();
    // One gem stands once for each platform.
    let mut by_name: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut needs = Vec::new();
    let mut asked = BTreeSet::new();
    // What the project's own gems need.
    let mut shipped = BTreeSet::new();
    // The gem that the following lines belong to; `None` for one of the project.
    let mut current = None;
    let mut known = false;
    for (at, line) in source.text.lines().enumerate() {
        let content = line.trim();
        let indent = line.len() - line.trim_start_matches(' ').len();
        if content.is_empty() {
            continue;
        }
        if indent == 0 {
            section = content;
            known |= SOURCES.contains(&section) || section == "DEPENDENCIES";
            continue;
        }
        let Some((name, version)) = gem(content) else {
            continue;
        };
        match (section, indent) {
            ("DEPENDENCIES", 2) => {
                asked.insert(name);
            }
            ("PATH", 4) => current = None,
            ("PATH", 6) => {
                shipped.insert(name);
            }
            (place, 4) if SOURCES.contains(&place) => {
                let entry = Entry::new(name, version.map(str::to_owned), line_number(at + 1));
                let index = builder.add(entry);
                by_name.entry(name).or_default().push(index);
                current = Some(index);
            }
            (place, 6) if SOURCES.contains(&place) => {
                needs.extend(current.map(|from| (from, name)));
            }
            _ => {}
        }
    }
    if !known {
        return None;
    }
    let all = |name: &str| by_name.get(name).into_iter().flatten().copied();
    for (from, name) in needs {
        all(name)
            .take(MAX_PLATFORMS)
            .for_each(|to| builder.need(from, to));
    }
    builder.roots_known();
    builder.needs_known();
    let beside = match source.name {
        "gems.locked" => "gems.rb",
        _ => "Gemfile",
    };
    let text = source.read_beside(beside);
    let groups = text.as_deref().and_then(gemfile::read).unwrap_or_default();
    for name in asked {
        let scope = groups.get(name).copied();
        all(name).for_each(|index| builder.ask(index, scope));
    }
    // Unknown where nothing is known of the rest.
    let scope = (!groups.is_empty()).then_some(Scope::Production);
    for name in shipped {
        all(name).for_each(|index| builder.ask(index, scope));
    }
    Some(builder.finish())
}

/// Copies of one gem that a need leads to.
const MAX_PLATFORMS: usize = 32;

/// `name (1.2.0-x86_64-linux)`, `name (~> 1.2)`, `name!` → name and version. A version of a gem has
/// no hyphen: what follows one is the platform.
fn gem(content: &str) -> Option<(&str, Option<&str>)> {
    let (name, rest) = content.split_once(' ').unwrap_or((content, ""));
    let name = name.trim_end_matches('!');
    let version = rest
        .strip_prefix('(')
        .and_then(|rest| rest.split([')', '-']).next())
        .filter(|version| version.starts_with(|c: char| c.is_ascii_digit()));
    (!name.is_empty() && !name.ends_with(':')).then_some((name, version))
}

#[cfg(test)]
mod tests {
    use super::super::rows;
    use super::*;

    #[test]
    fn sections_platforms_and_line_ends() {
        let text = "PATH\r\n  remote: .\r\n  specs:\r\n    mine (0.1.0)\r\n      rack (>= 2)\r\n\r\nGIT\r\n  remote: x\r\n  revision: abc\r\n  specs:\r\n    forked (1.0.0)\r\n      nokogiri\r\n\r\nGEM\r\n  specs:\r\n    nokogiri (1.13.0)\r\n    nokogiri (1.13.0-x86_64-linux)\r\n    rack (2.2.3)\r\n\r\nPLATFORMS\r\n  ruby\r\n\r\nDEPENDENCIES\r\n  forked!\r\n  mine!\r\n\r\nBUNDLED WITH\r\n   2.3.0\r\n";
        let entries = parse(&Source::alone("Gemfile.lock", text)).unwrap();
        assert_eq!(
            rows(&entries),
            [
                "forked 1.0.0 11 [1, 2] direct -",
                "nokogiri 1.13.0 16 [] transitive -",
                "nokogiri 1.13.0 17 [] transitive -",
                "rack 2.2.3 18 [] direct -",
            ]
        );
        assert_eq!(parse(&Source::alone("Gemfile.lock", "hello\n")), None);
        let source = Source {
            name: "Gemfile.lock",
            text,
            beside: &|_| Some("gemspec\ngroup :test do\n  gem 'forked', git: 'x'\nend\n".into()),
        };
        let entries = parse(&source).unwrap();
        let scopes: Vec<_> = entries.iter().filter_map(|e| e.scope).collect();
        let development = Scope::Development;
        assert_eq!(
            scopes,
            [development, development, development, Scope::Production]
        );
    }
}
