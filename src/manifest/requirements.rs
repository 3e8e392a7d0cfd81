//! pip's requirements files, also those that pip-compile and uv write.
//!
//! Source: pip's documentation "Requirements File Format", PEP 508, and pip-tools' documentation of
//! its annotations: `# via` names who asked for the requirement above it.

use super::build::Builder;
use super::python::name_of;
use super::read::line_number;
use super::{Entry, Source};
use crate::model::{Ecosystem, Relation};
use std::collections::BTreeMap;

/// The usual names. Source: pip's and pip-tools' documentation.
pub const FILES: &[&str] = &[
    "*requirements.txt",
    "requirements-*.txt",
    "requirements_*.txt",
    "requirements.*.txt",
    "*requirements.in",
    "requirements-*.in",
    "requirements_*.in",
    "requirements.*.in",
    "requirements/*.txt",
    "requirements/*.in",
];

/// The entries. Any text is a requirements file, so there is always a list.
pub fn parse(source: &Source<'_>) -> Option<Vec<Entry>> {
    let mut reader = Reader::default();
    let mut joined: Option<(u32, String)> = None;
    for (at, line) in source.text.lines().enumerate() {
        let (first, mut code) = match joined.take() {
            Some((first, mut code)) => {
                code.push_str(line.trim_start());
                (first, code)
            }
            None => (line_number(at + 1), line.to_owned()),
        };
        if code.ends_with('\\') && !code.trim_start().starts_with('#') {
            code.pop();
            joined = Some((first, code));
        } else {
            reader.line(first, &code);
        }
    }
    if let Some((first, code)) = joined {
        reader.line(first, &code);
    }
    Some(reader.finish())
}

#[derive(Default)]
struct Reader {
    builder: Builder,
    by_name: BTreeMap<String, usize>,
    /// The requirement that annotations belong to.
    current: Option<usize>,
    /// The annotation goes on in the following comments.
    in_via: bool,
    /// Which requirement, and who asked for it.
    asked: Vec<(usize, String)>,
}

impl Reader {
    fn line(&mut self, line: u32, text: &str) {
        let (code, comment) = split_comment(text);
        if !code.is_empty() {
            self.in_via = false;
            self.current = requirement(code)
                .or_else(|| egg(code))
                .map(|(name, version)| {
                    let name = Ecosystem::PYPI.normalise(name);
                    let index = self.builder.add(Entry::new(name.clone(), version, line));
                    self.by_name.entry(name).or_insert(index);
                    index
                });
        }
        match comment {
            Some(comment) if !text.starts_with('#') => self.comment(comment.trim()),
            _ => self.in_via = false,
        }
    }

    fn comment(&mut self, comment: &str) {
        let list = match comment.strip_prefix("via") {
            Some(list) if list.is_empty() || list.starts_with(' ') => {
                self.in_via = list.is_empty();
                list
            }
            _ if self.in_via => comment,
            _ => return,
        };
        let names = list
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        if let Some(current) = self.current {
            self.asked
                .extend(names.map(|name| (current, name.to_owned())));
        }
    }

    fn finish(mut self) -> Vec<Entry> {
        for (index, by) in &self.asked {
            // `-r requirements.in` and `project (pyproject.toml)` are the project's own words; `-c`
            // only narrows.
            if by.starts_with("-r ") || by.ends_with(')') {
                self.builder.ask(*index, None);
            } else if let Some(from) = self.by_name.get(&Ecosystem::PYPI.normalise(by)) {
                self.builder.need(*from, *index);
                self.builder.relation(*index, Relation::Transitive);
            }
        }
        self.builder.finish()
    }
}

/// The code of a line, and its comment: `#` starts one where white space or nothing stands before.
fn split_comment(line: &str) -> (&str, Option<&str>) {
    let mut before = None;
    let start = line.char_indices().find(|(_, c)| {
        let starts = *c == '#' && before.is_none_or(char::is_whitespace);
        before = Some(*c);
        starts
    });
    match start {
        Some((at, _)) => (
            line.get(..at).unwrap_or_default().trim(),
            line.get(at + 1..),
        ),
        None => (line.trim(), None),
    }
}

/// The name that an address gives to what is behind it: `git+https://host/x#egg=name`.
fn egg(code: &str) -> Option<(&str, Option<String>)> {
    let (_, name) = code.split_once("#egg=")?;
    name_of(name).map(|name| (name, None))
}

fn requirement(code: &str) -> Option<(&str, Option<String>)> {
    let name = name_of(code)?;
    let rest = code.strip_prefix(name)?.trim_start();
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1.trim_start(),
        None => rest,
    };
    let known = rest.is_empty() || rest.starts_with(['=', '<', '>', '~', '!', ';', '@', '(', '-']);
    known.then(|| (name, exact(rest)))
}

/// The version of `==1.2`; `None` for ranges and for `==1.*`.
fn exact(specifiers: &str) -> Option<String> {
    let end = specifiers.find([';', '@']).unwrap_or(specifiers.len());
    let clauses = specifiers.get(..end)?.split(',');
    let pinned = clauses.filter_map(|clause| {
        let clause = clause.trim_start_matches([' ', '(']);
        let version = clause
            .strip_prefix("===")
            .or_else(|| clause.strip_prefix("=="))?;
        let version = version.trim_start();
        // A `#` without a space before it is no comment for pip, but people and Trivy read it as one.
        let end = version
            .find(|c: char| c.is_whitespace() || matches!(c, ')' | '#'))
            .unwrap_or(version.len());
        version.get(..end)
    });
    let is_version = |text: &&str| {
        let bare = text.strip_prefix('v').unwrap_or(text);
        bare.starts_with(|c: char| c.is_ascii_digit()) && !text.contains('*')
    };
    pinned.filter(is_version).map(str::to_owned).next()
}

#[cfg(test)]
mod tests {
    use super::super::rows;
    use super::*;

    fn read(text: &str) -> Vec<String> {
        rows(&parse(&Source::alone("requirements.txt", text)).unwrap())
    }

    #[test]
    fn names_versions_and_lines() {
        let text = "# comment\n-r base.txt\nFlask_SQLAlchemy[x]==2.0 ; python_version>'3' # why\n\
                    Jinja2 >= 2.0\nclick==8.* \nrequests==2.0 \\\n    --hash=sha256:aa\nhttps://x/y.whl\nsix\n\
                    pinned>=1,==1.5\nsplit \\\r\n  ==3.0\nurl @ https://x/y==1\n-e git+https://x/y.git@v1#egg=Egg_1&subdirectory=z\n\
                    {{ name }}==1\nfoo=='invalid'\nwhole===1.0\nnear==2.0#comment";
        assert_eq!(
            read(text),
            [
                "flask-sqlalchemy 2.0 3 [] - -",
                "jinja2 - 4 [] - -",
                "click - 5 [] - -",
                "requests 2.0 6 [] - -",
                "six - 9 [] - -",
                "pinned 1.5 10 [] - -",
                "split 3.0 11 [] - -",
                "url - 13 [] - -",
                "egg-1 - 14 [] - -",
                "foo - 16 [] - -",
                "whole 1.0 17 [] - -",
                "near 2.0 18 [] - -",
            ]
        );
    }

    #[test]
    fn annotations_tell_who_asked() {
        let text = "#\n# compiled\n#\nclick==8.0 \\\n    --hash=sha256:aa\n    # via\n    #   -c constraints.txt\n    #   Flask\n    #   black\n\
                    flask==2.0\n    # via -r requirements.in\nblack==22.1  # via my-app (pyproject.toml), flask\nalone==1.0\n# black\n";
        assert_eq!(
            read(text),
            [
                "click 8.0 4 [] transitive -",
                "flask 2.0 10 [0, 2] direct -",
                "black 22.1 12 [0] direct -",
                "alone 1.0 13 [] - -",
            ]
        );
    }
}
