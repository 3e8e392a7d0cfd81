//! Rails in production without `force_ssl`: nothing redirects, and no Strict-Transport-Security is sent.

use super::eval::Eval;
use crate::check::Raised;
use std::ops::Range;

/// Whether the settings of production leave encryption to chance: said so, or in a comment only.
pub(super) fn look(eval: &Eval<'_>, path: &str) -> Option<Raised> {
    if !path.ends_with("config/environments/production.rb") {
        return None;
    }
    let tokens = &eval.tokens;
    let set =
        (0..tokens.all.len()).find(|at| tokens.is(*at, "force_ssl") && tokens.is(at + 1, "="));
    let place = match set {
        Some(at) if tokens.is(at + 2, "false") => tokens.place(&(at..at + 3)),
        Some(_) => return None,
        None => commented(eval)?,
    };
    let message = "Rails neither redirects to TLS nor sends Strict-Transport-Security.";
    let raised = Raised::new("LG-HDR-101", path, place, message);
    Some(raised.better("config.force_ssl = true"))
}

/// Where it stands in a comment.
fn commented(eval: &Eval<'_>) -> Option<Range<usize>> {
    const SETTING: &str = "config.force_ssl = true";
    let tokens = &eval.tokens;
    tokens.comments.iter().find_map(|place| {
        let comment = tokens.text.get(place.clone())?;
        let at = place.start + comment.find(SETTING)?;
        Some(at..at + SETTING.len())
    })
}
