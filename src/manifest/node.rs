//! What the files of Node's package managers share: the words of `package.json`, and names that
//! stand for others.

use super::read::{Node, json};
use super::{Entry, Source};
use crate::model::Scope;

/// The tables of a `package.json` in which it asks for packages, and for what. Source: npm's
/// documentation of package.json. What a table of peers asks for is shipped with the project.
const TABLES: [(&str, Scope); 4] = [
    ("dependencies", Scope::Production),
    ("optionalDependencies", Scope::Production),
    ("peerDependencies", Scope::Production),
    ("devDependencies", Scope::Development),
];

/// What a project asks for: name, range, scope. A name may come more than once.
pub fn asks<'n>(project: &'n Node<'_>) -> impl Iterator<Item = (&'n str, &'n str, Scope)> {
    TABLES.into_iter().flat_map(move |(table, scope)| {
        let members = project.members_of(table);
        members.map(move |(name, range)| (name, range.text().unwrap_or_default(), scope))
    })
}

/// What an installed package brings in: name and range. Its developers' packages are not installed.
pub fn needs<'n>(package: &'n Node<'_>) -> impl Iterator<Item = (&'n str, &'n str)> {
    asks(package)
        .filter(|(_, _, scope)| *scope == Scope::Production)
        .map(|(name, range, _)| (name, range))
}

/// The `package.json` beside a lockfile.
pub fn project<T>(source: &Source<'_>, read: impl FnOnce(&Node<'_>) -> T) -> Option<T> {
    let text = source.read_beside("package.json")?;
    json::parse(&text).filter(Node::is_map).as_ref().map(read)
}

/// `name@rest` → both parts; the name may be scoped.
pub fn split(descriptor: &str) -> Option<(&str, &str)> {
    let at = descriptor.get(1..)?.find('@')? + 1;
    Some((descriptor.get(..at)?, descriptor.get(at + 1..)?))
}

/// The real name behind a range such as `npm:other@^1`.
pub fn alias(range: &str) -> Option<&str> {
    let rest = range.strip_prefix("npm:")?;
    split(rest)
        .map(|(name, _)| name)
        .filter(|name| is_name(name))
}

/// True for what can name a package: ranges such as `npm:^1.0` have no name.
fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| {
        c.is_ascii_alphabetic() || matches!(c, '@' | '_' | '-') || c.is_ascii_digit()
    }) && !name.contains(['|', ' ', '^', '~', '>', '<'])
}

/// A version, when the text is one and not the address of an archive.
pub fn version(text: &str) -> Option<String> {
    text.starts_with(|c: char| c.is_ascii_digit())
        .then(|| text.to_owned())
}

/// An entry that stands under a key of the lockfile.
pub fn entry(name: &str, version: Option<String>, line: u32, key: &str) -> Entry {
    let mut entry = Entry::new(name, version, line);
    entry.key = Some(key.to_owned());
    entry
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptors_split_after_the_scope() {
        assert_eq!(split("@a/b@npm:^1"), Some(("@a/b", "npm:^1")));
        assert_eq!(split("a@1@2"), Some(("a", "1@2")));
        assert_eq!(split("@a/b"), None);
        assert_eq!(split("é"), None);
        assert_eq!(alias("npm:@s/real@^1"), Some("@s/real"));
        assert_eq!(alias("npm:^1"), None);
        assert_eq!(alias("^1"), None);
    }
}
