use super::*;
use crate::model::{Certainty, Location, Region, RepoPath};
use lockgate_secrets::{Confidence, Proof, Rules, Scanner, Secret, Severity, rule::Finder};

const CONFIG: &str = r#"
title = "ours"
[extend]
useDefault = true
disabledRules = ["jwt"]

[[rules]]
id = "acme"
description = "ACME key"
regex = '''(?i)acme(.{0,5})=\s*([a-z0-9]{8})'''
secretGroup = 2
entropy = 2.5
keywords = ["acme"]
path = '''\.cfg$'''
  [[rules.allowlists]]
  condition = "AND"
  paths = ['''^test/''']
  stopwords = ["Sample"]

[[rules]]
id = "twin"
  [rules.allowlist]
  regexTarget = "line"
  regexes = ['''# fine$''']

[[allowlists]]
description = "generated"
paths = ['''(?:^|/)gen/''']
commits = ["0123456789abcdef"]
"#;

fn sight(path: &str, secret: &str, line: &str, commit: Option<&str>) -> Sight {
    Sight {
        rule: 0,
        secret: Secret::new(secret.as_bytes()),
        location: Location {
            path: RepoPath::new(path).unwrap(),
            region: Region::line(3),
            certainty: Certainty::Exact,
            target: None,
        },
        outline: String::new(),
        line: Some(Secret::new(line.as_bytes())),
        encodings: Vec::new(),
        proof: Proof::None,
        severity: Severity::High,
        confidence: Confidence::High,
        comment: None,
        commit: commit.map(str::to_owned),
        passes: None,
        listed: false,
        in_base: None,
    }
}

fn errors(text: &str) -> Vec<FileError> {
    read(text).err().unwrap_or_default()
}

#[test]
fn rules_and_allowlists_are_read_as_they_are() {
    let config = read(CONFIG).unwrap_or_else(|e| panic!("{e:?}"));
    assert_eq!(config.disabled, ["jwt"]);
    assert_eq!(config.rules.len(), 1, "the twin only adds to another rule");
    let rule = &config.rules[0];
    assert_eq!((rule.id.as_str(), rule.entropy), ("acme", 2.5));
    let Finder::Regex { pattern, .. } = &rule.finder else {
        panic!("no regex");
    };
    assert!(pattern.contains("(?P<secret>[a-z0-9]{8})"), "{pattern}");
    assert!(config.counts("acme", "a/b.cfg") && !config.counts("acme", "a/b.txt"));
    assert!(config.counts("other", "a/b.txt"));
}

#[test]
fn allowlists_ask_for_one_or_for_all() {
    let config = read(CONFIG).unwrap_or_default();
    let passes = |rule: &str, sight: Sight| config.allows(rule, &sight).is_some();
    assert!(passes("acme", sight("test/a.cfg", "xsample1", "", None)));
    assert!(!passes("acme", sight("src/a.cfg", "xsample1", "", None)));
    assert!(!passes("acme", sight("test/a.cfg", "x1234567", "", None)));
    assert!(!passes("other", sight("test/a.cfg", "xsample1", "", None)));
    assert!(passes("twin", sight("a", "s", "k = s # fine", None)));
    assert!(!passes("twin", sight("a", "s # fine", "k = s", None)));
    assert!(passes("any", sight("x/gen/a", "s", "", None)));
    let commit = "0123456789abcdef0123456789abcdef01234567";
    assert!(passes("any", sight("a", "s", "", Some(commit))));
    assert!(!passes(
        "any",
        sight("a", "s", "", Some("ff23456789abcdef"))
    ));
}

#[test]
fn what_cannot_be_done_is_an_error_with_its_line() {
    let config = "[[rules]]\nid = \"a\"\nregex = '''\\p{L}+'''\n[[rules]]\nid = \"b\"\nregex = '''(x'''\n\
        [[allowlists]]\nregexes = ['''[a--b]''']\nregexTarget = \"secret\"\n";
    let lines: Vec<(usize, String)> = errors(config)
        .into_iter()
        .map(|error| (error.line, error.about))
        .collect();
    let expected = [(8, "allowlists"), (3, "a"), (6, "b")];
    assert_eq!(
        lines,
        expected.map(|(line, about)| (line, about.to_owned()))
    );
    assert_eq!(errors("a = = 1")[0].line, 1);
    let odd = "[[allowlists]]\ncondition = \"xor\"\npaths = [\"a\"]\n";
    assert_eq!(errors(odd)[0].line, 2);
}

#[test]
fn a_rule_without_any_literal_finds_what_it_fits() {
    let text = "[[rules]]\nid = \"plain\"\nregex = '''[0-9]{3}-[0-9]{2}-[0-9]{4}'''\n";
    let rules = Rules::new(read(text).unwrap_or_default().rules).unwrap();
    let scanner = Scanner::new(&rules).unwrap();
    let path = RepoPath::new("a").unwrap();
    let found = super::super::window(&scanner, &path, "a", b"x\nssn 274-81-5590\n");
    assert_eq!(found.list.len(), 1);
    assert_eq!(found.list[0].location.region.unwrap().line, 2);
}

#[test]
fn what_gitleaks_leaves_aside_is_known_by_place() {
    let id = "0123456789abcdef0123456789abcdef01234567";
    let text = format!("# why\n\na.env:acme:3\n{id}:b.env:acme:3\nnonsense\n./c/d:e.env:acme:3\n");
    let ignored = Ignored::read(&text);
    assert_eq!(ignored.unread, [5]);
    let named = |rule: &str, path: &str, commit: Option<&str>| {
        ignored.names(rule, &sight(path, "s", "", commit), |name| name == "ours")
    };
    assert!(named("acme", "a.env", None));
    assert!(
        named("acme-key", "a.env", None),
        "their name is none of ours"
    );
    assert!(!named("acme", "x.env", None));
    assert!(named("acme", "b.env", Some(id)));
    assert!(!named("acme", "b.env", Some("ff")));
    assert!(named("acme", "c/d:e.env", None));
}
