//! No text gets out of its sink.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockgate::escape;
use lockgate::model::Untrusted;

fuzz_target!(|text: &str| {
    let text = Untrusted::from(text);
    let terminal = escape::terminal(&text);
    assert!(!terminal.contains(char::is_control) && !terminal.contains("##["));
    assert!(!terminal.trim_start().starts_with("::"));
    let property = escape::command_property(&text);
    assert!(!property.contains(['\n', '\r', ':', ',']));
    let markdown = escape::markdown(&text);
    assert!(!markdown.contains(['<', '>', '|', '`', '[', ']', '*', '_', '\n', '\r']));
    assert!(escape::uri_path(&text).bytes().all(|b| b.is_ascii_graphic()));
    if let Some(url) = escape::url(&text) {
        assert!(url.starts_with("http") && !url.contains(['(', ')', '<', '>', '"', '\'', ' ']));
    }
});
