//! How a service's name may be written.

use super::bytes::Bytes;

/// First letters of the words that may follow a name of two letters: those of `named`, `app`, `client`
/// and `user`.
const INITIALS: &str = "ktspacbu";
/// Their second letters.
const SECONDS: &str = "eoawurpcls";

/// One way to write a name, with what must follow it.
pub(crate) struct Spelling {
    /// What may stand at each place.
    pub(crate) places: Vec<Bytes>,
    /// How many of the places are the name.
    pub(crate) length: usize,
}

/// All ways: in any case; and a name with `_` with another mark in its place, or none.
pub(crate) fn spellings(name: &str) -> Vec<Spelling> {
    let marks = Bytes::of(b"_-. ");
    let mut written = vec![in_any_case(&name.replace('_', ""))];
    if name.contains('_') {
        let places = name.bytes().zip(in_any_case(name));
        written.push(
            places
                .map(|(byte, set)| if byte == b'_' { marks } else { set })
                .collect(),
        );
    }
    let spelled = written.into_iter().flat_map(|name| {
        let length = name.len();
        let followed = followed(name, marks);
        followed
            .into_iter()
            .map(move |places| Spelling { places, length })
    });
    spelled.collect()
}

/// A name of three letters may be followed by anything, one of two only by what begins like a word
/// for a credential.
fn followed(name: Vec<Bytes>, marks: Bytes) -> Vec<Vec<Bytes>> {
    let with = |more: [Bytes; 2]| {
        let places = name.iter().copied().chain(more);
        places.take(4).collect::<Vec<_>>()
    };
    match name.len() {
        3 => vec![with([Bytes::ALL; 2])],
        2 => {
            let first = Bytes::of(in_both_cases(INITIALS).as_bytes());
            let second = Bytes::of(in_both_cases(SECONDS).as_bytes());
            vec![with([marks, first]), with([first, second])]
        }
        _ => vec![name],
    }
}

fn in_both_cases(text: &str) -> String {
    text.to_ascii_lowercase() + &text.to_ascii_uppercase()
}

/// A text byte by byte, letters in both cases.
fn in_any_case(text: &str) -> Vec<Bytes> {
    text.bytes()
        .map(|byte| Bytes::of(&[byte.to_ascii_lowercase(), byte.to_ascii_uppercase()]))
        .collect()
}
