//! `lockgate merge`.

use super::base::Compared;
use super::case::{Case, Gathered, Ground};
use super::request::{Request, delivery, request};
use super::{bundles, check, gather};
use crate::cli::Merge;
use crate::edge::files::Root;
use crate::error::Error;
use crate::model::{Problem, RepoPath};
use crate::shard::{Given, Home, Merged, merge};
use std::collections::BTreeSet;

/// Merges bundles, judges, tells everybody; returns the exit code.
pub fn run(args: Merge) -> Result<u8, Error> {
    let request = request(&args.check.input, "merge BUNDLE --root", args.check.color)?;
    if !request.reports.is_empty() || request.run.all || !request.run.named.is_empty() {
        return Err(Error::usage("merge reads no reports and runs no tools")
            .hint("give them to lockgate check --output bundle=PATH, and merge that bundle"));
    }
    let expected = folders(&args.expect)?;
    let delivery = delivery(args.check)?;
    check::prepare(&delivery)?;
    let case = Case::with(&request, &|ground| {
        Ok(gathered(ground, &args.bundles, &expected))
    })?;
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

fn gathered(ground: &Ground<'_, '_>, names: &[String], expected: &[RepoPath]) -> Gathered {
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
    } = merge(read(names, root), &home);
    // What one job has found to be a secret, the others did not know of.
    gather::quote_again(&mut evidence.runs, root);
    Gathered {
        evidence,
        undone,
        shard: None,
    }
}

/// Reads bundles, each file once.
fn read(names: &[String], root: &Root) -> Vec<Given> {
    let (mut given, mut seen) = (Vec::new(), BTreeSet::new());
    for name in names.iter().map(|n| n.trim()).filter(|n| !n.is_empty()) {
        let Ok(files) = bundles::find(name, root) else {
            let text = "a bundle is not there: its job did not run, or failed before writing it";
            given.push(Given {
                name: name.into(),
                bundle: Err(Problem::new("bundle-missing", text).items([name.into()])),
            });
            continue;
        };
        for file in files {
            if seen.insert(file.identity()) {
                given.push(Given {
                    name: file.name.clone(),
                    bundle: bundles::open(&file).map_err(bundles::problem),
                });
            }
        }
    }
    given
}
