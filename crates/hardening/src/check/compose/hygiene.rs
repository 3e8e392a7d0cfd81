//! What keeps a service running and small. Missing in most files: one note for each.

use super::About;
use super::model::Service;
use crate::check::Found;
use crate::file::Tree;
use crate::words::secret::quoted;
use std::ops::Range;

/// Images that bring a health check of their own.
const CHECKED: &[&str] = &["cadvisor", "pihole", "vaultwarden", "server-ce"];
/// Names that are told in one note, at most.
const NAMED: usize = 8;

/// The place of what a service lacks; `None` when it does not.
type Missing = fn(&About<'_>, &Service) -> Option<Range<usize>>;

pub(super) fn look(about: &About<'_>, found: &mut Found) {
    if let Some(place) = &about.compose.version {
        let message = "`version` is obsolete and has no effect.";
        found
            .raised
            .push(about.raise("LG-CMP-190", place.clone(), message));
    }
    let whole: Vec<&Service> = about
        .compose
        .services
        .iter()
        .filter(|one| !one.is_overlay())
        .collect();
    let rules: [(&'static str, &str, Missing); 7] = [
        ("LG-CMP-151", "No health check", unchecked),
        ("LG-CMP-152", "No memory limit", unlimited),
        ("LG-CMP-153", "No restart policy", unrestarted),
        ("LG-CMP-154", "No rotation of logs", unrotated),
        ("LG-CMP-161", "Image without a fixed version", unpinned),
        (
            "LG-CMP-171",
            "May gain privileges (no `no-new-privileges`, `cap_drop` or `read_only`)",
            unlocked,
        ),
        (
            "LG-OPS-101",
            "Makes backups only when somebody starts it",
            by_hand,
        ),
    ];
    for (rule, title, missing) in rules {
        let hit = whole
            .iter()
            .filter_map(|one| Some((missing(about, one)?, &one.name)));
        let hits: Vec<(Range<usize>, &String)> = hit.collect();
        let Some((first, _)) = hits.first() else {
            continue;
        };
        let names: Vec<String> = hits
            .iter()
            .take(NAMED)
            .map(|(_, name)| quoted(name))
            .collect();
        let more = match hits.len() > NAMED {
            true => format!(" and {} more", hits.len() - NAMED),
            false => String::new(),
        };
        let message = format!("{title}: {}{more}.", names.join(", "));
        found.raised.push(about.raise(rule, first.clone(), message));
    }
}

fn unless(has: bool, service: &Service) -> Option<Range<usize>> {
    (!has).then(|| service.place.clone())
}

fn unchecked(about: &About<'_>, service: &Service) -> Option<Range<usize>> {
    let own = service
        .node
        .get("healthcheck")
        .is_some_and(|node| node.get("disable").and_then(|node| node.truth()) != Some(true));
    unless(
        own || CHECKED.contains(&service.kind().as_str())
            || image_checks(about.look.tree, about.look.file.folder(), service),
        service,
    )
}

/// Whether the Dockerfile that the service is built from has a health check.
fn image_checks(tree: &Tree, folder: &str, service: &Service) -> bool {
    let Some(path) = dockerfile(folder, service) else {
        return false;
    };
    let file = tree.file(&path);
    file.is_some_and(|file| {
        let mut lines = file.text().lines().map(str::trim_start);
        lines.any(|line| {
            let word = line.split_ascii_whitespace().next().unwrap_or_default();
            word.eq_ignore_ascii_case("healthcheck")
        })
    })
}

/// The path of the Dockerfile that a service of a file in `folder` is built from.
pub(super) fn dockerfile(folder: &str, service: &Service) -> Option<String> {
    let build = service.node.get("build")?;
    let context = build
        .text()
        .or_else(|| build.text_of("context"))
        .unwrap_or(".");
    let context = Tree::resolve(folder, context)?;
    Tree::resolve(
        &context,
        build.text_of("dockerfile").unwrap_or("Dockerfile"),
    )
}

fn unlimited(_: &About<'_>, service: &Service) -> Option<Range<usize>> {
    let limits = service
        .node
        .at(&["deploy", "resources", "limits", "memory"]);
    unless(
        limits.is_some() || service.node.get("mem_limit").is_some(),
        service,
    )
}

fn unrestarted(_: &About<'_>, service: &Service) -> Option<Range<usize>> {
    let policy = service.node.at(&["deploy", "restart_policy"]);
    unless(
        policy.is_some() || service.node.get("restart").is_some(),
        service,
    )
}

fn unrotated(_: &About<'_>, service: &Service) -> Option<Range<usize>> {
    unless(service.node.get("logging").is_some(), service)
}

fn unpinned(_: &About<'_>, service: &Service) -> Option<Range<usize>> {
    // With `build`, the image's name is only what the result is called.
    if service.is_built() {
        return None;
    }
    let image = service.image()?;
    let node = service.node.get("image")?;
    let last = image.rsplit('/').next().unwrap_or_default();
    let floating = !image.contains('@')
        && (!last.contains(':') || last.ends_with(":latest") || last.ends_with(':'));
    // A tag in a variable is decided elsewhere.
    let decided = node.text().is_some_and(|text| text.contains('$')) && !last.ends_with(":latest");
    (floating && !decided).then(|| node.place.clone())
}

/// A service that is called after the backups that it makes, is left out of what starts by itself, and ends
/// after one run. Whether something else starts it is not in the file.
fn by_hand(_: &About<'_>, service: &Service) -> Option<Range<usize>> {
    let mut words = service.name.split(['-', '_', '.']);
    let backs_up = words.any(|word| matches!(word, "backup" | "backups" | "dump"));
    let once = service.node.get("profiles").is_some()
        && service
            .node
            .text_of("restart")
            .is_none_or(|policy| policy == "no");
    let waits = ["cron", "sleep", "ofelia", "schedule"]
        .iter()
        .any(|word| service.started().contains(word));
    (backs_up && once && !waits).then(|| service.place.clone())
}

fn unlocked(_: &About<'_>, service: &Service) -> Option<Range<usize>> {
    let option = service
        .texts("security_opt")
        .iter()
        .any(|word| word.text.contains("no-new-privileges"));
    let dropped = service.node.get("cap_drop").is_some();
    let read_only = service.node.get("read_only").and_then(|node| node.truth()) == Some(true);
    unless(option || dropped || read_only, service)
}
