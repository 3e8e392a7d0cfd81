//! Any text is a policy or a list of errors that can be drawn.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockgate::policy::{self, Source};
use lockgate::report::diagnostics;

fuzz_target!(|text: &str| {
    let source = Source { name: "lockgate.toml".into(), path: None, text: text.into() };
    if let Err(errors) = policy::load(&source, &policy::Nothing) {
        assert!(!errors.is_empty());
        let drawn = diagnostics::render(&errors, false);
        assert!(!drawn.contains("##[") && !drawn.contains('\u{1b}'));
    }
});
