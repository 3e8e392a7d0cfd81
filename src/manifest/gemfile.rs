//! What a `Gemfile` asks for, and for what.
//!
//! Source: Bundler's documentation of the Gemfile. It is a Ruby program: only statements of one line
//! are read, and whatever is not understood counts as production or as unknown.

use crate::model::Scope;
use std::collections::BTreeMap;

/// Groups that are not installed where the program runs. Source: the groups that Bundler's and
/// Rails' guides use.
const DEVELOPMENT: [&str; 2] = ["development", "test"];

/// Statements that end with an `end` of their own and no `do`.
const OPENERS: [&str; 7] = ["if", "unless", "case", "begin", "def", "while", "until"];

/// The gems that a Gemfile names, each with its scope; `None` when its blocks are not understood.
pub fn read(text: &str) -> Option<BTreeMap<&str, Scope>> {
    let mut gems = BTreeMap::new();
    // For each open block, whether its gems are for development only.
    let mut blocks: Vec<bool> = Vec::new();
    for line in text.lines() {
        let code = line.split_once('#').map_or(line, |(code, _)| code).trim();
        let word = code
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .next()
            .unwrap_or_default();
        let is_block = code.ends_with(" do") || code.contains(" do |");
        match word {
            "end" => {
                blocks.pop()?;
            }
            "group" if is_block => blocks.push(for_development(code)),
            "gem" => {
                let alone = code.contains("group") && for_development(code);
                let scope = match alone || blocks.contains(&true) {
                    true => Scope::Development,
                    false => Scope::Production,
                };
                let name = code.split(['"', '\'']).nth(1);
                // Production sorts first, and counts when a gem is named twice.
                let known = gems.entry(name.unwrap_or_default()).or_insert(scope);
                *known = scope.min(*known);
            }
            _ if is_block || OPENERS.contains(&word) => blocks.push(false),
            _ => {}
        }
    }
    blocks.is_empty().then_some(gems)
}

/// True when every group that a statement names is for development.
fn for_development(code: &str) -> bool {
    let (_, groups) = code.split_once("group").unwrap_or_default();
    let end = |text: &str| {
        text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))
            .unwrap_or(text.len())
    };
    let symbols = groups.split(':').skip(1);
    let mut names = symbols
        .filter_map(|text| text.get(..end(text)))
        .filter(|name| !name.is_empty())
        .peekable();
    names.peek().is_some() && names.all(|name| DEVELOPMENT.contains(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_scopes() {
        let text = "source 'https://gems.example'\ngem 'rails', '~> 7' # group: :test\ngroup :development, :test do\n  gem \"rspec\"\n  if true\n    gem 'debug'\n  end\nend\ngroup :assets do\n  gem 'sass'\nend\ngem 'rubocop', require: false, group: :development\ngem 'both', groups: [:production, :test]\ngem 'old', :group => :test\ngroup *%i[development test] do\n  gem 'unread'\nend\ngem 'rspec', group: :test\ngem 'debug'\n";
        let gems = read(text).unwrap();
        let of = |wanted: Scope| -> Vec<&str> {
            let found = gems.iter().filter(|(_, scope)| **scope == wanted);
            found.map(|(name, _)| *name).collect()
        };
        assert_eq!(of(Scope::Development), ["old", "rspec", "rubocop"]);
        assert_eq!(
            of(Scope::Production),
            ["both", "debug", "rails", "sass", "unread"]
        );
        assert_eq!(read("end\n"), None);
        assert_eq!(read("group :test do\n"), None);
    }
}
