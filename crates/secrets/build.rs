//! Turns `rules/**/*.toml` into tables: the rules, and how the engine searches each of them.
//!
//! The same code does this for rules that come when the program runs; here it is done beforehand, so
//! that starting takes no time. A file that cannot be read and an id that stands twice fail the build.

#![allow(
    clippy::disallowed_methods,
    dead_code,
    reason = "a build reads and writes files; of the modules it shares with the crate it needs a part"
)]

#[path = "src/engine/bytes.rs"]
mod bytes;
#[path = "src/engine/common.rs"]
mod common;
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

/// The tables of needles.
#[derive(Default)]
struct Needles {
    sets: Sets,
    places: Vec<usize>,
    suffixes: BTreeMap<String, usize>,
    all: Vec<String>,
}

impl Needles {
    /// A needle and whether it is exact.
    fn add(
        &mut self,
        places: &[Bytes],
        gram: usize,
        (back, exact): (usize, bool),
        suffix: Option<&String>,
    ) {
        let from = self.places.len();
        let length = places.len();
        self.places.extend(self.sets.ids(places));
        let back = u32::try_from(back).unwrap_or(u32::MAX);
        let next = self.suffixes.len();
        let suffix = suffix.map(|text| *self.suffixes.entry(text.clone()).or_insert(next));
        let suffix = suffix.map_or(usize::from(u16::MAX), |index| index);
        self.all.push(format!(
            "Kept{{from:{from},length:{length},gram:{gram},back:{back},exact:{exact},suffix:{suffix}}},"
        ));
    }
}

fn table(rules: &[Rule]) -> Result<String, Failure> {
    let (mut plans, mut named) = (BTreeMap::new(), BTreeMap::new());
    let mut needles = Needles::default();
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
                let from = needles.all.len();
                for needle in &plan.needles {
                    let back = needle.back.saturating_add(needle.gram);
                    let back = (back, needle.exact);
                    needles.add(&needle.places, needle.gram, back, needle.suffix.as_ref());
                }
                let (longest, to) = (plan.longest, needles.all.len());
                let text = format!("KeptPlan{{longest:{longest:?},from:{from},to:{to}}}");
                plans.insert(pattern, text);
            }
            Finder::Named { names, .. } => {
                for name in names {
                    if named.contains_key(name) {
                        continue;
                    }
                    let from = needles.all.len();
                    for spelling in names::spellings(name) {
                        let (_, gram) = literals::rarest(&spelling.places)
                            .ok_or_else(|| format!("{}: its name is too short", rule.id))?;
                        needles.add(&spelling.places, gram, (spelling.length, true), None);
                    }
                    named.insert(name, (from, needles.all.len()));
                }
            }
        }
    }
    let sets = needles.sets;
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
    out += "];\n/// By name: where it stands in [`NAME_TEXT`], and its needles.\n";
    out += "const NAMES: &[[u32; 4]] = &[\n";
    let mut joined = String::new();
    for (name, (from, to)) in named {
        let start = joined.len();
        joined += name;
        writeln!(out, "[{start}, {}, {from}, {to}],", joined.len())?;
    }
    writeln!(out, "];\nconst NAME_TEXT: &str = {joined:?};")?;
    writeln!(out, "const PLACES: &[u16] = &{:?};", needles.places)?;
    let mut suffixes = vec![""; needles.suffixes.len()];
    for (text, index) in &needles.suffixes {
        if let Some(place) = suffixes.get_mut(*index) {
            *place = text;
        }
    }
    writeln!(out, "const SUFFIXES: &[&str] = &{suffixes:?};")?;
    writeln!(
        out,
        "const NEEDLES: &[Kept] = &[\n{}\n];",
        needles.all.join("\n")
    )?;
    Ok(out)
}

/// The rules without their examples, which only tests need: they read the files. The form is told in
/// `src/rule/shipped.rs`.
fn shipped(rules: &[Rule]) -> Result<String, Failure> {
    let list = |texts: &[String]| -> String {
        let ended = texts.iter().map(|text| format!("{text}\u{1d}"));
        ended.collect()
    };
    let mut out = String::new();
    for rule in rules {
        let finder = match &rule.finder {
            Finder::Regex { pattern, keywords } => vec![pattern.clone(), list(keywords)],
            Finder::Named {
                names,
                values,
                words,
                within,
            } => vec![list(names), list(values), list(words), within.to_string()],
        };
        let mut fields = vec![
            rule.id.clone(),
            rule.provider.clone(),
            rule.description.clone(),
            format!("{:?}", rule.severity),
            format!("{:?}", rule.confidence),
            rule.entropy.to_string(),
            rule.check.clone().unwrap_or_default(),
            rule.revoke.clone(),
        ];
        fields.extend(finder);
        let marks = ['\u{1e}', '\u{1f}'];
        if fields.iter().any(|field| field.contains(marks)) {
            return Err(format!("{}: a control character", rule.id).into());
        }
        out += &fields.join("\u{1f}");
        out.push('\u{1e}');
    }
    Ok(format!(
        "/// Sorted by id.\nconst SHIPPED: &str = {out:?};\n"
    ))
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
