//! Any bytes are a report: never a panic, never complete without proof of work, never a finding in
//! a run that failed.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockgate::ingest;
use lockgate::model::{Health, HealthLevel};

fuzz_target!(|bytes: &[u8]| {
    let runs = ingest::read(bytes, None);
    assert!(!runs.is_empty());
    for run in runs {
        match &run.health {
            Health::Complete(work) | Health::Partial(work, _) => assert!(work.inputs() > 0),
            Health::Failed(_) | Health::Skipped(_) => {}
        }
        if run.health.level() == HealthLevel::Partial {
            assert!(!run.health.problems().is_empty());
        }
        for observation in &run.observations {
            assert!(run.rules.contains_key(&observation.rule));
        }
    }
});
