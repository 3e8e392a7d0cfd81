//! Text from reports, read back from every output as its reader would read it.

use crate::job::{Evidence, Job};
use crate::program::Lockgate;
use crate::runner::command;
use lockgate::model::{Foreign as _, Untrusted};
use lockgate::policy::{self, Source};
use lockgate::report::diagnostics;
use lockgate::sticky::Marker;
use lockgate::{escape, ingest};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag};
use serde_json::json;

/// What somebody might put into a file name, a message, a version.
pub const HOSTILE: &[&str] = &[
    "::set-output name=verdict::pass",
    "\n::set-output name=verdict::pass",
    "a ##[set-output name=verdict]pass",
    "##[stop-commands]token",
    "%0A::error::forged",
    "\r\n::add-mask::block",
    "@everyone #1 GH-1 octo/repo#2",
    "</code></sub></details><script>alert(1)</script><img src=x onerror=alert(1)>",
    "![x](https://example.org/x.png) [y](javascript:alert(1)) <https://example.org> www.example.org",
    "| a | b |\n|---|---|\n# heading\n- item\n```\ncode\n~~~",
    "`` ` ``` $math$ {{ x }} *bold* _em_ ~~gone~~ \\",
    "\u{202e}evil\u{202c}\u{200b}\u{feff}\u{e0041}",
    "\u{1b}[31mred\u{1b}]8;;https://example.org\u{7}link\u{1b}]8;;\u{7}\u{8}\u{9b}2J",
];

pub fn reports(text: &str) -> (String, String) {
    let bandit = json!({
        "errors": [{"filename": text, "reason": text}],
        "generated_at": "2026-01-01T00:00:00Z",
        "metrics": {"_totals": {"loc": 3}, "a.py": {}},
        "results": [{
            "code": format!("1 {text}"), "filename": format!("dir/{text}"), "issue_severity": "HIGH",
            "issue_confidence": "HIGH", "issue_text": text, "line_number": 1, "line_range": [1],
            "more_info": text, "test_id": text, "test_name": text,
        }],
    });
    let pip = json!({"dependencies": [
        {"name": text, "version": text, "vulns": [{"id": text, "fix_versions": [text], "aliases": ["CVE-2020-1"], "description": text}]},
        {"name": text, "skip_reason": text},
    ]});
    (bandit.to_string(), pip.to_string())
}

/// Runs with the hostile text everywhere; returns stdout and the Markdown.
fn outputs(text: &str) -> (String, String) {
    let (stdout, [markdown, ..]) = files(text);
    (stdout, markdown)
}

/// The same with Markdown, HTML and JUnit XML.
fn files(text: &str) -> (String, [String; 3]) {
    let (bandit, pip) = reports(text);
    let policy = format!(
        "extends = \"lockgate:balanced\"\n[[gate]]\nname = {0}\nwhen = {{ kind = \"code\" }}\naction = \"block\"\n\
         [[waiver]]\nadvisory = \"CVE-1999-1\"\nreason = {0}\nowner = {0}\nexpires = 2020-01-01\n",
        toml_text(text)
    );
    let lockgate = Lockgate::check()
        .file("lockgate.toml", policy)
        .report("bandit", "b.json", bandit)
        .report("pip-audit", "p.json", pip)
        .args(&[
            "--output",
            "markdown=o.md",
            "--output",
            "html=o.html",
            "--output",
            "junit=o.xml",
        ])
        .env("GITHUB_ACTIONS", "true");
    let outcome = lockgate.run();
    assert_eq!(outcome.code, 1, "{}{}", outcome.stdout, outcome.stderr);
    let read = |name: &str| std::fs::read_to_string(lockgate.folder.path().join(name)).unwrap();
    (outcome.stdout, ["o.md", "o.html", "o.xml"].map(read))
}

fn toml_text(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", c as u32)),
            c => out.push(c),
        }
    }
    out + "\""
}

#[test]
fn the_log_holds_no_command_but_ours() {
    for text in HOSTILE {
        let (stdout, _) = outputs(text);
        // Every character at which a reader of the log may begin a new line.
        for line in stdout.split([
            '\n', '\r', '\u{b}', '\u{c}', '\u{85}', '\u{2028}', '\u{2029}',
        ]) {
            if let Some(command) = command(line) {
                let ours = ["error", "warning"].contains(&&*command.name);
                assert!(ours, "{text:?}: {line:?}");
                assert!(line.starts_with("::"), "{text:?}: {line:?}");
                let head = line[2..].split("::").next().unwrap();
                let forged = head
                    .split(',')
                    .filter(|p| p.trim_start().starts_with("line="))
                    .count();
                assert!(forged <= 1, "{text:?}: {line:?}");
            }
            assert!(
                !line.contains(|c: char| c.is_control() || c == '\u{202e}' || c == '\u{200b}'),
                "{line:?}"
            );
        }
        let errors = stdout.lines().filter(|l| l.starts_with("::error ")).count();
        assert_eq!(errors, 2, "{text:?}");
    }
}

#[test]
fn the_summary_holds_no_markup_but_ours() {
    let honest = shape(&outputs("honest text").1);
    for text in HOSTILE {
        let (_, markdown) = outputs(text);
        assert_eq!(shape(&markdown), honest, "{text:?}\n{markdown}");
        let shown = text_of(&markdown);
        for mention in ["@everyone", "#1", "GH-1", "repo#2"] {
            assert!(!shown.contains(mention), "{mention} in {shown}");
        }
        // GFM links these while it parses, in the source.
        for address in ["www.example", "https://example"] {
            assert!(!markdown.contains(address), "{address} in {markdown}");
        }
    }
}

/// The same for the comment on a pull request, whose paths are links.
#[test]
fn the_comment_holds_no_markup_but_ours() {
    let comment = |text: &str| {
        let (bandit, pip) = reports(text);
        let job = Job::on("pull_request", Evidence::Passing)
            .args(&[
                "--upload",
                "off",
                "--report",
                "bandit=b.json",
                "--report",
                "pip-audit=p.json",
            ])
            .file("b.json", bandit)
            .file("p.json", pip);
        assert_eq!(job.run().code, 1);
        let body = job.comments().remove(0);
        let (_, text) = Marker::split(&body).unwrap();
        text.replace(&job.head, "HEAD")
    };
    let honest = shape(&comment("honest text"));
    assert!(honest.len() > 50);
    for text in HOSTILE {
        let comment = comment(text);
        assert_eq!(shape(&comment), honest, "{text:?}\n{comment}");
        let shown = text_of(&comment);
        for mention in ["@everyone", "#1", "GH-1", "repo#2"] {
            assert!(!shown.contains(mention), "{mention} in {shown}");
        }
        for address in ["www.example", "https://example"] {
            // An address of ours may hold it, and leads to GitHub all the same.
            let ours = "](https://github.com/octo/shop/";
            let outside = comment
                .split(ours)
                .enumerate()
                .map(|(index, part)| match index {
                    0 => part,
                    _ => part.split_once(')').unwrap().1,
                });
            let outside: String = outside.collect();
            assert!(!outside.contains(address), "{address} in {outside}");
        }
    }
}

/// Everything in a Markdown document but its text; links to GitHub lead into the repository.
pub fn shape(markdown: &str) -> Vec<String> {
    let allowed = [
        "<details>",
        "<summary>",
        "</summary>",
        "</details>",
        "<sub>",
        "</sub>",
        "<code>",
        "</code>",
    ];
    Parser::new_ext(markdown, Options::all() - Options::ENABLE_SMART_PUNCTUATION)
        .filter_map(|event| match event {
            Event::Text(_) | Event::SoftBreak => None,
            Event::Html(html) | Event::InlineHtml(html) => {
                let tags: Vec<&str> = html
                    .split_inclusive('>')
                    .map(str::trim)
                    .filter(|t| t.starts_with('<'))
                    .collect();
                for tag in &tags {
                    assert!(allowed.contains(tag), "{tag}");
                }
                Some(tags.concat())
            }
            Event::Start(Tag::Link { dest_url, .. }) => {
                let ours = ["https://nvd.nist.gov/", "https://github.com/octo/shop/"];
                assert!(
                    ours.iter().any(|start| dest_url.starts_with(start)),
                    "{dest_url}"
                );
                Some("link".to_owned())
            }
            Event::Start(Tag::Image { .. }) => panic!("an image"),
            other => Some(
                format!("{other:?}")
                    .split('(')
                    .take(2)
                    .collect::<Vec<_>>()
                    .join("("),
            ),
        })
        .collect()
}

/// Elements with the names of their attributes, as a parser finds them.
fn elements(document: &str) -> Vec<String> {
    use quick_xml::events::Event as Xml;
    let mut reader = quick_xml::Reader::from_str(document);
    let mut found = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Xml::Start(element) | Xml::Empty(element) => {
                let mut name = element.name().as_ref().to_owned();
                for attribute in element.attributes() {
                    let attribute = attribute.unwrap();
                    let key = attribute.key.as_ref().to_owned();
                    let value = attribute.value.into_owned();
                    assert!(
                        key != "href" || value.starts_with("https://nvd.nist.gov/"),
                        "{value}"
                    );
                    assert!(!key.starts_with("on") && key != "src", "{key}");
                    name.push_str(&format!(" {key}"));
                }
                found.push(name);
            }
            Xml::Eof => return found,
            Xml::CData(_) | Xml::PI(_) | Xml::Comment(_) => panic!("nobody writes these"),
            _ => {}
        }
    }
}

#[test]
fn html_and_junit_hold_no_markup_but_ours() {
    let (_, [_, html, junit]) = files("honest text");
    let honest = (elements(&html), elements(&junit));
    assert!(honest.0.len() > 50 && honest.1.len() > 5);
    for text in HOSTILE {
        let (_, [_, html, junit]) = files(text);
        assert_eq!((elements(&html), elements(&junit)), honest, "{text:?}");
    }
}

/// The text that a reader sees outside of code, which is what GitHub looks for mentions in.
pub fn text_of(markdown: &str) -> String {
    let mut code = 0;
    let mut text = String::new();
    for event in Parser::new_ext(markdown, Options::all()) {
        match event {
            Event::InlineHtml(html) if &*html == "<code>" => code += 1,
            Event::InlineHtml(html) if &*html == "</code>" => code -= 1,
            Event::Text(part) if code == 0 => text.push_str(&part),
            _ => {}
        }
    }
    text
}

/// Errors of the command line repeat what is wrong there, which may be the name of a branch.
#[test]
fn usage_errors_hold_no_command() {
    for text in HOSTILE {
        for outcome in [
            Lockgate::check().args(&["--comment", text]).run(),
            Lockgate::check().env("LOCKGATE_STATUS", text).run(),
            Lockgate::new(&[text]).run(),
        ] {
            assert_eq!(outcome.code, 2);
            for line in outcome.stderr.lines() {
                assert_eq!(command(line), None, "{line:?}");
            }
            assert!(!outcome.stderr.contains(['\u{1b}', '\r', '\u{202e}']));
        }
    }
}

/// Errors in a policy draw its lines; the policy may come from a stranger too.
#[test]
fn policy_errors_hold_no_command() {
    for text in HOSTILE {
        let policy = format!(
            "unrated = {}\n# {}\n",
            toml_text(text),
            text.replace(['\n', '\r'], " ")
        );
        let outcome = Lockgate::check().file("lockgate.toml", policy).run();
        assert_eq!(outcome.code, 2);
        for line in outcome.stderr.lines() {
            assert_eq!(command(line), None, "{line:?}");
            assert!(!line.contains('\u{1b}'), "{line:?}");
        }
    }
}

#[test]
fn hostile_arguments_are_shown_harmless() {
    let outcome = Lockgate::check()
        .args(&["--output", "##[error]x\n::error::y"])
        .run();
    assert_eq!(outcome.code, 2);
    for line in outcome.stderr.lines() {
        assert_eq!(command(line), None, "{line:?}");
    }
}

proptest! {
    #[test]
    fn no_text_escapes_its_sink(text in "\\PC{0,30}|.{0,30}|[:#\\[\\]%\\r\\n@<>&|`*_~ -]{0,30}") {
        let text = Untrusted::from(text.as_str());
        let data = escape::command_data(&text);
        prop_assert!(!data.contains(['\n', '\r']) && !data.contains("##["));
        let property = escape::command_property(&text);
        prop_assert!(!property.contains(['\n', '\r', ',', ':']));
        let terminal = escape::terminal(&text);
        prop_assert!(!terminal.contains(char::is_control) && !terminal.starts_with("::"));
        let markdown = escape::markdown(&text);
        prop_assert!(!markdown.contains(['<', '>', '|', '`', '[', ']', '*', '_', '\n']));
        let uri = escape::uri_path(&text);
        prop_assert!(uri.is_ascii() && !uri.contains([' ', ':', '\\', '"']));
        prop_assert_eq!(escape::excerpt(&text).len(), text.raw().len());
    }

    #[test]
    fn any_bytes_are_read_without_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let runs = ingest::read(&bytes, None);
        prop_assert!(!runs.is_empty());
    }

    #[test]
    fn any_text_is_a_policy_or_a_list_of_errors(text in "\\PC{0,80}|[a-z=\\[\\]\"{}.\\n -]{0,80}") {
        let source = Source { name: "p.toml".into(), path: None, text };
        if let Err(errors) = policy::load(&source, &policy::Nothing) {
            prop_assert!(!errors.is_empty());
            prop_assert!(!diagnostics::render(&errors, false).is_empty());
        }
    }
}
