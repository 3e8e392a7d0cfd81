//! What VEX documents have in common: claims about an advisory in some packages.

use super::purl::purl;
use super::statement::{Found, Statement, Subject};
use crate::model::{AdvisoryId, Foreign as _, Untrusted};
use std::collections::{BTreeMap, BTreeSet};

/// Names of one advisory that are looked at.
const MAX_NAMES: usize = 16;

/// What a claim says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// The advisory does not concern the product.
    NotAffected,
    /// It did, and no longer does.
    Fixed,
    /// It does, or nobody knows yet.
    Open,
    /// The document has a word for it that is not in its specification.
    Unknown,
}

/// One claim.
pub struct Claim {
    /// The line, 1-based.
    pub line: u32,
    /// Names of the advisory, as written.
    pub names: Vec<String>,
    /// What it says.
    pub status: Status,
    /// Identifiers of the products or packages; empty for all of them.
    pub products: Vec<String>,
    /// Why, in words.
    pub reason: String,
    /// When it was made; later claims replace earlier ones of the same document.
    pub time: Option<jiff::Timestamp>,
}

/// A claim's time and position, by which later claims are known.
type Order = (Option<jiff::Timestamp>, usize);

/// Claims that something is affected: by advisory and package, the versions with the last claim.
type OpenClaims = BTreeMap<(AdvisoryId, Untrusted), BTreeMap<String, Order>>;

const WIDER_PRODUCT: &str = "the document speaks of a product as a whole; the waiver holds for the advisory in every package";
const WIDER_VERSION: &str =
    "the document speaks of a version; the waiver holds for every version of the package";

/// Turns the claims of one document into statements.
pub fn claims(claims: &[Claim], found: &mut Found) {
    let open = open_claims(claims);
    for (index, claim) in claims.iter().enumerate() {
        let what = claim.names.first().map(String::as_str).unwrap_or_default();
        match claim.status {
            Status::NotAffected => not_affected(claim, (claim.time, index), &open, found),
            Status::Fixed => {
                found.unneeded(claim.line, what, "it is fixed: there is nothing to accept");
            }
            Status::Open => found.leave(
                claim.line,
                what,
                "the document says that the product is or may be affected",
            ),
            Status::Unknown => found.leave(claim.line, what, "its status is not known"),
        }
    }
}

fn not_affected(claim: &Claim, order: Order, open: &OpenClaims, found: &mut Found) {
    let what = claim.names.first().map(String::as_str).unwrap_or_default();
    let advisories = advisories(claim);
    if advisories.is_empty() {
        found.leave(claim.line, what, "it is not the id of an advisory");
        return;
    }
    let (packages, whole) = packages(claim);
    if contradicted(&advisories, &packages, order, open) {
        found.leave(
            claim.line,
            what,
            "the same document says that another version is, or that it later is, affected; a waiver \
             would cover both",
        );
        return;
    }
    let wider = if whole {
        Some(WIDER_PRODUCT)
    } else if packages.iter().any(|(_, version)| !version.is_empty()) {
        Some(WIDER_VERSION)
    } else {
        None
    };
    let mut names = BTreeSet::new();
    if !whole {
        names.extend(packages.into_iter().map(|(name, _)| name));
    }
    let subject = Subject {
        advisories,
        packages: names,
        ..Subject::default()
    };
    found.keep(Statement {
        reason: Some(claim.reason.as_str().into()),
        wider,
        ..Statement::new(claim.line, subject)
    });
}

fn advisories(claim: &Claim) -> BTreeSet<AdvisoryId> {
    let names = claim.names.iter().take(MAX_NAMES);
    names.filter_map(|name| AdvisoryId::new(name)).collect()
}

/// Packages with versions, and whether the claim is about more than packages: a product has no name
/// here and itself for a version.
fn packages(claim: &Claim) -> (BTreeSet<(Untrusted, String)>, bool) {
    let mut packages = BTreeSet::new();
    for product in &claim.products {
        packages.insert(match purl(product) {
            Some(purl) => (purl.package, purl.version),
            None => (Untrusted::default(), product.clone()),
        });
    }
    if packages.is_empty() {
        packages.insert(Default::default());
    }
    let whole = packages.iter().any(|(name, _)| name.is_empty());
    (packages, whole)
}

fn open_claims(claims: &[Claim]) -> OpenClaims {
    let mut open = OpenClaims::new();
    let mut add = |id: &AdvisoryId, name: Untrusted, version: String, order: Order| {
        let versions = open.entry((id.clone(), name)).or_default();
        let last = versions.entry(version).or_insert(order);
        *last = (*last).max(order);
    };
    for (index, claim) in claims.iter().enumerate() {
        if !matches!(claim.status, Status::Open | Status::Unknown) {
            continue;
        }
        let order = (claim.time, index);
        let (packages, _) = packages(claim);
        for id in &advisories(claim) {
            for (name, version) in &packages {
                add(id, name.clone(), version.clone(), order);
                // For waivers of everything each package is another thing.
                if !name.is_empty() {
                    add(id, Untrusted::default(), name.raw().to_owned(), order);
                }
            }
        }
    }
    open
}

/// Whether a claim that something is affected would be covered by the waiver too: a later one about
/// the same thing, or one about another version of the package.
fn contradicted(
    advisories: &BTreeSet<AdvisoryId>,
    packages: &BTreeSet<(Untrusted, String)>,
    order: Order,
    open: &OpenClaims,
) -> bool {
    let later = |last: &Order| *last > order;
    advisories.iter().any(|id| {
        let whole = open.get(&(id.clone(), Untrusted::default()));
        let all = whole.and_then(|versions| versions.get(""));
        all.is_some_and(later)
            || packages.iter().any(|(name, version)| {
                let Some(versions) = open.get(&(id.clone(), name.clone())) else {
                    return false;
                };
                // Two keys, or a single one that is another: no walk over all of them.
                versions.len() > 1
                    || versions
                        .iter()
                        .any(|(other, last)| other != version || later(last))
            })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(status: Status, products: &[&str], time: &str) -> Claim {
        Claim {
            line: 1,
            names: vec!["CVE-2024-1".to_owned()],
            status,
            products: products.iter().map(|p| (*p).to_owned()).collect(),
            reason: String::new(),
            time: time.parse().ok(),
        }
    }

    fn kept(list: &[Claim]) -> usize {
        let mut found = Found::default();
        claims(list, &mut found);
        found.statements.len()
    }

    #[test]
    fn no_waiver_covers_what_is_said_to_be_affected() {
        use Status::{NotAffected, Open};
        let (one, two, other) = ("pkg:npm/a@1", "pkg:npm/a@2", "pkg:npm/b@1");
        let app = "pkg:oci/app";
        let no = |products: &[&str]| claim(NotAffected, products, "");
        let yes = |products: &[&str]| claim(Open, products, "");
        assert_eq!(kept(&[no(&[one]), yes(&[other])]), 1);
        assert_eq!(kept(&[yes(&[one]), no(&[one])]), 1);
        assert_eq!(kept(&[no(&[one]), yes(&[one])]), 0);
        assert_eq!(kept(&[yes(&[two]), no(&[one])]), 0);
        assert_eq!(kept(&[no(&[one]), yes(&[])]), 0);
        assert_eq!(kept(&[yes(&[other]), no(&[app])]), 0);
        assert_eq!(kept(&[yes(&["pkg:oci/b"]), no(&[app])]), 0);
        assert_eq!(kept(&[yes(&[app]), no(&[app])]), 1);
        assert_eq!(kept(&[no(&[])]), 1);
    }

    #[test]
    fn times_count_before_positions() {
        let (early, late) = ("2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z");
        let pair = |not, open| {
            let a = &["pkg:npm/a@1"];
            kept(&[
                claim(Status::NotAffected, a, not),
                claim(Status::Open, a, open),
            ])
        };
        assert_eq!((pair(late, early), pair(early, late)), (1, 0));
    }
}
