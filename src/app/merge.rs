//! `lockgate merge`.

use super::base::Compared;
use super::case::{Case, Gathered, Ground};
use super::request::{Request, delivery, request};
use super::{bundles, check, quote};
use crate::cli::Merge;
use crate::edge::files::Root;
use crate::edge::reports::ReportFile;
use crate::error::Error;
use crate::model::{Problem, RepoPath, Untrusted};
use crate::shard::{Given, Home, Merged, merge};
use std::collections::BTreeSet;

/// Merges bundles, judges, tells everybody; returns the exit code.
pub fn run(args: Merge) -> Result<u8, Error> {
    let mut request = request(&args.check.input, "merge BUNDLE --root", args.check.color)?;
    if !request.reports.is_empty() || request.run.all || !request.run.named.is_empty() {
        return Err(Error::usage("merge reads no reports and runs no tools")
            .hint("give them to lockgate check --output bundle=PATH, and merge that bundle"));
    }
    let expected = folders(&args.expect)?;
    let delivery = delivery(args.check)?;
    check::prepare(&delivery)?;
    let found = find(&args.bundles, &request.root);
    let files = found.iter().filter_map(|one| one.as_ref().ok());
    request.handed = files.filter_map(|file| file.inside.clone()).collect();
    let case = Case::with(&request, &|ground| Ok(gathered(ground, &found, &expected)))?;
    check::conclude(case, &request, &delivery)
}

fn folders(words: &[String]) -> Result<Vec<RepoPath>, Error> {
    let folder = |word: &String| {
        RepoPath::new(word.trim()).map_err(|why| {
            Error::usage(format!("--expect needs a folder below the root: {why}"))
                .detail(word.as_str())
        })
    };
    words.iter().map(folder).collect()
}

fn gathered(ground: &Ground<'_, '_>, found: &[Found], expected: &[RepoPath]) -> Gathered {
    let Request { root, .. } = ground.request;
    let base = match ground.compared {
        Compared::With(known) => Some(known.start.id()),
        Compared::Without(_) => None,
    };
    let prefix = root.prefix();
    let home = Home {
        commit: ground.part.commit.as_deref(),
        base: base.as_deref(),
        policy: &ground.part.policy,
        prefix: prefix.as_ref(),
        expected,
    };
    let Merged {
        mut evidence,
        undone,
    } = merge(found.iter().map(read).collect(), &home);
    // What one job has found to be a secret, the others did not know of.
    quote::again(&mut evidence.runs, root);
    Gathered {
        history: None,
        evidence,
        undone,
        shard: None,
    }
}

/// A bundle's file, or the name of one that is not there.
type Found = Result<ReportFile, Untrusted>;

/// The files that are named, each once.
fn find(names: &[String], root: &Root) -> Vec<Found> {
    let (mut list, mut seen) = (Vec::new(), BTreeSet::new());
    for name in names.iter().map(|n| n.trim()).filter(|n| !n.is_empty()) {
        match bundles::find(name, root) {
            Ok(files) => {
                let new = files
                    .into_iter()
                    .filter(|file| seen.insert(file.identity()));
                list.extend(new.map(Ok));
            }
            Err(unread) => list.push(Err(unread.name)),
        }
    }
    list
}

fn read(found: &Found) -> Given {
    match found {
        Ok(file) => Given {
            name: file.name.clone(),
            bundle: bundles::open(file).map_err(bundles::problem),
        },
        Err(name) => {
            let text = "a bundle is not there: its job did not run, or failed before writing it";
            Given {
                name: name.clone(),
                bundle: Err(Problem::new("bundle-missing", text).items([name.clone()])),
            }
        }
    }
}
