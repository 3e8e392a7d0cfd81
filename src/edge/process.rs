//! Running a program: bounded in time and in what it writes, and with all that it starts.

use crate::invoke::{Argument, Output};
use crate::model::Untrusted;
use std::ffi::OsString;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Most bytes that a program may write to its report, standard output and standard error, each.
pub const MAX_OUTPUT: u64 = 1024 * 1024 * 1024;

/// As much of the end of standard error is looked at, in bytes.
const TAIL: u64 = 64 * 1024;

/// How often a running program is looked after.
const TICK: Duration = Duration::from_millis(20);

/// One program to run.
#[derive(Debug, Clone)]
pub struct Job {
    /// The program's file.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<Argument>,
    /// The working folder; `None` for a private, empty one.
    pub folder: Option<PathBuf>,
    /// Its whole environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Where its report is.
    pub output: Output,
    /// How long it may run.
    pub time: Duration,
    /// How many bytes it may write; see [`MAX_OUTPUT`].
    pub bytes: u64,
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// By itself, with this code.
    Exit(i32),
    /// By a signal that lockgate did not send.
    Signal(i32),
    /// It took too long, and was ended.
    TimedOut,
    /// It wrote too much, and was ended.
    TooLarge,
    /// It never ran, or could not be watched: the operating system's words.
    NotStarted(String),
}

/// What is left of a program.
#[derive(Debug)]
pub struct Ended {
    /// How it ended.
    pub end: End,
    /// Its report; empty when it wrote none.
    pub report: Vec<u8>,
    /// The last line of standard error that is not blank.
    pub said: Option<Untrusted>,
    /// How long it ran.
    pub took: Duration,
}

/// Runs all jobs, a few at once; the results are in the order of the jobs. `begin` is told when one
/// begins; `finish` makes the result out of what it left, at once, so that only the reports of
/// running jobs are in memory.
pub fn run_all<T: Send>(
    jobs: &[Job],
    begin: &(dyn Fn(usize) + Sync),
    finish: &(dyn Fn(usize, Ended) -> T + Sync),
) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..processors.min(4).min(jobs.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(job) = jobs.get(index) else { break };
                    begin(index);
                    let result = finish(index, run(job));
                    if let Ok(mut results) = results.lock() {
                        results.push((index, result));
                    }
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap_or_default();
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Runs one job to its end.
pub fn run(job: &Job) -> Ended {
    let start = Instant::now();
    attempt(job, start).unwrap_or_else(|e| Ended {
        end: End::NotStarted(e.to_string()),
        report: Vec::new(),
        said: None,
        took: start.elapsed(),
    })
}

fn attempt(job: &Job, start: Instant) -> std::io::Result<Ended> {
    let private = private_folder()?;
    let report = private.path().join("report");
    let mut stdout = tempfile::tempfile_in(private.path())?;
    let mut stderr = tempfile::tempfile_in(private.path())?;
    let work = private.path().join("work");
    let folder = match &job.folder {
        Some(folder) => folder,
        None => {
            std::fs::create_dir(&work)?;
            &work
        }
    };
    let settings = private.path().join("base");
    std::fs::create_dir(&settings)?;
    for argument in &job.arguments {
        if let Argument::Setting(name, text) = argument {
            std::fs::write(settings.join(name), text)?;
        }
    }
    let mut command = Command::new(&job.program);
    command
        .args(job.arguments.iter().map(|argument| match argument {
            Argument::Word(word) => (*word).into(),
            Argument::Path(path) => path.into(),
            Argument::Report => report.clone().into_os_string(),
            Argument::Setting(name, _) => settings.join(name).into_os_string(),
        }))
        .current_dir(folder)
        .env_clear()
        .envs(job.environment.iter().map(|(name, value)| (name, value)))
        // Files, not pipes: no reader can be kept waiting by a process that outlives the program.
        .stdin(Stdio::null())
        .stdout(stdout.try_clone()?)
        .stderr(stderr.try_clone()?);
    own_group(&mut command);
    let mut child = command.spawn()?;
    let size = |file: &File| file.metadata().map_or(0, |m| m.len());
    let written = || {
        let report = report.symlink_metadata().map_or(0, |m| m.len());
        report.max(size(&stdout)).max(size(&stderr))
    };
    let stopped = watch(&mut child, job, start, &written);
    // The program has ended or must end; either way nothing of it goes on.
    end_group(&mut child);
    let status = child.wait()?;
    let end = match stopped? {
        Some(end) => end,
        None if written() > job.bytes => End::TooLarge,
        None => ended(status),
    };
    let bytes = match job.output {
        _ if end == End::TooLarge => Vec::new(),
        Output::Stdout => whole(&mut stdout, job.bytes)?,
        Output::Stderr => whole(&mut stderr, job.bytes)?,
        Output::File => match regular(&report) {
            Some(mut file) => whole(&mut file, job.bytes)?,
            None => Vec::new(),
        },
    };
    Ok(Ended {
        end,
        report: bytes,
        said: last_line(&mut stderr)?,
        took: start.elapsed(),
    })
}

/// A folder that only this user can enter; it goes when it is dropped.
fn private_folder() -> std::io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    let builder = {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o700))
    };
    builder.prefix("lockgate-").tempdir()
}

/// The report's file, unless a link or a pipe stands in its place.
fn regular(path: &Path) -> Option<File> {
    let file = path.symlink_metadata().ok()?.is_file();
    file.then(|| File::open(path).ok())?
}

/// Waits for the end; says how when lockgate must bring it about.
fn watch(
    child: &mut Child,
    job: &Job,
    start: Instant,
    written: &dyn Fn() -> u64,
) -> std::io::Result<Option<End>> {
    let mut tick = Duration::from_millis(1);
    loop {
        if has_ended(child)? {
            return Ok(None);
        }
        if start.elapsed() >= job.time {
            return Ok(Some(End::TimedOut));
        }
        if written() > job.bytes {
            return Ok(Some(End::TooLarge));
        }
        std::thread::sleep(tick);
        tick = (tick * 2).min(TICK);
    }
}

/// In a group of its own the program can be ended with its children.
#[cfg(unix)]
fn own_group(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
}

/// Looks without taking the result: until then the number of the group belongs to nobody else.
#[cfg(unix)]
fn has_ended(child: &mut Child) -> std::io::Result<bool> {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    match waitid(WaitId::Pid(Pid::from_child(child)), options) {
        Ok(status) => Ok(status.is_some()),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(e) => Err(e.into()),
    }
}

#[cfg(unix)]
fn end_group(child: &mut Child) {
    use rustix::process::{Pid, Signal, kill_process_group};
    // Fails when nobody is left.
    let _ = kill_process_group(Pid::from_child(child), Signal::KILL);
}

#[cfg(unix)]
fn ended(status: ExitStatus) -> End {
    use std::os::unix::process::ExitStatusExt as _;
    match status.code() {
        Some(code) => End::Exit(code),
        None => End::Signal(status.signal().unwrap_or_default()),
    }
}

#[cfg(not(unix))]
fn own_group(_: &mut Command) {}

#[cfg(not(unix))]
fn has_ended(child: &mut Child) -> std::io::Result<bool> {
    child.try_wait().map(|status| status.is_some())
}

#[cfg(not(unix))]
fn end_group(child: &mut Child) {
    let _ = child.kill();
}

#[cfg(not(unix))]
fn ended(status: ExitStatus) -> End {
    End::Exit(status.code().unwrap_or(-1))
}

fn whole(file: &mut File, most: u64) -> std::io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    file.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn last_line(file: &mut File) -> std::io::Result<Option<Untrusted>> {
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let line = text.lines().map(str::trim).rfind(|line| !line.is_empty());
    Ok(line.map(Untrusted::from))
}

/// The version that a program prints about itself: the first word that begins with a number with a
/// point, such as `1.9.4` in `bandit 1.9.4`.
pub fn version_in(bytes: &[u8]) -> Option<Untrusted> {
    let text = String::from_utf8_lossy(bytes.get(..4096).unwrap_or(bytes)).into_owned();
    let words = text.split_whitespace().map(|word| {
        let word = word.trim_start_matches(['v', 'V']);
        word.trim_end_matches([',', ';', ')'])
    });
    let version = |word: &&str| {
        let (first, rest) = word.split_once('.').unwrap_or_default();
        !first.is_empty()
            && first.bytes().all(|b| b.is_ascii_digit())
            && rest.starts_with(|c: char| c.is_ascii_digit())
            && word.len() <= 40
    };
    words.into_iter().find(version).map(Untrusted::from)
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Foreign as _;

    fn shell(script: &str, output: Output) -> Job {
        Job {
            program: "/bin/sh".into(),
            arguments: vec![
                Argument::Word("-c"),
                Argument::Path(script.to_owned()),
                Argument::Report,
            ],
            folder: None,
            environment: vec![("PATH".into(), "/usr/bin:/bin".into())],
            output,
            time: Duration::from_secs(20),
            bytes: 100_000,
        }
    }

    #[test]
    fn each_place_of_a_report_is_read() {
        let script = "echo out; echo err >&2; echo file > \"$0\"; exit 7";
        for (output, expected) in [
            (Output::Stdout, "out\n"),
            (Output::Stderr, "err\n"),
            (Output::File, "file\n"),
        ] {
            let ended = run(&shell(script, output));
            assert_eq!(ended.end, End::Exit(7));
            assert_eq!(ended.report, expected.as_bytes());
            assert_eq!(ended.said.unwrap().raw(), "err");
        }
        let none = run(&shell("exit 0", Output::File));
        assert_eq!((none.end, none.report.len()), (End::Exit(0), 0));
        let linked = run(&shell("ln -s /etc/passwd \"$0\"", Output::File));
        assert!(linked.report.is_empty(), "a link is not followed");
    }

    #[test]
    fn what_writes_without_end_is_ended() {
        for script in ["yes", "yes >&2", "yes > \"$0\"", "yes & wait"] {
            let ended = run(&shell(script, Output::Stdout));
            assert_eq!(ended.end, End::TooLarge, "{script}");
            assert!(ended.report.is_empty());
        }
    }

    #[test]
    fn signals_and_missing_programs_are_told() {
        assert_eq!(
            run(&shell("kill -9 $$", Output::Stdout)).end,
            End::Signal(9)
        );
        let missing = Job {
            program: "/nonexistent/x".into(),
            ..shell("", Output::Stdout)
        };
        assert!(matches!(run(&missing).end, End::NotStarted(_)));
    }

    #[test]
    fn nothing_outlives_the_time_limit_or_the_program() {
        let marker = tempfile::NamedTempFile::new().unwrap();
        let path = marker.path().display();
        for (script, end) in [
            (
                format!("(sleep 1; echo alive >> {path}) & wait"),
                End::TimedOut,
            ),
            (
                format!("(sleep 1; echo alive >> {path}) & exit 0"),
                End::Exit(0),
            ),
        ] {
            let job = Job {
                time: Duration::from_millis(300),
                ..shell(&script, Output::Stdout)
            };
            assert_eq!(run(&job).end, end);
        }
        std::thread::sleep(Duration::from_millis(1500));
        assert_eq!(marker.path().metadata().unwrap().len(), 0);
    }

    #[test]
    fn results_keep_the_order_of_the_jobs() {
        let jobs: Vec<Job> = ["sleep 0.2; echo 0", "echo 1", "echo 2"]
            .map(|script| shell(script, Output::Stdout))
            .into();
        let said = run_all(&jobs, &|_| {}, &|_, ended| ended.report);
        assert_eq!(said, [b"0\n", b"1\n", b"2\n"]);
    }

    #[test]
    fn versions_are_found_in_what_programs_print() {
        for (text, version) in [
            ("bandit 1.9.4\n  python version = 3.14.0", "1.9.4"),
            ("Version: 0.70.1\n", "0.70.1"),
            ("v11.2", "11.2"),
        ] {
            assert_eq!(version_in(text.as_bytes()).unwrap().raw(), version);
        }
        assert!(version_in(b"no version. 3").is_none());
    }
}
