//! What the enforced policies together let run.

use crate::directive::Act;
use crate::given::{Answer, Given};
use crate::list::together;
use crate::parse::{self, Policy};
use crate::source::Keyword;
use crate::url::Url;

/// What a response's enforced policies together let happen. Where none is enforced, everything does.
///
/// The page is taken to be served over `https`, and "any" means a host that no list names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Behaviour {
    /// A script element with content, without nonce and hash.
    pub inline_script: Answer,
    /// An event handler such as `onclick`, without a hash.
    pub inline_script_attribute: Answer,
    /// A link to `javascript:`.
    pub javascript_url: Answer,
    /// `eval`, `new Function`, a timer with a string.
    pub eval: Answer,
    /// Compiling WebAssembly.
    pub wasm: Answer,
    /// A style element, without nonce and hash.
    pub inline_style: Answer,
    /// A `style` attribute.
    pub inline_style_attribute: Answer,
    /// A script of any host over TLS.
    pub script_any_https: Answer,
    /// A script of any host in plain text.
    pub script_any_http: Answer,
    /// A script in a `data:` address.
    pub script_data: Answer,
    /// A script in a `blob:` address.
    pub script_blob: Answer,
    /// A script of the page's own origin.
    pub script_self: Answer,
    /// A style sheet of any host over TLS.
    pub style_any_https: Answer,
    /// A plugin's content of any host over TLS.
    pub object_any_https: Answer,
    /// A frame of any host over TLS.
    pub frame_any_https: Answer,
    /// A connection to any host over TLS.
    pub connect_any_https: Answer,
    /// An image of any host over TLS.
    pub image_any_https: Answer,
    /// An image of any host in plain text.
    pub image_any_http: Answer,
    /// A worker of any host over TLS, as far as the policy is concerned.
    pub worker_any_https: Answer,
    /// A `<base>` that points to any host.
    pub base_any: Answer,
}

/// What the enforced policies together let run. Where an answer is unknown, the policy is there and
/// cannot be judged without the running code.
pub fn behaviour(given: &[Given<'_>]) -> Behaviour {
    let policies: Vec<Policy<'_>> = given
        .iter()
        .enumerate()
        .filter(|(_, given)| given.delivery.enforced())
        .flat_map(|(index, given)| parse::policies(index, given))
        .collect();
    let inline = |act| together(&policies, |policy| policy.inline(act));
    let eval = |keywords: &[Keyword]| together(&policies, |policy| policy.eval(keywords));
    let fetches = |act, url| together(&policies, |policy| policy.fetches(act, url));
    Behaviour {
        inline_script: inline(Act::Script),
        inline_script_attribute: inline(Act::ScriptAttribute),
        javascript_url: inline(Act::Script),
        eval: eval(&[Keyword::UnsafeEval]),
        wasm: eval(&[Keyword::UnsafeEval, Keyword::WasmUnsafeEval]),
        inline_style: inline(Act::Style),
        inline_style_attribute: inline(Act::StyleAttribute),
        script_any_https: fetches(Act::Script, Url::HTTPS),
        script_any_http: fetches(Act::Script, Url::HTTP),
        script_data: fetches(Act::Script, Url::DATA),
        script_blob: fetches(Act::Script, Url::BLOB),
        script_self: fetches(Act::Script, Url::OWN),
        style_any_https: fetches(Act::Style, Url::HTTPS),
        object_any_https: fetches(Act::Object, Url::HTTPS),
        frame_any_https: fetches(Act::Frame, Url::HTTPS),
        connect_any_https: fetches(Act::Connect, Url::HTTPS),
        image_any_https: fetches(Act::Image, Url::HTTPS),
        image_any_http: fetches(Act::Image, Url::HTTP),
        worker_any_https: fetches(Act::Worker, Url::HTTPS),
        base_any: fetches(Act::Base, Url::HTTPS),
    }
}
