//! The rules of a search: those that are shipped, and those of the user.

use super::config;
use crate::app::case::Ground;
use crate::edge::files::{Root, read_text};
use crate::error::{Error, ErrorKind};
use crate::escape::terminal;
use crate::model::{Foreign as _, Problem, Untrusted, digest};
use crate::scan::secrets::Sight;
use crate::scan::secrets::foreign::{FOREIGN, Foreign, Ignored};
use lockgate_secrets::rule::{RuleError, parse};
use lockgate_secrets::{Input, Rule, Rules, Scanner};
use std::path::{Path, PathBuf};

/// The rules of a search.
pub struct Ruleset {
    /// All of them.
    pub rules: Rules,
    /// What should be known of them.
    pub notes: Vec<Problem>,
    /// The configuration of another tool.
    foreign: Foreign,
    /// What that tool is told to leave aside.
    ignored: Ignored,
}

impl Ruleset {
    /// Takes out what a rule finds in files that it is not for, and marks what may pass.
    pub fn sift(&self, sights: &mut Vec<Sight>) {
        let rule = |sight: &Sight| {
            self.rules
                .all()
                .get(sight.rule)
                .map(|rule| rule.id.as_str())
        };
        let ours = |name: &str| self.rules.all().iter().any(|rule| rule.id == name);
        sights.retain(|sight| {
            let path = sight.location.path.raw();
            rule(sight).is_some_and(|rule| self.foreign.counts(rule, path))
        });
        for sight in sights {
            let Some(rule) = rule(sight) else { continue };
            let allowed = self.foreign.allows(rule, sight);
            sight.passes = allowed.map(|list| match list.description.trim() {
                "" => "an allowlist of the configuration".into(),
                text => format!("an allowlist of the configuration: {text}").into(),
            });
            sight.listed = self.ignored.names(rule, sight, ours);
        }
    }

    /// Tells one set of rules from another.
    pub fn digest(&self) -> String {
        let all = self.rules.all().iter();
        let texts: Vec<String> = all.map(|rule| format!("{rule:?}")).collect();
        digest(texts.iter().map(String::as_str))
    }
}

/// The rules of a check.
///
/// # Errors
/// What is wrong with those of the user.
pub fn ruleset(ground: &Ground<'_, '_>) -> Result<Ruleset, Error> {
    let scan = ground.request.scan.as_ref();
    let files = scan.map(|scan| scan.rules.as_slice());
    let named = scan.and_then(|scan| scan.config.as_deref());
    let configuration = match named {
        Some(path) => Some(config::of_user(path, &ground.request.root)?),
        None => config::of_policy(ground)?,
    };
    let (foreign, ignored) = configuration.unwrap_or_default();
    let mut notes = Vec::new();
    let mut rules = together(own(files.unwrap_or_default())?, &foreign.rules)?;
    let shipped = |rule: &&Rule| Rules::shipped().all().iter().any(|s| s.id == rule.id);
    let replaced: Vec<Untrusted> = foreign
        .rules
        .iter()
        .filter(shipped)
        .map(|rule| Untrusted::from(rule.id.as_str()))
        .collect();
    if !replaced.is_empty() {
        let text = "the configuration puts rules of its own in the place of shipped ones";
        notes.push(Problem::new("rules-replaced", text).items(replaced));
    }
    if !foreign.disabled.is_empty() {
        let (known, unknown): (Vec<&String>, Vec<&String>) = foreign
            .disabled
            .iter()
            .partition(|id| rules.all().iter().any(|rule| rule.id == **id));
        let left = rules.all().iter().filter(|rule| !known.contains(&&rule.id));
        rules = Rules::new(left.cloned().collect()).unwrap_or_default();
        let told = [
            (known, "rules-off", "the configuration switches rules off"),
            (
                unknown,
                "rules-unknown",
                "the configuration switches rules off that lockgate has under no such name",
            ),
        ];
        for (names, code, text) in told.into_iter().filter(|(names, ..)| !names.is_empty()) {
            let names = names.iter().map(|name| Untrusted::from(name.as_str()));
            notes.push(Problem::new(code, text).items(names));
        }
    }
    for (about, text) in &foreign.notes {
        let about = [Untrusted::from(about.as_str())];
        notes.push(Problem::new("configuration", *text).items(about));
    }
    if !ignored.unread.is_empty() {
        let text = "lines of .gitleaksignore are not understood, and accept nothing";
        let lines = ignored
            .unread
            .iter()
            .map(|line| format!("line {line}").into());
        notes.push(Problem::new("configuration", text).items(lines));
    }
    Ok(Ruleset {
        rules,
        notes,
        foreign,
        ignored,
    })
}

/// The shipped rules with the user's and those of a configuration. One of the configuration, which is
/// the base's, takes the place of a shipped one with its id; a file of the user's may come with the
/// change, and only adds.
///
/// # Errors
/// Two rules with one id.
pub fn together(own: Vec<Rule>, foreign: &[Rule]) -> Result<Rules, Error> {
    let shipped = Rules::shipped().all().iter();
    let kept = shipped.filter(|rule| foreign.iter().all(|other| other.id != rule.id));
    let all = kept.chain(foreign).cloned().chain(own).collect();
    Rules::new(all).map_err(|id| {
        Error::new(ErrorKind::Usage, "two rules have the same id")
            .detail(id)
            .hint("give each rule an id of its own")
    })
}

/// The rules of files that the user names.
///
/// # Errors
/// The first file that cannot be read, or everything that is wrong with a rule in it.
pub fn own(files: &[PathBuf]) -> Result<Vec<Rule>, Error> {
    let mut rules = Vec::new();
    for file in files {
        rules.extend(read(file)?);
    }
    Ok(rules)
}

fn read(file: &Path) -> Result<Vec<Rule>, Error> {
    let name = file.display().to_string();
    let text = read_text(file)
        .map_err(|why| Error::usage(format!("the rules cannot be read: {why}")).detail(&*name))?;
    parse(&text).map_err(|errors| wrong(&name, &errors))
}

/// The parser's own words may quote the file, and so an example that is none: they are left out.
fn wrong(name: &str, errors: &[RuleError]) -> Error {
    let mut error = Error::usage("the rules are wrong").detail(name);
    for wrong in errors.iter().take(20) {
        error = error.hint(match wrong.rule.as_str() {
            "" => wrong.text.clone(),
            rule => format!("rule {}: {}", terminal(Untrusted::from(rule)), wrong.text),
        });
    }
    error.hint("the form is that of crates/secrets/rules; --rules lists what is shipped")
}

/// What holding rules to their examples has shown.
pub struct Tested {
    /// How many rules there are.
    pub rules: usize,
    /// How many examples were tried.
    pub examples: usize,
    /// Sentences about what went wrong.
    pub wrong: Vec<String>,
}

/// Holds each rule to its examples.
///
/// # Errors
/// The rules are too many for a search.
pub fn test_rules(rules: Vec<Rule>) -> Result<Tested, Error> {
    let mut tested = Tested {
        rules: rules.len(),
        examples: 0,
        wrong: Vec::new(),
    };
    for rule in rules {
        let id = terminal(Untrusted::from(rule.id.as_str()));
        // Configurations of other tools have no examples.
        if rule.matches.is_empty() && rule.provider != FOREIGN {
            let text = format!(
                "{id}: it has no example in `match`, so nobody knows that it finds anything"
            );
            tested.wrong.push(text);
        }
        let (finds, leaves) = (rule.matches.clone(), rule.rejects.clone());
        let one = Rules::new(vec![rule]).unwrap_or_default();
        let scanner = Scanner::new(&one).map_err(|error| {
            Error::usage("the rule cannot be searched for").detail(error.to_string())
        })?;
        let fits = |text: &str| {
            let input = Input {
                path: "example",
                bytes: text.as_bytes(),
            };
            !scanner.scan(&input).hits.is_empty()
        };
        for (list, wanted) in [(finds, true), (leaves, false)] {
            for (number, text) in list.iter().enumerate() {
                tested.examples += 1;
                if fits(text) != wanted {
                    let (word, list) = match wanted {
                        true => ("is not found", "match"),
                        false => ("is found", "reject"),
                    };
                    let number = number + 1;
                    tested
                        .wrong
                        .push(format!("{id}: example {number} of `{list}` {word}"));
                }
            }
        }
    }
    Ok(tested)
}

/// The rules of a configuration of gitleaks or betterleaks.
///
/// # Errors
/// What is wrong with it.
pub fn configured(file: &Path, root: &Root) -> Result<Vec<Rule>, Error> {
    Ok(config::of_user(file, root)?.0.rules)
}
