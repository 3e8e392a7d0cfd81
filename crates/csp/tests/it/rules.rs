//! One rule at a time: what a user relies on, where the suites have no case.

use lockgate_csp::{Answer, Delivery, Flaw, Given, Response, Severity, behaviour, judge};

const REST: &str =
    "; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'";

fn given(text: &str, delivery: Delivery) -> Given<'_> {
    Given {
        text,
        delivery,
        dynamic: Vec::new(),
        versioned: true,
    }
}

fn flaws(text: &str) -> Vec<Flaw> {
    judge(&[given(text, Delivery::Header)], &Response::default())
}

/// Rule, token and severity of what is above a note.
fn told(text: &str) -> Vec<(String, String, Severity)> {
    let whole = format!("{text}{REST}");
    let flaws = flaws(&whole)
        .into_iter()
        .filter(|flaw| flaw.severity > Severity::Info);
    flaws
        .map(|flaw| {
            (
                flaw.rule.0[7..].to_owned(),
                whole[flaw.place].to_owned(),
                flaw.severity,
            )
        })
        .collect()
}

#[track_caller]
fn only(text: &str, rule: &str, token: &str, severity: Severity) {
    let expected = [(rule.to_owned(), token.to_owned(), severity)];
    assert_eq!(told(text), expected, "{text}");
}

#[test]
fn inline_script_is_told_on_its_token() {
    use Severity::High;
    only(
        "default-src 'self' 'unsafe-inline'; style-src 'self'",
        "201",
        "'unsafe-inline'",
        High,
    );
    only(
        "script-src 'self'; script-src-attr 'unsafe-inline'",
        "201",
        "'unsafe-inline'",
        High,
    );
    assert_eq!(
        told("script-src 'self' 'unsafe-inline'; script-src-elem 'self'; script-src-attr 'none'"),
        []
    );
    assert_eq!(told("script-src 'unsafe-inline' 'nonce-{{n}}'"), []);
    assert_eq!(
        told("script-src 'unsafe-inline' 'strict-dynamic' 'nonce-${n}'"),
        []
    );
    assert_eq!(told("script-src 'unsafe-inline'; sandbox allow-forms"), []);
    only(
        "script-src 'unsafe-inline'; sandbox allow-scripts",
        "201",
        "'unsafe-inline'",
        High,
    );
}

#[test]
fn hosts_that_anybody_may_have_are_wide() {
    use Severity::{High, Medium};
    only("script-src *.co.uk", "204", "*.co.uk", High);
    only(
        "script-src https://*.vercel.app",
        "204",
        "https://*.vercel.app",
        Medium,
    );
    only("script-src *.amazonaws.com", "208", "*.amazonaws.com", High);
    only(
        "script-src https:; script-src-elem 'self'",
        "203",
        "https:",
        Severity::Low,
    );
    only("script-src *:443", "204", "*:443", High);
    only("script-src https://*:*", "204", "https://*:*", High);
    assert_eq!(told("script-src *.shop.example"), []);
    only("script-src 'self' blob:", "203", "blob:", Severity::Low);
    only("script-src wss:", "203", "wss:", Medium);
    assert_eq!(
        told("script-src 'nonce-${n}' 'strict-dynamic' https: data: *"),
        []
    );
}

#[test]
fn bypasses_need_what_they_need() {
    only(
        "script-src *.googleapis.com",
        "208",
        "*.googleapis.com",
        Severity::High,
    );
    assert_eq!(told("script-src https://www.googletagmanager.com"), []);
    let both = told("script-src https://www.googletagmanager.com 'unsafe-eval'");
    assert_eq!(
        both.iter()
            .map(|(rule, ..)| rule.as_str())
            .collect::<Vec<_>>(),
        ["208", "202"]
    );
    assert_eq!(told("script-src https://cdnjs.cloudflare.com:8443"), []);
}

#[test]
fn a_literal_nonce_in_a_versioned_file_is_static() {
    let text = "script-src 'nonce-cmFuZG9tMTIzNDU2Nzg5MA=='";
    only(
        text,
        "210",
        "'nonce-cmFuZG9tMTIzNDU2Nzg5MA=='",
        Severity::High,
    );
    assert_eq!(told("script-src 'nonce-CSP_NONCE'"), []);
    assert_eq!(told("script-src 'nonce-$request_id'"), []);
    let whole = format!("{text}{REST}");
    let mut given = given(&whole, Delivery::Header);
    given.versioned = false;
    assert!(
        judge(&[given.clone()], &Response::default())
            .iter()
            .all(|flaw| flaw.severity == Severity::Info)
    );
    given.versioned = true;
    given.dynamic.push(18..42);
    assert!(
        judge(&[given], &Response::default())
            .iter()
            .all(|flaw| flaw.severity == Severity::Info)
    );
}

#[test]
fn hashes_are_compared_as_text() {
    use Severity::Low;
    let good = "'sha256-jzgBGA4UWFFmpOBq0JpdsySukE1FrEN5bUpoK8Z29fY='";
    assert_eq!(told(&format!("script-src {good}")), []);
    let url = good.replace('B', "_").replace('j', "-");
    assert_eq!(told(&format!("script-src {url}")), []);
    for bad in [
        good.replace('=', ""),
        good.replace("fY=", "fZ="),
        good.replace("jzg", ""),
        good.replace("256", "384"),
    ] {
        only(&format!("script-src {bad}"), "108", &bad, Low);
    }
}

#[test]
fn the_stricter_of_two_is_worse_to_lose() {
    let severity = |text: &str| {
        let flaws = flaws(text);
        flaws
            .iter()
            .find(|flaw| flaw.rule.0 == "LG-CSP-104")
            .unwrap()
            .severity
    };
    assert_eq!(
        severity("script-src 'self' https:; script-src 'self'"),
        Severity::High
    );
    assert_eq!(
        severity("script-src 'self'; script-src 'self' https:"),
        Severity::Low
    );
    assert_eq!(
        severity("script-src 'self'; script-src 'SELF'"),
        Severity::Info
    );
    assert_eq!(severity("script-src a; script-src 'none'"), Severity::High);
}

#[test]
fn a_policy_without_scripts_is_told_of_once() {
    let rules = |text: &str| -> Vec<String> {
        let flaws = flaws(text)
            .into_iter()
            .filter(|flaw| lockgate_csp::rules::rule(flaw.rule).unwrap().on);
        flaws.map(|flaw| flaw.rule.0[7..].to_owned()).collect()
    };
    assert_eq!(rules("frame-ancestors 'self'"), ["308"]);
    assert_eq!(rules("upgrade-insecure-requests"), ["306", "308"]);
    assert_eq!(rules("sandbox; frame-ancestors 'none'"), [""; 0]);
    assert_eq!(
        rules("img-src 'self'; frame-ancestors 'none'"),
        ["205", "206", "305"]
    );
    // Something is there that only running code knows.
    assert_eq!(rules("${policy}"), [""; 0]);
    assert_eq!(rules("img-src 'self'; {{ more }}"), [""; 0]);
}

#[test]
fn what_the_response_says_besides_counts() {
    let text = "default-src 'self'; base-uri 'none'; form-action 'self'";
    let with = |response: Response| -> Vec<&str> {
        let flaws = judge(&[given(text, Delivery::Header)], &response).into_iter();
        flaws
            .filter(|flaw| flaw.severity > Severity::Info)
            .map(|flaw| flaw.rule.0)
            .collect()
    };
    assert_eq!(with(Response::default()), ["LG-CSP-306"]);
    assert_eq!(
        with(Response {
            framing_header: Some(true),
            html: None
        }),
        [""; 0]
    );
    assert_eq!(
        with(Response {
            framing_header: Some(false),
            html: Some(true)
        }),
        ["LG-CSP-306"]
    );
    assert_eq!(
        with(Response {
            framing_header: None,
            html: Some(false)
        }),
        [""; 0]
    );
}

#[test]
fn a_policy_that_reports_protects_from_nothing() {
    let strict = "default-src 'none'; script-src 'self'";
    let loose = "default-src * 'unsafe-inline'";
    let both = [
        given(loose, Delivery::Header),
        given(strict, Delivery::ReportOnly),
    ];
    assert_eq!(behaviour(&both).inline_script, Answer::Yes);
    let rules: Vec<&str> = judge(&both, &Response::default())
        .iter()
        .map(|flaw| flaw.rule.0)
        .collect();
    assert!(rules.contains(&"LG-CSP-201") && !rules.contains(&"LG-CSP-401"));
    // What would break it when it is enforced is told all the same, one step lower.
    let alone = judge(
        &[given(
            "script-src 'self' 'strict-dynamic'",
            Delivery::ReportOnly,
        )],
        &Response::default(),
    );
    let alone: Vec<_> = alone
        .iter()
        .filter(|flaw| flaw.severity > Severity::Info)
        .map(|flaw| (flaw.rule.0, flaw.severity))
        .collect();
    assert_eq!(
        alone,
        [
            ("LG-CSP-401", Severity::Medium),
            ("LG-CSP-214", Severity::Medium)
        ]
    );
}

#[test]
fn what_only_running_code_knows_is_unknown() {
    let one = |text: &str| behaviour(&[given(text, Delivery::Header)]);
    assert_eq!(
        one("script-src 'self' ${more}").inline_script,
        Answer::Unknown
    );
    assert_eq!(one("script-src 'self' ${more}").eval, Answer::Unknown);
    assert_eq!(
        one("script-src 'self' https://${host}").inline_script,
        Answer::No
    );
    assert_eq!(
        one("script-src 'self' https://${host}").script_any_https,
        Answer::Unknown
    );
    assert_eq!(
        one("script-src 'nonce-${n}' 'unsafe-inline'").inline_script,
        Answer::No
    );
    assert_eq!(one("${policy}").inline_script, Answer::Unknown);
    let both = [
        given("${policy}", Delivery::Header),
        given("script-src 'self'", Delivery::Header),
    ];
    assert_eq!(behaviour(&both).inline_script, Answer::No);
    assert_eq!(behaviour(&[]).inline_script, Answer::Yes);
}

#[test]
fn elements_have_their_own_limits() {
    let late = judge(
        &[given("script-src 'self'", Delivery::Meta { late: true })],
        &Response::default(),
    );
    assert!(late.iter().any(|flaw| flaw.rule.0 == "LG-CSP-404"));
    assert!(
        late.iter().all(|flaw| flaw.rule.0 != "LG-CSP-306"),
        "a header may say it"
    );
    let reports = judge(
        &[given("script-src 'self'", Delivery::MetaReportOnly)],
        &Response::default(),
    );
    assert_eq!(
        reports.iter().map(|flaw| flaw.rule.0).collect::<Vec<_>>(),
        ["LG-CSP-403"]
    );
    // White space of any kind stands in an element, and none in a header.
    let lines = "script-src 'self';\n object-src 'none'";
    let rules = |delivery| -> Vec<&str> {
        judge(&[given(lines, delivery)], &Response::default())
            .iter()
            .map(|flaw| flaw.rule.0)
            .collect()
    };
    assert!(!rules(Delivery::Meta { late: false }).contains(&"LG-CSP-110"));
    assert!(rules(Delivery::Header).contains(&"LG-CSP-110"));
}

#[test]
fn better_text_is_offered() {
    let better = |text: &str, rule: &str| {
        let flaws = flaws(text);
        flaws
            .into_iter()
            .find(|flaw| flaw.rule.0.ends_with(rule))
            .unwrap()
            .better
    };
    assert_eq!(better("script-source 'self'", "101"), None);
    assert_eq!(
        better("scipt-src 'self'", "101").as_deref(),
        Some("script-src")
    );
    assert_eq!(better("script-src self", "103").as_deref(), Some("'self'"));
    assert_eq!(better("img-src data", "103").as_deref(), Some("data:"));
    assert_eq!(
        better("script-src 'unsafe-inlin'", "103").as_deref(),
        Some("'unsafe-inline'")
    );
    assert_eq!(
        better("script-src ‘self’", "105").as_deref(),
        Some("'self'")
    );
    assert_eq!(
        better("img-src https:cdn.example", "109").as_deref(),
        Some("https://cdn.example")
    );
    assert_eq!(
        better("font-src http://a.example", "217").as_deref(),
        Some("https://a.example")
    );
    assert_eq!(
        better("sandbox 'allow-scripts'", "103").as_deref(),
        Some("allow-scripts")
    );
}

#[test]
fn trusted_types_make_eval_less_bad() {
    use Severity::{Low, Medium};
    only(
        "script-src 'self' 'unsafe-eval'",
        "202",
        "'unsafe-eval'",
        Medium,
    );
    let typed = "script-src 'self' 'unsafe-eval'; require-trusted-types-for 'script'";
    only(typed, "202", "'unsafe-eval'", Low);
}

#[test]
fn an_answer_that_is_no_page_lacks_nothing() {
    let response = Response {
        framing_header: None,
        html: Some(false),
    };
    let flaws = judge(&[given("default-src 'none'", Delivery::Header)], &response);
    assert!(
        flaws.iter().all(|flaw| flaw.severity == Severity::Info),
        "{flaws:?}"
    );
}

/// The token of a report's address may be somebody's key.
#[test]
fn a_query_is_not_quoted() {
    let flaws = flaws("report-uri http://r.example/x?key=change_me");
    assert!(flaws.iter().all(|flaw| !flaw.message.contains("change_me")));
    assert!(flaws.iter().any(|flaw| flaw.rule.0 == "LG-CSP-217"));
}
