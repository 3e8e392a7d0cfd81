//! Text that is written in another way: base64, hexadecimal digits, percent signs, escapes of strings,
//! two bytes for each character.
//!
//! All that is decoded from one text makes one [`Layer`], which is searched like the text and from
//! which more may be decoded, [`DEPTH`] times at most. What does not decode to some text is left
//! alone: hashes, images, archives. The bytes of a file's layers are limited by [`budget`].

mod base64;
mod escape;
mod hex;
mod map;
mod percent;
mod runs;
mod wide;

pub(crate) use base64::bytes as from_base64;
pub(crate) use map::Map;
pub(crate) use wide::{Order, to_utf8, utf16};

use crate::hit::Encoding;
use std::ops::Range;

/// How often a text may be encoded.
pub const DEPTH: usize = 3;

/// How much may be decoded from a file, over all depths.
#[derive(Debug)]
pub struct Budget {
    left: usize,
    exceeded: bool,
}

impl Budget {
    /// True when something was left as it is.
    pub fn is_exceeded(&self) -> bool {
        self.exceeded
    }

    /// Whether so many bytes more may be decoded.
    fn take(&mut self, bytes: usize) -> bool {
        match self.left.checked_sub(bytes) {
            Some(left) => self.left = left,
            None => self.exceeded = true,
        }
        !self.exceeded
    }
}

/// Twice the file's size, and 64 KiB for small ones: base64 and hexadecimal digits shrink, so honest
/// files stay far below.
pub fn budget(size: usize) -> Budget {
    Budget {
        left: size.saturating_mul(2).saturating_add(64 << 10),
        exceeded: false,
    }
}

/// So much of the line before an encoded value is put before the decoded one, for the rules that go
/// by names: `API_KEY: <base64>`.
const LEAD: usize = 64;

/// Stands between pieces; no rule's match may cross it.
const BETWEEN: &[u8] = b"\n\n";

struct Piece {
    place: Range<usize>,
    encoding: Encoding,
}

/// All that is decoded from one text, piece by piece.
#[derive(Default)]
pub(crate) struct Layer {
    text: Vec<u8>,
    map: Map,
    pieces: Vec<Piece>,
}

impl Layer {
    pub(crate) fn text(&self) -> &[u8] {
        &self.text
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// How the piece is encoded that holds all of `place`; `None` when no single one does.
    pub(crate) fn encoding(&self, place: &Range<usize>) -> Option<Encoding> {
        let after = self
            .pieces
            .partition_point(|piece| piece.place.start <= place.start);
        let piece = self.pieces.get(after.checked_sub(1)?)?;
        (place.end <= piece.place.end).then_some(piece.encoding)
    }

    /// The bytes of the outer text that `place` comes from.
    pub(crate) fn outside(&self, place: &Range<usize>) -> Range<usize> {
        self.map.outside(place)
    }

    /// Whether anything of `place` looks different in the outer text.
    pub(crate) fn is_decoded(&self, place: &Range<usize>) -> bool {
        self.map.is_decoded(place)
    }
}

/// A layer in the making.
struct Building<'b> {
    outer: &'b [u8],
    budget: &'b mut Budget,
    layer: Layer,
    start: usize,
}

impl Building<'_> {
    /// Opens a piece of at most `size` bytes; false when the budget has no room for it.
    fn open(&mut self, size: usize) -> bool {
        self.start = self.layer.text.len();
        self.budget.take(size + BETWEEN.len())
    }

    /// Bytes of the outer text as they stand there.
    fn plain(&mut self, place: Range<usize>) {
        if let Some(bytes) = self.outer.get(place.clone()) {
            self.layer.text.extend_from_slice(bytes);
            self.layer.map.plain(place);
        }
    }

    /// `bytes`, decoded from `consumed` bytes at `outside`.
    fn unit(&mut self, outside: usize, consumed: usize, bytes: &[u8]) {
        self.layer.text.extend_from_slice(bytes);
        self.layer.map.push(outside, consumed, bytes.len());
    }

    fn close(&mut self, encoding: Encoding) {
        self.layer.pieces.push(Piece {
            place: self.start..self.layer.text.len(),
            encoding,
        });
        self.layer.text.extend_from_slice(BETWEEN);
        self.layer.map.filler(BETWEEN.len());
    }

    /// The line before `at`, or its end. A letter right before the value is none of the secret's.
    fn lead(&mut self, at: usize) {
        let low = at.saturating_sub(LEAD);
        let line = self.outer.get(low..at).unwrap_or_default();
        let letter = line.last().is_some_and(u8::is_ascii_alphanumeric);
        self.plain(memchr::memrchr(b'\n', line).map_or(low, |end| low + end + 1)..at);
        if letter {
            self.layer.text.push(b' ');
            self.layer.map.filler(1);
        }
    }

    /// The quote that closes the encoded value.
    fn tail(&self, at: usize) -> Range<usize> {
        let rest = self.outer.get(at..).unwrap_or_default();
        let padding = rest.iter().take(2).take_while(|byte| **byte == b'=');
        let at = at + padding.count();
        let quote = matches!(self.outer.get(at), Some(b'"' | b'\'' | b'`'));
        at..at + usize::from(quote)
    }
}

/// What is encoded in `outer`. Of a text that is itself a layer (`above`), only what has something
/// decoded in it. `wide`: also text of two bytes for each character.
pub(crate) fn layer(outer: &[u8], above: Option<&Layer>, wide: bool, budget: &mut Budget) -> Layer {
    let mut building = Building {
        outer,
        budget,
        layer: Layer::default(),
        start: 0,
    };
    let new = |place: &Range<usize>| above.is_none_or(|above| above.is_decoded(place));
    base64::find(&mut building, &new);
    percent::find(&mut building, &new);
    escape::find(&mut building, &new);
    if wide || above.is_some() {
        wide::find(&mut building, &new);
    }
    building.layer
}

/// Bytes that stand in text.
fn is_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}
