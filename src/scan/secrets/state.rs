//! What a search through a history leaves for the next one.

use super::Sighting;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The only version of the format.
const VERSION: u32 = 1;

/// Largest number of ids that is read.
const MOST_TIPS: usize = 1_000_000;

/// What was searched, and with which rules. Worth nothing for other rules.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    version: u32,
    /// A digest of the rules.
    pub rules: String,
    /// Ids, in hex, of what branches and tags named: everything from there on was searched.
    pub tips: BTreeSet<String>,
    /// By code of the problem: how many objects below the tips nobody could look at.
    #[serde(default)]
    pub gaps: BTreeMap<String, u64>,
    /// Ids of the commits that brought secrets. They are searched again, so that nothing of a secret
    /// needs to be kept.
    #[serde(default)]
    pub brought: BTreeSet<String>,
}

/// Why a state cannot be used. The history is then searched from its start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateError {
    /// Not a state, or a damaged one.
    Damaged,
    /// Written by a later version of the program.
    Newer,
}

impl State {
    /// A search with these rules reached all of these.
    pub fn new(rules: &str, tips: BTreeSet<String>, gaps: BTreeMap<String, u64>) -> Self {
        Self {
            version: VERSION,
            rules: rules.to_owned(),
            tips,
            gaps,
            brought: BTreeSet::new(),
        }
    }

    /// The same, with the commits that brought what was found.
    #[must_use]
    pub fn with(mut self, sightings: &[Sighting]) -> Self {
        let reached = sightings.iter().filter(|sighting| sighting.reachable);
        let commits = reached.filter_map(|sighting| sighting.commit.as_ref());
        self.brought = commits.map(|commit| commit.id.clone()).collect();
        self
    }

    /// Reads what [`Self::write`] gives.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn read(text: &str) -> Result<Self, StateError> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let version: Version = serde_json::from_str(text).map_err(|_| StateError::Damaged)?;
        if version.version > VERSION {
            return Err(StateError::Newer);
        }
        let state: Self = serde_json::from_str(text).map_err(|_| StateError::Damaged)?;
        let is_id = |id: &String| {
            matches!(id.len(), 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let ids = state.tips.len() + state.brought.len();
        if ids > MOST_TIPS || !state.tips.iter().chain(&state.brought).all(is_id) {
            return Err(StateError::Damaged);
        }
        Ok(state)
    }

    /// As JSON. It holds ids and counts, never a word of the repository.
    pub fn write(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read_as_it_was_written() {
        let tips = BTreeSet::from(["0123456789abcdef0123456789abcdef01234567".to_owned()]);
        let gaps = BTreeMap::from([("missing-object".to_owned(), 3)]);
        let state = State::new("r1", tips, gaps);
        assert_eq!(State::read(&state.write()), Ok(state));
    }

    #[test]
    fn what_is_no_state_is_refused() {
        assert_eq!(State::read(""), Err(StateError::Damaged));
        let newer = r#"{"version":2,"rules":"r","tips":[],"more":1}"#;
        assert_eq!(State::read(newer), Err(StateError::Newer));
        let path = r#"{"version":1,"rules":"r","tips":["../x"]}"#;
        assert_eq!(State::read(path), Err(StateError::Damaged));
    }
}
