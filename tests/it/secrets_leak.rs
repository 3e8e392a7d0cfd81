//! A secret never leaves: whatever is run, in whatever format, no part of a planted secret is in what is
//! written, printed or sent.

use crate::hub::Permissions;
use crate::job::{Evidence, Job};
use crate::origin::commit;
use crate::program::{Lockgate, Outcome, git};
use crate::secrets::{github, random};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::path::Path;

const ALL: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const HEX: &[u8] = b"0123456789abcdef";
const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A planted secret: the text in which it stands, and the part that nobody else would write.
struct Planted {
    text: String,
    secret: String,
}

fn planted() -> Vec<Planted> {
    let mut all = Vec::new();
    let mut seed = 100;
    let mut plant = |before: &[&str], letters: &[u8], length: usize, behind: &str| {
        seed += 1;
        let secret = random(seed, letters, length);
        let text = format!("{}{secret}{behind}\n", before.concat());
        all.push(Planted { text, secret });
    };
    plant(&["glp", "at-"], ALL, 20, "");
    plant(&["sk_", "live_"], ALL, 24, "");
    plant(&["xox", "b-172839405162-172839405162-"], ALL, 24, "");
    plant(&["token: AK", "IA"], UPPER, 16, "");
    plant(&["aws_secret_access_key = "], ALL, 40, "");
    plant(&["S", "G.abcdefghijklmnopqrstuv."], ALL, 43, "");
    plant(&["h", "f_"], ALL, 34, "");
    plant(&["dop", "_v1_"], HEX, 64, "");
    plant(&["shp", "at_"], HEX, 32, "");
    plant(&["AI", "za"], ALL, 35, "");
    plant(&["password = \""], ALL, 14, "\"");
    plant(&["DB_PASSWORD=\""], ALL, 18, "\"");
    plant(&["postgres", "://admin:"], ALL, 16, "@db.internal:5432/app");
    plant(&["mongodb", "+srv://root:"], ALL, 18, "@cluster.internal/x");
    plant(&["https", "://deploy:"], ALL, 16, "@git.internal/x.git");
    plant(&["api_key: "], HEX, 32, "");
    plant(&["client_secret = '"], ALL, 32, "'");
    plant(&["Authorization: Bearer "], ALL, 40, "");
    plant(&["datadog_api_key = "], HEX, 32, "");
    plant(&["npm", "_"], ALL, 36, "");
    plant(&["sk-ant-", "api03-"], ALL, 93, "AA");
    plant(&["heroku_api_key = \""], HEX, 32, "\"");
    plant(
        &["-----BEGIN RSA ", "PRIVATE KEY-----\n"],
        ALL,
        64,
        "\n-----END RSA PRIVATE KEY-----",
    );
    for seed in 1..4 {
        let token = github(900 + seed);
        let secret = token[4..].to_owned();
        all.push(Planted {
            text: format!("k = {token}\n"),
            secret,
        });
    }
    // Encoded ones.
    let token = github(950);
    let text = format!("data: {}\n", STANDARD.encode(format!("key={token}")));
    all.push(Planted {
        text,
        secret: token[4..].to_owned(),
    });
    let token = github(951);
    let text = token
        .bytes()
        .map(|b| format!("{b:02x}"))
        .collect::<String>();
    all.push(Planted {
        text: format!("x = \"{text}\"\n"),
        secret: token[4..].to_owned(),
    });
    let token = github(952);
    let text = token
        .bytes()
        .map(|b| format!("%{b:02X}"))
        .collect::<String>();
    all.push(Planted {
        text: format!("u = {text}\n"),
        secret: token[4..].to_owned(),
    });
    all
}

/// All that would give a secret away.
struct Traces {
    needles: Vec<String>,
    finder: aho_corasick::AhoCorasick,
}

impl Traces {
    fn of(all: &[Planted]) -> Self {
        let mut needles = Vec::new();
        for Planted { secret, .. } in all {
            let reversed: String = secret.chars().rev().collect();
            for text in [secret, &reversed] {
                let windows = text.as_bytes().windows(8);
                needles.extend(windows.map(|w| String::from_utf8(w.to_vec()).unwrap()));
            }
            let hex: String = secret.bytes().map(|b| format!("{b:02x}")).collect();
            let percent: String = secret.bytes().map(|b| format!("%{b:02x}")).collect();
            needles.push(hex[..16].to_owned());
            needles.push(hex[16..24.min(hex.len())].to_owned() + &hex[24.min(hex.len())..]);
            needles.push(percent[..24].to_owned());
            // At each of the three ways in which base64 can cut it, without the ends.
            for shift in 0..3 {
                let padded = format!("{}{secret}", "x".repeat(shift));
                let encoded = STANDARD.encode(padded);
                let inner = &encoded[4..encoded.len() - 4];
                needles.push(inner[..inner.len().min(12)].to_owned());
            }
        }
        needles.retain(|needle| needle.len() >= 8);
        let finder = aho_corasick::AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .build(&needles)
            .unwrap();
        Self { needles, finder }
    }

    #[track_caller]
    fn absent(&self, what: &str, bytes: impl AsRef<[u8]>) {
        if let Some(found) = self.finder.find(bytes.as_ref()) {
            let needle = &self.needles[found.pattern().as_usize()];
            let bytes = bytes.as_ref();
            let from = found.start().saturating_sub(80);
            let to = (found.end() + 80).min(bytes.len());
            let around = String::from_utf8_lossy(&bytes[from..to]).into_owned();
            panic!("{what}: {needle} in …{around}…");
        }
    }

    #[track_caller]
    fn outcome(&self, what: &str, outcome: &Outcome) {
        self.absent(what, &outcome.stdout);
        self.absent(&format!("{what}, errors"), &outcome.stderr);
    }

    fn folder(&self, folder: &Path) {
        let mut folders = vec![folder.to_owned()];
        let mut files = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                files += 1;
                let name = path.display().to_string();
                let mut bytes = std::fs::read(&path).unwrap();
                if bytes.starts_with(b"\x1f\x8b") {
                    let mut plain = Vec::new();
                    let mut reader = flate2::read::MultiGzDecoder::new(&*bytes);
                    std::io::Read::read_to_end(&mut reader, &mut plain).unwrap();
                    bytes.extend(plain);
                }
                self.absent(&name, &bytes);
            }
        }
        assert!(files > 0);
    }
}

const KINDS: [&str; 7] = [
    "json",
    "markdown",
    "html",
    "junit",
    "sarif",
    "upload-sarif",
    "bundle",
];

fn outputs(folder: &Path, name: &str) -> Vec<String> {
    KINDS
        .iter()
        .flat_map(|kind| {
            let path = folder.join(format!("{name}.{kind}"));
            ["--output".to_owned(), format!("{kind}={}", path.display())]
        })
        .collect()
}

fn words(list: &[String]) -> Vec<&str> {
    list.iter().map(String::as_str).collect()
}

/// The tree, a commit whose file goes again, a message, a name, what is staged.
fn plant(folder: &Path, all: &[Planted]) {
    let third = all.len() / 3;
    let text = |part: &[Planted]| part.iter().map(|p| p.text.as_str()).collect::<String>();
    commit(folder, &[("src/tree.txt", &text(&all[..third]))]);
    commit(folder, &[("gone.cfg", &text(&all[third..2 * third]))]);
    std::fs::remove_file(folder.join("gone.cfg")).unwrap();
    commit(folder, &[("app/config.py", &text(&all[2 * third..]))]);
    let message = format!("wip {}", github(901));
    git(folder, &["commit", "--allow-empty", "-m", &message]);
    commit(folder, &[(&format!("keys/{}.txt", github(902)), "x\n")]);
    let wide: Vec<u8> = all[0]
        .text
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    std::fs::write(folder.join("wide.txt"), [b"\xff\xfe", &*wide].concat()).unwrap();
    git(folder, &["add", "wide.txt"]);
}

#[test]
fn no_part_of_a_secret_is_in_anything_that_a_scan_writes() {
    let all = planted();
    let traces = Traces::of(&all);
    let folder = tempfile::TempDir::new().unwrap();
    let out = tempfile::TempDir::new().unwrap();
    let path = folder.path();
    git(path, &["init"]);
    commit(path, &[("a.txt", "a\n")]);
    plant(path, &all);
    let base = "HEAD~5";
    let ways: [&[&str]; 4] = [&[], &["--history"], &["--since", base], &["--staged"]];
    let mut most = 0;
    for (number, way) in ways.iter().enumerate() {
        let files = outputs(out.path(), &format!("scan{number}"));
        for format in ["text", "json", "sarif"] {
            let args = [*way, &["--format", format]].concat();
            let args = match format {
                "text" => [args, words(&files)].concat(),
                _ => args,
            };
            let outcome = Lockgate::new(&["scan", "secrets"])
                .args(&args)
                .inside(path)
                .run();
            assert!(outcome.code < 4, "{way:?} {format}: {}", outcome.stderr);
            traces.outcome(&format!("scan {way:?} {format}"), &outcome);
            if format == "json" {
                let json: serde_json::Value = serde_json::from_str(&outcome.stdout).unwrap();
                most = most.max(json["findings"].as_array().unwrap().len());
            }
        }
    }
    assert!(most >= 20, "only {most} of {} are found", all.len());
    let baseline = out.path().join("baseline.json");
    let bundle = out.path().join("scan0.bundle");
    let json = std::fs::read(out.path().join("scan0.json")).unwrap();
    let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
    let print = json["findings"][0]["fingerprint"].as_str().unwrap();
    let state = out.path().join("state.json");
    let commands: [&[&str]; 8] = [
        &["baseline", "write", "--file", baseline.to_str().unwrap()],
        &["explain", print],
        &["explain", print, "--from", bundle.to_str().unwrap()],
        &[
            "simulate",
            "--policy",
            "lockgate:strict",
            bundle.to_str().unwrap(),
        ],
        &[
            "waive",
            print,
            "--reason",
            "r",
            "--owner",
            "o",
            "--expires",
            "30d",
            "--dry-run",
        ],
        &[
            "check",
            "--event",
            "schedule",
            "--state",
            state.to_str().unwrap(),
        ],
        &["check", "--base", base],
        &["scan", "secrets", "--rules"],
    ];
    for command in commands {
        let outcome = Lockgate::new(command).inside(path).run();
        traces.outcome(&format!("{command:?}"), &outcome);
    }
    traces.folder(out.path());
}

#[test]
fn no_part_of_a_secret_reaches_github() {
    let all = planted();
    let traces = Traces::of(&all);
    let out = tempfile::TempDir::new().unwrap();
    let args = [
        outputs(out.path(), "check"),
        [
            "--upload",
            "required",
            "--comment",
            "required",
            "--status",
            "check-run",
        ]
        .map(str::to_owned)
        .to_vec(),
        ["--run", "secrets"].map(str::to_owned).to_vec(),
    ]
    .concat();
    let mut job = Job::on("pull_request", Evidence::Blocked).args(&words(&args));
    let folder = job.lockgate.folder.path().to_owned();
    git(&folder, &["checkout", "change"]);
    plant(&folder, &all);
    git(&folder, &["reset", "--hard"]);
    let head = crate::origin::id(&folder, "HEAD");
    git(&folder, &["checkout", "main"]);
    git(&folder, &["merge", "--no-ff", "-m", "merge", "change"]);
    let merged = crate::origin::id(&folder, "HEAD");
    let payload = crate::event_files::with("pull_request", &head, &job.base, &merged);
    std::fs::write(job.runner().join("event.json"), payload.to_string()).unwrap();
    job.env("GITHUB_SHA", &merged);
    job.hub.state().pull(7, &head);
    job.hub.permit(Permissions::all());
    let ran = job.run();
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    traces.absent("log", &ran.stdout);
    traces.absent("errors", &ran.stderr);
    traces.absent("summary", &ran.summary);
    for (name, value) in &ran.outputs {
        traces.absent(name, value);
    }
    let requests = job.hub.requests();
    assert!(requests.iter().any(|request| request.is_write()));
    for request in requests {
        let body = request.json();
        traces.absent(&request.line(), &request.body);
        if let Some(sarif) = body["sarif"].as_str() {
            let packed = STANDARD.decode(sarif).unwrap();
            let mut plain = Vec::new();
            let mut reader = flate2::read::MultiGzDecoder::new(&*packed);
            std::io::Read::read_to_end(&mut reader, &mut plain).unwrap();
            traces.absent("upload", plain);
        }
    }
    traces.folder(out.path());
}
