//! What GitHub code scanning will say of a SARIF file, before it is sent. Pure: a reader in, remarks
//! out.
//!
//! It reads the bytes and not what they were made from, so that a fault of ours is found as well, and
//! it takes files of any tool. Sources: docs.github.com, "SARIF support for code scanning" (what is
//! required, limits); github/codeql-action, `src/upload-lib.ts` (the server's messages).

mod address;
mod read;
mod text;

pub use read::read;

use super::{MAX_BYTES, pack};
use crate::model::Untrusted;
use flate2::read::MultiGzDecoder;
use std::io::{BufReader, Read as _};

/// What comes of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// GitHub takes nothing of the file.
    Rejects,
    /// GitHub takes the file, and something in it is lost.
    Loses,
}

impl Effect {
    /// The word used in outputs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Rejects => "rejected",
            Self::Loses => "lost",
        }
    }
}

/// One thing about a file, with how often it is there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// What comes of it.
    pub effect: Effect,
    /// A stable word for machines.
    pub code: &'static str,
    /// A clause of ours.
    pub text: &'static str,
    /// How often.
    pub count: usize,
    /// Where it is first: `runs[0].results[17]`. Our words and numbers.
    pub first: String,
    /// The file's own words there, when they help.
    pub detail: Option<Untrusted>,
}

/// Whether GitHub would take a file of which this is said.
pub fn accepts(remarks: &[Remark]) -> bool {
    remarks
        .iter()
        .all(|remark| remark.effect != Effect::Rejects)
}

const TOO_LARGE: About = rejects("too-large", "the file has more than 10 MB after gzip");

/// First bytes of gzip (RFC 1952, section 2.3.1).
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Most bytes that a compressed file is read out to.
const MAX_PLAIN: u64 = 4 * 1024 * 1024 * 1024;

/// Looks at a whole file, which may be compressed already.
pub fn file(bytes: &[u8]) -> Vec<Remark> {
    let (mut remarks, packed) = match bytes.starts_with(&GZIP) {
        true => {
            let plain = MultiGzDecoder::new(bytes).take(MAX_PLAIN);
            (read(BufReader::new(plain)), bytes.len() as u64)
        }
        false => (read(bytes), pack::at_most(&|out| out.write_all(bytes))),
    };
    if packed > MAX_BYTES {
        let mut large = Remarks::default();
        large.note(TOO_LARGE, 1, String::new, "");
        remarks.extend(large.into_list());
        remarks.sort();
    }
    remarks
}

/// Collects remarks: one for each code, which counts.
#[derive(Debug, Default)]
struct Remarks(std::collections::BTreeMap<(Effect, &'static str), Remark>);

/// A kind of remark.
#[derive(Debug, Clone, Copy)]
struct About {
    effect: Effect,
    code: &'static str,
    text: &'static str,
}

const fn rejects(code: &'static str, text: &'static str) -> About {
    About {
        effect: Effect::Rejects,
        code,
        text,
    }
}

const fn loses(code: &'static str, text: &'static str) -> About {
    About {
        effect: Effect::Loses,
        code,
        text,
    }
}

impl Remarks {
    /// Notes something at a place.
    fn note(&mut self, about: About, count: usize, place: impl FnOnce() -> String, detail: &str) {
        if count == 0 {
            return;
        }
        let entry = self.0.entry((about.effect, about.code));
        let remark = entry.or_insert_with(|| Remark {
            effect: about.effect,
            code: about.code,
            text: about.text,
            count: 0,
            first: place(),
            detail: (!detail.is_empty()).then(|| detail.into()),
        });
        remark.count += count;
    }

    /// All of them, what rejects first.
    fn into_list(self) -> Vec<Remark> {
        self.0.into_values().collect()
    }
}

#[cfg(test)]
mod tests;
