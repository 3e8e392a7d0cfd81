//! Any text is a baseline, which is written and read back as it is, or is refused with a reason.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockgate::baseline;

fuzz_target!(|text: &str| {
    match baseline::read(text) {
        Ok(read) => {
            let Ok(written) = baseline::write(&read) else {
                return;
            };
            let again = baseline::read(&written).unwrap();
            assert_eq!(baseline::write(&again).unwrap(), written);
        }
        Err(problem) => assert!(!problem.text.is_empty()),
    }
});
