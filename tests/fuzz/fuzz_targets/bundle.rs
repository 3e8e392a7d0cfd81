//! Any bytes are a bundle or an error; what is read can be judged, and nothing in it commands a log
//! or a terminal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockgate::assess::assess;
use lockgate::policy::{self, DEFAULT, Nothing};
use lockgate::report::{console, json};
use lockgate::{bundle, explain};

fuzz_target!(|bytes: &[u8]| {
    let bundle = match bundle::read(bytes, &|_| None) {
        Ok(bundle) => bundle,
        Err(bad) => {
            assert!(!bad.text.is_empty());
            return;
        }
    };
    let policy = policy::load(&policy::shipped(DEFAULT).unwrap(), &Nothing).unwrap();
    let assessment = assess(bundle.evidence, &policy, &bundle.context);
    json::write(&assessment, &mut std::io::sink()).unwrap();
    let mut text = console::render(&assessment, false);
    if let Some(decided) = assessment.findings.first() {
        let judged = Some(&bundle.judged);
        let explained =
            explain::Explained::new(decided, &assessment, &policy, &bundle.context, judged);
        text.push_str(&explain::render(&explained, explain::Style::Text));
    }
    assert!(!text.contains("##[") && !text.contains('\u{1b}') && !text.contains("\n::"));
});
