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
    /// A rule that cannot be searched.
    pub fn new(rules: &'r Rules) -> Result<Self, crate::engine::Refused> {
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
        found
            .into_iter()
            .filter_map(|found| {
                let rule = self.rules.all().get(found.rule)?;
                let secret = input.bytes.get(found.secret.clone())?;
                sift::sift(rule, secret).ok()?;
                let check = rule.check.as_deref().and_then(verify::by_name);
                let proof = check.map_or(Proof::None, |check| check(secret));
                let (severity, confidence) = match &proof {
                    Proof::None => (rule.severity, rule.confidence),
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
