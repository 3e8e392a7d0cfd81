//! One file, from bytes to hits.

use crate::engine::Engine;
use crate::hit::{Hit, Proof, Secret};
use crate::rule::{Confidence, Rules, Severity};
use crate::{sift, verify};

/// What is scanned.
pub struct Input<'a> {
    /// With `/`, from the repository's root; rules and filters may look at it.
    pub path: &'a str,
    /// The file.
    pub bytes: &'a [u8],
}

/// Scans files; one serves all threads.
pub struct Scanner<'r> {
    rules: &'r Rules,
    engine: Engine,
}

impl<'r> Scanner<'r> {
    /// Makes rules ready for the search.
    ///
    /// # Errors
    /// When there are more words in the rules than one automaton can hold.
    pub fn new(rules: &'r Rules) -> Result<Self, aho_corasick::BuildError> {
        let engine = Engine::new(rules)?;
        Ok(Self { rules, engine })
    }

    /// The rules that [`Hit::rule`] counts.
    pub fn rules(&self) -> &'r Rules {
        self.rules
    }

    /// Every hit, in the order of places.
    pub fn scan(&self, input: &Input<'_>) -> Vec<Hit> {
        let found = self.engine.find(input.bytes);
        let class = sift::path_class(input.path);
        found
            .into_iter()
            .filter_map(|found| {
                let rule = self.rules.all().get(found.rule)?;
                let secret = input.bytes.get(found.secret.clone())?;
                let check = rule.check.as_deref().and_then(verify::by_name);
                let proof = check.map_or(Proof::None, |check| check(secret));
                let kept = sift::judge(&sift::Found {
                    rule,
                    class,
                    text: input.bytes,
                    whole: found.whole.clone(),
                    secret: found.secret.clone(),
                    proven: matches!(proof, Proof::Passed(_)),
                })
                .ok()?;
                let (severity, confidence) = match &proof {
                    Proof::None => (kept.severity, kept.confidence),
                    Proof::Passed(_) => (rule.severity, Confidence::High),
                    Proof::Failed(_) => (Severity::Info, Confidence::Low),
                };
                Some(Hit {
                    rule: found.rule,
                    place: found.secret.clone(),
                    encodings: Vec::new(),
                    secret: Secret::new(secret),
                    proof,
                    severity,
                    confidence,
                })
            })
            .collect()
    }
}
