//! Gates: added, removed, with another action, about something else.

use super::List;
use super::order;
use super::parts::differences;
use super::relation::{Relation, is_apart, relation};
use crate::model::{Direction, Foreign as _, Untrusted};
use crate::policy::{Action, Gate, Policy};
use std::collections::BTreeMap;

/// Gates of one name in both policies, by their positions.
pub type Pair = (usize, usize);

/// Later gates that are looked at.
const MOST_LATER: usize = 1000;

/// Compares. A gate is known by its name, and where files that extend each other use one name
/// twice, by its number among those.
pub fn compare(before: &Policy, after: &Policy, list: &mut List<'_>) {
    let (old, new) = (&before.gates, &after.gates);
    let (pairs, gone, added) = pair(old, new);
    for index in gone {
        if let Some(gate) = old.get(index) {
            let later = others(old, index, &pairs, |pair| pair.0);
            let direction = less(gate, later);
            let text = format!("removes gate …, which {}", verb(gate.action));
            list.add(direction, text, vec![gate.name.clone()]);
        }
    }
    for index in added {
        if let Some(gate) = new.get(index) {
            let later = others(new, index, &pairs, |pair| pair.1);
            let text = format!("adds gate …, which {}", verb(gate.action));
            say(gate, more(gate, later), text, Vec::new(), list);
        }
    }
    for pair in &pairs {
        if let (Some(old_gate), Some(gate)) = (old.get(pair.0), new.get(pair.1)) {
            let later = new.get(pair.1 + 1..).unwrap_or_default();
            altered(old_gate, gate, later, list);
        }
    }
    order::compare(old, new, &pairs, list);
}

/// Says something about a gate of the new policy.
pub fn say(
    gate: &Gate,
    direction: Direction,
    text: impl Into<String>,
    words: Vec<Untrusted>,
    list: &mut List<'_>,
) {
    let place = (gate.source.clone(), Some(gate.line));
    let words = [vec![gate.name.clone()], words].concat();
    list.at(direction, text, words, place);
}

/// `blocks`, `warns`, `allows`.
fn verb(action: Action) -> &'static str {
    match action {
        Action::Block => "blocks",
        Action::Warn => "warns",
        Action::Allow => "allows",
    }
}

/// How much an action stops.
pub fn rank(action: Action) -> u8 {
    match action {
        Action::Block => 2,
        Action::Warn => 1,
        Action::Allow => 0,
    }
}

fn pair(old: &[Gate], new: &[Gate]) -> (Vec<Pair>, Vec<usize>, Vec<usize>) {
    let mut known: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, gate) in new.iter().enumerate().rev() {
        known.entry(gate.name.raw()).or_default().push(index);
    }
    let (mut pairs, mut gone) = (Vec::new(), Vec::new());
    for (index, gate) in old.iter().enumerate() {
        match known.get_mut(gate.name.raw()).and_then(Vec::pop) {
            Some(found) => pairs.push((index, found)),
            None => gone.push(index),
        }
    }
    let mut added: Vec<usize> = known.into_values().flatten().collect();
    added.sort_unstable();
    (pairs, gone, added)
}

/// The gates after a position that are in both policies.
fn others<'g>(
    gates: &'g [Gate],
    index: usize,
    pairs: &'g [Pair],
    side: impl Fn(&Pair) -> usize + 'g,
) -> impl Iterator<Item = &'g Gate> {
    let later = pairs.iter().map(side).filter(move |at| *at > index);
    later.filter_map(|at| gates.get(at))
}

/// The direction when a gate speaks of more than before: that was decided by later ones.
fn more<'g>(gate: &Gate, later: impl Iterator<Item = &'g Gate>) -> Direction {
    match gate.action {
        Action::Block => Direction::Stricter,
        Action::Allow => Direction::Weaker,
        Action::Warn => match may_block(gate, later) {
            true => Direction::Mixed,
            false => Direction::Stricter,
        },
    }
}

/// The direction when it speaks of less: later ones decide now.
fn less<'g>(gate: &Gate, later: impl Iterator<Item = &'g Gate>) -> Direction {
    match gate.action {
        Action::Block => Direction::Weaker,
        Action::Allow => Direction::Stricter,
        Action::Warn => match may_block(gate, later) {
            true => Direction::Mixed,
            false => Direction::Weaker,
        },
    }
}

/// Whether a later gate may block what this one speaks of; with very many of them, one may.
fn may_block<'g>(gate: &Gate, later: impl Iterator<Item = &'g Gate>) -> bool {
    let mut later = later;
    let blocks = |other: &Gate| other.action == Action::Block && !is_apart(&gate.when, &other.when);
    later.by_ref().take(MOST_LATER).any(blocks) || later.next().is_some()
}

fn altered(old: &Gate, new: &Gate, later: &[Gate], list: &mut List<'_>) {
    if old.action != new.action {
        let direction = match rank(new.action) > rank(old.action) {
            true => Direction::Stricter,
            false => Direction::Weaker,
        };
        let text = format!(
            "gate … {}; before, it {}",
            verb(new.action),
            was(old.action)
        );
        say(new, direction, text, Vec::new(), list);
    }
    if relation(&old.when, &new.when) == Relation::Same {
        return;
    }
    let direction = |relation| match relation {
        Relation::Same | Relation::Unclear => Direction::Mixed,
        Relation::Wider => more(new, later.iter()),
        Relation::Narrower => less(new, later.iter()),
    };
    let verb = match new.action {
        Action::Warn => "warns of",
        action => verb(action),
    };
    for part in differences(&old.when, &new.when) {
        let text = format!("gate … {}", part.says(verb));
        say(new, direction(part.relation), text, part.words, list);
    }
}

fn was(action: Action) -> &'static str {
    match action {
        Action::Block => "blocked",
        Action::Warn => "warned",
        Action::Allow => "allowed",
    }
}
