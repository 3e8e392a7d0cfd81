//! Gates: added, removed, with another action, about something else.

use super::order;
use super::relation::{Relation, differences, is_apart, relation};
use super::List;
use crate::model::{Direction, Foreign as _, Untrusted};
use crate::policy::{Action, Gate, Policy};
use std::collections::BTreeMap;

/// Gates of one name in both policies, by their positions.
pub type Pair = (usize, usize);

/// Compares. A gate is known by its name, and where files that extend each other use one name
/// twice, by its number among those.
pub fn compare(before: &Policy, after: &Policy, list: &mut List<'_>) {
    let (old, new) = (&before.gates, &after.gates);
    let (pairs, gone, added) = pair(old, new);
    for index in gone {
        if let Some(gate) = old.get(index) {
            let later = others(old, index, &pairs, |pair| pair.0);
            let direction = less(gate, &later);
            let text = format!("removes gate …, which {}", verb(gate.action));
            list.add(direction, text, vec![gate.name.clone()]);
        }
    }
    for index in added {
        if let Some(gate) = new.get(index) {
            let later = others(new, index, &pairs, |pair| pair.1);
            let text = format!("adds gate …, which {}", verb(gate.action));
            say(gate, more(gate, &later), text, Vec::new(), list);
        }
    }
    for pair in &pairs {
        if let (Some(old_gate), Some(gate)) = (old.get(pair.0), new.get(pair.1)) {
            let later: Vec<&Gate> = new.iter().skip(pair.1 + 1).collect();
            altered(old_gate, gate, &later, list);
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

/// `blocks`, `warns of`, `allows`.
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
    pairs: &[Pair],
    side: impl Fn(&Pair) -> usize,
) -> Vec<&'g Gate> {
    let later = pairs.iter().map(side).filter(|at| *at > index);
    later.filter_map(|at| gates.get(at)).collect()
}

/// The direction when a gate speaks of more than before: that was decided by later ones.
fn more(gate: &Gate, later: &[&Gate]) -> Direction {
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
fn less(gate: &Gate, later: &[&Gate]) -> Direction {
    match gate.action {
        Action::Block => Direction::Weaker,
        Action::Allow => Direction::Stricter,
        Action::Warn => match may_block(gate, later) {
            true => Direction::Mixed,
            false => Direction::Weaker,
        },
    }
}

fn may_block(gate: &Gate, later: &[&Gate]) -> bool {
    let blocks = |other: &&&Gate| other.action == Action::Block;
    let mut blocking = later.iter().filter(blocks);
    blocking.any(|other| !is_apart(&gate.when, &other.when))
}

fn altered(old: &Gate, new: &Gate, later: &[&Gate], list: &mut List<'_>) {
    if old.action != new.action {
        let direction = match rank(new.action) > rank(old.action) {
            true => Direction::Stricter,
            false => Direction::Weaker,
        };
        let text = format!("gate … {}; before, it {}", verb(new.action), was(old.action));
        say(new, direction, text, Vec::new(), list);
    }
    let whole = relation(&old.when, &new.when);
    if whole == Relation::Same {
        return;
    }
    let direction = |relation| match relation {
        Relation::Same | Relation::Unclear => Direction::Mixed,
        Relation::Wider => more(new, later),
        Relation::Narrower => less(new, later),
    };
    let parts = differences(&old.when, &new.when, whole);
    for part in parts {
        let text = format!("gate … {}", part.says(verb(new.action)));
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
