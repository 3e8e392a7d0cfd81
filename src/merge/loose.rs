//! Dependencies of which a report does not say the version or the place.

use super::identity::{Digest, Identity};
use super::{Member, Slot};
use std::collections::BTreeMap;

/// Findings that one search looks at; more than these differ in what the searcher does not know.
const MOST: usize = 256;

/// Ecosystem, name and advisory.
type Key = (String, String, String);

/// What an identity and the ones that it may fit have in common.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum View {
    Version(Option<String>),
    Place(Option<String>),
    All,
}

/// Under which views an identity is found.
fn views(identity: &Identity) -> Option<[View; 3]> {
    let Identity::Dependency { version, place, .. } = identity else {
        return None;
    };
    let (version, place) = (version.clone(), place.clone());
    Some([View::Version(version), View::Place(place), View::All])
}

/// Where an identity with gaps looks: first among those that agree in what it knows, then among
/// those that do not know that.
fn searched(identity: &Identity) -> Vec<View> {
    match identity {
        Identity::Dependency {
            version: Some(version),
            ..
        } => vec![View::Version(Some(version.clone())), View::Version(None)],
        Identity::Dependency {
            place: Some(place), ..
        } => vec![View::Place(Some(place.clone())), View::Place(None)],
        _ => vec![View::All],
    }
}

/// The findings that an observation with gaps may join.
#[derive(Default)]
struct Index {
    lists: BTreeMap<(Key, View), Vec<Slot>>,
    /// What is known of a finding by all of its members.
    known: BTreeMap<Slot, Identity>,
}

impl Index {
    fn add(&mut self, key: &Key, identity: &Identity, slot: Slot) {
        for view in views(identity).into_iter().flatten() {
            let list = self.lists.entry((key.clone(), view)).or_default();
            list.push(slot);
        }
        self.known.insert(slot, identity.clone());
    }
}

/// Each problem of a run (its members belong together) joins the first finding that it fits and
/// that its own run does not see yet; else it stands for itself. A finding's members agree in all
/// that any of them knows, so that an observation without a version never joins two versions.
pub fn join(gaps: BTreeMap<(usize, Slot), Vec<Member>>, slots: &mut BTreeMap<Slot, Vec<Member>>) {
    if gaps.is_empty() {
        return;
    }
    // In the order of the identities, not of their digests, so that "first" means something.
    let whole = slots.iter().filter_map(|(slot, members)| {
        let identity = &members.first()?.identity;
        Some((identity.dependency_key()?, identity.clone(), *slot))
    });
    let mut whole: Vec<(Key, Identity, Slot)> = whole.collect();
    whole.sort();
    let mut index = Index::default();
    for (key, identity, slot) in whole {
        index.add(&key, &identity, slot);
    }
    // Those who know more choose first.
    let mut order: Vec<_> = gaps.into_iter().collect();
    order.sort_by_key(|((run, slot), members)| {
        let gaps = members.first().map(|member| member.identity.gaps());
        (gaps, *run, *slot)
    });
    let mut counts: BTreeMap<Digest, usize> = BTreeMap::new();
    // Where a run's next look-alike goes on searching: what it passed over does not fit it either.
    let mut passed: BTreeMap<(usize, Digest, usize), usize> = BTreeMap::new();
    for ((run, (digest, _)), mut members) in order {
        let Some((identity, key)) = members.first().and_then(|first| {
            let identity = first.identity.clone();
            let key = identity.dependency_key()?;
            Some((identity, key))
        }) else {
            continue;
        };
        let views = searched(&identity).into_iter().enumerate();
        let found = views.into_iter().find_map(|(number, view)| {
            let list = index.lists.get(&(key.clone(), view))?;
            let start = passed.entry((run, digest, number)).or_insert(0);
            let rest = list.get(*start..)?.iter().take(MOST);
            let fits = |slot: &Slot| {
                let fits = index.known.get(slot).is_some_and(|k| identity.fits(k));
                let sees = |members: &Vec<Member>| members.iter().any(|m| m.run == run);
                fits && !slots.get(slot).is_some_and(sees)
            };
            let mut rest = rest.inspect(|_| *start += 1);
            rest.find(|slot| fits(slot)).copied()
        });
        let slot = found.unwrap_or_else(|| {
            let count = counts.entry(digest).or_insert(0);
            *count += 1;
            let slot = (digest, *count - 1);
            index.add(&key, &identity, slot);
            slot
        });
        if let Some(known) = index.known.get_mut(&slot) {
            known.learn(&identity);
        }
        let home = slots.entry(slot).or_default();
        let owner = home.first().map(|member| member.identity.clone());
        let owner = owner.unwrap_or(identity);
        for member in &mut members {
            // A finding has one name: no two findings may end up with the same one.
            member.identity = owner.clone();
            member.number = slot.1;
        }
        home.extend(members);
    }
}
