//! What must hold for any text.

use lockgate_csp::{Answer, Behaviour, Delivery, Given, Response, behaviour, judge};
use proptest::prelude::*;
use std::ops::Range;

const WORDS: &[&str] = &[
    "default-src",
    "script-src",
    "script-src-elem",
    "script-src-attr",
    "style-src",
    "img-src",
    "object-src",
    "base-uri",
    "frame-ancestors",
    "sandbox",
    "report-uri",
    "worker-src",
    "child-src",
    "'self'",
    "'none'",
    "'unsafe-inline'",
    "'unsafe-eval'",
    "'strict-dynamic'",
    "'nonce-abc'",
    "'sha256-abc'",
    "'unsafe-hashes'",
    "*",
    "https:",
    "http://a.example",
    "*.b.example:*",
    "data:",
    "${x}",
    "'nonce-{{n}}'",
    "é",
    "‘self’",
    "\u{a0}",
    ";",
    ";",
    ";",
    ",",
    "\n",
    "",
    "//*",
    "https://cdnjs.cloudflare.com",
    "allow-scripts",
    "self",
    "[::1]",
    "a b",
    "trusted-types",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::collection::vec(prop::sample::select(WORDS), 0..30).prop_map(|words| words.join(" ")),
        ".{0,200}",
        "[;, 'a-z*:/$<{é-]{0,200}",
    ]
}

fn delivery() -> impl Strategy<Value = Delivery> {
    prop::sample::select(vec![
        Delivery::Header,
        Delivery::ReportOnly,
        Delivery::Meta { late: false },
        Delivery::Meta { late: true },
        Delivery::MetaReportOnly,
        Delivery::Legacy,
    ])
}

type Drawn = (String, Delivery, Vec<Range<usize>>);

fn drawn() -> impl Strategy<Value = Drawn> {
    let ranges = prop::collection::vec((0..220_usize, 0..220_usize).prop_map(|(a, b)| a..b), 0..3);
    (text(), delivery(), ranges)
}

fn given((text, delivery, dynamic): &Drawn) -> Given<'_> {
    Given {
        text,
        delivery: *delivery,
        dynamic: dynamic.clone(),
        versioned: true,
    }
}

fn answers(b: &Behaviour) -> [Answer; 20] {
    [
        b.inline_script,
        b.inline_script_attribute,
        b.javascript_url,
        b.eval,
        b.wasm,
        b.inline_style,
        b.inline_style_attribute,
        b.script_any_https,
        b.script_any_http,
        b.script_data,
        b.script_blob,
        b.script_self,
        b.style_any_https,
        b.object_any_https,
        b.frame_any_https,
        b.connect_any_https,
        b.image_any_https,
        b.image_any_http,
        b.worker_any_https,
        b.base_any,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_judged_in_its_own_places(all in prop::collection::vec(drawn(), 0..4)) {
        let all: Vec<Given<'_>> = all.iter().map(given).collect();
        let flaws = judge(&all, &Response::default());
        prop_assert!(flaws.is_sorted_by_key(|flaw| (flaw.policy, flaw.place.start, flaw.place.end, flaw.rule)));
        for flaw in &flaws {
            let text = all[flaw.policy].text;
            prop_assert!(text.get(flaw.place.clone()).is_some(), "{flaw:?} in {text:?}");
            prop_assert!(flaw.message.ends_with('.') && !flaw.message.contains('\n'), "{flaw:?}");
            prop_assert!(lockgate_csp::rules::rule(flaw.rule).is_some());
        }
        prop_assert_eq!(flaws, judge(&all, &Response::default()));
    }

    #[test]
    fn another_policy_never_allows_more(all in prop::collection::vec(drawn(), 0..3), more in drawn()) {
        let mut all: Vec<Given<'_>> = all.iter().map(given).collect();
        let before = answers(&behaviour(&all));
        all.push(given(&more));
        let after = answers(&behaviour(&all));
        for (before, after) in before.iter().zip(after) {
            prop_assert!(after <= *before);
        }
        if matches!(more.1, Delivery::ReportOnly | Delivery::MetaReportOnly | Delivery::Legacy) {
            prop_assert_eq!(before, after);
        }
    }

    #[test]
    fn what_is_known_of_a_response_only_takes_flaws_away(all in prop::collection::vec(drawn(), 0..3)) {
        let all: Vec<Given<'_>> = all.iter().map(given).collect();
        let known = Response { framing_header: Some(true), html: Some(false) };
        prop_assert!(judge(&all, &known).len() <= judge(&all, &Response::default()).len());
    }
}

/// A hostile text takes no longer than its length asks for, and is not told of without end.
#[test]
fn a_hostile_text_is_bounded() {
    for piece in [
        "script-src *;",
        "a ",
        "*:1 https://*:2 ",
        "a,",
        "'x' ",
        "{{",
        "script-src-elem ",
        "é;",
    ] {
        let text = format!("script-src {}", piece.repeat(50_000));
        let given = [Delivery::Header, Delivery::Meta { late: false }].map(|delivery| Given {
            text: &text,
            delivery,
            dynamic: Vec::new(),
            versioned: true,
        });
        let flaws = judge(&given, &Response::default());
        assert!(flaws.len() <= 2 * 50 * lockgate_csp::MOST_FLAWS);
        behaviour(&given);
    }
}
