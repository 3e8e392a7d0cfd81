//! `primaryLocationLineHash` exactly as GitHub code scanning computes it.
//!
//! The algorithm is that of `src/fingerprints.ts` in github/codeql-action: a rolling hash over the
//! 100 characters (UTF-16 code units, without spaces and tabs) that follow the start of a line, and
//! a counter for equal hashes. The published vectors are in `tests/fixtures/line-hash`.

use std::collections::BTreeMap;

const BLOCK: usize = 100;
const MOD: u64 = 37;

/// 37^100 mod 2^64.
const FIRST: u64 = {
    let mut power = 1_u64;
    let mut i = 0;
    while i < BLOCK {
        power = power.wrapping_mul(MOD);
        i += 1;
    }
    power
};

/// Not a code unit that a text can end in; marks the end of the file.
const END: u16 = 0xffff;

/// Hashes of all lines of a file, the first line first. Invalid UTF-8 becomes U+FFFD.
pub fn line_hashes(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    let mut hasher = Hasher::new();
    for unit in text.encode_utf16() {
        hasher.feed(unit);
    }
    hasher.feed(END);
    hasher.finish()
}

struct Hasher {
    window: [u16; BLOCK],
    /// Line that starts at this position of the window; 0 for none.
    starts: [usize; BLOCK],
    index: usize,
    hash: u64,
    line: usize,
    at_line_start: bool,
    after_cr: bool,
    counts: BTreeMap<u64, u32>,
    hashes: Vec<String>,
}

impl Hasher {
    fn new() -> Self {
        Self {
            window: [0; BLOCK],
            starts: [0; BLOCK],
            index: 0,
            hash: 0,
            line: 0,
            at_line_start: true,
            after_cr: false,
            counts: BTreeMap::new(),
            hashes: Vec::new(),
        }
    }

    fn feed(&mut self, unit: u16) {
        const SPACE: u16 = b' ' as u16;
        const TAB: u16 = b'\t' as u16;
        const CR: u16 = b'\r' as u16;
        const LF: u16 = b'\n' as u16;
        if unit == SPACE || unit == TAB || (self.after_cr && unit == LF) {
            self.after_cr = false;
            return;
        }
        self.after_cr = unit == CR;
        let unit = if unit == CR { LF } else { unit };
        self.emit();
        if self.at_line_start {
            self.at_line_start = false;
            self.line += 1;
            if let Some(start) = self.starts.get_mut(self.index) {
                *start = self.line;
            }
        }
        if unit == LF {
            self.at_line_start = true;
        }
        self.update(unit);
    }

    /// The line that started a whole block ago has its hash now. Lines come out in order.
    fn emit(&mut self) {
        let Some(start) = self.starts.get_mut(self.index).filter(|start| **start > 0) else {
            return;
        };
        *start = 0;
        let count = self.counts.entry(self.hash).or_insert(0);
        *count += 1;
        self.hashes.push(format!("{:x}:{count}", self.hash));
    }

    fn update(&mut self, unit: u16) {
        let Some(slot) = self.window.get_mut(self.index) else {
            return;
        };
        let leaving = std::mem::replace(slot, unit);
        self.hash = MOD
            .wrapping_mul(self.hash)
            .wrapping_add(u64::from(unit))
            .wrapping_sub(FIRST.wrapping_mul(u64::from(leaving)));
        self.index = (self.index + 1) % BLOCK;
    }

    fn finish(mut self) -> Vec<String> {
        for _ in 0..BLOCK {
            self.emit();
            self.update(0);
        }
        self.hashes
    }
}

#[cfg(test)]
mod tests {
    use super::line_hashes;

    #[test]
    fn official_examples() {
        assert_eq!(line_hashes(b""), ["c129715d7a2bc9a3:1"]);
        assert_eq!(
            line_hashes(b" a\nb\n  \t\tc\n d"),
            [
                "271789c17abda88f:1",
                "54703d4cd895b18:1",
                "180aee12dab6264:1",
                "a23a3dc5e078b07b:1"
            ]
        );
    }
}
