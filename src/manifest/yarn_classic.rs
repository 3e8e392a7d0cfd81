//! `yarn.lock` of Yarn 1.
//!
//! Source: the parser of Yarn 1 (yarnpkg/yarn, `src/lockfile/parse.js`): blocks of two spaces per
//! level, names and values in quotes where they need them.

use super::build::Builder;
use super::descriptors::Descriptors;
use super::read::line_number;
use super::{Entry, Source, node};

/// A block: every descriptor that leads to one package.
#[derive(Default)]
struct Block<'t> {
    descriptors: Vec<&'t str>,
    line: u32,
    version: Option<&'t str>,
    /// Names and ranges.
    needs: Vec<(&'t str, &'t str)>,
}

/// The entries, or `None` when this is not the format.
pub fn parse(source: &Source<'_>) -> Option<Vec<Entry>> {
    let blocks = blocks(source.text)?;
    if blocks.is_empty() && !source.text.contains("# yarn lockfile v1") {
        return None;
    }
    let mut builder = Builder::default();
    let mut descriptors = Descriptors::default();
    let mut added = Vec::new();
    for block in &blocks {
        let Some(first) = block.descriptors.first().copied() else {
            continue;
        };
        // Who asks for any version may give no range.
        let (name, range) = node::split(first).unwrap_or((first, ""));
        // A folder of the project.
        if range.starts_with("link:") {
            continue;
        }
        let real = node::alias(range).unwrap_or(name);
        let index = builder.add(Entry::new(
            real,
            block.version.map(str::to_owned),
            block.line,
        ));
        added.push((index, block));
        for descriptor in &block.descriptors {
            descriptors.add(descriptor, index);
        }
    }
    for (index, block) in added {
        for (name, range) in &block.needs {
            for to in descriptors.find(name, range) {
                builder.need(index, to);
            }
        }
    }
    // The file says nothing of the project, and nothing of what other members of a workspace ask
    // for, so that scopes are only told where there are none.
    node::project(source, |project| {
        builder.needs_known();
        let alone = project.get("workspaces").is_none();
        if alone {
            builder.roots_known();
        }
        for (name, range, scope) in node::asks(project) {
            for index in descriptors.find(name, range) {
                builder.ask(index, Some(scope));
            }
        }
    });
    Some(builder.finish())
}

fn blocks(text: &str) -> Option<Vec<Block<'_>>> {
    let mut blocks: Vec<Block<'_>> = Vec::new();
    let mut in_needs = false;
    for (at, line) in text.lines().enumerate() {
        let content = line.trim();
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let indent = line.len() - line.trim_start_matches(' ').len();
        if indent == 0 {
            let descriptors = words(content.strip_suffix(':')?, ',');
            in_needs = false;
            blocks.push(Block {
                descriptors,
                line: line_number(at + 1),
                ..Block::default()
            });
            continue;
        }
        let block = blocks.last_mut()?;
        if indent == 2 {
            in_needs = matches!(content, "dependencies:" | "optionalDependencies:");
            let mut words = words(content, ' ').into_iter();
            if words.next() == Some("version") {
                block.version = words.next();
            }
        } else if in_needs && let [name, range] = words(content, ' ').as_slice() {
            block.needs.push((name, range));
        }
    }
    blocks.retain(|block| block.version.is_some());
    Some(blocks)
}

/// The parts of a line, which may be in quotes; `between` or a space parts them.
fn words(line: &str, between: char) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = line.trim_start();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => {
                let end = rest.find(between).unwrap_or(rest.len());
                rest.split_at(end)
            }
        };
        words.push(word.trim_end());
        rest = after.trim_start_matches([between, ' ']);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::super::rows;
    use super::*;

    const LOCK: &str = "# yarn lockfile v1\r\n\r\n\"@s/a@^1.0.0\", \"@s/a@~1\":\r\n  version \"1.2.0\"\r\n  dependencies:\r\n    b \">= 2 <3\"\r\n\r\n\"b@>= 2 <3\":\r\n  version \"2.0.0\"\r\n\r\nx@npm:real@^3:\r\n  version \"3.0.0\"\r\n\r\n\"l@link:./l\":\r\n  version \"0.0.0\"\r\n";

    #[test]
    fn blocks_become_entries() {
        let source = Source {
            name: "yarn.lock",
            text: LOCK,
            beside: &|_| {
                Some(
                    r#"{"dependencies": {"@s/a": "~1"}, "devDependencies": {"x": "npm:real@^3"}}"#
                        .into(),
                )
            },
        };
        let entries = parse(&source).unwrap();
        assert_eq!(
            rows(&entries),
            [
                "@s/a 1.2.0 3 [1] direct production",
                "b 2.0.0 8 [] transitive production",
                "real 3.0.0 11 [] direct development",
            ]
        );
    }

    #[test]
    fn a_name_may_stand_without_a_range() {
        let text = "# yarn lockfile v1\n\na:\n  version \"1.0.0\"\n  dependencies:\n    \"@s/b\" \"\"\n\n\"@s/b\", \"@s/b@*\":\n  version \"2.0.0\"\n";
        let source = Source {
            name: "yarn.lock",
            text,
            beside: &|_| Some(r#"{"dependencies": {"a": ""}}"#.into()),
        };
        assert_eq!(
            rows(&parse(&source).unwrap()),
            [
                "a 1.0.0 3 [1] direct production",
                "@s/b 2.0.0 8 [] transitive production",
            ]
        );
    }

    #[test]
    fn alone_it_says_nothing_of_the_project() {
        let entries = parse(&Source::alone("yarn.lock", LOCK)).unwrap();
        assert!(
            entries
                .iter()
                .all(|e| e.relation.is_none() && e.scope.is_none())
        );
    }

    #[test]
    fn other_texts_are_refused() {
        assert_eq!(parse(&Source::alone("", "hello\n")), None);
        assert_eq!(parse(&Source::alone("", "")), None);
        assert_eq!(
            parse(&Source::alone("", "# yarn lockfile v1\n")),
            Some(Vec::new())
        );
    }
}
