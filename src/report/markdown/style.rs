//! How a page shows names and places.

use crate::escape;
use crate::model::{Assessment, Location, Untrusted};
use crate::report::comment::Page;
use crate::report::phrase::{self, Sink};

/// How a page shows names and places, and where it sends the reader for the rest.
pub struct Style<'a> {
    /// How parts of sentences are shown.
    pub sink: &'static Sink,
    /// Where files are linked.
    pub page: Option<&'a Page>,
    /// Where everything is that is not shown.
    pub elsewhere: &'static str,
    /// Longest title, in characters.
    pub title: usize,
}

static FULL: Sink = Sink {
    ours: |ours| ours.to_owned(),
    name: |name| escape::markdown_code(name),
    title: |title| escape::markdown_code(title),
    line: |line| escape::markdown_code(line),
    words: |words| escape::markdown(words),
};

/// Longest name in a comment, in characters: in an escaped form it is up to six times as long, and
/// one finding must leave room for others.
const NAME: usize = 150;

/// Longest foreign sentence in a comment, in characters.
const WORDS: usize = 300;

static SHORT: Sink = Sink {
    ours: |ours| ours.to_owned(),
    name: |name| escape::markdown_code_up_to(name, NAME),
    title: |title| escape::markdown_code_up_to(title, NAME),
    line: |line| escape::markdown_code_up_to(line, WORDS),
    words: |words| escape::markdown_up_to(words, WORDS),
};

impl<'a> Style<'a> {
    /// For a page of its own.
    pub fn summary() -> Self {
        Self {
            sink: &FULL,
            page: None,
            elsewhere: "the JSON and SARIF reports",
            title: escape::MAX_CHARS,
        }
    }

    /// For a comment, which has less room.
    pub fn comment(page: &'a Page) -> Self {
        Self {
            sink: &SHORT,
            page: Some(page),
            elsewhere: "the job summary and the reports",
            title: 200,
        }
    }

    /// A name.
    pub fn name(&self, name: &Untrusted) -> String {
        (self.sink.name)(name)
    }

    /// A place, linked where the page has an address for it. Links know files by their path from
    /// the root of the repository, and so does the reader of a page that has them.
    pub fn place(&self, assessment: &Assessment, location: &Location) -> String {
        let Some(page) = self.page else {
            return self.name(&phrase::place(location));
        };
        let path = location.path.below(assessment.prefix.as_ref());
        let from_root = Location {
            path: path.into_owned(),
            ..location.clone()
        };
        let name = self.name(&phrase::place(&from_root));
        match page.file(&from_root.path, location.region) {
            Some(address) => format!("[{name}]({address})"),
            None => name,
        }
    }
}
