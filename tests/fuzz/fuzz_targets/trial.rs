//! Any text is a file of tests or a list of errors that can be drawn; what is read can be run.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockgate::policy::{self, DEFAULT, Nothing, Source};
use lockgate::report::diagnostics;
use lockgate::trial;

fuzz_target!(|text: &str| {
    let source = Source { name: "lockgate.test.toml".into(), path: None, text: text.into() };
    let shown = match trial::read(&source) {
        Ok(tests) => {
            let policy = policy::load(&policy::shipped(DEFAULT).unwrap(), &Nothing).unwrap();
            let cases = tests.cases.iter();
            let outcomes: Vec<_> = cases.map(|case| trial::run(case, &policy)).collect();
            trial::render(&"lockgate.test.toml".into(), &policy.sources, &outcomes)
        }
        Err(errors) => {
            assert!(!errors.is_empty());
            diagnostics::render(&errors, false)
        }
    };
    assert!(!shown.contains("##[") && !shown.contains('\u{1b}'));
});
