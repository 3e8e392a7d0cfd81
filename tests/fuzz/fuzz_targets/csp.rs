//! Any text is a policy: it is judged in its own places, and another policy never allows more.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lockgate_csp::{Delivery, Given, MOST_FLAWS, Response, behaviour, judge, rules};

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let text = String::from_utf8_lossy(rest);
    // Policies between marks, each arriving in a way of its own.
    let given: Vec<Given<'_>> = text
        .split('\u{1}')
        .enumerate()
        .map(|(index, text)| Given {
            text,
            delivery: match (usize::from(*first) + index) % 6 {
                0 | 1 => Delivery::Header,
                2 => Delivery::ReportOnly,
                3 => Delivery::Meta { late: index == 0 },
                4 => Delivery::MetaReportOnly,
                _ => Delivery::Legacy,
            },
            dynamic: vec![index..text.len() / 2, text.len()..text.len()],
            versioned: *first & 128 == 0,
        })
        .take(8)
        .collect();
    let flaws = judge(&given, &Response::default());
    assert!(flaws.len() <= given.len() * rules::all().count() * MOST_FLAWS);
    for flaw in &flaws {
        assert!(given[flaw.policy].text.get(flaw.place.clone()).is_some());
        assert!(rules::rule(flaw.rule).is_some());
    }
    let all = behaviour(&given);
    let fewer = behaviour(given.split_last().map_or(&[][..], |(_, rest)| rest));
    assert!(all.inline_script <= fewer.inline_script && all.eval <= fewer.eval);
});
