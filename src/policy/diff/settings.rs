//! What holds for the whole policy.

use super::{List, by_order, scanners};
use crate::model::{Direction, ScannerId};
use crate::policy::{OnGap, Policy, Running};
use std::collections::BTreeSet;

pub fn compare(before: &Policy, after: &Policy, list: &mut List<'_>) {
    // By name, so that a new part of the policy is thought of here.
    let Policy {
        sources: _,
        unrated,
        on_incomplete,
        on_partial,
        run,
        scanners: named,
        gates: _,
        waivers: _,
        places: _,
    } = before;
    if *unrated != after.unrated {
        list.about(
            "unrated",
            by_order(unrated, &after.unrated, Direction::Stricter),
            format!("findings without severity count as {} instead of {unrated}", after.unrated),
            Vec::new(),
        );
    }
    if *on_incomplete != after.on_incomplete {
        list.about(
            "on-incomplete",
            gap_direction(*on_incomplete, after.on_incomplete),
            format!("missing evidence {}", gap(after.on_incomplete)),
            Vec::new(),
        );
    }
    if *on_partial != after.on_partial {
        list.about(
            "on-partial",
            partial_direction(*on_partial, after.on_partial),
            format!("partial evidence {}", partial(after.on_partial)),
            Vec::new(),
        );
    }
    if (*run == Some(Running::Auto)) != (after.run == Some(Running::Auto)) {
        let (direction, text) = match after.run {
            Some(Running::Auto) => (Direction::Stricter, "runs every tool that is at hand"),
            _ => (Direction::Weaker, "no longer runs tools of which there is no report"),
        };
        list.about("run", direction, text, Vec::new());
    }
    let ids: BTreeSet<&ScannerId> = named.keys().chain(after.scanners.keys()).collect();
    for id in ids {
        scanners::compare(id, before, after, list);
    }
}

/// What missing evidence does, as the end of a sentence.
pub fn gap(on: OnGap) -> &'static str {
    match on {
        OnGap::Block => "makes the verdict incomplete instead of a warning",
        OnGap::Warn => "is a warning instead of making the verdict incomplete",
    }
}

pub fn gap_direction(before: OnGap, after: OnGap) -> Direction {
    match (before, after) {
        (OnGap::Block, OnGap::Warn) => Direction::Weaker,
        _ => Direction::Stricter,
    }
}

/// What partial evidence does, as the end of a sentence.
pub fn partial(on: Option<OnGap>) -> &'static str {
    match on {
        Some(OnGap::Block) => "always makes the verdict incomplete",
        Some(OnGap::Warn) => "is never more than a warning",
        None => "makes the verdict incomplete where the change or a required scanner is concerned",
    }
}

pub fn partial_direction(before: Option<OnGap>, after: Option<OnGap>) -> Direction {
    let rank = |on: Option<OnGap>| match on {
        Some(OnGap::Warn) => 0,
        None => 1,
        Some(OnGap::Block) => 2,
    };
    by_order(&rank(before), &rank(after), Direction::Stricter)
}
