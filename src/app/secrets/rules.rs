//! The rules of a search: those that are shipped, and those of the user.

use crate::app::case::Ground;
use crate::edge::files::read_text;
use crate::error::{Error, ErrorKind};
use crate::escape::terminal;
use crate::model::{Problem, Untrusted};
use crate::scan::secrets::Sight;
use lockgate_secrets::rule::{RuleError, parse};
use lockgate_secrets::{Input, Rule, Rules, Scanner};
use std::path::{Path, PathBuf};

/// The rules of a search.
pub struct Ruleset {
    /// All of them.
    pub rules: Rules,
    /// What should be known of them.
    pub notes: Vec<Problem>,
}

impl Ruleset {
    /// Takes out what the user's configuration leaves aside.
    pub fn sift(&self, _sights: &mut Vec<Sight>) {}
}

/// The rules of a check.
///
/// # Errors
/// What is wrong with those of the user.
pub fn ruleset(ground: &Ground<'_, '_>) -> Result<Ruleset, Error> {
    let files = ground
        .request
        .scan
        .as_ref()
        .map(|scan| scan.rules.as_slice());
    Ok(Ruleset {
        rules: together(own(files.unwrap_or_default())?)?,
        notes: Vec::new(),
    })
}

/// The shipped rules with further ones; a rule of the same id takes the shipped one's place.
pub fn together(own: Vec<Rule>) -> Result<Rules, Error> {
    let shipped = Rules::shipped().all().iter();
    let kept = shipped.filter(|rule| own.iter().all(|other| other.id != rule.id));
    let all = kept.cloned().chain(own.iter().cloned()).collect();
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
        if rule.matches.is_empty() {
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
            !scanner.scan(&input).is_empty()
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
pub fn configured(_file: &Path) -> Result<Vec<Rule>, Error> {
    Ok(Vec::new())
}
