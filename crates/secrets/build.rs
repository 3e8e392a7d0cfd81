//! Turns `rules/**/*.toml` into tables: the rules, and how the engine searches each of them.
//!
//! The same code does this for rules that come when the program runs; here it is done beforehand, so
//! that starting takes no time. A file that cannot be read and an id that stands twice fail the build.

#![allow(
    dead_code,
    reason = "of the modules that are shared with the crate only a part is needed"
)]

#[path = "src/engine/bytes.rs"]
mod bytes;
#[path = "src/rule/file.rs"]
mod file;
#[path = "src/rule/kinds.rs"]
mod kinds;
#[path = "src/engine/literals.rs"]
mod literals;
#[path = "src/engine/names.rs"]
mod names;
#[path = "src/engine/rarity.rs"]
mod rarity;

use bytes::Bytes;
use kinds::{Confidence, Finder, Rule, Severity};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

type Failure = Box<dyn std::error::Error>;

fn files(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            files(&path, found)?;
        } else if path.extension().is_some_and(|end| end == "toml") {
            found.push(path);
        }
    }
    Ok(())
}

/// All rules, sorted by id.
fn rules(root: &Path) -> Result<Vec<Rule>, Failure> {
    let mut found = Vec::new();
    files(root, &mut found)?;
    found.sort();
    let mut all: BTreeMap<String, Rule> = BTreeMap::new();
    let mut wrong = Vec::new();
    for path in found {
        match file::parse(&std::fs::read_to_string(&path)?) {
            Ok(rules) => {
                for rule in rules {
                    if let Some(twice) = all.insert(rule.id.clone(), rule) {
                        wrong.push(format!("{}: {} stands twice", path.display(), twice.id));
                    }
                }
            }
            Err(errors) => wrong.extend(errors.iter().map(|error| {
                let (rule, text, detail) = (&error.rule, &error.text, &error.detail);
                format!("{}: {rule} {text} {detail}", path.display())
            })),
        }
    }
    if wrong.is_empty() {
        Ok(all.into_values().collect())
    } else {
        Err(wrong.join("\n").into())
    }
}

/// The sets of bytes that needles refer to.
#[derive(Default)]
struct Sets(BTreeMap<Bytes, usize>);

impl Sets {
    fn ids(&mut self, places: &[Bytes]) -> Vec<usize> {
        let mut ids = Vec::new();
        for set in places {
            let next = self.0.len();
            ids.push(*self.0.entry(*set).or_insert(next));
        }
        ids
    }
}

fn kept(
    sets: &mut Sets,
    places: &[Bytes],
    gram: usize,
    back: usize,
    suffix: &Option<String>,
) -> String {
    let places = sets.ids(places);
    format!("Kept{{places:&{places:?},gram:{gram},back:{back},suffix:{suffix:?}}},")
}

fn table(rules: &[Rule]) -> Result<String, Failure> {
    let (mut plans, mut named) = (BTreeMap::new(), BTreeMap::new());
    let mut sets = Sets::default();
    for rule in rules {
        match &rule.finder {
            Finder::Regex { pattern, .. } => {
                let syntax = regex_automata::util::syntax::Config::new()
                    .unicode(false)
                    .utf8(false);
                let hir = regex_automata::util::syntax::parse_with(pattern, &syntax)
                    .map_err(|error| format!("{}: {error}", rule.id))?;
                let Some(plan) = literals::plan(&hir) else {
                    println!("cargo::warning=nothing is in every match of {}", rule.id);
                    continue;
                };
                let mut text = format!("KeptPlan{{longest:{:?},needles:&[", plan.longest);
                for needle in plan.needles {
                    let back = needle.back.saturating_add(needle.gram);
                    text += &kept(&mut sets, &needle.places, needle.gram, back, &needle.suffix);
                }
                plans.insert(pattern, text + "]}");
            }
            Finder::Named { names, .. } => {
                for name in names {
                    let mut text = String::from("&[");
                    for spelling in names::spellings(name) {
                        let (_, gram) = literals::rarest(&spelling.places)
                            .ok_or_else(|| format!("{}: its name is too short", rule.id))?;
                        text += &kept(&mut sets, &spelling.places, gram, spelling.length, &None);
                    }
                    named.insert(name, text + "]");
                }
            }
        }
    }
    let mut all = vec![Bytes::default(); sets.0.len()];
    for (set, id) in sets.0 {
        if let Some(place) = all.get_mut(id) {
            *place = set;
        }
    }
    let mut out = String::from("/// Sets of bytes.\npub(crate) const SETS: &[[u64; 4]] = &[\n");
    for set in all {
        writeln!(out, "{:?},", set.0)?;
    }
    out += "];\n/// By regular expression.\nconst PLANS: &[(&str, KeptPlan)] = &[\n";
    for (pattern, plan) in plans {
        writeln!(out, "({pattern:?}, {plan}),")?;
    }
    out += "];\n/// By name.\nconst NAMES: &[(&str, &[Kept])] = &[\n";
    for (name, needles) in named {
        writeln!(out, "({name:?}, {needles}),")?;
    }
    out += "];\n";
    Ok(out)
}

/// The rules without their examples, which only tests need: they read the files.
fn shipped(rules: &[Rule]) -> Result<String, Failure> {
    let mut out = String::from("/// Sorted by id.\nconst SHIPPED: &[Written] = &[\n");
    for rule in rules {
        let finder = match &rule.finder {
            Finder::Regex { pattern, keywords } => {
                format!("WrittenFinder::Regex{{pattern:{pattern:?},keywords:&{keywords:?}}}")
            }
            Finder::Named {
                names,
                values,
                words,
                within,
            } => format!(
                "WrittenFinder::Named{{names:&{names:?},values:&{values:?},words:&{words:?},within:{within}}}"
            ),
        };
        writeln!(
            out,
            "Written{{id:{:?},provider:{:?},description:{:?},finder:{finder},entropy:{:?},check:{:?},\
             severity:Severity::{:?},confidence:Confidence::{:?},revoke:{:?}}},",
            rule.id,
            rule.provider,
            rule.description,
            rule.entropy,
            rule.check,
            rule.severity,
            rule.confidence,
            rule.revoke,
        )?;
    }
    out += "];\n";
    Ok(out)
}

fn main() -> Result<(), Failure> {
    for path in ["rules", "src/rule", "src/engine", "build.rs"] {
        println!("cargo::rerun-if-changed={path}");
    }
    let root = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("rules");
    let rules = rules(&root)?;
    let target = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(target.join("shipped.rs"), shipped(&rules)?)?;
    std::fs::write(target.join("table.rs"), table(&rules)?)?;
    Ok(())
}
