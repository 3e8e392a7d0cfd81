//! Any bytes are a file: the scan ends, its places lie inside, and a stream finds no less.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockgate_secrets::{Input, MOST_HITS, Rules, Scanner, Stream};
use std::sync::LazyLock;

static SCANNER: LazyLock<Scanner<'_>> =
    LazyLock::new(|| Scanner::new(Rules::shipped()).expect("the shipped rules").at(1_700_000_000));

fuzz_target!(|bytes: &[u8]| {
    let input = Input {
        path: "src/main.rs",
        bytes,
    };
    let scanned = SCANNER.scan(&input);
    assert!(scanned.hits.len() <= 2 * MOST_HITS);
    assert!(scanned.gaps.is_sorted());
    let mut last = 0;
    for hit in &scanned.hits {
        assert!(hit.place.start >= last && hit.place.start <= hit.place.end);
        assert!(hit.place.end <= bytes.len());
        assert!(hit.start <= hit.end && hit.start.line >= 1 && hit.start.column >= 1);
        assert!(!hit.secret.bytes().is_empty());
        assert!(hit.rule < SCANNER.rules().all().len() && !hit.also.contains(&hit.rule));
        if hit.encodings.is_empty() {
            assert!(bytes.get(hit.place.clone()) == Some(hit.secret.bytes()));
        }
        last = hit.place.start;
    }
    // Smaller than a window, so there is one.
    let mut stream = Stream::new(&SCANNER, input.path);
    for block in bytes.chunks(7) {
        stream.push(block);
    }
    let streamed = stream.finish();
    let places = |hits: &[lockgate_secrets::Hit]| {
        let places = hits.iter().map(|hit| (hit.place.clone(), hit.rule, hit.start));
        places.collect::<Vec<_>>()
    };
    assert!(places(&streamed.hits) == places(&scanned.hits));
});
