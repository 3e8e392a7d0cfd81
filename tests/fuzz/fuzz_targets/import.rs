//! Any text is another tool's list or an error; what is imported is a policy with exactly those
//! waivers, and nothing in it commands a log or a terminal.
#![no_main]

use jiff::civil::date;
use libfuzzer_sys::fuzz_target;
use lockgate::import::{self, Fill};
use lockgate::policy::{self, Nothing, Source};

/// One name for each language; the rest is told by the content.
const NAMES: [&str; 6] = ["x", "x.json", "x.toml", "x.yaml", ".bandit", ".trivyignore"];

fuzz_target!(|text: &str| {
    let fill = Fill {
        owner: Some("@o".into()),
        reason: Some("r".into()),
        expires: Some(date(2099, 1, 1)),
    };
    for name in NAMES {
        let Ok(found) = import::read(name, text) else {
            continue;
        };
        let import = import::gather(vec![(name.into(), found)], &fill, date(2026, 1, 1));
        let text = import::render(&import);
        assert!(!text.contains("##[") && !text.contains('\u{1b}'));
        let source = Source { name: "imported".into(), path: None, text };
        let policy = policy::load(&source, &Nothing).expect("an import is a policy");
        assert_eq!(policy.waivers.len(), import.waivers.len());
    }
});
