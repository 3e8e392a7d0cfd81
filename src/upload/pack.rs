//! Bytes: how many, compressed, and as text.

use super::MAX_BYTES;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{BufWriter, Result, Write};

/// Writes something.
pub type Fill<'a> = &'a dyn Fn(&mut dyn Write) -> Result<()>;

/// Many small writes become few large ones.
const BUFFER: usize = 64 * 1024;

/// Counts, and keeps nothing.
#[derive(Default)]
struct Counter(u64);

impl Write for Counter {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        self.0 = self.0.saturating_add(bytes.len() as u64);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

/// At least as many bytes as there are after gzip. What is small enough as it is need not be
/// compressed to know that it fits; for the rest the fast way is taken, which packs less.
pub fn at_most(fill: Fill<'_>) -> u64 {
    let plain = plain(fill);
    match plain <= MAX_BYTES {
        true => plain,
        false => fast(fill),
    }
}

fn plain(fill: Fill<'_>) -> u64 {
    let mut out = BufWriter::with_capacity(BUFFER, Counter::default());
    let counted = fill(&mut out).and_then(|()| out.flush());
    counted.map_or(u64::MAX, |()| out.get_ref().0)
}

/// The size after fast compression.
pub fn fast(fill: Fill<'_>) -> u64 {
    let out = GzEncoder::new(Counter::default(), Compression::fast());
    compressed(out, fill).map_or(u64::MAX, |counter| counter.0)
}

/// The bytes in gzip (RFC 1952), without a time or a name, so that equal content has equal bytes.
pub fn gzip(fill: Fill<'_>) -> Result<Vec<u8>> {
    compressed(GzEncoder::new(Vec::new(), Compression::default()), fill)
}

fn compressed<W: Write>(out: GzEncoder<W>, fill: Fill<'_>) -> Result<W> {
    let mut buffer = BufWriter::with_capacity(BUFFER, out);
    fill(&mut buffer)?;
    buffer.into_inner().map_err(|e| e.into_error())?.finish()
}

/// Base64 with padding and without line breaks (RFC 4648, section 4), as the API wants it.
pub fn base64(bytes: &[u8]) -> String {
    BASE64_STANDARD.encode(bytes)
}
