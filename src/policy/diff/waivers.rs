//! Waivers: added, removed, longer, broader.

use super::List;
use super::relation::{Relation, relation};
use crate::model::{Direction, Foreign as _, Untrusted};
use crate::policy::{Policy, Waiver};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// Most waivers without a counterpart that are held against each other.
const MOST: usize = 100;

/// Compares. Waivers are the same when they accept the same; a reason in other words or another
/// owner changes no decision.
pub fn compare(before: &Policy, after: &Policy, list: &mut List<'_>) {
    // The subject first, which is quick; then what it means, for few.
    let mut known: BTreeMap<&str, Vec<&Waiver>> = BTreeMap::new();
    for waiver in &before.waivers {
        known.entry(waiver.subject.raw()).or_default().push(waiver);
    }
    for of_one in known.values_mut() {
        // Taken from the end: those that end first are the first to find their counterpart.
        of_one.sort_by_key(|waiver| std::cmp::Reverse(waiver.expires));
    }
    let mut by_end: Vec<&Waiver> = after.waivers.iter().collect();
    by_end.sort_by_key(|waiver| waiver.expires);
    let mut added = Vec::new();
    for new in by_end {
        let same = known.get_mut(new.subject.raw()).and_then(Vec::pop);
        match same {
            Some(old) => compared(old, new, list),
            None => added.push(new),
        }
    }
    let mut gone: Vec<&Waiver> = known.into_values().flatten().collect();
    for (number, new) in added.into_iter().enumerate() {
        let near = |old: &&Waiver| relation(&old.when, &new.when) != Relation::Unclear;
        let found = match number < MOST {
            true => gone.iter().take(MOST).position(near),
            false => None,
        };
        match found {
            Some(at) => compared(gone.swap_remove(at), new, list),
            None => {
                let text = format!("adds a waiver until {} for …", new.expires);
                say(
                    new,
                    Direction::Weaker,
                    text,
                    vec![new.subject.clone()],
                    list,
                );
            }
        }
    }
    for old in gone {
        let text = format!("removes the waiver until {} for …", old.expires);
        list.add(Direction::Stricter, text, vec![old.subject.clone()]);
    }
}

fn compared(old: &Waiver, new: &Waiver, list: &mut List<'_>) {
    let subject = || vec![new.subject.clone()];
    let (was, is) = (old.expires, new.expires);
    if is != was {
        let (direction, verb) = longer(was, is);
        let text = format!("{verb} the waiver for … from {was} to {is}");
        say(new, direction, text, subject(), list);
    }
    let (direction, verb) = match relation(&old.when, &new.when) {
        Relation::Same => return,
        Relation::Wider => (Direction::Weaker, "broadens"),
        Relation::Narrower => (Direction::Stricter, "narrows"),
        Relation::Unclear => (Direction::Mixed, "changes"),
    };
    let text = format!("{verb} the waiver for …; it was for …");
    let words = [subject(), vec![old.subject.clone()]].concat();
    say(new, direction, text, words, list);
}

fn longer(was: Date, is: Date) -> (Direction, &'static str) {
    match is > was {
        true => (Direction::Weaker, "extends"),
        false => (Direction::Stricter, "shortens"),
    }
}

fn say(
    waiver: &Waiver,
    direction: Direction,
    text: String,
    words: Vec<Untrusted>,
    list: &mut List<'_>,
) {
    let place = (waiver.source.clone(), Some(waiver.line));
    list.at(direction, text, words, place);
}
