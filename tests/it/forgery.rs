//! Nothing that a change brings along forges what people and machines read of the verdict, and the
//! token is in nothing that anybody reads: proven by reading it back as its reader does.

use crate::hostile::{HOSTILE, reports, shape, text_of};
use crate::hub::What;
use crate::job::{Evidence, Job, Ran, bandit};
use serde_json::Value;

/// What came of a run in which this text stands wherever a change can put a text.
struct Read {
    ran: Ran,
    comment: String,
    check: Value,
}

fn run(text: &str) -> Read {
    let job = Job::on("pull_request", Evidence::Passing);
    let (bandit, pip) = reports(text);
    let mut job = job
        .file("reports/bandit.json", bandit)
        .file("reports/pip.json", pip)
        .args(&["--report", "pip-audit=reports/pip.json"])
        .args(&["--status", "check-run", "--upload", "off"]);
    let path = job.runner().join("event.json");
    let mut event: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    for pointer in [
        "/pull_request/title",
        "/pull_request/body",
        "/pull_request/head/ref",
        "/pull_request/head/label",
        "/pull_request/user/login",
        "/pull_request/head/repo/full_name",
    ] {
        *event.pointer_mut(pointer).unwrap() = text.into();
    }
    std::fs::write(path, event.to_string()).unwrap();
    let shown = text.replace('\0', "");
    for name in [
        "GITHUB_HEAD_REF",
        "GITHUB_ACTOR",
        "GITHUB_WORKFLOW",
        "GITHUB_JOB",
    ] {
        job.env(name, &shown);
    }
    let ran = job.run();
    assert_eq!(
        (ran.code, ran.output("verdict")),
        (1, "block"),
        "{text:?}: {}",
        ran.stderr
    );
    let mut comments = job.comments();
    assert_eq!(comments.len(), 1, "{text:?}: {:#?}", job.hub.lines());
    let check = job.hub.state().checks[0].clone();
    Read {
        ran,
        comment: comments.remove(0),
        check,
    }
}

/// The runner's commands without what is only text.
fn skeleton(ran: &Ran) -> Vec<(String, Vec<String>)> {
    let commands = ran.commands().into_iter();
    commands
        .map(|command| {
            assert!(command.modern, "{command:?}");
            (command.name, command.properties.into_keys().collect())
        })
        .collect()
}

/// A comment without the marker and the addresses, whose text is another in each run.
fn told(comment: &str) -> Vec<String> {
    let lines = comment.lines().filter(|line| !line.starts_with("<!--"));
    shape(&lines.map(|line| format!("{line}\n")).collect::<String>())
}

#[test]
fn what_is_told_has_the_same_form_whatever_the_change_says() {
    let honest = run("honest text");
    assert!(skeleton(&honest.ran).len() > 1);
    let summary = |check: &Value| shape(check["output"]["summary"].as_str().unwrap());
    for text in HOSTILE {
        let read = run(text);
        assert_eq!(skeleton(&read.ran), skeleton(&honest.ran), "{text:?}");
        assert_eq!(read.ran.outputs, honest.ran.outputs, "{text:?}");
        assert_eq!(
            told(&read.comment),
            told(&honest.comment),
            "{text:?}\n{}",
            read.comment
        );
        assert_eq!(
            shape(&read.ran.summary),
            shape(&honest.ran.summary),
            "{text:?}"
        );
        assert_eq!(summary(&read.check), summary(&honest.check), "{text:?}");
        assert_eq!(read.check["conclusion"], "failure");
        assert_eq!(
            read.comment.matches("<!--").count(),
            honest.comment.matches("<!--").count(),
            "{text:?}"
        );
        let shown = text_of(&read.comment);
        for mention in ["@everyone", "#1", "GH-1", "repo#2"] {
            assert!(!shown.contains(mention), "{mention} in {shown}");
        }
        for address in ["www.example", "https://example"] {
            // What a link of ours leads to is no text.
            let text = read.comment.split("](https://github.com/octo/shop/");
            let mut text = text.map(|part| part.split_once(')').map_or(part, |(_, rest)| rest));
            assert!(!text.any(|part| part.contains(address)), "{}", read.comment);
        }
        for log in [&read.ran.stdout, &read.ran.stderr] {
            let bad = |c: char| {
                (c.is_control() && c != '\n')
                    || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            };
            assert!(!log.contains(bad), "{text:?}: {log:?}");
        }
    }
}

/// What the server says is no more to be trusted than what the change says.
#[test]
fn what_the_server_says_forges_nothing() {
    for text in HOSTILE {
        let mut job = Job::on("pull_request", Evidence::Blocked);
        job.env("LOCKGATE_API_TIME", "1");
        let honest = job.run();
        let job = Job::on("pull_request", Evidence::Blocked);
        let answer = crate::hub::Answer::error(422, text, text);
        job.hub.fail("", "", usize::MAX, What::Answer(answer));
        let ran = job.run();
        assert_eq!(ran.code, 1);
        assert_eq!(ran.outputs, honest.outputs, "{text:?}");
        for command in ran.commands() {
            let ours = ["error", "warning", "notice"].contains(&&*command.name);
            assert!(ours && command.modern, "{text:?}: {command:?}");
            let known = ["file", "line", "col", "endLine", "endColumn", "title"];
            assert!(
                command.properties.keys().all(|key| known.contains(&&**key)),
                "{command:?}"
            );
        }
        shape(&ran.summary);
        let shown = text_of(&ran.summary);
        assert!(
            !shown.contains("@everyone") && !shown.contains('\u{202e}'),
            "{shown}"
        );
    }
}

/// Other people's comments are read, and never believed.
#[test]
fn what_others_have_commented_forges_nothing() {
    let first = Job::on("pull_request", Evidence::Blocked);
    first.run();
    let ours = first.comments().remove(0);
    for text in HOSTILE {
        let job = Job::on("pull_request", Evidence::Blocked).args(&["--upload", "off"]);
        let theirs = format!("{text}\n{ours}\n{text}");
        job.hub
            .state()
            .comment(7, &crate::hub::Account::person("mallory"), &theirs);
        let ran = job.run();
        assert_eq!(ran.code, 1);
        assert_eq!(job.comments().len(), 1);
        assert_eq!(told(&job.comments()[0]), told(&ours), "{text:?}");
        assert!(ran.commands().iter().all(|command| command.modern));
    }
}

/// A tool that lockgate runs sees neither the token nor how to get at it.
#[cfg(unix)]
#[test]
fn no_tool_that_is_run_sees_the_token() {
    use std::os::unix::fs::PermissionsExt as _;
    let mut job = Job::on("pull_request", Evidence::Unnamed).args(&["--run", "bandit"]);
    let bin = job.runner().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let script = format!(
        "#!/bin/sh\nenv >> '{0}/env'\nulimit -Hc >> '{0}/core'\necho \"$@\" >> '{0}/arguments'\n\
         tr '\\0' '\\n' < /proc/$PPID/cmdline >> '{0}/parent' 2>/dev/null\n\
         [ \"$1\" = --version ] && echo 'bandit 1.9.4' && exit 0\ncat '{0}/report'\n",
        bin.display()
    );
    std::fs::write(bin.join("bandit"), script).unwrap();
    std::fs::write(bin.join("report"), bandit(&[])).unwrap();
    std::fs::set_permissions(bin.join("bandit"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let token = job.hub.token().to_owned();
    job.env("PATH", &format!("{}:/usr/bin:/bin", bin.display()));
    // As a careless workflow has it for the whole job.
    for name in [
        "GITHUB_TOKEN",
        "GH_TOKEN",
        "INPUT_TOKEN",
        "ACTIONS_RUNTIME_TOKEN",
    ] {
        job.env(name, &token);
    }
    let ran = job.run();
    assert!(
        bin.join("env").exists() && bin.join("arguments").exists(),
        "{}",
        ran.stderr
    );
    // `run` has looked for the token in every file by now, these included.
    let seen = std::fs::read_to_string(bin.join("env")).unwrap();
    assert!(!seen.contains("LOCKGATE_TOKEN"), "{seen}");
    // Where the limit is set before the tools run, nothing that was read can crash it away.
    let core = std::fs::read_to_string(bin.join("core")).unwrap();
    assert!(core.lines().all(|limit| limit == "0"), "{core}");
}

/// Also where everything goes wrong, and where the token is of a form that cannot be sent.
#[test]
fn no_failure_shows_the_token() {
    for what in [
        What::DropBefore,
        What::CutOff,
        What::not_json(),
        What::down(500),
    ] {
        let mut job = Job::on("pull_request", Evidence::Blocked);
        job.env("RUST_BACKTRACE", "full");
        job.env("RUST_LOG", "trace");
        job.env("RUNNER_DEBUG", "1");
        job.env("LOCKGATE_API_TIME", "1");
        job.hub.fail("", "", usize::MAX, what);
        assert_eq!(job.run().code, 1);
    }
    for odd in ["\n", "\u{e9}", " x", "\u{7f}"] {
        let mut job = Job::on("pull_request", Evidence::Blocked);
        let token = format!("{}{odd}{}", job.hub.token(), job.hub.token());
        job.env("LOCKGATE_TOKEN", &token);
        let ran = job.run();
        assert_eq!(ran.code, 1, "{}", ran.stderr);
    }
    // The token is no option: it would be seen by everybody on the machine.
    let job = Job::on("pull_request", Evidence::Blocked);
    let token = job.hub.token().to_owned();
    let ran = job.args(&["--token", &token[..8]]).run();
    assert_eq!(ran.code, 2);
}
