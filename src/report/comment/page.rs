//! Where on GitHub a text stands, and addresses of what it speaks of.

use crate::escape;
use crate::model::{Region, RepoPath, Untrusted};

/// What a text on GitHub needs to know besides the assessment.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// The address of the server's pages, without a slash at its end: `https://github.com`.
    pub web: String,
    /// `owner/name`.
    pub repository: String,
    /// The commit whose files are linked, in hex: one that stays, such as the last one of the pull
    /// request, and not its test merge. Without one nothing is linked.
    pub commit: Option<String>,
    /// The address of the run's page, where the job summary is.
    pub run: Option<String>,
    /// Tells several gates of one repository apart; empty when there is only one.
    pub key: String,
    /// Sentences of ours that stand before everything but the verdict.
    pub remarks: Vec<String>,
    /// How long the text may be, in UTF-16 code units.
    pub room: usize,
}

/// Longest address that is linked, in bytes; browsers and proxies take at least that.
const LONGEST: usize = 2000;

/// Ends of names of files that GitHub shows as a page or table, in which lines cannot be linked
/// unless the plain text is asked for (docs.github.com, "Getting permanent links to files").
const RENDERED: &[&str] = &[
    ".md",
    ".markdown",
    ".mdown",
    ".mkdn",
    ".rst",
    ".adoc",
    ".asciidoc",
    ".asc",
    ".org",
    ".textile",
    ".mediawiki",
    ".wiki",
    ".pod",
    ".rdoc",
    ".creole",
    ".csv",
    ".tsv",
    ".svg",
    ".ipynb",
    ".geojson",
    ".topojson",
    ".stl",
];

impl Page {
    /// A link that stays: the file as that commit has it, at these lines. `None` without a commit, and
    /// for paths that no address can hold.
    pub fn file(&self, path: &RepoPath, region: Option<Region>) -> Option<String> {
        let mut address = format!("{}/{}", self.at("blob")?, escape::web_path(path));
        if let Some(region) = region {
            let name = path.file_name().to_ascii_lowercase();
            if RENDERED.iter().any(|end| name.ends_with(end)) {
                address.push_str("?plain=1");
            }
            address.push_str(&format!("#L{}", region.line));
            if let Some(end) = region.end_line.filter(|end| *end > region.line) {
                address.push_str(&format!("-L{end}"));
            }
        }
        (address.len() <= LONGEST).then_some(address)
    }

    /// The commit's own page.
    pub fn change(&self) -> Option<String> {
        self.at("commit")
    }

    fn at(&self, what: &str) -> Option<String> {
        let web = escape::url(Untrusted::from(self.web.as_str()))?;
        let repository = escape::web_path(Untrusted::from(self.repository.as_str()));
        let commit = escape::web_path(Untrusted::from(self.commit.as_deref()?));
        Some(format!("{web}/{repository}/{what}/{commit}"))
    }

    /// The address of the run, fit for a link.
    pub fn run(&self) -> Option<String> {
        escape::url(Untrusted::from(self.run.as_deref()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_stay_and_hold_nothing_but_the_path() {
        let page = Page {
            web: "https://github.com".into(),
            repository: "o/r".into(),
            commit: Some("c".repeat(40)),
            ..Page::default()
        };
        let link = |path: &str, region| page.file(&RepoPath::new(path).unwrap(), region);
        let base = format!("https://github.com/o/r/blob/{}", "c".repeat(40));
        let lines = Region::line(10).map(|region| region.to_line(12));
        for (path, region, expected) in [
            ("a b/ä.py", lines, "/a%20b/%C3%A4.py#L10-L12"),
            ("a.py", Region::line(3), "/a.py#L3"),
            ("docs/A.MD", Region::line(3), "/docs/A.MD?plain=1#L3"),
            ("a.md", None, "/a.md"),
            (
                "x)](//evil)?#L1@all$",
                None,
                "/x%29%5D%28/evil%29%3F%23L1%40all%24",
            ),
        ] {
            assert_eq!(link(path, region), Some(format!("{base}{expected}")));
        }
        assert_eq!(link(&"ü".repeat(400), None), None, "too long");
        let without = Page {
            commit: None,
            ..page
        };
        assert_eq!(without.file(&RepoPath::new("a").unwrap(), None), None);
    }
}
