//! Any text is a manifest of any name: entries point to lines and entries that exist.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockgate::manifest::{self, graph};
use lockgate::model::RepoPath;

fuzz_target!(|text: &str| {
    let lines = text.split('\n').count();
    for pattern in manifest::formats().iter().flat_map(|format| format.files) {
        let path = RepoPath::new(&pattern.replace('*', "x")).expect("a literal");
        // The same text stands beside, too.
        let Some(manifest) = manifest::parse(&path, text, &|_| Some(text.to_owned())) else {
            continue;
        };
        for (at, entry) in manifest.entries.iter().enumerate() {
            assert!(entry.line >= 1 && entry.line as usize <= lines);
            assert!(entry.needs.iter().all(|need| *need < manifest.entries.len()));
            assert!(graph::paths(&manifest, at, 3).len() <= 3);
        }
    }
});
