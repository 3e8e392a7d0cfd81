//! The TOML of gitleaks and betterleaks.

use super::allow::{Allowlist, Target};
use super::syntax::translate;
use super::{FOREIGN, Foreign};
use lockgate_secrets::{Confidence, Rule, Severity, rule::Finder};
use regex_automata::meta::Regex;
use regex_automata::util::syntax::Config as Syntax;
use serde::Deserialize;
use toml::Spanned;

/// What is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileError {
    /// Where, 1-based.
    pub line: usize,
    /// The rule, or what else it is about.
    pub about: String,
    /// What, in our words.
    pub text: String,
}

/// A file that a configuration extends, as it names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted(pub String);

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Document {
    extend: Extend,
    rules: Vec<Entry>,
    allowlist: Option<List>,
    allow_list: Option<List>,
    allowlists: Vec<List>,
    /// betterleaks: conditions in a language of its own.
    prefilter: Option<Spanned<toml::Value>>,
    filter: Option<Spanned<toml::Value>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Extend {
    path: Option<String>,
    url: Option<Spanned<String>>,
    disabled_rules: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    id: Option<Spanned<String>>,
    #[serde(default)]
    description: String,
    regex: Option<Spanned<String>>,
    path: Option<Spanned<String>>,
    #[serde(default)]
    secret_group: usize,
    #[serde(default)]
    entropy: f64,
    #[serde(default)]
    skip_report: bool,
    allowlist: Option<List>,
    allow_list: Option<List>,
    #[serde(default)]
    allowlists: Vec<List>,
    #[serde(default)]
    required: Vec<toml::Value>,
    prefilter: Option<Spanned<toml::Value>>,
    filter: Option<Spanned<toml::Value>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct List {
    #[serde(default)]
    description: String,
    condition: Option<Spanned<String>>,
    #[serde(default)]
    commits: Vec<String>,
    #[serde(default)]
    paths: Vec<Spanned<String>>,
    #[serde(default)]
    regexes: Vec<Spanned<String>>,
    regex_target: Option<Spanned<String>>,
    #[serde(default, alias = "stopWords")]
    stopwords: Vec<String>,
    #[serde(default)]
    target_rules: Vec<String>,
    #[serde(default)]
    resources: Vec<String>,
}

/// Reads a configuration. Nothing is dropped in silence: what cannot be done is an error, or a note
/// where lockgate looks at more than the configuration asks for.
///
/// # Errors
/// Everything that is wrong with it, with lines.
pub fn read(text: &str) -> Result<Foreign, Vec<FileError>> {
    let document: Document = toml::from_str(text).map_err(|error| {
        // The parser's whole message quotes the line, which may hold a secret.
        let line = error.span().map_or(1, |span| line(text, span.start));
        vec![FileError {
            line,
            about: "TOML".to_owned(),
            text: match error.message() {
                // It would quote a value, and people list secrets that they have revoked.
                message if message.contains(['"', '`']) => {
                    "a value is not of the form that gitleaks documents".to_owned()
                }
                message => message.to_owned(),
            },
        }]
    })?;
    let mut reader = Reader {
        text,
        errors: Vec::new(),
        foreign: Foreign::default(),
    };
    reader.document(document);
    match reader.errors.is_empty() {
        true => Ok(reader.foreign),
        false => Err(reader.errors),
    }
}

fn line(text: &str, at: usize) -> usize {
    let before = text.as_bytes().get(..at).unwrap_or_default();
    memchr::memchr_iter(b'\n', before).count() + 1
}

struct Reader<'t> {
    text: &'t str,
    errors: Vec<FileError>,
    foreign: Foreign,
}

impl Reader<'_> {
    fn error(&mut self, at: usize, about: &str, text: impl Into<String>) {
        self.errors.push(FileError {
            line: line(self.text, at),
            about: about.to_owned(),
            text: text.into(),
        });
    }

    fn note(&mut self, about: &str, text: &'static str) {
        self.foreign.notes.push((about.to_owned(), text));
    }

    fn document(&mut self, document: Document) {
        let Extend {
            path,
            url,
            disabled_rules,
        } = document.extend;
        self.foreign.extends = path.map(Wanted);
        self.foreign.disabled = disabled_rules;
        if let Some(url) = url {
            self.error(
                url.span().start,
                "extend.url",
                "a configuration is not fetched from the network",
            );
        }
        if document.prefilter.is_some() || document.filter.is_some() {
            self.note(
                "filter",
                "conditions in betterleaks' own language are not evaluated",
            );
        }
        let lists = document.allowlists.into_iter();
        for list in lists.chain(document.allowlist).chain(document.allow_list) {
            self.allowlist(list, Vec::new(), "allowlists");
        }
        for entry in document.rules {
            self.rule(entry);
        }
    }

    fn rule(&mut self, entry: Entry) {
        let Some(id) = entry.id else {
            self.error(0, "rules", "a rule has no `id`");
            return;
        };
        let at = id.span().start;
        let id = id.into_inner();
        let lists = entry.allowlists.into_iter();
        for list in lists.chain(entry.allowlist).chain(entry.allow_list) {
            self.allowlist(list, vec![id.clone()], &id);
        }
        if entry.skip_report {
            self.note(
                &id,
                "a rule that only serves others (skipReport) is not searched for",
            );
            return;
        }
        if !entry.required.is_empty() {
            self.note(
                &id,
                "what it requires beside itself (required) is not asked for, so that it finds more",
            );
        }
        if entry.prefilter.is_some() || entry.filter.is_some() {
            self.note(&id, "its conditions in betterleaks' own language are not evaluated, so that it finds more");
        }
        let Some(regex) = entry.regex else {
            // Without a path it adds to a rule of another file.
            if entry.path.is_some() {
                self.note(&id, "a rule about names of files alone is not searched for");
            }
            return;
        };
        if let Some(path) = &entry.path
            && let Some(path) = self.compiled(path, &id)
        {
            self.foreign.paths.insert(id.clone(), path);
        }
        let span = regex.span().start;
        match translate(regex.get_ref(), entry.secret_group) {
            Err(why) => self.error(span, &id, format!("the regex cannot be used: {why}")),
            Ok(translated) => match compile(&translated.pattern) {
                Err(why) => self.error(span, &id, format!("the regex cannot be used: {why}")),
                Ok(_) => self.push(id, at, entry.description, translated.pattern, entry.entropy),
            },
        }
    }

    fn push(&mut self, id: String, at: usize, description: String, pattern: String, entropy: f64) {
        if self.foreign.rules.iter().any(|rule| rule.id == id) {
            self.error(at, &id, "two rules have this id");
            return;
        }
        self.foreign.rules.push(Rule {
            description: match description.trim() {
                "" => id.clone(),
                text => text.to_owned(),
            },
            provider: FOREIGN.to_owned(),
            finder: Finder::Regex {
                pattern,
                keywords: Vec::new(),
            },
            entropy,
            check: None,
            severity: Severity::High,
            confidence: Confidence::High,
            revoke: String::new(),
            matches: Vec::new(),
            rejects: Vec::new(),
            id,
        });
    }

    fn compiled(&mut self, pattern: &Spanned<String>, about: &str) -> Option<Regex> {
        let result = translate(pattern.get_ref(), 0).and_then(|t| compile(&t.pattern));
        match result {
            Ok(regex) => Some(regex),
            Err(why) => {
                let text = format!("the regex cannot be used: {why}");
                self.error(pattern.span().start, about, text);
                None
            }
        }
    }

    fn allowlist(&mut self, list: List, rules: Vec<String>, about: &str) {
        let all = match &list.condition {
            None => false,
            Some(word) => match word.get_ref().to_ascii_uppercase().as_str() {
                "AND" | "&&" => true,
                "" | "OR" | "||" => false,
                _ => {
                    self.error(
                        word.span().start,
                        about,
                        "`condition` is neither AND nor OR",
                    );
                    return;
                }
            },
        };
        let target = match &list.regex_target {
            None => Target::Secret,
            Some(word) => match word.get_ref().as_str() {
                "" | "secret" => Target::Secret,
                "line" | "match" => Target::Line,
                _ => {
                    let text = "`regexTarget` is none of secret, match and line";
                    self.error(word.span().start, about, text);
                    return;
                }
            },
        };
        if !list.resources.is_empty() {
            self.note(about, "an allowlist by resources lets nothing pass here");
            if all {
                return;
            }
        }
        let mut compiled = |patterns: &[Spanned<String>]| -> Vec<Regex> {
            patterns
                .iter()
                .filter_map(|pattern| self.compiled(pattern, about))
                .collect()
        };
        let (paths, regexes) = (compiled(&list.paths), compiled(&list.regexes));
        let stopwords = list.stopwords.iter().filter(|word| !word.is_empty());
        self.foreign.allowlists.push(Allowlist {
            description: list.description,
            all,
            commits: list
                .commits
                .iter()
                .map(|id| id.to_ascii_lowercase())
                .collect(),
            paths,
            regexes,
            target,
            stopwords: stopwords.map(|word| word.to_lowercase()).collect(),
            rules: match list.target_rules.is_empty() {
                true => rules,
                false => list.target_rules,
            },
        });
    }
}

/// Largest automaton of one pattern, in bytes.
const LARGEST: usize = 10 * 1024 * 1024;

fn compile(pattern: &str) -> Result<Regex, String> {
    let syntax = Syntax::new().unicode(false).utf8(false);
    let config = Regex::config().nfa_size_limit(Some(LARGEST));
    let built = Regex::builder()
        .configure(config)
        .syntax(syntax)
        .build(pattern);
    built.map_err(|error| match error.syntax_error() {
        Some(_) => "its syntax is not understood".to_owned(),
        None => "it is too large".to_owned(),
    })
}
