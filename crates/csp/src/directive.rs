//! The directives that there are, and which of them governs what (sections 6 and 6.8).

use crate::parse::{Directive, Policy};

/// What a directive's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Sources of something that is fetched or run.
    Fetch,
    /// Sources that nothing falls back from: `base-uri`, `form-action`.
    Sources,
    /// Sources without keywords but `'self'`.
    Ancestors,
    Sandbox,
    /// No value at all.
    Flag,
    /// Addresses.
    ReportUri,
    /// One name.
    ReportTo,
    TrustedTypes,
    RequireTrustedTypes,
    Webrtc,
    /// No browser reads it any more; what to write in its place.
    Old(&'static str),
}

/// One directive that there is or was.
#[derive(Debug)]
pub(crate) struct Known {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    /// An element of the page can say it (section 3.3).
    pub(crate) in_meta: bool,
}

const fn known_as(name: &'static str, kind: Kind) -> Known {
    Known {
        name,
        kind,
        in_meta: true,
    }
}

const fn in_headers(name: &'static str, kind: Kind) -> Known {
    Known {
        name,
        kind,
        in_meta: false,
    }
}

/// Section 6, Trusted Types, Upgrade Insecure Requests, Fenced Frames, and what was withdrawn.
pub(crate) const DIRECTIVES: &[Known] = &[
    known_as("default-src", Kind::Fetch),
    known_as("script-src", Kind::Fetch),
    known_as("script-src-elem", Kind::Fetch),
    known_as("script-src-attr", Kind::Fetch),
    known_as("style-src", Kind::Fetch),
    known_as("style-src-elem", Kind::Fetch),
    known_as("style-src-attr", Kind::Fetch),
    known_as("img-src", Kind::Fetch),
    known_as("font-src", Kind::Fetch),
    known_as("media-src", Kind::Fetch),
    known_as("object-src", Kind::Fetch),
    known_as("frame-src", Kind::Fetch),
    known_as("child-src", Kind::Fetch),
    known_as("worker-src", Kind::Fetch),
    known_as("connect-src", Kind::Fetch),
    known_as("manifest-src", Kind::Fetch),
    known_as("fenced-frame-src", Kind::Fetch),
    known_as("base-uri", Kind::Sources),
    known_as("form-action", Kind::Sources),
    in_headers("frame-ancestors", Kind::Ancestors),
    in_headers("sandbox", Kind::Sandbox),
    known_as("upgrade-insecure-requests", Kind::Flag),
    in_headers("report-uri", Kind::ReportUri),
    known_as("report-to", Kind::ReportTo),
    known_as("trusted-types", Kind::TrustedTypes),
    known_as("require-trusted-types-for", Kind::RequireTrustedTypes),
    known_as("webrtc", Kind::Webrtc),
    known_as(
        "block-all-mixed-content",
        Kind::Old("browsers block mixed content anyway; `upgrade-insecure-requests` upgrades it"),
    ),
    known_as(
        "plugin-types",
        Kind::Old("`object-src 'none'` forbids plugins"),
    ),
    known_as(
        "prefetch-src",
        Kind::Old("`default-src` governs prefetching"),
    ),
    known_as("navigate-to", Kind::Old("it was never shipped")),
    known_as(
        "require-sri-for",
        Kind::Old("the `Integrity-Policy` header requires integrity"),
    ),
    known_as(
        "referrer",
        Kind::Old("the `Referrer-Policy` header says it"),
    ),
    known_as(
        "reflected-xss",
        Kind::Old("browsers have no such filter any more"),
    ),
    known_as(
        "disown-opener",
        Kind::Old("the `Cross-Origin-Opener-Policy` header says it"),
    ),
];

/// By its name in lower case.
pub(crate) fn known(lower: &str) -> Option<&'static Known> {
    DIRECTIVES.iter().find(|known| known.name == lower)
}

/// Something that a policy lets happen or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// A script element, with or without an address; also `javascript:`.
    Script,
    /// The same in browsers that do not know `script-src-elem`.
    OldScript,
    /// An event handler.
    ScriptAttribute,
    /// `eval` and its like: `-elem` and `-attr` have no say (section 4.4).
    Eval,
    Style,
    StyleAttribute,
    Image,
    Media,
    Object,
    Frame,
    Worker,
    Connect,
    Base,
    Form,
    Ancestors,
}

impl Act {
    /// Which directives govern it, the first that a policy has (section 6.8.3).
    pub(crate) fn chain(self) -> &'static [&'static str] {
        match self {
            Self::Script => &["script-src-elem", "script-src", "default-src"],
            Self::ScriptAttribute => &["script-src-attr", "script-src", "default-src"],
            Self::OldScript | Self::Eval => &["script-src", "default-src"],
            Self::Style => &["style-src-elem", "style-src", "default-src"],
            Self::StyleAttribute => &["style-src-attr", "style-src", "default-src"],
            Self::Image => &["img-src", "default-src"],
            Self::Media => &["media-src", "default-src"],
            Self::Object => &["object-src", "default-src"],
            Self::Frame => &["frame-src", "child-src", "default-src"],
            Self::Worker => &["worker-src", "child-src", "script-src", "default-src"],
            Self::Connect => &["connect-src", "default-src"],
            Self::Base => &["base-uri"],
            Self::Form => &["form-action"],
            Self::Ancestors => &["frame-ancestors"],
        }
    }

    /// True for what needs scripts to run, which a sandbox may forbid.
    pub(crate) fn runs_script(self) -> bool {
        matches!(
            self,
            Self::Script | Self::OldScript | Self::ScriptAttribute | Self::Eval | Self::Worker
        )
    }
}

impl<'t> Policy<'t> {
    /// The directive that governs an act, if any does.
    pub(crate) fn governing(&self, act: Act) -> Option<&Directive<'t>> {
        act.chain().iter().find_map(|name| self.get(name))
    }
}
