//! Speed over a folder, beside `rg` with one literal over the same files, in turn in one run.
//!
//! ```text
//! cargo run --release -p lockgate-secrets --example bench_tree -- FOLDER
//!     [--rules FOLDER]   these rules instead of the shipped ones
//!     [--rg PROGRAM]     where ripgrep is, `rg` when not given
//!     [--runs N]         how often each is run, 5 when not given; the median is printed
//!     [--threads N]      2 when not given, also for rg
//!     [--costly]         instead: for each rule, candidates and bytes read again for each MB
//!     [--growth]         instead: time for 10 MB to 10 GB, and for 10 rules to all
//! ```
//!
//! Every line is a whole process, from its start to its end, so that starting is in the figure:
//!
//! * `rg`: `rg -uu -c LITERAL`, hidden and excluded files too. Unfair to us: it leaves a file when it meets
//!   a NUL byte, writes nothing, and looks for one word.
//! * `floor`: walk, read, and count line feeds. Nothing that reads all bytes is faster with this walker.
//! * `engine`: all rules; no decoding, no judging.
//! * `scan`: everything: all rules, UTF-16, Base64, hex, percent and escapes three deep, checksums, false alarms, lines.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::expect_used
)]

use lockgate_secrets::engine::{Engine, Work};
use lockgate_secrets::{Input, Rules, Scanner, rule};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use wait4::Wait4 as _;

const LITERAL: &str = "ZQXJKVWZQ";

struct Options {
    folder: PathBuf,
    rules: Option<String>,
    rg: String,
    runs: usize,
    threads: usize,
    mode: String,
}

fn rules(folder: &Path, found: &mut Vec<rule::Rule>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            rules(&path, found);
        } else if path.extension().is_some_and(|e| e == "toml") {
            let text = std::fs::read_to_string(&path).unwrap();
            found.extend(rule::parse(&text).expect("rules"));
        }
    }
}

fn load(options: &Options) -> Rules {
    match &options.rules {
        None => Rules::new(Rules::shipped().all().to_vec()).unwrap(),
        Some(folder) => {
            let mut all = Vec::new();
            rules(Path::new(folder), &mut all);
            all.sort_by(|a, b| a.id.cmp(&b.id));
            all.dedup_by(|b, a| a.id == b.id);
            Rules::new(all).unwrap()
        }
    }
}

/// Calls `each` with the path and bytes of every file, on several threads.
fn walk(options: &Options, each: &(dyn Fn(&str, &[u8]) + Sync)) {
    ignore::WalkBuilder::new(&options.folder)
        .standard_filters(false)
        .threads(options.threads)
        .build_parallel()
        .run(|| {
            let mut bytes = Vec::new();
            Box::new(move |entry| {
                let entry = entry.unwrap();
                if entry.file_type().is_some_and(|kind| kind.is_file())
                    && let Ok(mut file) = std::fs::File::open(entry.path())
                {
                    bytes.clear();
                    if file.read_to_end(&mut bytes).is_ok() {
                        each(&entry.path().to_string_lossy(), &bytes);
                    }
                }
                ignore::WalkState::Continue
            })
        });
}

/// One of the lines of the table, in a process of its own.
fn child(options: &Options) {
    let (bytes, found) = (AtomicU64::new(0), AtomicU64::new(0));
    let count = |counter: &AtomicU64, more: usize| {
        counter.fetch_add(more as u64, Ordering::Relaxed);
    };
    match options.mode.as_str() {
        "floor" => walk(options, &|_, text| {
            count(&bytes, text.len());
            count(&found, memchr::memchr_iter(b'\n', text).count());
        }),
        "engine" => {
            let rules = load(options);
            let engine = Engine::new(&rules).unwrap();
            walk(options, &|_, text| {
                count(&bytes, text.len());
                count(&found, engine.find(text).len());
            });
        }
        "scan" => {
            let rules = load(options);
            let scanner = Scanner::new(&rules).unwrap();
            walk(options, &|path, text| {
                count(&bytes, text.len());
                count(
                    &found,
                    scanner.scan(&Input { path, bytes: text }).hits.len(),
                );
            });
        }
        "start" => {
            let rules = load(options);
            Scanner::new(&rules).unwrap();
        }
        _ => {}
    }
    println!("{} {}", bytes.into_inner(), found.into_inner());
}

struct Measured {
    wall: Duration,
    cpu: Duration,
    peak: u64,
}

fn measure(command: &mut Command) -> Option<(Measured, String)> {
    let start = Instant::now();
    let mut process = command.stdout(Stdio::piped()).spawn().ok()?;
    let mut out = String::new();
    let mut pipe = process.stdout.take()?;
    pipe.read_to_string(&mut out).ok()?;
    let used = process.wait4().ok()?.rusage;
    let measured = Measured {
        wall: start.elapsed(),
        cpu: used.utime + used.stime,
        peak: used.maxrss,
    };
    Some((measured, out))
}

fn compare(options: &Options) {
    let own = std::env::current_exe().unwrap();
    let names = ["rg", "floor", "engine", "scan", "start"];
    let mut all: Vec<Vec<Measured>> = names.iter().map(|_| Vec::new()).collect();
    let (mut bytes, mut found) = (0u64, [0u64; 5]);
    for _ in 0..options.runs {
        for (index, name) in names.iter().enumerate() {
            let mut command = if *name == "rg" {
                let mut command = Command::new(&options.rg);
                command.args(["-uu", "-c", "-j", &options.threads.to_string(), LITERAL]);
                command.arg(&options.folder);
                command
            } else {
                let mut command = Command::new(&own);
                command.arg(&options.folder).args(["--child", name]);
                command.args(["--threads", &options.threads.to_string()]);
                if let Some(rules) = &options.rules {
                    command.args(["--rules", rules]);
                }
                command
            };
            let Some((measured, out)) = measure(&mut command) else {
                continue;
            };
            all[index].push(measured);
            if let Some((read, hits)) = out.trim().split_once(' ') {
                bytes = bytes.max(read.parse().unwrap_or(0));
                found[index] = hits.parse().unwrap_or(0);
            }
        }
    }
    let rules = load(options);
    println!(
        "{} rules, {:.0} MB, {} threads, median of {} runs in turn",
        rules.all().len(),
        bytes as f64 / 1e6,
        options.threads,
        options.runs
    );
    println!("            wall s    CPU s    MB/s   peak MB   wall to rg   found");
    let median = |all: &[Measured], of: fn(&Measured) -> f64| {
        let mut values: Vec<f64> = all.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
    };
    let floor = median(&all[0], |m| m.wall.as_secs_f64());
    for ((name, measured), found) in names.iter().zip(&all).zip(found) {
        let wall = median(measured, |m| m.wall.as_secs_f64());
        println!(
            "{name:<8} {wall:>9.3} {:>8.3} {:>7.0} {:>9.1} {:>12.2} {found:>7}",
            median(measured, |m| m.cpu.as_secs_f64()),
            bytes as f64 / 1e6 / wall,
            median(measured, |m| m.peak as f64 / 1e6),
            wall / floor,
        );
    }
}

/// The rules that make the most work.
fn costly(options: &Options) {
    let rules = load(options);
    let engine = Engine::new(&rules).unwrap();
    let works: Mutex<Work> = Mutex::default();
    walk(options, &|_, text| {
        let mut work = Work::default();
        engine.find_measured(text, &mut work);
        let mut sum = works.lock().unwrap();
        sum.bytes += work.bytes;
        sum.candidates.resize(work.candidates.len(), 0);
        sum.walked.resize(work.walked.len(), 0);
        for (sum, one) in sum.candidates.iter_mut().zip(&work.candidates) {
            *sum += one;
        }
        for (sum, one) in sum.walked.iter_mut().zip(&work.walked) {
            *sum += one;
        }
    });
    let work = works.into_inner().unwrap();
    let megabytes = work.bytes as f64 / 1e6;
    let mut order: Vec<usize> = (0..rules.all().len()).collect();
    order.sort_by_key(|&rule| std::cmp::Reverse(work.walked[rule] + 20 * work.candidates[rule]));
    let total: u64 = work.candidates.iter().sum();
    let walked: u64 = work.walked.iter().sum();
    println!(
        "{megabytes:.0} MB, for each MB: {:.0} candidates, {:.0} bytes read again\n\ncandidates    bytes  rule (for each MB)",
        total as f64 / megabytes,
        walked as f64 / megabytes
    );
    for rule in order.into_iter().take(60) {
        println!(
            "{:>10.1} {:>8.0}  {}",
            work.candidates[rule] as f64 / megabytes,
            work.walked[rule] as f64 / megabytes,
            rules.all()[rule].id
        );
    }
    for &id in engine.searched_everywhere() {
        println!("no literal: {}", rules.all()[id].id);
    }
}

/// Time by bytes and by rules, in this process, on files that are in memory.
fn growth(options: &Options) {
    let files: Mutex<Vec<Vec<u8>>> = Mutex::default();
    let held = AtomicU64::new(0);
    walk(options, &|_, text| {
        // Every fourth file or so, 200 MB at most.
        if text.len() % 4 == 1 && held.load(Ordering::Relaxed) < 200_000_000 {
            held.fetch_add(text.len() as u64, Ordering::Relaxed);
            files.lock().unwrap().push(text.to_vec());
        }
    });
    let files = files.into_inner().unwrap();
    let size: usize = files.iter().map(Vec::len).sum();
    let rules = load(options);
    let scanner = Scanner::new(&rules).unwrap();
    println!(
        "{:.0} MB of files, again and again, one thread\n\n      bytes        s    MB/s",
        size as f64 / 1e6
    );
    let scan = |scanner: &Scanner<'_>, target: usize| {
        let start = Instant::now();
        let (mut read, mut found) = (0, 0);
        for text in files.iter().cycle() {
            found += scanner
                .scan(&Input {
                    path: "file",
                    bytes: text,
                })
                .hits
                .len();
            read += text.len();
            if read >= target {
                break;
            }
        }
        let seconds = start.elapsed().as_secs_f64();
        std::hint::black_box(found);
        (seconds, read as f64 / 1e6 / seconds)
    };
    for target in [10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000usize] {
        let (seconds, rate) = scan(&scanner, target);
        println!("{target:>11} {seconds:>8.2} {rate:>7.0}");
    }
    println!("\n      rules  100 MB: s    MB/s");
    for count in [10, 30, 100, 300, 1000, usize::MAX] {
        let count = count.min(rules.all().len());
        let step = rules.all().len() / count;
        let some = rules
            .all()
            .iter()
            .step_by(step)
            .take(count)
            .cloned()
            .collect();
        let some = Rules::new(some).unwrap();
        let scanner = Scanner::new(&some).unwrap();
        let (seconds, rate) = scan(&scanner, 100_000_000);
        println!("{count:>11} {seconds:>9.2} {rate:>7.0}");
    }
}

fn main() {
    let mut args = std::env::args().skip(1);
    let mut options = Options {
        folder: PathBuf::new(),
        rules: None,
        rg: "rg".to_owned(),
        runs: 5,
        threads: 2,
        mode: String::new(),
    };
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "--rules" => options.rules = args.next(),
            "--rg" => options.rg = args.next().unwrap(),
            "--runs" => options.runs = args.next().unwrap().parse().unwrap(),
            "--threads" => options.threads = args.next().unwrap().parse().unwrap(),
            "--child" => options.mode = args.next().unwrap(),
            "--costly" | "--growth" => options.mode = arg,
            _ => options.folder = PathBuf::from(arg),
        }
    }
    if options.folder.as_os_str().is_empty() {
        println!(
            "usage: bench_tree FOLDER [--rules FOLDER] [--rg PROGRAM] [--runs N] [--threads N] [--costly | --growth]"
        );
        return;
    }
    match options.mode.as_str() {
        "" => compare(&options),
        "--costly" => costly(&options),
        "--growth" => growth(&options),
        _ => child(&options),
    }
}
