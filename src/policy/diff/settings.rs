//! What holds for the whole policy.

use super::{List, by_order, scanners};
use crate::model::{Direction, Foreign as _, ScannerId};
use crate::policy::{DarkAfter, OnGap, OnSuppression, Policy, Running, Snapshot};
use jiff::SignedDuration;
use std::collections::BTreeSet;

pub fn compare(before: &Policy, after: &Policy, list: &mut List<'_>) {
    // By name, so that a new part of the policy is thought of here.
    let Policy {
        sources: _,
        digest: _,
        unrated,
        on_incomplete,
        on_partial,
        run,
        scanners: named,
        gates: _,
        waivers: _,
        places: _,
        waiver_rules,
        data,
        baseline,
        dark_after,
        on_suppression,
        added: _,
    } = before;
    if *unrated != after.unrated {
        list.about(
            "unrated",
            by_order(unrated, &after.unrated, Direction::Stricter),
            format!(
                "findings without severity count as {} instead of {unrated}",
                after.unrated
            ),
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
    if *on_suppression != after.on_suppression {
        let (text, direction) = match (*on_suppression, after.on_suppression) {
            (_, OnSuppression::Block) => (
                "blocks a change that adds suppressions",
                Direction::Stricter,
            ),
            (OnSuppression::Block, OnSuppression::Warn) => (
                "only warns of a change that adds suppressions",
                Direction::Weaker,
            ),
            (_, OnSuppression::Warn) => {
                ("warns of a change that adds suppressions", Direction::Mixed)
            }
            (_, OnSuppression::Gates) => (
                "leaves suppressions that a change adds to the gates",
                Direction::Mixed,
            ),
        };
        list.about("on-suppression", direction, text, Vec::new());
    }
    if (*run == Some(Running::Auto)) != (after.run == Some(Running::Auto)) {
        let (direction, text) = match after.run {
            Some(Running::Auto) => (Direction::Stricter, "runs every tool that is at hand"),
            _ => (
                Direction::Weaker,
                "no longer runs tools of which there is no report",
            ),
        };
        list.about("run", direction, text, Vec::new());
    }
    let (was, is) = (waiver_rules.max_days, after.waiver_rules.max_days);
    if was != is {
        // Without a word, as far as one likes.
        let days = |days: Option<u32>| days.unwrap_or(u32::MAX);
        let text = match is {
            Some(most) => format!("waivers may hold for {most} days at most"),
            None => "waivers may hold as long as they like".to_owned(),
        };
        let direction = by_order(&days(was), &days(is), Direction::Weaker);
        list.about("waivers.max-days", direction, text, Vec::new());
    }
    snapshot("epss", data.epss.as_ref(), after.data.epss.as_ref(), list);
    snapshot("kev", data.kev.as_ref(), after.data.kev.as_ref(), list);
    max_age("data", "snapshots", data.max_age, after.data.max_age, list);
    if *baseline != after.baseline {
        // A baseline makes findings existing, and misses scanners that it has seen.
        let text = match (baseline, &after.baseline) {
            (_, None) => "no longer compares with the baseline …",
            (None, _) => "compares with the baseline …",
            _ => "compares with the baseline … instead of …",
        };
        let words = [&after.baseline, baseline].into_iter().flatten();
        let words = words.map(|path| path.raw().into()).collect();
        list.about("baseline", Direction::Mixed, text, words);
    }
    silence(
        "dark-after",
        "a scanner",
        *dark_after,
        after.dark_after,
        list,
    );
    let ids: BTreeSet<&ScannerId> = named.keys().chain(after.scanners.keys()).collect();
    for id in ids {
        scanners::compare(id, before, after, list);
    }
}

/// Data that the policy brings along. Which findings it concerns, only an assessment tells.
fn snapshot<T: Copy + PartialEq>(
    key: &str,
    before: Option<&Snapshot<T>>,
    after: Option<&Snapshot<T>>,
    list: &mut List<'_>,
) {
    let text = match (before, after) {
        _ if before == after => return,
        (_, None) => format!("no longer has {key} data"),
        (None, Some(new)) => format!("has {key} data of {}", new.date),
        (Some(old), Some(new)) if old.date == new.date => {
            format!("has other {key} data of {}", new.date)
        }
        (Some(old), Some(new)) => format!("has {key} data of {} instead of {}", new.date, old.date),
    };
    list.about(&format!("data.{key}"), Direction::Mixed, text, Vec::new());
}

/// The key `max-age` of a table: the oldest that is accepted.
pub fn max_age(
    table: &str,
    of: &str,
    before: Option<SignedDuration>,
    after: Option<SignedDuration>,
    list: &mut List<'_>,
) {
    let (direction, most) = match (before, after) {
        _ if before == after => return,
        (Some(old), Some(new)) => (
            by_order(&old, &new, Direction::Weaker),
            format!("at most {} instead of {}", age(new), age(old)),
        ),
        (_, Some(new)) => (Direction::Stricter, format!("at most {}", age(new))),
        (_, None) => (Direction::Weaker, "any age".to_owned()),
    };
    let text = format!("accepts {of} of {most}");
    list.about(&format!("{table}.max-age"), direction, text, Vec::new());
}

/// How long scheduled scans may go without a scanner.
pub fn silence(key: &str, of: &str, before: DarkAfter, after: DarkAfter, list: &mut List<'_>) {
    if before == after {
        return;
    }
    let days = |after: DarkAfter| after.days().unwrap_or(i64::MAX);
    let text = match after.days() {
        Some(days) => format!("{of} may be dark for {days} days"),
        None => format!("{of} may stay dark for ever"),
    };
    let direction = by_order(&days(before), &days(after), Direction::Weaker);
    list.about(key, direction, text, Vec::new());
}

/// `36 hours`, `7 days`.
fn age(duration: SignedDuration) -> String {
    let minutes = duration.as_mins();
    match (minutes % (24 * 60), minutes % 60) {
        (0, _) => format!("{} days", minutes / (24 * 60)),
        (_, 0) => format!("{} hours", minutes / 60),
        _ => format!("{minutes} minutes"),
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
