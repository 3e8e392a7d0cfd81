//! `lockgate explain`.

use super::case::{Case, colour};
use super::request::{Request, request};
use super::{bundles, policy, rules};
use crate::assess::assess;
use crate::bundle::Judged;
use crate::canary;
use crate::cli::{Explain, Show, When};
use crate::edge::terminal::{self, Stream};
use crate::error::{Error, ErrorKind};
use crate::explain::{self, Explained, Search, Style};

/// Exit code when there is no such finding.
const NOT_THERE: u8 = 1;

/// Explains a finding; returns the exit code.
pub fn run(args: &Explain) -> Result<u8, Error> {
    if let Some(shown) = rules::one(&args.finding, args.format) {
        return shown;
    }
    let request = request(&args.input, "explain FINDING", When::Auto)?;
    let (case, judged) = match &args.from {
        Some(name) => stored(name, &request).map(|(case, judged)| (case, Some(judged)))?,
        None => (Case::gather(&request)?, None),
    };
    let Case {
        policy,
        evidence,
        context,
        // What the change makes of the policy decides nothing.
        proposed: _,
        part: _,
    } = case;
    let mut assessment = assess(evidence, &policy, &context);
    canary::add(&mut assessment, &policy, &context);
    let mut out = Vec::new();
    let word = args.finding.as_str();
    let style = match args.format {
        Show::Text => Some(Style::Text),
        Show::Markdown => Some(Style::Markdown),
        Show::Json => None,
    };
    let (written, code) = match explain::search(word, &assessment, &context) {
        Search::One(decided) => {
            let explained =
                Explained::new(decided, &assessment, &policy, &context, judged.as_ref());
            let written = match style {
                Some(style) => text(&explain::render(&explained, style), &mut out),
                None => explain::write(&explained, &mut out),
            };
            (written, 0)
        }
        Search::Several(found) => {
            let written = match style {
                Some(style) => text(&explain::list(word, &found, style), &mut out),
                None => explain::write_list(&found, &mut out),
            };
            (written, 0)
        }
        Search::None(missing) => {
            let written = match style {
                Some(style) => text(&explain::missing(word, &missing, style), &mut out),
                None => explain::write_missing(&missing, &mut out),
            };
            (written, NOT_THERE)
        }
    };
    written.map_err(|e| Error::new(ErrorKind::Internal, e.to_string()))?;
    terminal::out(&out);
    Ok(code)
}

fn text(text: &str, out: &mut Vec<u8>) -> std::io::Result<()> {
    out.extend_from_slice(text.as_bytes());
    Ok(())
}

/// The case that a bundle holds, with the policy of this folder: a bundle has none.
fn stored(name: &str, request: &Request) -> Result<(Case, Judged), Error> {
    let unread = |unread: crate::simulate::Unread| {
        Error::usage(format!("the bundle cannot be read: {}", unread.why))
            .detail(unread.detail.unwrap_or(unread.name))
            .hint("write one with lockgate check --output bundle=PATH")
    };
    let files = bundles::find(name, &request.root).map_err(unread)?;
    let [file] = files.as_slice() else {
        return Err(Error::usage("--from names several files").detail(name));
    };
    let bundle = bundles::open_whole(file).map_err(unread)?;
    let paint = colour(When::Auto, Stream::Err);
    let case = Case {
        policy: policy::load(request.policy.as_deref(), &request.root, paint)?,
        proposed: None,
        evidence: bundle.evidence,
        context: bundle.context,
        part: bundle.part.unwrap_or_default(),
    };
    Ok((case, bundle.judged))
}
