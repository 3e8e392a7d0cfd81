//! Files of any size, in windows that overlap.

use crate::decode::{self, Order};
use crate::hit::{Gap, Scanned};
use crate::scan::{Input, MOST_HITS, Positions, Scanner};

/// Bytes that are searched at once.
const WINDOW: usize = 8 << 20;

/// A window begins so far before the place where the last one stopped telling hits, and tells none
/// that begin so close to its own end: longer secrets (with their names) are cut only in files larger
/// than a window.
const OVERLAP: usize = 64 << 10;

/// One file that is read bit by bit; holds a window of it, whatever its size.
///
/// ```
/// # use lockgate_secrets::{Rules, Scanner, Stream};
/// let scanner = Scanner::new(Rules::shipped())?;
/// let mut stream = Stream::new(&scanner, "logs/huge.txt");
/// for block in [&b"first"[..], b"second"] {
///     stream.push(block);
/// }
/// assert!(stream.finish().hits.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Stream<'s, 'r> {
    scanner: &'s Scanner<'r>,
    path: String,
    window: usize,
    buffer: Vec<u8>,
    /// Of the buffer's first byte in the file.
    offset: usize,
    /// Hits before this place of the file were told.
    told: usize,
    encoding: Option<Option<Order>>,
    positions: Positions,
    scanned: Scanned,
}

impl<'s, 'r> Stream<'s, 'r> {
    /// For the file at `path`, of which nothing was read yet.
    pub fn new(scanner: &'s Scanner<'r>, path: &str) -> Self {
        Self {
            scanner,
            path: path.to_owned(),
            window: WINDOW,
            buffer: Vec::new(),
            offset: 0,
            told: 0,
            encoding: None,
            positions: Positions::default(),
            scanned: Scanned::default(),
        }
    }

    /// The file's next bytes.
    pub fn push(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            let room = (self.window + 2 * OVERLAP).saturating_sub(self.buffer.len());
            let (now, later) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if !bytes.is_empty() {
                self.search(self.buffer.len() - OVERLAP);
            }
        }
    }

    /// All that was found; places count from the beginning of the file.
    pub fn finish(mut self) -> Scanned {
        self.search(self.buffer.len());
        self.scanned.gaps.sort_unstable();
        self.scanned.gaps.dedup();
        self.scanned
    }

    /// Searches the buffer, tells what begins before `limit`, and drops what is not needed any more.
    fn search(&mut self, limit: usize) {
        let encoding = *self
            .encoding
            .get_or_insert_with(|| decode::utf16(&self.buffer));
        let input = Input {
            path: &self.path,
            bytes: &self.buffer,
        };
        let part = self.scanner.part(&input, encoding, &self.positions);
        self.scanned.gaps.extend(part.gaps);
        for mut hit in part.hits {
            let start = self.offset + hit.place.start;
            if hit.place.start >= limit || start < self.told {
                continue;
            }
            if self.scanned.hits.len() == MOST_HITS {
                self.scanned.gaps.push(Gap::Hits);
                break;
            }
            hit.place = start..self.offset + hit.place.end;
            self.scanned.hits.push(hit);
        }
        self.told = self.offset + limit;
        // Even, so that two bytes for one character stay together.
        let cut = limit.saturating_sub(OVERLAP) & !1;
        let gone = self.buffer.get(..cut).unwrap_or_default();
        self.positions.raw = self.positions.raw.after(gone);
        if let Some(order) = encoding {
            let (text, _) = decode::to_utf8(gone, order);
            self.positions.wide = self.positions.wide.after(&text);
        }
        self.buffer.drain(..cut);
        self.offset += cut;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hit::Hit;
    use crate::rule::{Rules, parse};

    const TOKEN: &str = "tok_h7f2k9q4w1z8x5v3b6n0";

    /// The token and its base 64 on lines of their own, between lines of words.
    fn text(bytes: usize) -> String {
        let mut text = String::from("\u{feff}");
        let mut at = 0;
        while text.len() < bytes {
            text += &format!("line {at}\n").repeat(900 + at % 77);
            text += &format!("x = {TOKEN}\ny: eHggdG9rX2g3ZjJrOXE0dzF6OHg1djNiNm4w\n");
            at += 1;
        }
        text
    }

    #[test]
    fn windows_find_what_one_search_finds() {
        let file = "[[rule]]\nid = 'token'\nregex = 'tok_[0-9a-z]{20}'\nkeywords = ['tok_']\nprovider = 'Test'";
        let rules = Rules::new(parse(file).unwrap()).unwrap();
        let scanner = Scanner::new(&rules).unwrap();
        let text = text(700_000);
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        for bytes in [text.as_bytes(), &wide] {
            let whole = scanner.scan(&Input { path: "x", bytes }).hits;
            assert!(whole.len() > 100, "{}", whole.len());
            let mut stream = Stream::new(&scanner, "x");
            stream.window = 50_000;
            for block in bytes.chunks(10_007) {
                stream.push(block);
            }
            let parts = stream.finish().hits;
            let places = |hits: &[Hit]| -> Vec<_> {
                hits.iter()
                    .map(|hit| (hit.place.clone(), hit.start, hit.end))
                    .collect()
            };
            assert_eq!(places(&whole), places(&parts));
        }
    }
}
