//! Errors in policy files, with the line drawn.

use crate::escape;
use crate::model::diagnostic::Diagnostic;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// All errors, one after the other, for a terminal.
pub fn render(errors: &[Diagnostic], colour: bool) -> String {
    let renderer = if colour {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut out = String::new();
    for error in errors {
        out.push_str(&draw(error, &renderer));
        out.push_str("\n\n");
    }
    out
}

fn draw(error: &Diagnostic, renderer: &Renderer) -> String {
    let text = escape::excerpt(&error.text);
    let title = escape::terminal(&error.message);
    let path = escape::terminal(&error.source);
    // A table's span covers its whole body; its first line is enough to find it.
    let start = floor(&text, error.span.start);
    let end = floor(&text, error.span.end.max(start));
    let line_end = text
        .get(start..end)
        .and_then(|body| body.find('\n'))
        .map_or(end, |at| start + at);
    let snippet = Snippet::source(text.as_str())
        .path(path.as_str())
        .fold(true)
        .annotation(
            AnnotationKind::Primary
                .span(start..line_end)
                .label(error.label.as_str()),
        );
    let group = Level::ERROR.primary_title(title.as_str()).element(snippet);
    match &error.help {
        Some(help) => renderer.render(&[group.element(Level::HELP.message(help.as_str()))]),
        None => renderer.render(&[group]),
    }
}

/// The nearest character boundary at or before a byte, inside the text.
fn floor(text: &str, byte: usize) -> usize {
    let mut at = byte.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
