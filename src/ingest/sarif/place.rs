//! Where a result is: URIs to paths.

use super::format::{ArtifactLocation, Location, RegionPart, Run};
use crate::ingest::lenient::Int;
use crate::model::{Place, Region};
use percent_encoding::percent_decode_str;

/// Longest chain of `uriBaseId`s that is followed.
const MAX_BASES: usize = 8;

/// The place of the first location that names a file; failing that, the first logical name.
pub fn place(locations: &[Location<'_>], run: &Run<'_>, columns: bool) -> Place {
    for location in locations {
        let Some(physical) = &location.physical_location else {
            continue;
        };
        let uri = physical
            .artifact_location
            .as_ref()
            .and_then(|a| resolve(a, run));
        if let Some(uri) = uri {
            let region = physical.region.as_ref().and_then(|r| region(r, columns));
            return of_uri(&uri, region);
        }
    }
    let logical = locations
        .iter()
        .flat_map(|l| l.logical_locations.as_deref().unwrap_or_default())
        .find_map(|l| l.fully_qualified_name.as_ref().or(l.name.as_ref()));
    Place {
        target: logical.map(|name| name.as_str().into()),
        ..Place::default()
    }
}

/// The first line of the text that the report quotes from the place.
pub fn quoted<'a>(locations: &'a [Location<'_>]) -> Option<&'a str> {
    let mut regions = locations
        .iter()
        .filter_map(|l| l.physical_location.as_ref()?.region.as_ref());
    let snippet = regions.find_map(|region| region.snippet.as_ref()?.text.as_ref())?;
    snippet
        .as_str()
        .lines()
        .find(|line| !line.trim().is_empty())
}

/// A URI with its bases in front (§3.4.4), or of the artifact that the index names (§3.4.5).
pub fn resolve(location: &ArtifactLocation<'_>, run: &Run<'_>) -> Option<String> {
    let mut location = location;
    let mut uri = match &location.uri {
        Some(uri) if !uri.as_str().is_empty() => uri.as_str().to_owned(),
        _ => {
            let index = usize::try_from(location.index.0?).ok()?;
            location = run.artifacts.as_deref()?.get(index)?.location.as_ref()?;
            location.uri.as_ref()?.as_str().to_owned()
        }
    };
    let bases = run.original_uri_base_ids.as_ref();
    for _ in 0..MAX_BASES {
        let Some(base) = location.uri_base_id.as_ref() else {
            break;
        };
        let Some(next) = bases.and_then(|bases| bases.get(base.as_str())) else {
            break;
        };
        if let Some(prefix) = &next.uri
            && !has_scheme(&uri)
            && !uri.starts_with('/')
        {
            let slash = if prefix.as_str().is_empty() || prefix.as_str().ends_with('/') {
                ""
            } else {
                "/"
            };
            uri = format!("{}{slash}{uri}", prefix.as_str());
        }
        location = next;
    }
    Some(uri)
}

fn has_scheme(uri: &str) -> bool {
    uri.split_once(':').is_some_and(|(scheme, _)| {
        scheme.len() > 1
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

fn of_uri(uri: &str, region: Option<Region>) -> Place {
    let path = match uri.split_once("://") {
        Some(("file", rest)) => Some(
            rest.find('/')
                .map_or(rest, |at| rest.get(at..).unwrap_or(rest)),
        ),
        Some(_) => None,
        None if uri.starts_with("file:") => uri.strip_prefix("file:"),
        None => Some(uri),
    };
    match path {
        Some(path) => {
            let path = percent_decode_str(path).decode_utf8_lossy().into_owned();
            Place {
                path: Some(path.into()),
                region,
                ..Place::default()
            }
        }
        None => Place {
            target: Some(uri.into()),
            ..Place::default()
        },
    }
}

fn region(part: &RegionPart<'_>, columns: bool) -> Option<Region> {
    let number = |n: Int| n.0.and_then(|n| u64::try_from(n).ok());
    let region = Region::line(number(part.start_line)?)?;
    if !columns {
        return Some(region);
    }
    let region = match number(part.end_line) {
        Some(end) => region.to_line(end),
        None => region,
    };
    Some(region.columns(number(part.start_column), number(part.end_column)))
}
