//! Dependencies of which a report does not say the version or the place.

use super::identity::{Digest, Identity};
use super::{Member, Slot};
use std::collections::BTreeMap;

/// What an identity with gaps has in common with the ones that it may fit.
type Key = (String, String, String);

/// Each problem of a run (its members belong together) joins the first finding that it fits and
/// that its own run does not see yet; else it stands for itself.
pub fn join(gaps: BTreeMap<(usize, Slot), Vec<Member>>, slots: &mut BTreeMap<Slot, Vec<Member>>) {
    if gaps.is_empty() {
        return;
    }
    // In the order of the identities, not of their digests, so that "first" means something.
    let mut index: BTreeMap<Key, Vec<(Identity, Slot)>> = BTreeMap::new();
    for (slot, members) in slots.iter() {
        if let Some(first) = members.first()
            && let Some(key) = first.identity.dependency_key()
        {
            index
                .entry(key)
                .or_default()
                .push((first.identity.clone(), *slot));
        }
    }
    for list in index.values_mut() {
        list.sort();
    }
    let mut counts: BTreeMap<(usize, Digest), usize> = BTreeMap::new();
    // Where a run's next look-alike goes on searching: what it passed over does not fit it either.
    let mut passed: BTreeMap<(usize, Digest), usize> = BTreeMap::new();
    for ((run, (digest, _)), mut members) in gaps {
        let Some((identity, key)) = members.first().and_then(|first| {
            let identity = first.identity.clone();
            let key = identity.dependency_key()?;
            Some((identity, key))
        }) else {
            continue;
        };
        let sees = |members: &[Member]| members.iter().any(|m| m.run == run);
        let candidates = index.get(&key).map(Vec::as_slice).unwrap_or_default();
        let start = passed.entry((run, digest)).or_insert(0);
        let fitting = candidates.iter().skip(*start).find(|(other, slot)| {
            *start += 1;
            identity.fits(other) && slots.get(slot).is_some_and(|members| !sees(members))
        });
        let slot = match fitting {
            Some((_, slot)) => *slot,
            None => {
                let count = counts.entry((run, digest)).or_insert(0);
                let slot = (digest, *count);
                for member in &mut members {
                    member.number = *count;
                }
                *count += 1;
                if !slots.contains_key(&slot) {
                    index.entry(key).or_default().push((identity, slot));
                }
                slot
            }
        };
        slots.entry(slot).or_default().extend(members);
    }
}
