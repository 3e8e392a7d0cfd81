//! Nothing that a pull request brings along reaches the runner as a command or a shell as a word.

use crate::act::Scratch;
use crate::hostile;
use crate::job::Job;

/// Asserts that the runner obeyed only annotations of ours, and that no other line could be taken
/// for a command. act does not know `##[command]`; GitHub's runner obeys it anywhere in a line.
#[track_caller]
fn obeys_only_us(job: &Job) {
    for command in job.commands() {
        assert!(
            ["error", "warning"].contains(&&*command.name),
            "{command:?}"
        );
        assert!(!command.line.contains("##["), "{command:?}");
        assert!(!command.line.contains("%0A::"), "{command:?}");
        assert!(
            !command.message.trim_start().starts_with("forged"),
            "{command:?}"
        );
        let known = ["file", "line", "col", "endLine", "endColumn", "title"];
        for (name, value) in &command.properties {
            assert!(known.contains(&&**name) && value != "forged", "{command:?}");
        }
        shows_no_control(&command.line);
    }
    for line in job.lines() {
        assert!(!line.contains("##["), "{line:?}");
        assert!(!line.trim_start().starts_with("::"), "{line:?}");
        shows_no_control(line);
    }
}

/// No control character, and none that changes the direction or the line.
#[track_caller]
fn shows_no_control(line: &str) {
    let bad =
        |c: char| c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    assert!(!line.contains(bad), "{line:?}");
}

#[test]
fn a_hostile_report_gives_no_command_and_is_blocked() {
    for (number, report) in hostile::reports().into_iter().enumerate() {
        let job = Scratch::new()
            .file("reports/bandit.json", report)
            .file("lockgate.toml", hostile::policy())
            .input("reports", "bandit=reports/bandit.json")
            .run();
        assert_eq!(
            (job.inner_code(), job.outcome.as_str()),
            (1, "failure"),
            "{number}"
        );
        assert_eq!(job.output("verdict"), "block");
        assert_eq!(job.output("blocking"), "8");
        assert_eq!(job.outputs.len(), 9, "{:?}", job.outputs);
        obeys_only_us(&job);
        assert_eq!(job.annotations("error").len(), 8);
        assert!(!job.lines().is_empty());

        let summary = job.summary();
        assert!(summary.contains("Blocked by 8 findings"), "{summary}");
        for word in [
            "@everyone",
            "```",
            "`a`",
            "<script",
            "</table",
            "](https://example.org",
            "\u{202e}",
        ] {
            assert!(!summary.contains(word), "{word:?} in {summary}");
        }
        let count = |word: &str| summary.matches(word).count();
        assert_eq!(count("<details>"), count("</details>"), "{summary}");
        assert!(
            summary
                .lines()
                .all(|line| !line.trim_start().starts_with("::")),
            "{summary}"
        );
    }
}

#[test]
fn a_hostile_file_name_gives_no_command() {
    for (number, name) in [
        "##[set-output name=verdict]pass.json",
        "::set-output name=verdict::pass.json",
        "a\n::stop-commands::x\n.json",
        "\u{202e}%0A::error::forged.json",
    ]
    .into_iter()
    .enumerate()
    {
        let job = Scratch::new()
            .file(&format!("reports/{name}"), "{}")
            .input("reports", "bandit=reports/*.json")
            .run();
        assert_eq!(job.inner_code(), 3, "{number}");
        assert_eq!(job.output("verdict"), "incomplete");
        obeys_only_us(&job);
        assert_eq!(job.annotations("error").len(), 1);
    }
}

#[test]
fn an_input_with_shell_syntax_runs_nothing() {
    let shapes: [fn(&str) -> String; 5] = [
        |trap| format!("$(touch {trap})"),
        |trap| format!("$(touch {trap});\"'"),
        |trap| format!("`touch {trap}`"),
        |trap| format!("a\" $(touch {trap}) \""),
        |trap| format!("a' $(touch {trap}) '"),
    ];
    // What each input makes of a name that means nothing.
    let inputs = [
        ("reports", 3),
        ("policy", 2),
        ("outputs", 2),
        ("binary-path", 5),
    ];
    for (input, code) in inputs {
        for shape in shapes {
            let scratch = Scratch::new();
            let value = shape(scratch.beside("pwned").to_str().unwrap());
            let job = scratch.input(input, &value).run();
            assert!(!job.beside("pwned").exists(), "{input} {value}");
            let verdict = if code == 3 { "incomplete" } else { "" };
            assert_eq!(job.output("verdict"), verdict, "{input} {value}");
            assert_eq!(
                (job.inner_code(), &*job.outcome),
                (code, "failure"),
                "{input} {value}"
            );
            obeys_only_us(&job);
        }
    }
}
