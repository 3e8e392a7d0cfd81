//! What a scanner reported only because its comments were switched off.

use super::Undone;
use crate::app::base::Compared;
use crate::edge::files::Root;
use crate::ingest;
use crate::model::{
    Certainty, Foreign as _, Region, RepoPath, RuleId, ScannerId, Standing, Witnessed,
};
use crate::suppress::{self, Surface, settled};
use std::collections::BTreeMap;

/// Marks what a scanner reported only because its comments were switched off, and which a comment of
/// the base silences, too.
pub fn settle(runs: &mut [Witnessed], undone: &Undone, compared: &Compared<'_>, root: &Root) {
    let Compared::With(known) = compared else {
        return;
    };
    let deaf = |scanner: &ScannerId| {
        let mut comments = undone.iter().filter(|(id, _)| id == scanner);
        comments.any(|(_, surface)| Surface::named(surface).is_some_and(Surface::is_comment))
    };
    let mut texts: BTreeMap<RepoPath, Option<(Option<String>, String)>> = BTreeMap::new();
    for witnessed in runs.iter_mut() {
        let scanner = witnessed.run.scanner.clone();
        if witnessed.run.coverage.exit.is_none() || !deaf(&scanner) {
            continue;
        }
        let mut places: BTreeMap<RepoPath, Vec<(usize, Region, RuleId)>> = BTreeMap::new();
        for (index, located) in witnessed.observations.iter().enumerate() {
            if let (Some(region), Certainty::Exact) =
                (located.location.region, located.location.certainty)
            {
                let rule = located.observation.rule.clone();
                let list = places.entry(located.location.path.clone()).or_default();
                list.push((index, region, rule));
            }
        }
        for (path, places) in places {
            let sides = texts.entry(path.clone()).or_insert_with(|| {
                let now = ingest::text(&root.read(&path)?)?;
                if !suppress::marks(now.as_bytes()) {
                    return None;
                }
                let old = known.touched.renamed.get(&path).unwrap_or(&path);
                let was = match known.touched.files.contains(&path) {
                    true => known.start.read(old).and_then(|bytes| ingest::text(&bytes)),
                    false => Some(now.clone()),
                };
                Some((was, now))
            });
            let Some((was, now)) = sides else { continue };
            let asked: Vec<(Region, &str)> = places
                .iter()
                .map(|(_, region, rule)| (*region, rule.raw()))
                .collect();
            let answers = settled(scanner.as_str(), &path, was.as_deref(), now, &asked);
            let settled = places.iter().zip(answers).filter(|(_, answer)| *answer);
            for ((index, ..), _) in settled {
                if let Some(located) = witnessed.observations.get_mut(*index) {
                    located.observation.standing =
                        Standing::Settled("by a comment that the base has, too");
                }
            }
        }
    }
}
