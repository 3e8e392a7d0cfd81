//! How the action gets its binary: what it downloads, what it believes, what it refuses. The scripts
//! run as the runner runs them, against files that this machine serves.

use crate::act::Scratch;
use crate::fixtures;
use crate::programs::{self, lockgate, repository};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

const VERSION: &str = "v9.9.9";
const ORIGIN: &str = "https://github.com/o/lockgate/releases/download/v9.9.9";
const TARGET: &str = "x86_64-unknown-linux-musl";

/// A secret that the job has and that nothing here may see.
const TOKEN: &str = "token-of-this-job";

fn archive_name() -> String {
    format!("lockgate-{VERSION}-{TARGET}.tar.gz")
}

/// What the server does with a file.
#[derive(Clone)]
enum Served {
    Whole(Vec<u8>),
    /// The connection ends after half of what was announced.
    Half(Vec<u8>),
    /// The first request is answered with 503.
    Late(Vec<u8>),
}

/// Serves files on this machine, and remembers what was asked for.
pub struct Server {
    /// The address of its folder.
    pub url: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Serves these files, each whole.
    pub fn files(files: impl IntoIterator<Item = (String, Vec<u8>)>) -> Self {
        Self::new(
            files
                .into_iter()
                .map(|(name, bytes)| (name, Served::Whole(bytes)))
                .collect(),
        )
    }

    fn new(files: BTreeMap<String, Served>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&asked);
        // Ends with the test's process.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                let first = lines.next().unwrap_or(Ok(String::new())).unwrap();
                let rest: Vec<String> = lines
                    .map_while(Result::ok)
                    .take_while(|l| !l.is_empty())
                    .collect();
                let name = first.split(' ').nth(1).unwrap_or("/")[1..].to_owned();
                let seen = log
                    .lock()
                    .unwrap()
                    .iter()
                    .filter(|n: &&String| n.starts_with(&name))
                    .count();
                log.lock()
                    .unwrap()
                    .push(format!("{name} {}", rest.join(" | ")));
                let (status, announced, body) = match files.get(&name) {
                    Some(Served::Whole(bytes)) => ("200 OK", bytes.len(), &bytes[..]),
                    Some(Served::Half(bytes)) => ("200 OK", bytes.len(), &bytes[..bytes.len() / 2]),
                    Some(Served::Late(_)) if seen == 0 => ("503 Service Unavailable", 0, &[][..]),
                    Some(Served::Late(bytes)) => ("200 OK", bytes.len(), &bytes[..]),
                    None => ("404 Not Found", 0, &[][..]),
                };
                let head = format!(
                    "HTTP/1.1 {status}\r\nContent-Length: {announced}\r\nConnection: close\r\n\r\n"
                );
                // A client that has seen enough may be gone.
                let _ = stream
                    .write_all(head.as_bytes())
                    .and_then(|()| stream.write_all(body));
            }
        });
        Self { url, asked }
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

/// An executable file.
fn program(path: &Path, text: &str) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// What a released program would be here: says its version, and what its environment is.
fn released() -> String {
    format!(
        "#!/bin/sh\nenv > \"$RUNNER_TEMP/environment\"\necho lockgate {}\n",
        &VERSION[1..]
    )
}

/// Packs a folder's entries with the system's tar.
fn tar(folder: &Path, args: &[&str]) -> Vec<u8> {
    let out = Command::new("tar")
        .current_dir(folder)
        .args(["-czf", "-", "--mtime=@0", "--sort=name"])
        .args(args)
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    out.stdout
}

/// A runner with the action on it.
struct Machine {
    folder: TempDir,
    env: BTreeMap<String, String>,
}

/// What came of it.
struct Installed {
    code: i32,
    said: String,
    /// The step output.
    binary: Option<PathBuf>,
}

impl Machine {
    /// The action at a commit that belongs to a release with this archive.
    fn releasing(archive: &[u8]) -> Self {
        let sum: String = Sha256::digest(archive)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Self::with_checksums(&format!(
            "release {VERSION} {ORIGIN}\n{sum}  {}\n",
            archive_name()
        ))
    }

    fn with_checksums(checksums: &str) -> Self {
        let folder = TempDir::with_prefix("lockgate-install-").unwrap();
        for name in ["temp", "home", "workspace", "action/action"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        let script = std::fs::read(repository().join("action/install.sh")).unwrap();
        std::fs::write(folder.path().join("action/action/install.sh"), script).unwrap();
        std::fs::write(folder.path().join("action/action/checksums.txt"), checksums).unwrap();
        let mut machine = Self {
            folder,
            env: BTreeMap::new(),
        };
        let at = |name: &str| machine.at(name).to_str().unwrap().to_owned();
        let env = [
            ("HOME", at("home")),
            ("RUNNER_TEMP", at("temp")),
            ("GITHUB_WORKSPACE", at("workspace")),
            ("GITHUB_ACTION_PATH", at("action")),
            ("GITHUB_OUTPUT", at("output")),
            ("RUNNER_OS", "Linux".to_owned()),
            ("RUNNER_ARCH", "X64".to_owned()),
            // As a careless workflow has it for the whole job.
            ("GITHUB_TOKEN", TOKEN.to_owned()),
            ("LOCKGATE_TOKEN", TOKEN.to_owned()),
        ];
        machine.env = env
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        machine
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn env(mut self, name: &str, value: &str) -> Self {
        self.env.insert(name.to_owned(), value.to_owned());
        self
    }

    fn from(self, server: &Server) -> Self {
        let url = server.url.clone();
        self.env("LOCKGATE_DOWNLOAD_URL", &url)
    }

    /// Runs the step as the runner does: what action.yml says is a file that bash runs, with what it
    /// empties in the environment.
    fn install(&self) -> Installed {
        let action = std::fs::read_to_string(repository().join("action.yml")).unwrap();
        let run = action
            .lines()
            .find(|line| line.contains("action/install.sh\""))
            .unwrap();
        let run = run
            .trim()
            .trim_start_matches("run: '")
            .trim_end_matches('\'');
        std::fs::write(self.at("step.sh"), run).unwrap();
        let step = action
            .split("- id: ")
            .find(|part| part.starts_with("install"))
            .unwrap();
        let emptied = step
            .lines()
            .filter_map(|line| line.trim().strip_suffix(": ''"));
        std::fs::write(self.at("output"), "").unwrap();
        let path = std::env::join_paths(programs::path()).unwrap();
        let mut command = Command::new("bash");
        command
            .args(["--noprofile", "--norc", "-e", "-o", "pipefail"])
            .arg(self.at("step.sh"))
            .current_dir(self.at("workspace"))
            .env_clear()
            .env("PATH", path)
            .envs(&self.env)
            .envs(emptied.map(|name| (name, "")))
            .stdin(Stdio::null());
        let done = command.output().unwrap();
        let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
        let output = std::fs::read_to_string(self.at("output")).unwrap();
        let binary = output
            .lines()
            .find_map(|line| line.strip_prefix("binary="))
            .map(PathBuf::from);
        let code = done.status.code().unwrap();
        assert_eq!(binary.is_some(), code == 0, "{said}");
        assert!(!said.contains(TOKEN), "{said}");
        Installed { code, said, binary }
    }

    /// Asserts that nothing was installed, and nothing of the release was run.
    #[track_caller]
    fn refuses(&self, why: &str) {
        let done = self.install();
        assert_eq!(done.code, 5, "{}", done.said);
        let errors = done
            .said
            .lines()
            .filter(|line| line.starts_with("::error title=lockgate::"));
        assert_eq!(
            errors.filter(|line| line.contains(why)).count(),
            1,
            "{}",
            done.said
        );
        assert!(
            !self.at("temp/environment").exists(),
            "the program was run: {}",
            done.said
        );
        assert!(!self.at("pwned").exists(), "{}", done.said);
    }
}

/// An archive as it should be.
fn good() -> Vec<u8> {
    let folder = TempDir::new().unwrap();
    program(&folder.path().join("lockgate"), &released());
    tar(folder.path(), &["lockgate"])
}

fn serving(served: Served) -> Server {
    Server::new(BTreeMap::from([(archive_name(), served)]))
}

#[test]
fn what_was_released_is_installed_and_sees_no_token() {
    let server = serving(Served::Whole(good()));
    let machine = Machine::releasing(&good()).from(&server);
    let done = machine.install();
    assert_eq!(done.code, 0, "{}", done.said);
    let binary = done.binary.unwrap();
    assert_eq!(std::fs::read_to_string(binary).unwrap(), released());
    let environment = std::fs::read_to_string(machine.at("temp/environment")).unwrap();
    assert!(!environment.contains(TOKEN), "{environment}");
    let asked = server.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(
        !asked[0].contains(TOKEN) && !asked[0].to_lowercase().contains("authorization"),
        "{asked:?}"
    );
}

#[test]
fn what_was_not_released_is_never_run() {
    let folder = TempDir::new().unwrap();
    program(
        &folder.path().join("lockgate"),
        &format!("{}# changed\n", released()),
    );
    let changed = tar(folder.path(), &["lockgate"]);
    for served in [
        changed,
        good()[..100].to_vec(),
        Vec::new(),
        b"<html>not here</html>".to_vec(),
    ] {
        let server = serving(Served::Whole(served));
        Machine::releasing(&good())
            .from(&server)
            .refuses("is not what was released");
    }
}

#[test]
fn a_download_that_fails_is_no_reason_to_build_or_to_pass() {
    for server in [serving(Served::Half(good())), Server::files([])] {
        Machine::releasing(&good())
            .from(&server)
            .refuses("could not be downloaded");
    }
}

#[test]
fn a_server_that_is_busy_is_asked_again() {
    let server = serving(Served::Late(good()));
    let done = Machine::releasing(&good()).from(&server).install();
    assert_eq!((done.code, server.asked().len()), (0, 2), "{}", done.said);
}

#[test]
fn an_archive_is_never_followed_out_of_its_folder() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    program(&at("lockgate"), &released());
    program(&at("other"), &released());
    std::os::unix::fs::symlink("/bin/true", at("link")).unwrap();
    std::fs::create_dir(at("folder")).unwrap();
    for args in [
        &[
            "-P",
            "--transform",
            "s,^lockgate,../../lockgate,",
            "lockgate",
        ][..],
        &[
            "-P",
            "--transform",
            "s,^lockgate,/tmp/lockgate,",
            "lockgate",
        ],
        &["--transform", "s,^link,lockgate,", "link"],
        &["--transform", "s,^folder,lockgate,", "folder"],
        &["lockgate", "other"],
        &["lockgate", "lockgate"],
        &["other"],
        &["--transform", "s,^other,lockgate\\n,", "other"],
    ] {
        let hostile = tar(folder.path(), args);
        let server = serving(Served::Whole(hostile.clone()));
        let machine = Machine::releasing(&hostile).from(&server);
        machine.refuses("does not hold exactly one program");
        assert!(!machine.at("lockgate").exists());
    }
    let server = serving(Served::Whole(b"no archive".to_vec()));
    Machine::releasing(b"no archive")
        .from(&server)
        .refuses("cannot be read");
}

#[test]
fn damaged_checksums_are_no_checksums() {
    let sum = "0".repeat(64);
    let release = format!("release {VERSION} {ORIGIN}\n");
    let line = format!("{sum}  {}\n", archive_name());
    for checksums in [
        line.clone(),
        format!("{release}{line}{line}"),
        format!("{release}{release}{line}"),
        format!("{release}{}", line.replace("00  ", "0  ")),
        format!("{release}{}", line.replace("  ", " ")),
        format!("{release}{line}and more\n"),
        format!("release {VERSION} http://example.org/lockgate\n{line}"),
        format!("release 9.9.9 {ORIGIN}\n{line}"),
    ] {
        Machine::with_checksums(&checksums).refuses("checksums.txt is damaged");
    }
}

#[test]
fn without_a_release_the_source_is_built_unless_that_is_forbidden() {
    let other = format!(
        "release {VERSION} {ORIGIN}\n{}  lockgate-{VERSION}-other.tar.gz\n",
        "0".repeat(64)
    );
    for checksums in ["", "# nothing yet\r\n", &other] {
        let machine = Machine::with_checksums(checksums).env("LOCKGATE_BUILD", "never");
        machine.refuses("belongs to no release");

        let machine = Machine::with_checksums(checksums)
            .env("RUSTC_WRAPPER", "x")
            .env("CARGO_ENCODED_RUSTFLAGS", "x");
        let cargo = "#!/bin/sh\nenv > \"$RUNNER_TEMP/cargo\"\nwhile [ \"$1\" != --target-dir ]; do shift; done\n\
            mkdir -p \"$2/release\"\nprintf '#!/bin/sh\\necho lockgate 0.0.0\\n' > \"$2/release/lockgate\"\n\
            chmod +x \"$2/release/lockgate\"\n";
        program(&machine.at("cargo/bin/cargo"), cargo);
        let path = [vec![machine.at("cargo/bin")], programs::path()].concat();
        let path = std::env::join_paths(path).unwrap().into_string().unwrap();
        let machine = machine.env("PATH", &path);
        let done = machine.install();
        assert_eq!(done.code, 0, "{}", done.said);
        assert!(done.said.contains("its source is built"), "{}", done.said);
        let seen = std::fs::read_to_string(machine.at("temp/cargo")).unwrap();
        for word in [TOKEN, "RUSTC_WRAPPER", "CARGO_ENCODED_RUSTFLAGS"] {
            assert!(!seen.contains(word), "{seen}");
        }
        let machine = machine.env("LOCKGATE_VERIFY_ATTESTATION", "require");
        machine.refuses("no released binary");
    }
}

#[test]
fn the_checkout_cannot_put_a_program_or_a_setting_in_the_way() {
    let server = serving(Served::Whole(good()));
    let mut machine = Machine::releasing(&good()).from(&server);
    let pwned = format!("touch {}\n", machine.at("pwned").display());
    for name in [
        "curl",
        "tar",
        "sha256sum",
        "shasum",
        "mktemp",
        "chmod",
        "cat",
        "env",
        "cargo",
    ] {
        program(
            &machine.at("workspace/bin").join(name),
            &format!("#!/bin/sh\n{pwned}exit 1\n"),
        );
    }
    program(&machine.at("workspace/env.sh"), &pwned);
    std::fs::write(machine.at("workspace/.curlrc"), "output = \"pwned\"\n").unwrap();
    std::os::unix::fs::symlink(machine.at("workspace/bin"), machine.at("looks-innocent")).unwrap();
    // Before, relative, behind a link: all three are the checkout's.
    let path = [
        machine.at("workspace/bin"),
        "bin".into(),
        machine.at("looks-innocent"),
    ];
    let path = std::env::join_paths(path.into_iter().chain(programs::path())).unwrap();
    let at = |name: &str| machine.at(name).to_str().unwrap().to_owned();
    let (script, folder) = (at("workspace/env.sh"), at("workspace"));
    machine = machine
        .env("PATH", path.to_str().unwrap())
        .env("BASH_ENV", &script)
        .env("ENV", &script)
        .env("CURL_HOME", &folder)
        .env("CDPATH", &folder)
        .env("SHELLOPTS", "xtrace")
        .env("PS4", &format!("$({})", pwned.trim()))
        .env("TAR_OPTIONS", &format!("--to-command={script}"))
        .env("BASH_FUNC_curl%%", &format!("() {{ {pwned}}}"))
        .env("BASH_FUNC_unset%%", &format!("() {{ {pwned}}}"))
        .env("BASH_FUNC_set%%", &format!("() {{ {pwned}}}"));
    let done = machine.install();
    assert_eq!(done.code, 0, "{}", done.said);
    assert!(!machine.at("pwned").exists(), "{}", done.said);
}

#[test]
fn what_the_tool_cache_holds_is_checked_again() {
    let server = serving(Served::Whole(good()));
    let machine = Machine::releasing(&good()).from(&server);
    let cache = machine.at("cache").to_str().unwrap().to_owned();
    let machine = machine.env("RUNNER_TOOL_CACHE", &cache);
    let kept = machine
        .at("cache/lockgate")
        .join(VERSION)
        .join(TARGET)
        .join(archive_name());
    for (requests, what) in [(1, "downloaded"), (1, "from the tool cache")] {
        let done = machine.install();
        assert!(done.said.contains(what), "{}", done.said);
        assert_eq!((done.code, server.asked().len()), (0, requests));
        assert_eq!(std::fs::read(&kept).unwrap(), good());
    }
    std::fs::write(&kept, "something else").unwrap();
    let done = machine.install();
    assert_eq!((done.code, server.asked().len()), (0, 2), "{}", done.said);
    assert_eq!(std::fs::read(&kept).unwrap(), good());

    std::fs::remove_dir_all(machine.at("cache")).unwrap();
    let machine = machine.env("RUNNER_ENVIRONMENT", "github-hosted");
    assert_eq!(machine.install().code, 0);
    assert!(
        !machine.at("cache").exists(),
        "a machine that is thrown away keeps nothing"
    );
}

#[test]
fn only_https_is_asked_except_on_this_machine() {
    let trap = TempDir::new().unwrap();
    let file = format!("file://{}", trap.path().display());
    for url in [
        "http://example.org/lockgate",
        "http://127.0.0.1.example.org/",
        "https://user:password@example.org/",
        "https://example.org/?a=b",
        "https://example.org/a b",
        "https://example.org/\n-o/tmp/x",
        "https://example.org/$(touch pwned)",
        "ftp://example.org/",
        "-K/etc/passwd",
        &file,
    ] {
        let machine = Machine::releasing(&good()).env("LOCKGATE_DOWNLOAD_URL", url);
        machine.refuses("download-url must be an https address");
    }
}

/// Only where gh is not one of the system's programs, which come first.
#[test]
fn gh_is_asked_without_a_token_and_believed() {
    if Path::new("/usr/bin/gh").exists() {
        return;
    }
    let bundle = format!("lockgate-{VERSION}.attestation.jsonl");
    let files = [(archive_name(), good()), (bundle, b"{}".to_vec())];
    let server = Server::files(files.clone());
    for (wanted, exit, code) in [
        ("auto", 0, 0),
        ("require", 0, 0),
        ("auto", 1, 5),
        ("require", 1, 5),
        ("off", 1, 0),
    ] {
        let machine = Machine::releasing(&good())
            .from(&server)
            .env("LOCKGATE_VERIFY_ATTESTATION", wanted);
        let gh = format!(
            "#!/bin/sh\nenv > \"$RUNNER_TEMP/gh\"\necho \"$@\" > \"$RUNNER_TEMP/args\"\necho '##[error]x'\nexit {exit}\n"
        );
        program(&machine.at("tools/gh"), &gh);
        let path = [vec![machine.at("tools")], programs::path()].concat();
        let path = std::env::join_paths(path).unwrap().into_string().unwrap();
        let machine = machine.env("PATH", &path);
        let done = machine.install();
        assert_eq!(done.code, code, "{wanted} {exit}: {}", done.said);
        assert!(!done.said.contains("##["), "{}", done.said);
        if wanted != "off" {
            let seen = std::fs::read_to_string(machine.at("temp/gh")).unwrap();
            assert!(!seen.contains(TOKEN), "{seen}");
            let args = std::fs::read_to_string(machine.at("temp/args")).unwrap();
            assert!(
                args.contains("--repo o/lockgate --deny-self-hosted-runners"),
                "{args}"
            );
            assert!(
                args.contains(
                    "--signer-workflow github.com/o/lockgate/.github/workflows/release.yml"
                ),
                "{args}"
            );
        }
    }
    let unattested = Server::files(files.into_iter().take(1));
    for (wanted, code) in [("auto", 0), ("require", 5)] {
        let machine = Machine::releasing(&good())
            .from(&unattested)
            .env("LOCKGATE_VERIFY_ATTESTATION", wanted);
        assert_eq!(machine.install().code, code, "there is no gh");
    }
}

/// Binaries → archives and checksums, twice the same.
pub fn pack(folder: &Path, out: &Path, version: &str, origin: &str) {
    let python = Command::new("python3")
        .arg(repository().join(".ci/release/pack.py"))
        .args([version, origin])
        .args([folder, out])
        .output()
        .unwrap();
    assert!(
        python.status.success(),
        "{}",
        String::from_utf8_lossy(&python.stderr)
    );
}

/// The address of the files of a release of this version.
fn origin() -> (&'static str, String) {
    let version = concat!("v", env!("CARGO_PKG_VERSION"));
    let origin = format!("https://github.com/o/lockgate/releases/download/{version}");
    (version, origin)
}

/// Packs one program as this version's release.
fn release(text: &str) -> BTreeMap<String, Vec<u8>> {
    let folder = TempDir::new().unwrap();
    let (version, origin) = origin();
    program(
        &folder.path().join("binaries").join(TARGET).join("lockgate"),
        text,
    );
    let out = folder.path().join("release");
    pack(&folder.path().join("binaries"), &out, version, &origin);
    let entries = std::fs::read_dir(out).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let named = paths.map(|path| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, std::fs::read(path).unwrap())
    });
    named.collect()
}

#[test]
fn in_a_runner_the_released_program_decides() {
    let files = release(&format!(
        "#!/bin/sh\nexec '{}' \"$@\"\n",
        lockgate().display()
    ));
    let server = Server::files(files.clone());
    let report = fixtures::read("bandit/wild__svange_tagmania__bandit-report.json");
    let scratch = |checksums: &[u8]| {
        Scratch::new()
            .file("action/checksums.txt", checksums)
            .file("reports/bandit.json", &report)
            .input("reports", "bandit=reports/bandit.json")
            .input("binary-path", "")
            .input("build", "never")
            .input("download-url", &server.url)
    };
    let job = scratch(&files["checksums.txt"]).run();
    assert_eq!((job.inner_code(), job.output("verdict")), (0, "pass"));
    assert_eq!(server.asked().len(), 1);
    // Another release's checksums: nothing runs, and nothing says that it passed.
    let other = release("#!/bin/sh\nexit 0\n");
    let job = scratch(&other["checksums.txt"]).run();
    assert_eq!((&*job.outcome, job.output("verdict")), ("failure", ""));
}

#[test]
fn a_release_made_here_is_installed_by_the_action() {
    let folder = TempDir::new().unwrap();
    let at = |name: &str| folder.path().join(name);
    let (version, origin) = origin();
    for (target, name) in [
        (TARGET, "lockgate"),
        ("x86_64-pc-windows-msvc", "lockgate.exe"),
    ] {
        program(&at("binaries").join(target).join(name), &released());
    }
    // A debug build is too big to be packed again and again; a script takes its place.
    let binary = at("binaries").join(TARGET).join("lockgate");
    if lockgate().metadata().unwrap().len() < 50_000_000 {
        std::fs::copy(lockgate(), &binary).unwrap();
    } else {
        program(
            &binary,
            &format!("#!/bin/sh\necho lockgate {}\n", &version[1..]),
        );
    }
    pack(&at("binaries"), &at("one"), version, &origin);
    pack(&at("binaries"), &at("two"), version, &origin);
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(at("one")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let bytes = std::fs::read(at("one").join(&name)).unwrap();
        assert!(
            bytes == std::fs::read(at("two").join(&name)).unwrap(),
            "{name} is not reproducible"
        );
        files.insert(name, bytes);
    }
    let checksums = String::from_utf8(files["checksums.txt"].clone()).unwrap();
    let sums = String::from_utf8(files["SHA256SUMS"].clone()).unwrap();
    assert_eq!(sums.lines().count(), 2);
    assert!(checksums.ends_with(&sums), "{checksums}");

    let server = Server::files(files);
    let machine = Machine::with_checksums(&checksums).from(&server);
    let done = machine.install();
    assert_eq!(done.code, 0, "{}", done.said);
    assert!(std::fs::read(done.binary.unwrap()).unwrap() == std::fs::read(binary).unwrap());
}
