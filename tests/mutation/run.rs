//! Mutation testing of what decides, on `pure`: the deciding modules alone, with their own tests and
//! the integration tests that need nothing but the library. The mutants are those that cargo-mutants
//! lists. They are all compiled into one program ([`weave`]), and the tests run once for each; what
//! cannot be woven in is compiled by itself.
//!
//! Usage: mutation ROOT [--jobs N] [--minutes N] [PATTERN…]; a pattern is a part of a mutant's name.

mod weave;

use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};
use weave::Id;

/// Folders whose mutants are tried.
const SUBJECTS: &[&str] = &["assess", "merge", "origin", "policy"];

/// What `pure` needs of the repository.
const PARTS: &[&str] = &[
    "src",
    "policies",
    "schemas",
    "tests/mutation/pure",
    "tests/it",
    "tests/fixtures/policy",
    "tests/fixtures/verdicts",
];

/// Files and folders whose mutants are not tried: they tell of a decision and take no part in it.
/// Differences of policies are only shown (the base's policy decides), and traces explain what was
/// decided; that a trace never disagrees is a property of its own, in tests/it/judging.rs.
const TEXTS: &[&str] = &["src/policy/diff/", "src/policy/trace.rs"];

/// The tests may take this much longer with a mutant than without; one that takes longer loops.
const PATIENCE: u32 = 20;

/// Inputs of each property test: mutants are many.
const CASES: &str = "48";

#[derive(Deserialize)]
struct Mutant {
    name: String,
    file: String,
    genre: String,
    span: Span,
    replacement: String,
}

#[derive(Deserialize)]
struct Span {
    start: Point,
    end: Point,
}

#[derive(Deserialize)]
struct Point {
    line: usize,
    column: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Fate {
    Caught,
    Survived,
    /// No test comes by its place.
    Unreached,
    Unviable,
    /// The tests did not end.
    Slow,
}

impl Fate {
    fn word(self) -> &'static str {
        match self {
            Self::Caught => "caught",
            Self::Survived => "survived",
            Self::Unreached => "unreached",
            Self::Unviable => "unviable",
            Self::Slow => "slow",
        }
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let root = PathBuf::from(arguments.next().expect("the repository's root"));
    let root = root.canonicalize().expect("the repository's root");
    let (mut jobs, mut minutes, mut patterns) = (2_usize, 24 * 60, Vec::new());
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|n| n.parse::<u64>().ok());
        match argument.as_str() {
            "--jobs" => jobs = number().expect("a number") as usize,
            "--minutes" => minutes = number().expect("a number"),
            _ => patterns.push(argument),
        }
    }
    let end = Instant::now() + Duration::from_secs(minutes * 60);
    let wanted = |m: &Mutant| {
        let text = TEXTS.iter().any(|text| m.file.starts_with(text));
        !text && (patterns.is_empty() || patterns.iter().any(|p| m.name.contains(p)))
    };
    let mutants: Vec<Mutant> = list(&root).into_iter().filter(wanted).collect();
    let found = Found::default();

    let copy = root.join("target/mutation/woven");
    prepare(&root, &copy);
    let (programs, woven, alone) = compile(&copy, &mutants, &found);
    let (seen, usual) = seen(&copy, &programs);
    println!(
        "{} mutants: {} woven in, {} by themselves; the tests take {usual:?}",
        mutants.len(),
        woven.len(),
        alone.len()
    );
    let patience = usual * PATIENCE + Duration::from_secs(1);
    let reached = |id: &Id| {
        let reached = seen.contains(id);
        if !reached {
            found.add(&mutants[id - 1], Fate::Unreached);
        }
        reached
    };
    let queue = Mutex::new(woven.into_iter().filter(reached).collect());
    work(jobs, end, &queue, &|_, id| {
        found.add(&mutants[id - 1], run(&copy, &programs, id, None, patience));
    });
    let queue = Mutex::new(alone.into_iter().collect());
    let ready = Mutex::new(BTreeSet::new());
    work(jobs, end, &queue, &|job, id| {
        let copy = root.join(format!("target/mutation/alone-{job}"));
        if ready.lock().expect("lock").insert(job) {
            prepare(&root, &copy);
        }
        found.add(&mutants[id - 1], attempt(&copy, &mutants[id - 1], patience));
    });
    found.report(&mutants, &root.join("target/mutation/fates.tsv"));
}

/// What became of the mutants so far.
#[derive(Default)]
struct Found(Mutex<BTreeMap<String, Fate>>);

impl Found {
    fn add(&self, mutant: &Mutant, fate: Fate) {
        if matches!(fate, Fate::Survived | Fate::Slow) {
            println!("{:<9} {}", fate.word(), mutant.name);
        }
        let mut found = self.0.lock().expect("lock");
        found.insert(mutant.name.clone(), fate);
    }

    fn report(&self, mutants: &[Mutant], path: &Path) {
        let found = self.0.lock().expect("lock");
        let (mut counts, mut all) = (BTreeMap::new(), String::new());
        for mutant in mutants {
            let fate = found.get(&mutant.name);
            let word = fate.map_or("not tried", |fate| fate.word());
            *counts.entry(word).or_insert(0) += 1;
            all.push_str(&format!("{word}\t{}\n", mutant.name));
            if matches!(fate, Some(Fate::Unreached)) {
                println!("{word:<9} {}", mutant.name);
            }
        }
        fs::write(path, all).expect("a file");
        println!("{counts:?}");
    }
}

/// Takes numbers from the queue, `jobs` at a time, until it is empty or the time is over.
fn work(
    jobs: usize,
    end: Instant,
    queue: &Mutex<VecDeque<Id>>,
    attempt: &(impl Fn(usize, Id) + Sync),
) {
    std::thread::scope(|scope| {
        for job in 0..jobs {
            scope.spawn(move || {
                while Instant::now() < end {
                    let next = queue.lock().expect("lock").pop_front();
                    let Some(id) = next else { break };
                    attempt(job, id);
                }
            });
        }
    });
}

/// Weaves the mutants in and compiles the tests. Returns the test programs, the mutants that they
/// hold, and those that can only be compiled by themselves.
fn compile(
    copy: &Path,
    mutants: &[Mutant],
    found: &Found,
) -> (Vec<PathBuf>, BTreeSet<Id>, BTreeSet<Id>) {
    let mut files: BTreeMap<&str, Vec<(Id, &Mutant)>> = BTreeMap::new();
    for (index, mutant) in mutants.iter().enumerate() {
        files
            .entry(&mutant.file)
            .or_default()
            .push((index + 1, mutant));
    }
    let originals: BTreeMap<&str, String> = files
        .keys()
        .map(|file| {
            let text = fs::read_to_string(copy.join(file)).expect("a source file");
            (*file, text)
        })
        .collect();
    let mut alone = BTreeSet::new();
    let mut unviable: BTreeSet<Id> = BTreeSet::new();
    loop {
        let mut woven = BTreeSet::new();
        for (file, all) in &files {
            let some: Vec<(Id, &Mutant)> = all
                .iter()
                .filter(|(id, _)| !alone.contains(id) && !unviable.contains(id))
                .copied()
                .collect();
            let (text, left) = weave::weave(&originals[file], &some);
            fs::write(copy.join(file), text).expect("the copy");
            woven.extend(
                some.iter()
                    .map(|(id, _)| *id)
                    .filter(|id| !left.contains(id)),
            );
            alone.extend(left);
        }
        let (built, messages) = build(copy);
        if built {
            for id in &unviable {
                found.add(&mutants[id - 1], Fate::Unviable);
            }
            for (file, text) in &originals {
                fs::write(copy.join(file), text).expect("the copy");
            }
            return (programs(&messages), woven, alone);
        }
        let before = alone.len() + unviable.len();
        for (file, at, code) in errors(&messages) {
            let file = file.trim_start_matches("../");
            let file = &file[file.find("src/").unwrap_or(0)..];
            let Ok(text) = fs::read_to_string(copy.join(file)) else {
                continue;
            };
            // The mutant at whose place the error is, or the last one before.
            let ends = (at + weave::CALL.len()).min(text.len());
            let number = |call: usize| -> Id {
                let rest = &text[call + weave::CALL.len()..];
                let end = rest.find(')').expect("a number");
                rest[..end].parse().expect("a number")
            };
            if code == "E0004" {
                // A match that needs all its arms; the error is at its head.
                let after = text[at..].match_indices(weave::CALL);
                let arm = after
                    .map(|(call, _)| number(at + call))
                    .find(|id| mutants[id - 1].genre == "MatchArm");
                if let Some(id) = arm {
                    let function = |m: &Mutant| m.name.rsplit(" in ").next().map(str::to_owned);
                    let arm = &mutants[id - 1];
                    alone.extend(files[arm.file.as_str()].iter().filter_map(|(id, m)| {
                        (m.genre == "MatchArm" && function(m) == function(arm)).then_some(*id)
                    }));
                    continue;
                }
            }
            let Some(call) = text[..ends].rfind(weave::CALL) else {
                continue;
            };
            let id = number(call);
            println!("{code} {}", mutants[id - 1].name);
            let body = mutants[id - 1].genre == "FnValue";
            match at > call && (body || code == "E0277" || code == "E0369") {
                true => unviable.insert(id),
                false => alone.insert(id),
            };
        }
        let after = alone.len() + unviable.len();
        println!("{} of {} left out", after, mutants.len());
        assert!(
            after > before,
            "errors without a mutant: {}",
            plain(&messages)
        );
    }
}

/// The mutants whose places the tests come by, and how long they take.
fn seen(copy: &Path, programs: &[PathBuf]) -> (BTreeSet<Id>, Duration) {
    let folder = copy.join("seen");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    let long = Duration::from_secs(600);
    let fate = run(copy, programs, 0, Some(&folder), long);
    assert!(fate == Fate::Survived, "the tests fail without any mutant");
    let start = Instant::now();
    run(copy, programs, 0, None, long);
    let usual = start.elapsed();
    let names = fs::read_dir(&folder).expect("a folder").flatten();
    let ids = names.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    (ids.collect(), usual)
}

fn list(root: &Path) -> Vec<Mutant> {
    let mut command = Command::new("cargo");
    command
        .args(["mutants", "--list", "--json"])
        .current_dir(root);
    for subject in SUBJECTS {
        command.args(["-f", &format!("src/{subject}/**")]);
    }
    let output = command.output().expect("cargo-mutants is installed");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).expect("cargo-mutants writes JSON")
}

/// Copies what is needed; files that are the same keep their time, so that little is compiled.
fn prepare(root: &Path, copy: &Path) {
    for part in PARTS {
        let (from, to) = (root.join(part), copy.join(part));
        if from.exists() {
            mirror(&from, &to);
        }
    }
}

fn mirror(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(to).expect("a folder").flatten() {
        let here = entry.path();
        if !from.join(entry.file_name()).exists() && here.is_file() {
            fs::remove_file(here).expect("the copy");
        }
    }
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            mirror(&from, &to);
        } else if fs::read(&from).ok() != fs::read(&to).ok() {
            fs::copy(&from, &to).expect("a copy");
        }
    }
}

fn attempt(copy: &Path, mutant: &Mutant, patience: Duration) -> Fate {
    let path = copy.join(&mutant.file);
    let before = fs::read_to_string(&path).expect("a source file");
    let (start, end) = (
        offset(&before, &mutant.span.start),
        offset(&before, &mutant.span.end),
    );
    let after = format!(
        "{}{}{}",
        &before[..start],
        mutant.replacement,
        &before[end..]
    );
    fs::write(&path, after).expect("the copy");
    let fate = match build(copy) {
        (false, _) => Fate::Unviable,
        (true, messages) => run(copy, &programs(&messages), 0, None, patience),
    };
    fs::write(&path, before).expect("the copy");
    fate
}

/// Lines and columns count from 1, columns in characters.
fn offset(text: &str, point: &Point) -> usize {
    let line: usize = text
        .split_inclusive('\n')
        .take(point.line - 1)
        .map(str::len)
        .sum();
    let rest = &text[line..];
    let column = rest.char_indices().nth(point.column - 1);
    line + column.map_or(rest.len(), |(at, _)| at)
}

/// Whether the tests compile, and what cargo said.
fn build(copy: &Path) -> (bool, Vec<u8>) {
    let built = Command::new("cargo")
        .args(["test", "--quiet", "--no-run", "--message-format=json"])
        .current_dir(copy.join("tests/mutation/pure"))
        .env("CARGO_TARGET_DIR", copy.join("target"))
        .env("RUSTFLAGS", "--cap-lints allow")
        .stderr(Stdio::null())
        .output()
        .expect("cargo");
    (built.status.success(), built.stdout)
}

/// Runs the tests with a mutant, without cargo between: a program that loops must be ended itself.
fn run(copy: &Path, programs: &[PathBuf], id: Id, seen: Option<&Path>, patience: Duration) -> Fate {
    let until = Instant::now() + patience;
    for program in programs {
        let mut command = Command::new(program);
        command
            .args(["--quiet"])
            .current_dir(copy.join("tests/mutation/pure"))
            .env("MUTANT", id.to_string())
            .env("PROPTEST_CASES", CASES)
            .env("PROPTEST_MAX_SHRINK_ITERS", "0")
            .env("PROPTEST_FAILURE_PERSISTENCE", "off")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if let Some(folder) = seen {
            command.env("MUTANTS_SEEN", folder);
        }
        match wait(command.spawn().expect("a test program"), until) {
            Some(true) => {}
            Some(false) => return Fate::Caught,
            None => return Fate::Slow,
        }
    }
    Fate::Survived
}

/// File, place in it in bytes, and code of each error.
fn errors(messages: &[u8]) -> Vec<(String, usize, String)> {
    let mut found = Vec::new();
    for line in String::from_utf8_lossy(messages).lines() {
        let Ok(value) = serde_json::from_str::<serde_json::Value>(line) else {
            continue;
        };
        let message = &value["message"];
        if message["level"] != "error" {
            continue;
        }
        let code = message["code"]["code"].as_str().unwrap_or("?");
        for span in message["spans"].as_array().into_iter().flatten() {
            if span["is_primary"] == true {
                let file = span["file_name"].as_str().expect("a file").to_owned();
                let at = span["byte_start"].as_u64().expect("a place") as usize;
                found.push((file, at, code.to_owned()));
            }
        }
    }
    found
}

/// The errors as people read them.
fn plain(messages: &[u8]) -> String {
    String::from_utf8_lossy(messages)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|value| Some(value["message"]["rendered"].as_str()?.to_owned()))
        .collect()
}

/// The test programs that cargo built, from its messages.
fn programs(messages: &[u8]) -> Vec<PathBuf> {
    #[derive(Deserialize)]
    struct Message {
        executable: Option<PathBuf>,
    }
    String::from_utf8_lossy(messages)
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok()?.executable)
        .collect()
}

/// Whether it ended well; `None` when it had to be ended.
fn wait(mut child: Child, until: Instant) -> Option<bool> {
    loop {
        if let Some(status) = child.try_wait().expect("a child") {
            return Some(status.success());
        }
        if Instant::now() > until {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
