//! Mutation testing of what decides. For each mutant that cargo-mutants lists: write it into a copy
//! of the source, compile `pure` (the deciding modules alone, which takes seconds where the whole
//! program takes half a minute), run its tests, and see whether one fails.
//!
//! Usage: mutation ROOT [--jobs N] [--minutes N] [PATTERN…]; a pattern is a part of a mutant's name.
//! What was seen is kept in target/mutation/seen.tsv, so that an interrupted run goes on; a change
//! of a source file forgets what was seen of it.

use serde::Deserialize;
use std::collections::{BTreeMap, VecDeque};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Folders whose mutants are tried.
const SUBJECTS: &[&str] = &["assess", "merge", "origin", "policy"];

/// What `pure` needs of the repository.
const PARTS: &[&str] = &[
    "src",
    "policies",
    "schemas",
    "tests/mutation/pure",
    "tests/fixtures/verdicts",
];

/// The tests may take this long with a mutant; one that takes longer loops.
const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Deserialize)]
struct Mutant {
    name: String,
    file: String,
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
    Unviable,
    Slow,
}

impl Fate {
    const ALL: [Self; 4] = [Self::Caught, Self::Survived, Self::Unviable, Self::Slow];

    fn word(self) -> &'static str {
        match self {
            Self::Caught => "caught",
            Self::Survived => "survived",
            Self::Unviable => "unviable",
            Self::Slow => "slow",
        }
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let root = PathBuf::from(arguments.next().expect("the repository's root"));
    let (mut jobs, mut minutes, mut patterns) = (2_usize, u64::MAX / 60, Vec::new());
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|n| n.parse::<u64>().ok());
        match argument.as_str() {
            "--jobs" => jobs = number().expect("a number") as usize,
            "--minutes" => minutes = number().expect("a number"),
            _ => patterns.push(argument),
        }
    }
    let end = Instant::now().checked_add(Duration::from_secs(minutes * 60));
    let work = root.join("target/mutation");
    fs::create_dir_all(&work).expect("target/mutation");
    let seen_at = work.join("seen.tsv");
    let mut seen = read_seen(&seen_at);

    let wanted = |m: &Mutant| patterns.is_empty() || patterns.iter().any(|p| m.name.contains(p));
    let mutants: Vec<Mutant> = list(&root).into_iter().filter(wanted).collect();
    let key = |m: &Mutant| format!("{}\t{}", digest(&root.join(&m.file)), m.name);
    let todo: VecDeque<&Mutant> = mutants
        .iter()
        .filter(|m| !seen.contains_key(&key(m)))
        .collect();
    println!("{} mutants, {} to try", mutants.len(), todo.len());

    let todo = Mutex::new(todo);
    let found: Mutex<Vec<(String, Fate)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for job in 0..jobs {
            let (todo, found, work, root) = (&todo, &found, &work, &root);
            let (seen_at, key) = (&seen_at, &key);
            scope.spawn(move || {
                let copy = work.join(format!("copy-{job}"));
                prepare(root, &copy);
                assert!(
                    test(&copy) == Fate::Survived,
                    "the tests fail without any mutant"
                );
                loop {
                    let next = todo.lock().expect("lock").pop_front();
                    let Some(mutant) = next.filter(|_| end.is_none_or(|end| Instant::now() < end))
                    else {
                        break;
                    };
                    let fate = attempt(&copy, mutant);
                    println!("{:<9} {}", fate.word(), mutant.name);
                    let line = format!("{}\t{}\n", fate.word(), key(mutant));
                    let mut found = found.lock().expect("lock");
                    let file = fs::OpenOptions::new()
                        .create(true)
                        .append(true)
                        .open(seen_at);
                    file.expect("seen.tsv")
                        .write_all(line.as_bytes())
                        .expect("seen.tsv");
                    found.push((key(mutant), fate));
                }
            });
        }
    });
    seen.extend(found.into_inner().expect("lock"));

    let mut counts = BTreeMap::new();
    for mutant in &mutants {
        let fate = seen.get(&key(mutant));
        *counts
            .entry(fate.map_or("not tried", |f| f.word()))
            .or_insert(0) += 1;
        if matches!(fate, Some(Fate::Survived)) {
            println!("survivor: {}", mutant.name);
        }
    }
    println!("{counts:?}");
}

fn read_seen(path: &Path) -> BTreeMap<String, Fate> {
    let text = fs::read_to_string(path).unwrap_or_default();
    text.lines()
        .filter_map(|line| {
            let (word, key) = line.split_once('\t')?;
            let fate = Fate::ALL.into_iter().find(|fate| fate.word() == word)?;
            Some((key.to_owned(), fate))
        })
        .collect()
}

/// Changes when the file does; only for knowing again.
fn digest(path: &Path) -> String {
    let bytes = fs::read(path).expect("a source file");
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    });
    format!("{hash:016x}")
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
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() {
            mirror(&from, &to);
        } else if fs::read(&from).ok() != fs::read(&to).ok() {
            fs::copy(&from, &to).expect("a copy");
        }
    }
}

fn attempt(copy: &Path, mutant: &Mutant) -> Fate {
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
    let fate = test(copy);
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

fn test(copy: &Path) -> Fate {
    let built = Command::new("cargo")
        .args(["test", "--quiet", "--no-run", "--message-format=json"])
        .current_dir(copy.join("tests/mutation/pure"))
        .env("CARGO_TARGET_DIR", copy.join("target"))
        .env("RUSTFLAGS", "--cap-lints allow")
        .stderr(Stdio::null())
        .output()
        .expect("cargo");
    if !built.status.success() {
        return Fate::Unviable;
    }
    // Run without cargo between: a program that loops must be ended itself.
    for program in programs(&built.stdout) {
        let child = Command::new(program)
            .args(["--quiet"])
            .current_dir(copy.join("tests/mutation/pure"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a test program");
        match wait(child, Instant::now() + PATIENCE) {
            Some(true) => {}
            Some(false) => return Fate::Caught,
            None => return Fate::Slow,
        }
    }
    Fate::Survived
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
