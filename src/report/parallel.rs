//! Writing long lists on all processors.

use rayon::prelude::*;
use serde::ser::{Error as _, Serialize, SerializeSeq as _, Serializer};
use serde_json::value::to_raw_value;

/// Elements that are in memory at a time, encoded.
const CHUNK: usize = 4096;

/// Serializes `make(item)` for each item as a JSON array, in the items' order. Only for JSON: the
/// elements are encoded on all processors and then copied.
pub fn array<'a, T, U, S>(
    serializer: S,
    items: &'a [T],
    make: impl Fn(&'a T) -> U + Sync,
) -> Result<S::Ok, S::Error>
where
    T: Sync,
    U: Serialize,
    S: Serializer,
{
    let mut array = serializer.serialize_seq(Some(items.len()))?;
    for chunk in items.chunks(CHUNK) {
        let encoded: Vec<_> = chunk
            .par_iter()
            .map(|item| to_raw_value(&make(item)))
            .collect::<Result<_, _>>()
            .map_err(S::Error::custom)?;
        for element in &encoded {
            array.serialize_element(element)?;
        }
    }
    array.end()
}
