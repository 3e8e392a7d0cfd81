//! Tests: the matches are those of the plain search, and the work stays in bounds.

use super::{Engine, Work, naive};
use crate::rule::{Confidence, Finder, Rule, Rules, Severity};

fn rule(id: &str, finder: Finder) -> Rule {
    Rule {
        id: id.to_owned(),
        provider: String::new(),
        description: String::new(),
        finder,
        entropy: 0.0,
        check: None,
        severity: Severity::High,
        confidence: Confidence::High,
        revoke: String::new(),
        matches: Vec::new(),
        rejects: Vec::new(),
    }
}

fn owned(all: &[&str]) -> Vec<String> {
    all.iter().map(|&one| one.to_owned()).collect()
}

/// Rules of every build: bounded and not, with and without something variable before the literal,
/// with branches, and with repetitions of those.
const PATTERNS: &[&str] = &[
    r"\bghp_[0-9A-Za-z]{6}",
    r"(?P<secret>xox[bp]-[0-9]{2,4}-[a-z]{2,})",
    r"(?i)(?:key|token|secret)[a-z_]{0,5}\s{0,2}[=:]\s{0,2}'(?P<secret>[0-9a-z]{3,8})'",
    r"-----BEGIN [A-Z ]{0,10}KEY-----[\s\S]*?-----END",
    r"-----BEGIN PGP[\s\S]*-----",
    r"[a-z]{0,6}key=[a-z=]{2,20}",
    r"[a-z]{0,6}key=[a-z=]{2,20}!",
    r"(?:ab|cde|f)+_tok[0-9]+",
    r"(?:(?:ab|cde)_){2}tok",
    r"(?i)\b[0-9]{1,3}acme[a-z]*\b",
    r"[a-z]+://[^\s:/@]{1,20}:(?P<secret>[^\s:/@]{1,20})@[a-z.]+",
    r"(?:ghp|gho|ghu)_[0-9A-Za-z]{2}|xyz[0-9]{3}",
    r"^tok=(.*)$",
    r"(?m)^tok=(.*)$",
];

/// What the texts are made of.
const PARTS: &[&str] = &[
    "ghp_",
    "gho_",
    "GHP_",
    "abc123",
    "xoxb-",
    "12-",
    "1234",
    "-",
    "key",
    "Token",
    "SECRET_",
    "=",
    ": ",
    " = '",
    "'",
    "a1b2",
    "-----BEGIN ",
    "RSA ",
    "KEY-----",
    "PGP",
    "-----END",
    "\n",
    "key=",
    "==",
    "!",
    "ab",
    "cde",
    "f",
    "_tok",
    "ab_",
    "cde_",
    "tok",
    "7",
    "acme",
    "ACME",
    "http",
    "://",
    "u:p",
    "@h.x",
    "/",
    " ",
    "xyz",
    "tok=",
    "END",
    "\u{e9}",
    "\0",
    "acme_key = \"",
    "12ab34cd",
    "\"",
    "front",
];

fn rules() -> Rules {
    let mut all: Vec<Rule> = PATTERNS
        .iter()
        .enumerate()
        .map(|(index, pattern)| {
            let finder = Finder::Regex {
                pattern: (*pattern).to_owned(),
                keywords: Vec::new(),
            };
            rule(&format!("r{index:02}"), finder)
        })
        .collect();
    for (id, names, words) in [
        ("s1", &["acme", "ac_me"][..], &[][..]),
        ("s2", &["front", "tok"], &["key"]),
    ] {
        let finder = Finder::Named {
            names: owned(names),
            values: owned(&["[0-9a-z]{8}", "[0-9]{4}-?[a-z]{2,3}"]),
            words: owned(words),
            within: 12,
        };
        all.push(rule(id, finder));
    }
    Rules::new(all).unwrap()
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % end as u64) as usize
    }
}

#[test]
fn the_matches_are_those_of_the_plain_search_on_random_texts() {
    let rules = rules();
    let engine = Engine::new(&rules).unwrap();
    assert!(engine.everywhere.is_empty());
    let mut dice = Dice(0x5EED);
    let mut matches = 0;
    for round in 0..8000 {
        let mut text = Vec::new();
        for _ in 0..dice.below(60) {
            text.extend_from_slice(PARTS[dice.below(PARTS.len())].as_bytes());
        }
        let found = engine.find(&text);
        let plain = naive::find(&rules, &text);
        matches += plain.len();
        assert_eq!(
            found,
            plain,
            "{round}: {:?}",
            String::from_utf8_lossy(&text)
        );
    }
    assert!(matches > 5_000, "{matches}");
}

#[test]
fn the_matches_are_those_of_the_plain_search_on_texts_longer_than_any_window() {
    let rules = rules();
    let engine = Engine::new(&rules).unwrap();
    let mut dice = Dice(7);
    for _ in 0..8 {
        let mut text = Vec::new();
        for _ in 0..4000 {
            text.extend_from_slice(PARTS[dice.below(PARTS.len())].as_bytes());
            if dice.below(40) == 0 {
                text.extend(std::iter::repeat_n(b'z', dice.below(6000)));
            }
        }
        assert!(engine.find(&text) == naive::find(&rules, &text));
    }
}

#[test]
fn the_matches_are_those_of_the_plain_search_with_shipped_rules_on_their_examples() {
    let rules = Rules::shipped();
    let engine = Engine::new(rules).unwrap();
    // The files of the rules hold every literal of every rule, and the examples in parts.
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/providers");
    let mut matches = 0;
    for letter in ["a", "g", "s"] {
        let text = std::fs::read_to_string(folder.join(format!("{letter}.toml"))).unwrap();
        let text = text.replace("\", \"", "");
        for part in text.as_bytes().chunks(24_000).take(3) {
            let found = engine.find(part);
            matches += found.len();
            assert!(found == naive::find(rules, part));
        }
    }
    assert!(matches > 300, "{matches}");
}

/// Bytes read again for each byte of a text, for the rule that does it most.
fn reread(engine: &Engine, text: &[u8]) -> f64 {
    let mut work = Work::default();
    engine.find_measured(text, &mut work);
    let most = work.walked.iter().max().copied().unwrap_or_default();
    most as f64 / text.len() as f64
}

#[test]
fn hostile_texts_cost_no_more_for_each_byte_when_they_are_longer() {
    let rules = rules();
    let engine = Engine::new(&rules).unwrap();
    for part in [
        "key=",
        "ghp_",
        "tok=",
        "xoxb-",
        "-----BEGIN PGP",
        "-----BEGIN KEY-----",
        "ab",
        "acme",
        "acme =",
        "http://u:",
        "key = '",
        "front ",
        "a",
        "=",
        "ab_tok1",
    ] {
        let short = reread(&engine, part.repeat(40_000 / part.len()).as_bytes());
        let long = reread(&engine, part.repeat(400_000 / part.len()).as_bytes());
        assert!(long <= short * 1.5 + 1.0, "{part}: {short} {long}");
        assert!(long < 130.0, "{part}: {long}");
    }
}

#[test]
fn a_rule_that_would_read_all_the_rest_again_and_again_does_not() {
    let finder = Finder::Regex {
        pattern: r"tok=(?:[\s\S]*END)?".to_owned(),
        keywords: Vec::new(),
    };
    let rules = Rules::new(vec![rule("odd", finder)]).unwrap();
    let engine = Engine::new(&rules).unwrap();
    let text = "tok=".repeat(1000);
    assert_eq!(engine.find(text.as_bytes()).len(), 1000);
    assert_eq!(engine.find(b"tok= abc END tok=").len(), 2);
    // Too long for this test if each of them read all the rest.
    let text = "tok=".repeat(50_000);
    assert_eq!(engine.find(text.as_bytes()).len(), 50_000);
}

#[test]
fn a_rule_that_cannot_be_searched_is_refused_by_name() {
    for (finder, text) in [
        (
            Finder::Regex {
                pattern: "(".to_owned(),
                keywords: Vec::new(),
            },
            "its regular expression cannot be read",
        ),
        (
            Finder::Regex {
                pattern: "key[a-z]{1000}{1000}".to_owned(),
                keywords: Vec::new(),
            },
            "its regular expression is too large",
        ),
        (
            Finder::Named {
                names: owned(&["a"]),
                values: owned(&["[0-9]{9}"]),
                words: Vec::new(),
                within: 9,
            },
            "its name is too short",
        ),
    ] {
        let rules = Rules::new(vec![rule("odd", finder)]).unwrap();
        let refused = Engine::new(&rules).err().unwrap();
        assert_eq!((refused.rule.as_str(), refused.text), ("odd", text));
    }
}

#[test]
fn a_rule_without_a_literal_is_searched_from_end_to_end() {
    for keywords in [owned(&[]), owned(&["code"])] {
        let finder = Finder::Regex {
            pattern: "[0-9]{3}-[0-9]{3}".to_owned(),
            keywords,
        };
        let rules = Rules::new(vec![rule("numbers", finder)]).unwrap();
        let engine = Engine::new(&rules).unwrap();
        let text = b"code 123-456, code 789-012";
        assert_eq!(engine.find(text).len(), 2);
        assert_eq!(engine.find(text), naive::find(&rules, text));
    }
}
