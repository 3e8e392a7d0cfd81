//! Any text is a manifest: entries point to lines that exist.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockgate::manifest;
use lockgate::model::RepoPath;

fuzz_target!(|text: &str| {
    for name in ["package-lock.json", "requirements.txt"] {
        let path = RepoPath::new(name).expect("a literal");
        let lines = text.split('\n').count();
        for entry in manifest::parse(&path, text, &|_| None).map(|m| m.entries).unwrap_or_default() {
            assert!(entry.line >= 1 && entry.line as usize <= lines);
        }
    }
});
