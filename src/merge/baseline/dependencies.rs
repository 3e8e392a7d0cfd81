//! Vulnerable packages: by any name that the advisory has.

use super::item::{Item, Subject};
use super::{Matching, Novelty, Pass};
use std::collections::{BTreeMap, VecDeque};

/// The passes for what is in the same manifest. Fingerprints were compared before.
pub fn run(matching: &mut Matching<'_>) {
    same_version(matching);
    other_version(matching);
}

/// The same package and version: an advisory that has one more name since then keeps its entry.
fn same_version(matching: &mut Matching<'_>) {
    let key =
        |item: &Item<'_>, package: usize, version: Option<usize>| (package, version, item.place);
    let mut waiting: BTreeMap<_, VecDeque<usize>> = BTreeMap::new();
    for (position, item) in matching.open_old() {
        if let Subject::Package {
            package,
            version,
            names,
        } = &item.subject
        {
            for name in names {
                let key = (key(item, *package, *version), *name);
                waiting.entry(key).or_default().push_back(position);
            }
        }
    }
    let open: Vec<_> = matching.open_new().collect();
    for (position, item) in open {
        let Subject::Package {
            package,
            version,
            names,
        } = &item.subject
        else {
            continue;
        };
        for name in names {
            let Some(list) = waiting.get_mut(&(key(item, *package, *version), *name)) else {
                continue;
            };
            // Those that another name has taken are met once and never again.
            while let Some(old) = list.pop_front() {
                if matching.is_open_old(old) {
                    matching.pair(old, position, Pass::Alias);
                    break;
                }
            }
            if !matching.is_open_new(position) {
                break;
            }
        }
    }
}

/// The same package in the same manifest, in another version that is vulnerable, too. Only where one
/// entry and one finding are left.
fn other_version(matching: &mut Matching<'_>) {
    one_to_one(
        matching,
        |_, item| match &item.subject {
            Subject::Package { package, names, .. } => {
                Some(((*package, item.place), names.as_slice()))
            }
            Subject::Place { .. } => None,
        },
        |old, new| match (version(old), version(new)) {
            (Some(_), Some(_)) => Some(Pass::Bumped),
            // One of them does not say which version it means.
            _ => Some(Pass::Exact),
        },
        Novelty::AmbiguousVersion,
    );
}

fn version(item: &Item<'_>) -> Option<usize> {
    match item.subject {
        Subject::Package { version, .. } => version,
        Subject::Place { .. } => None,
    }
}

/// Which list an item comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Old,
    New,
}

/// Pairs open items that share a key and one of their names, where each has no other choice than the
/// other one and `pass` agrees. The rest of those that have a choice are ambiguous.
pub fn one_to_one<'a, K: Ord + Copy>(
    matching: &mut Matching<'a>,
    key: impl Fn(Side, &'a Item<'a>) -> Option<(K, &'a [&'a str])>,
    pass: impl Fn(&Item<'a>, &Item<'a>) -> Option<Pass>,
    ambiguous: Novelty,
) {
    let mut shared: BTreeMap<(K, &str), Choice> = BTreeMap::new();
    for (position, item) in matching.open_old() {
        for_names(key(Side::Old, item), |name| {
            shared.entry(name).or_default().old.add(position);
        });
    }
    for (position, item) in matching.open_new() {
        for_names(key(Side::New, item), |name| {
            shared.entry(name).or_default().new.add(position);
        });
    }
    // What an item may be, over all of its names.
    let choices = |side: Side, item: &'a Item<'a>| {
        let mut all = Few::None;
        for_names(key(side, item), |name| {
            if let Some(choice) = shared.get(&name) {
                all.join(match side {
                    Side::Old => choice.new,
                    Side::New => choice.old,
                });
            }
        });
        all
    };
    let of_old: BTreeMap<usize, Few> = matching
        .open_old()
        .map(|(old, item)| (old, choices(Side::Old, item)))
        .collect();
    let mut said = Vec::new();
    for (new, item) in matching.open_new() {
        let old = match choices(Side::New, item) {
            Few::None => continue,
            Few::One(old) => matching.old.get(old).map(|old_item| (old, old_item)),
            Few::Many => None,
        };
        let old = old.filter(|(old, _)| of_old.get(old) == Some(&Few::One(new)));
        said.push((new, old.map(|(old, old_item)| (old, pass(old_item, item)))));
    }
    for (new, old) in said {
        match old {
            Some((old, Some(pass))) => matching.pair(old, new, pass),
            Some((_, None)) => {}
            None => matching.say(new, ambiguous),
        }
    }
}

fn for_names<'a, K: Copy>(key: Option<(K, &'a [&'a str])>, mut then: impl FnMut((K, &'a str))) {
    let Some((key, names)) = key else {
        return;
    };
    for name in names {
        then((key, name));
    }
}

/// What shares a key and a name.
#[derive(Default)]
struct Choice {
    old: Few,
    new: Few,
}

/// None, one, or more than one position; which ones does not matter then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Few {
    #[default]
    None,
    One(usize),
    Many,
}

impl Few {
    fn add(&mut self, position: usize) {
        self.join(Self::One(position));
    }

    fn join(&mut self, other: Self) {
        *self = match (*self, other) {
            (Self::None, few) | (few, Self::None) => few,
            (Self::One(a), Self::One(b)) if a == b => Self::One(a),
            _ => Self::Many,
        };
    }
}
