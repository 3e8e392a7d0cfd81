//! What a gate or a waiver is about.

use super::fix::FixTest;
use crate::model::{AdvisoryId, Finding, Foreign as _, Kind, ScannerId, Severity, Witness};
use globset::{GlobBuilder, GlobMatcher};

/// A comparison with a severity: `high`, `>=high`, `<low`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeverityTest {
    comparison: Comparison,
    severity: Severity,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    AtLeast,
    Above,
    AtMost,
    Below,
}

impl SeverityTest {
    /// Reads the policy's spelling.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let prefixes = [
            (">=", Comparison::AtLeast),
            ("<=", Comparison::AtMost),
            (">", Comparison::Above),
            ("<", Comparison::Below),
            ("=", Comparison::Equal),
        ];
        let (comparison, word) = prefixes
            .iter()
            .find_map(|(prefix, comparison)| Some((*comparison, text.strip_prefix(prefix)?)))
            .unwrap_or((Comparison::Equal, text));
        Some(Self {
            comparison,
            severity: Severity::parse(word.trim())?,
        })
    }

    /// Whether it holds for a severity.
    pub fn holds(self, severity: Severity) -> bool {
        match self.comparison {
            Comparison::Equal => severity == self.severity,
            Comparison::AtLeast => severity >= self.severity,
            Comparison::Above => severity > self.severity,
            Comparison::AtMost => severity <= self.severity,
            Comparison::Below => severity < self.severity,
        }
    }
}

/// A glob. In paths `*` stops at `/` and `**` does not.
#[derive(Debug, Clone)]
pub struct Pattern {
    matcher: GlobMatcher,
    /// The text, when it stands for itself alone.
    literal: Option<Box<str>>,
}

/// Bytes of a pattern; names and paths are far shorter.
const LONGEST_PATTERN: usize = 1024;

impl Pattern {
    /// For rule and package names.
    pub fn name(text: &str) -> Option<Self> {
        let plain = !has_wildcard(text) && !text.contains('\\');
        Some(Self {
            literal: plain.then(|| text.into()),
            ..Self::compile(&GlobBuilder::new(text), text)?
        })
    }

    /// The one text that it matches; `None` when there are others.
    pub fn literal(&self) -> Option<&str> {
        self.literal.as_deref()
    }

    /// Long patterns are refused: compiling one that is too large would end the program.
    fn compile(builder: &GlobBuilder<'_>, text: &str) -> Option<Self> {
        let short = text.len() <= LONGEST_PATTERN;
        let glob = short.then(|| builder.build().ok())??;
        Some(Self {
            matcher: glob.compile_matcher(),
            literal: None,
        })
    }

    /// For scanner names; one that no scanner can have is refused, because it would never match.
    pub fn scanner(text: &str) -> Option<Self> {
        let possible = has_wildcard(text) || ScannerId::new(text).is_some();
        possible.then(|| Self::name(text)).flatten()
    }

    /// For paths. A pattern without a wildcard also means everything below that folder.
    pub fn path(text: &str) -> Option<Self> {
        let text = text
            .strip_prefix("./")
            .unwrap_or(text)
            .trim_end_matches('/');
        let text = match has_wildcard(text) {
            true => text.to_owned(),
            false => format!("{text}{{,/**}}"),
        };
        let mut builder = GlobBuilder::new(&text);
        builder.literal_separator(true).empty_alternates(true);
        Self::compile(&builder, &text)
    }

    /// Whether it matches a text.
    pub fn matches(&self, text: &str) -> bool {
        match &self.literal {
            Some(literal) => **literal == *text,
            None => self.matcher.is_match(text),
        }
    }
}

fn has_wildcard(text: &str) -> bool {
    text.contains(['*', '?', '[', '{'])
}

/// A condition. All parts of a list are alternatives; [`Condition::All`] needs every part.
#[derive(Debug, Clone)]
pub enum Condition {
    /// The effective severity.
    Severity(Vec<SeverityTest>),
    /// The kind.
    Kind(Vec<Kind>),
    /// The witnesses' scanners, see [`Reach`].
    Scanner(Vec<Pattern>),
    /// The witnesses' rules, see [`Reach`].
    Rule(Vec<Pattern>),
    /// The file.
    Path(Vec<Pattern>),
    /// Any of the advisory's names.
    Advisory(Vec<AdvisoryId>),
    /// The package's name.
    Package(Vec<Pattern>),
    /// How far the package's fix is.
    Fix(Vec<FixTest>),
    /// The fingerprint.
    Fingerprint(Vec<String>),
    /// All of these; true when there are none.
    All(Vec<Self>),
}

/// How many witnesses of a finding a condition on scanners or rules must fit. What stops a finding
/// needs one; what lets it pass needs all, or else one scanner's noise would silence another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// One witness is enough.
    Any,
    /// Every witness must fit.
    Every,
}

impl Reach {
    fn over(self, finding: &Finding, fits: impl Fn(&Witness) -> bool) -> bool {
        match self {
            Self::Any => finding.witnesses.iter().any(fits),
            Self::Every => finding.witnesses.iter().all(fits),
        }
    }
}

impl Condition {
    /// Whether it holds for a finding whose severity counts as `effective`.
    pub fn holds(&self, finding: &Finding, effective: Severity, reach: Reach) -> bool {
        let observation = &finding.observation;
        match self {
            Self::Severity(tests) => tests.iter().any(|test| test.holds(effective)),
            Self::Kind(kinds) => kinds.contains(&observation.kind),
            Self::Scanner(patterns) => reach.over(finding, |w| {
                patterns.iter().any(|p| p.matches(w.scanner.as_str()))
            }),
            Self::Rule(patterns) => {
                // The rules of one advisory are names of the same thing.
                let reach = match observation.kind {
                    Kind::Dependency => Reach::Any,
                    _ => reach,
                };
                reach.over(finding, |w| {
                    patterns.iter().any(|p| p.matches(w.rule.raw()))
                })
            }
            Self::Path(patterns) => {
                let path = finding.location.path.raw();
                patterns.iter().any(|p| p.matches(path))
            }
            Self::Advisory(ids) => ids.iter().any(|id| observation.advisories.contains(id)),
            Self::Package(patterns) => observation.package.as_ref().is_some_and(|package| {
                let normal = package.normal_name();
                patterns
                    .iter()
                    .any(|p| p.matches(package.name.raw()) || p.matches(&normal))
            }),
            Self::Fix(tests) => tests.iter().any(|test| test.holds(finding)),
            Self::Fingerprint(fingerprints) => fingerprints.contains(&finding.fingerprint),
            Self::All(conditions) => conditions
                .iter()
                .all(|c| c.holds(finding, effective, reach)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severities_compare_by_rank() {
        let holds = |test: &str, s| SeverityTest::parse(test).unwrap().holds(s);
        assert!(holds(">=high", Severity::Critical));
        assert!(!holds(">high", Severity::High));
        assert!(holds("medium", Severity::Medium));
        assert!(holds("<= low", Severity::Info));
        assert!(!holds("<low", Severity::Low));
        assert!(SeverityTest::parse("moderate").is_none());
        assert!(SeverityTest::parse("=>high").is_none());
    }

    #[test]
    fn path_patterns_stop_at_slashes() {
        let matches = |pattern: &str, path: &str| Pattern::path(pattern).unwrap().matches(path);
        assert!(matches("tests/**", "tests/a/b.py"));
        assert!(matches("tests", "tests/a/b.py"));
        assert!(matches("./tests/", "tests/a.py"));
        assert!(matches("app.py", "app.py"));
        assert!(!matches("app.py", "src/app.py"));
        assert!(!matches("*.py", "src/app.py"));
        assert!(matches("**/*.py", "src/app.py"));
        assert!(!matches("tests", "tests2/a.py"));
    }

    #[test]
    fn huge_patterns_are_refused() {
        assert!(Pattern::name(&"[!a]".repeat(250)).is_some());
        assert!(Pattern::name(&"*".repeat(500_000)).is_none());
        assert!(Pattern::path(&"[!a]".repeat(100_000)).is_none());
    }

    #[test]
    fn scanner_names_that_cannot_be_are_refused() {
        assert!(Pattern::scanner("npm-audit").is_some());
        assert!(Pattern::scanner("npm*").is_some());
        assert!(Pattern::scanner("Bandit").is_none());
        assert!(Pattern::scanner("[").is_none());
    }
}
