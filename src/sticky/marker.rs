//! The marker: an HTML comment at the very start of the body, which nobody sees and which says whose
//! comment it is and which run wrote it.
//!
//! `<!-- lockgate:v1 key=… verdict=… head=… run=… attempt=… digest=… -->`, one space between the
//! parts, in this order. Whoever can write comments can write a marker, too: it counts only together
//! with the comment's author.

use crate::model::Verdict;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;

/// What the marker begins with; another version is another gate's comment.
const START: &str = "<!-- lockgate:v1 ";

/// What it ends with.
const END: &str = " -->\n";

/// A key has no `-` in its encoded form, so that no key ends the HTML comment.
const KEY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'.').remove(b'_').remove(b'/');

/// Bytes of the digest that are kept.
const DIGEST: usize = 16;

/// Longest key, in bytes; longer ones are no comment of ours.
const LONGEST_KEY: usize = 200;

/// Which try of which run wrote something; the greater, the newer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stamp {
    /// The run's id (`GITHUB_RUN_ID`), which grows from run to run.
    pub run: u64,
    /// Which try of it (`GITHUB_RUN_ATTEMPT`), from 1.
    pub attempt: u64,
}

/// What a comment says about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marker {
    /// Tells several gates of one repository apart; empty when there is only one.
    pub key: String,
    /// The verdict that it tells.
    pub verdict: Verdict,
    /// The commit that was judged, in hex; empty when nobody knows.
    pub head: String,
    /// Who wrote it.
    pub stamp: Stamp,
    /// [`digest`] of the text below the marker.
    pub digest: String,
}

impl Marker {
    /// The marker with its line break.
    pub fn write(&self) -> String {
        format!(
            "{START}key={} verdict={} head={} run={} attempt={} digest={}{END}",
            utf8_percent_encode(&self.key, KEY),
            self.verdict,
            self.head,
            self.stamp.run,
            self.stamp.attempt,
            self.digest
        )
    }

    /// The marker at the very start of a body, and the text below it. Nothing but the exact form is
    /// accepted.
    pub fn split(body: &str) -> Option<(Self, &str)> {
        // Forms on the web write CRLF.
        let rest = body.strip_prefix(START)?;
        let (inside, after) = rest.split_once(" -->")?;
        let text = after
            .strip_prefix("\r\n")
            .or_else(|| after.strip_prefix('\n'))?;
        let mut parts = inside.split(' ');
        let mut part = |name: &str| parts.next()?.strip_prefix(name)?.strip_prefix('=');
        let marker = Self {
            key: key(part("key")?)?,
            verdict: verdict(part("verdict")?)?,
            head: part("head").filter(|head| is_commit(head))?.to_owned(),
            stamp: Stamp {
                run: number(part("run")?)?,
                attempt: number(part("attempt")?)?,
            },
            digest: part("digest")
                .filter(|hex| is_hex(hex, DIGEST * 2))?
                .to_owned(),
        };
        // What is read is what would be written: no other spelling of it.
        let whole = format!("{START}{inside}{END}");
        (parts.next().is_none() && marker.write() == whole).then_some((marker, text))
    }
}

fn key(text: &str) -> Option<String> {
    let key = percent_decode_str(text).decode_utf8().ok()?;
    (key.len() <= LONGEST_KEY).then(|| key.into_owned())
}

fn verdict(word: &str) -> Option<Verdict> {
    let all = [
        Verdict::Pass,
        Verdict::Warn,
        Verdict::Block,
        Verdict::Incomplete,
    ];
    all.into_iter().find(|verdict| verdict.word() == word)
}

fn number(text: &str) -> Option<u64> {
    text.parse().ok()
}

fn is_hex(text: &str, length: usize) -> bool {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    text.len() == length && text.bytes().all(hex)
}

fn is_commit(text: &str) -> bool {
    text.is_empty() || is_hex(text, 40) || is_hex(text, 64)
}

/// The digest of a comment's text. Links to runs below `runs` (`https://…/actions/runs/`) do not
/// count: they differ from run to run although nothing else does.
pub fn digest(text: &str, runs: &str) -> String {
    let text = text.replace("\r\n", "\n");
    let mut parts = text.trim_end().split(runs);
    let mut hash = Sha256::new();
    hash.update(parts.next().unwrap_or_default());
    for part in parts {
        hash.update([0]);
        hash.update(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    let mut hex = String::new();
    for byte in hash.finalize().iter().take(DIGEST) {
        let _ = write!(hex, "{byte:02x}");
    }
    hex
}

/// A comment's body: the marker, and below it the text.
pub fn body(marker: &Marker, text: &str) -> String {
    marker.write() + text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn marker() -> Marker {
        Marker {
            key: "web".into(),
            verdict: Verdict::Block,
            head: "a".repeat(40),
            stamp: Stamp { run: 7, attempt: 2 },
            digest: "0123456789abcdef".repeat(2),
        }
    }

    #[test]
    fn only_the_exact_form_at_the_very_start_is_a_marker() {
        let good = marker().write();
        let expected = format!(
            "<!-- lockgate:v1 key=web verdict=block head={} run=7 attempt=2 digest={} -->\n",
            "a".repeat(40),
            "0123456789abcdef".repeat(2)
        );
        assert_eq!(good, expected);
        assert_eq!(Marker::split(&good), Some((marker(), "")));
        let windows = good.replace('\n', "\r\nx");
        assert_eq!(Marker::split(&windows), Some((marker(), "x")));
        for bad in [
            format!(" {good}"),
            format!("> {good}"),
            good.replace("v1", "v2"),
            good.replace("run=7", "run=07"),
            good.replace("run=7", "run=+7"),
            good.replace("run=7", "run=99999999999999999999"),
            good.replace("run=7 ", "run=7  "),
            good.replace("block", "Block"),
            good.replace(" -->", " x=y -->"),
            good.replace(" attempt=2", ""),
            good.replace("digest=0", "digest=G"),
            good.replace("head=a", "head="),
            good.replace("key=web", "key=%77eb"),
            good.replace(" -->\n", " -->"),
        ] {
            assert_eq!(Marker::split(&bad), None, "{bad}");
        }
    }

    #[test]
    fn the_digest_is_of_the_text_and_not_of_the_run() {
        let runs = "https://x/actions/runs/";
        let of = |text: &str| digest(text, runs);
        let text = |run: &str| format!("a [b]({runs}{run}) c\r\n");
        assert_eq!(of(&text("12")), of(&text("345")));
        assert_eq!(of(&text("12")), of(text("12").trim_end()));
        assert_eq!(of("a\r\nb"), of("a\nb"));
        assert_ne!(of(&text("12")), of(&text("12/x")));
        assert_ne!(of("a"), of("b"));
    }

    proptest! {
        #[test]
        fn markers_read_back(key in "\\PC{0,40}|[-<>! ]{0,9}", run: u64, attempt: u64, text in "\\PC{0,20}") {
            let marker = Marker { key, stamp: Stamp { run, attempt }, head: String::new(), ..marker() };
            let written = body(&marker, &text);
            // One HTML comment, which ends where it should.
            prop_assert_eq!(written.find("-->"), Some(marker.write().len() - 4));
            prop_assert!(!marker.write().trim_start_matches("<!--").trim_end_matches("-->\n").contains("--"));
            prop_assert_eq!(Marker::split(&written), Some((marker, &*text)));
        }

        #[test]
        fn any_text_is_a_marker_or_none(text in "(<!-- lockgate:v1 )?\\PC{0,80}") {
            if let Some((marker, rest)) = Marker::split(&text) {
                prop_assert_eq!(body(&marker, rest), text);
            }
        }
    }
}
