//! Suppressions that the judged change adds: what the policy does with them, before any gate is
//! asked.

use super::{Action, Condition, Gate, Policy};
use crate::model::{Finding, Standing};

/// What a suppression does that the change adds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnSuppression {
    /// It blocks, unless it has no effect on this check: then it warns.
    #[default]
    Block,
    /// It warns.
    Warn,
    /// The gates decide, as about any other finding.
    Gates,
}

/// The words of the policy file.
pub const WORDS: &[(&str, OnSuppression)] = &[
    ("block", OnSuppression::Block),
    ("warn", OnSuppression::Warn),
    ("gates", OnSuppression::Gates),
];

/// The gates that stand for the policy's word.
#[derive(Debug)]
pub struct AddedGates {
    /// For one that has an effect.
    effective: Vec<Gate>,
    /// For one that has none on this check, because the tool ran with the base's settings.
    undone: Vec<Gate>,
}

impl AddedGates {
    /// Makes them.
    pub fn new(word: OnSuppression) -> Self {
        let gate = |name: &str, action| Gate {
            name: name.into(),
            when: Condition::All(Vec::new()),
            action,
            source: "on-suppression".into(),
            line: 1,
        };
        let added = "suppressions added by the change";
        let effective = match word {
            OnSuppression::Block => vec![gate(added, Action::Block)],
            OnSuppression::Warn => vec![gate(added, Action::Warn)],
            OnSuppression::Gates => Vec::new(),
        };
        let undone = match word {
            OnSuppression::Block | OnSuppression::Warn => {
                let name = "suppressions added by the change, without effect on this check";
                vec![gate(name, Action::Warn)]
            }
            OnSuppression::Gates => Vec::new(),
        };
        Self { effective, undone }
    }
}

impl Policy {
    /// The gates that are asked about a finding, in their order; the flag says that they are the
    /// policy's own.
    pub fn gates_for(&self, finding: &Finding) -> (&[Gate], bool) {
        let special = match &finding.observation.standing {
            Standing::Silences(silences) if silences.undone => &self.added.undone,
            Standing::Silences(_) => &self.added.effective,
            _ => return (&self.gates, true),
        };
        match special.is_empty() {
            true => (&self.gates, true),
            false => (special, false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Certainty, Kind, Location, Observation, Provenance, RepoPath, RuleId, ScannerId, Silences,
        SourceDigests,
    };
    use crate::policy::{Nothing, Source, load};

    fn silenced(undone: bool) -> Finding {
        let mut observation = Observation::new(RuleId::new("r"), Kind::Code, "t");
        observation.standing = Standing::Silences(Box::new(Silences {
            scanners: Vec::new(),
            names: Vec::new(),
            undone,
        }));
        Finding {
            fingerprint: String::new(),
            namesake: String::new(),
            scanner: ScannerId::new("x").unwrap(),
            observation: Box::new(observation),
            location: Location {
                path: RepoPath::new("a").unwrap(),
                region: None,
                certainty: Certainty::File,
                target: None,
            },
            line_hash: None,
            digests: SourceDigests::default(),
            witnesses: Vec::new(),
            provenance: Provenance::UNSEEN,
            since: None,
        }
    }

    #[test]
    fn a_suppression_without_effect_only_warns() {
        for (word, effective, undone) in [
            ("block", Some(Action::Block), Some(Action::Warn)),
            ("warn", Some(Action::Warn), Some(Action::Warn)),
            ("gates", None, None),
        ] {
            let source = Source {
                name: "p.toml".into(),
                path: None,
                text: format!("on-suppression = \"{word}\"\n"),
            };
            let policy = load(&source, &Nothing).unwrap();
            let action = |undone| {
                let finding = silenced(undone);
                let (gates, own) = policy.gates_for(&finding);
                assert_eq!(own, word == "gates");
                gates.first().filter(|_| !own).map(|gate| gate.action)
            };
            assert_eq!((action(false), action(true)), (effective, undone), "{word}");
        }
    }
}
