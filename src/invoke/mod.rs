//! Which tools lockgate can run, what each needs in the tree, and the exact command lines. Pure:
//! names of files in, argument vectors out. No shell is ever involved.
//!
//! To add a tool: one [`Recipe`] in the file of its kind, one line in [`RECIPES`].

pub mod base;
mod code;
mod files;
mod node;
mod packages;
mod python;

pub use files::Files;

use crate::model::{Foreign as _, RepoPath, ScannerId, Untrusted};
use std::ops::RangeInclusive;
use std::sync::Arc;

/// Every tool that lockgate can run, by name.
pub static RECIPES: &[&Recipe] = &[
    &python::BANDIT,
    &packages::CARGO_AUDIT,
    &packages::CARGO_DENY,
    &code::CHECKOV,
    &code::GITLEAKS,
    &packages::GRYPE,
    &code::HADOLINT,
    &node::NPM,
    &packages::OSV_SCANNER,
    &python::PIP_AUDIT,
    &node::PNPM,
    &code::SEMGREP,
    &code::TRIVY,
    &node::YARN,
];

/// Most invocations of one tool. More lockfiles than this are no project, but an attempt to keep
/// the gate busy.
pub const MOST: usize = 200;

/// The recipe of a scanner, by its name in policies.
pub fn recipe(scanner: &str) -> Option<&'static Recipe> {
    RECIPES.iter().copied().find(|r| r.scanner == scanner)
}

/// The recipe that a user means: by its scanner's name or the tool's own.
pub fn named(name: &str) -> Option<&'static Recipe> {
    RECIPES
        .iter()
        .copied()
        .find(|r| r.scanner == name || r.alias == name)
}

/// How one tool is run.
#[derive(Debug)]
pub struct Recipe {
    /// Scanner name in policies and outputs.
    pub scanner: &'static str,
    /// Another name that people use for it.
    pub alias: &'static str,
    /// The program, as it is called on the search path.
    pub program: &'static str,
    /// Arguments that make it print its version.
    pub version: &'static [&'static str],
    /// How to get it, as the end of a sentence.
    pub install: &'static str,
    /// Why it would not run: what the tree does not have.
    pub nothing: &'static str,
    /// What its exit codes mean. A code that is not listed is a failure.
    pub exits: &'static [Exit],
    /// The invocations that together look at the whole tree; none when it has nothing for the tool.
    pub plan: fn(&Files<'_>) -> Vec<Invocation>,
    /// Makes an invocation deaf for what the judged change says, as far as flags do that.
    pub deaf: fn(&base::Settings<'_>, Invocation) -> base::Deaf,
}

impl Recipe {
    /// The scanner's name as the model's type.
    pub fn id(&self) -> ScannerId {
        ScannerId::literal(self.scanner)
    }

    /// What an exit code means; `None` for one that the tool does not document.
    pub fn exit(&self, code: i32) -> Option<&'static Exit> {
        self.exits.iter().find(|exit| exit.codes.contains(&code))
    }

    /// A command line as people would type it at the root. Words with other characters than those
    /// of plain names are quoted.
    pub fn command(&self, invocation: &Invocation) -> Untrusted {
        let mut line = self.program.to_owned();
        for argument in &invocation.arguments {
            line.push(' ');
            match argument {
                Argument::Word(word) => quote(word, &mut line),
                Argument::Path(path) => quote(path, &mut line),
                Argument::Report => line.push_str("REPORT"),
                Argument::Setting(name, _) => line.push_str(&format!("BASE/{name}")),
            }
        }
        if let Some(folder) = &invocation.folder {
            line.push_str(" (in ");
            quote(folder.raw(), &mut line);
            line.push(')');
        }
        line.into()
    }
}

fn quote(word: &str, line: &mut String) {
    let plain = |c: char| c.is_alphanumeric() || "-_./:=,@+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        line.push_str(word);
    } else {
        line.push('\'');
        line.push_str(&word.replace('\'', r"'\''"));
        line.push('\'');
    }
}

/// Exit codes of one meaning.
#[derive(Debug)]
pub struct Exit {
    /// The codes.
    pub codes: RangeInclusive<i32>,
    /// Whether the report of such a run can be believed, as far as the code tells.
    pub worked: bool,
    /// What they mean, for people.
    pub means: &'static str,
}

impl Exit {
    const fn worked(first: i32, last: i32, means: &'static str) -> Self {
        Self {
            codes: RangeInclusive::new(first, last),
            worked: true,
            means,
        }
    }

    const fn failed(first: i32, last: i32, means: &'static str) -> Self {
        Self {
            codes: RangeInclusive::new(first, last),
            worked: false,
            means,
        }
    }
}

/// One word of a command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Argument {
    /// One of ours.
    Word(&'static str),
    /// A path relative to the working folder. It never begins with `-`.
    Path(String),
    /// The file, in a private folder, that the tool shall write its report to.
    Report,
    /// A file of this name and content, in a private folder.
    Setting(&'static str, Arc<[u8]>),
}

/// Where the report of an invocation is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Output {
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
    /// The file that [`Argument::Report`] stands for.
    File,
}

/// One command line; it gives one report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// The arguments, without the program's name.
    pub arguments: Vec<Argument>,
    /// The working folder; `None` for the root.
    pub folder: Option<RepoPath>,
    /// Where the report is.
    pub output: Output,
}

impl Invocation {
    /// Words of ours, run at the root, the report on standard output. The word `REPORT` stands for
    /// the report's file, which is then where the report is.
    fn new(words: &'static [&'static str]) -> Self {
        let file = words.contains(&"REPORT");
        let argument = |word: &&'static str| match *word {
            "REPORT" => Argument::Report,
            word => Argument::Word(word),
        };
        Self {
            arguments: words.iter().map(argument).collect(),
            folder: None,
            output: if file { Output::File } else { Output::Stdout },
        }
    }

    /// Adds a path. One that begins with `-` would be read as an option.
    fn path(mut self, path: &str) -> Self {
        let path = match path.starts_with('-') {
            true => format!("./{path}"),
            false => path.to_owned(),
        };
        self.arguments.push(Argument::Path(path));
        self
    }

    /// Adds a word of ours.
    fn word(self, word: &'static str) -> Self {
        self.argument(Argument::Word(word))
    }

    /// Adds any argument.
    fn argument(mut self, argument: Argument) -> Self {
        self.arguments.push(argument);
        self
    }

    /// Sets the working folder.
    fn inside(mut self, folder: Option<RepoPath>) -> Self {
        self.folder = folder;
        self
    }

    /// The report is on standard error.
    fn on_stderr(mut self) -> Self {
        self.output = Output::Stderr;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// The command lines for a tree of these files, with their texts.
    fn commands(scanner: &str, tree: &[(&str, &str)]) -> Vec<String> {
        let paths: BTreeSet<RepoPath> = tree
            .iter()
            .map(|(path, _)| RepoPath::new(path).unwrap())
            .collect();
        let read = |path: &RepoPath| {
            let found = tree.iter().find(|(name, _)| *name == path.raw());
            found.map(|(_, text)| (*text).to_owned())
        };
        let recipe = recipe(scanner).unwrap();
        (recipe.plan)(&Files::new(&paths, &read))
            .iter()
            .map(|invocation| recipe.command(invocation).raw().to_owned())
            .collect()
    }

    #[test]
    fn every_recipe_is_whole() {
        assert!(RECIPES.is_sorted_by_key(|recipe| recipe.scanner));
        let mut names = BTreeSet::new();
        for recipe in RECIPES {
            assert!(ScannerId::new(recipe.scanner).is_some());
            assert!(names.insert(recipe.scanner));
            assert!(recipe.exit(0).is_some_and(|exit| exit.worked));
            assert!(recipe.exit(-1).is_none());
            assert!(commands(recipe.scanner, &[]).is_empty(), "{recipe:?}");
        }
    }

    #[test]
    fn a_tool_runs_once_where_it_walks_the_tree_itself() {
        let bandit = commands("bandit", &[("a.py", ""), ("b/c.py", "")]);
        assert_eq!(bandit.len(), 1);
        assert!(bandit[0].starts_with("bandit -r . -f json -q"));
        assert!(commands("bandit", &[("a.rs", "")]).is_empty());
        let trivy = commands("trivy", &[("README.md", "")]);
        assert!(trivy[0].contains("--include-dev-deps"));
    }

    #[test]
    fn npm_runs_in_every_folder_with_a_lockfile_and_never_offline() {
        let found = commands(
            "npm-audit",
            &[
                ("package-lock.json", "{}"),
                ("npm-shrinkwrap.json", "{}"),
                ("web/package-lock.json", "{}"),
                ("docs/package.json", "{}"),
            ],
        );
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found[1].ends_with("(in web)"), "{found:?}");
        assert!(found.iter().all(|line| line.contains("--offline=false")));
    }

    #[test]
    fn pip_installs_nothing_where_the_file_lists_everything() {
        let hashed = "a==1 \\\n    --hash=sha256:00\n";
        let compiled = "# This file is autogenerated by pip-compile with Python 3.12\na==1\n";
        let found = commands(
            "pip-audit",
            &[
                ("requirements.txt", "a==1\n"),
                ("hashed/requirements.txt", hashed),
                ("compiled/requirements-dev.txt", compiled),
                (
                    "ranges/requirements.txt",
                    "# autogenerated by pip-compile\na>1\n",
                ),
                ("poetry/pyproject.toml", "[tool.poetry]\n"),
                ("project/pyproject.toml", "[project]\nname = \"x\"\n"),
                ("locked/pylock.toml", ""),
                ("notes.txt", ""),
            ],
        );
        let with = |word: &str| found.iter().filter(|line| line.contains(word)).count();
        assert_eq!(found.len(), 6, "{found:#?}");
        assert_eq!(with("--require-hashes --disable-pip"), 1);
        assert_eq!(with("--no-deps --disable-pip"), 1);
        assert_eq!(with("--locked locked"), 1);
        assert_eq!(with(" project"), 1);
    }

    #[test]
    fn both_kinds_of_yarn_are_told_apart_by_the_lockfile() {
        let berry = "__metadata:\n  version: 8\n";
        let found = commands("yarn-audit", &[("yarn.lock", ""), ("b/yarn.lock", berry)]);
        assert_eq!(found.len(), 2);
        assert!(
            found[0].contains("npm audit --all --recursive"),
            "{found:?}"
        );
        assert!(found[1].starts_with("yarn audit"), "{found:?}");
    }

    #[test]
    fn names_of_files_are_never_read_as_options() {
        let found = commands("hadolint", &[("-c.dockerfile", ""), ("a b/Dockerfile", "")]);
        assert_eq!(
            found,
            ["hadolint -f sarif --no-fail ./-c.dockerfile 'a b/Dockerfile'"]
        );
    }
}
