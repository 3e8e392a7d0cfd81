//! `go.mod`.
//!
//! Source: the Go modules reference, "go.mod files". Versions are kept without their `v`.

use super::build::Builder;
use super::read::line_number;
use super::{Entry, Source, without_v};
use crate::model::Relation;
use std::collections::BTreeMap;

/// What replaces a module.
struct Replacement<'t> {
    /// The module that is built instead; `None` for a folder.
    module: Option<(&'t str, &'t str)>,
    line: u32,
}

#[derive(Default)]
struct Read<'t> {
    module: bool,
    required: Vec<(&'t str, &'t str, bool, u32)>,
    replaced: BTreeMap<(&'t str, Option<&'t str>), Replacement<'t>>,
    go: Option<(&'t str, u32)>,
    toolchain: Option<(&'t str, u32)>,
}

/// The entries, or `None` when this is no module of Go.
pub fn parse(source: &Source<'_>) -> Option<Vec<Entry>> {
    let mut read = Read::default();
    let mut block: Option<&str> = None;
    for (at, line) in source.text.lines().enumerate() {
        let (code, comment) = line.split_once("//").unwrap_or((line, ""));
        let mut words: Vec<&str> = code.split_whitespace().map(unquoted).collect();
        let verb = match (block, words.as_slice()) {
            (_, []) => continue,
            (Some(_), [")"]) => {
                block = None;
                continue;
            }
            (None, [verb, "("]) => {
                block = Some(verb);
                continue;
            }
            (Some(verb), _) => verb,
            (None, [verb, ..]) => {
                let verb = *verb;
                words.remove(0);
                verb
            }
        };
        statement(verb, &words, comment, line_number(at + 1), &mut read);
    }
    read.module.then(|| entries(&read))
}

fn statement<'t>(verb: &str, words: &[&'t str], comment: &str, line: u32, read: &mut Read<'t>) {
    match (verb, words) {
        ("module", [_]) => read.module = true,
        ("require", [module, version]) => {
            let comment = comment.trim();
            let indirect = comment == "indirect" || comment.starts_with("indirect;");
            read.required.push((module, version, indirect, line));
        }
        ("replace", [module, "=>", new @ ..]) => {
            read.replace(module, None, new, line);
        }
        ("replace", [module, version, "=>", new @ ..]) => {
            read.replace(module, Some(version), new, line);
        }
        ("go", [version]) => read.go = Some((version, line)),
        ("toolchain", [name]) => {
            read.toolchain = name.strip_prefix("go").map(|version| (version, line));
        }
        _ => {}
    }
}

impl<'t> Read<'t> {
    fn replace(&mut self, module: &'t str, version: Option<&'t str>, new: &[&'t str], line: u32) {
        let module_of = match new {
            [name, version] => Some((*name, *version)),
            _ => None,
        };
        let replacement = Replacement {
            module: module_of,
            line,
        };
        self.replaced.insert((module, version), replacement);
    }
}

fn entries(read: &Read<'_>) -> Vec<Entry> {
    let mut builder = Builder::default();
    for (module, version, indirect, line) in &read.required {
        let replacement = read
            .replaced
            .get(&(*module, Some(*version)))
            .or_else(|| read.replaced.get(&(*module, None)));
        let (module, version, line) = match replacement {
            None => (*module, *version, *line),
            // Where the version that is built stands.
            Some(Replacement {
                module: Some((module, version)),
                line,
            }) => (*module, *version, *line),
            // A folder of the project.
            Some(Replacement { module: None, .. }) => continue,
        };
        let mut entry = Entry::new(module, Some(without_v(version).to_owned()), line);
        entry.relation = Some(match indirect {
            true => Relation::Transitive,
            false => Relation::Direct,
        });
        builder.add(entry);
    }
    // Scanners report what is wrong with Go itself under this name.
    if let Some((version, line)) = read.toolchain.or(read.go) {
        // Before Go 1.21 the line names a language, not a release.
        let release = version.split('.').count() >= 3;
        let version = release.then(|| version.to_owned());
        let mut entry = Entry::new("stdlib", version, line);
        entry.relation = Some(Relation::Direct);
        builder.add(entry);
    }
    builder.finish()
}

fn unquoted(word: &str) -> &str {
    word.trim_matches(['"', '`'])
}

#[cfg(test)]
mod tests {
    use super::super::rows;
    use super::*;

    #[test]
    fn requirements_replacements_and_the_standard_library() {
        let text = "module example.com/m // c\r\n\r\ngo 1.22.0\r\ntoolchain go1.22.5\r\n\r\nrequire example.com/a v1.2.3+incompatible\r\n\r\nrequire (\r\n\texample.com/b v0.1.0 // indirect; why\r\n\t\"example.com/c\" v1.0.0\r\n\texample.com/d v1.0.0\r\n)\r\n\r\nreplace example.com/c v1.0.0 => example.com/fork v1.0.1\r\nreplace (\r\n\texample.com/d => ../d\r\n)\r\nexclude example.com/a v1.0.0\r\n";
        let entries = parse(&Source::alone("go.mod", text)).unwrap();
        assert_eq!(
            rows(&entries),
            [
                "stdlib 1.22.5 4 [] direct -",
                "example.com/a 1.2.3+incompatible 6 [] direct -",
                "example.com/b 0.1.0 9 [] transitive -",
                "example.com/fork 1.0.1 14 [] direct -",
            ]
        );
        assert_eq!(parse(&Source::alone("go.mod", "hello\n")), None);
    }

    #[test]
    fn an_old_go_line_names_no_release() {
        let entries = parse(&Source::alone("go.mod", "module m\ngo 1.17\n")).unwrap();
        assert_eq!(entries[0].version, None);
    }
}
