//! What a list of sources, a policy, and several policies together let happen.

use crate::directive::Act;
use crate::given::Answer;
use crate::parse::{Directive, Policy};
use crate::source::{Keyword, Source};
use crate::url::Url;

impl Directive<'_> {
    pub(crate) fn has(&self, keyword: Keyword) -> bool {
        self.sources.contains(&Source::Keyword(keyword))
    }

    pub(crate) fn has_nonce_or_hash(&self) -> bool {
        self.sources.iter().any(Source::is_nonce_or_hash)
    }

    /// Some value may be anything.
    pub(crate) fn has_unknown(&self) -> bool {
        self.sources.contains(&Source::Unknown)
    }

    /// Section 6.7.3.2: whether all inline content is allowed.
    pub(crate) fn inline(&self, script: bool) -> Answer {
        if self.has_nonce_or_hash() || (script && self.has(Keyword::StrictDynamic)) {
            return Answer::No;
        }
        match (self.has(Keyword::UnsafeInline), self.has_unknown()) {
            // It may be a nonce, or `'unsafe-inline'`.
            (_, true) => Answer::Unknown,
            (allowed, false) => allowed.into(),
        }
    }

    /// Whether one of these keywords is there.
    pub(crate) fn any(&self, keywords: &[Keyword]) -> Answer {
        match keywords.iter().any(|keyword| self.has(*keyword)) {
            false if self.has_unknown() => Answer::Unknown,
            found => found.into(),
        }
    }

    /// Section 6.7.2.7: whether some source matches. `'none'` beside others matches nothing, as any
    /// keyword does.
    pub(crate) fn matches(&self, url: Url<'_>) -> Answer {
        let mut best = Answer::No;
        for source in &self.sources {
            best = best.max(source.matches(url));
            if best == Answer::Yes {
                break;
            }
        }
        best
    }
}

impl Policy<'_> {
    /// Whether a sandbox lets scripts run.
    pub(crate) fn sandbox(&self) -> Answer {
        self.sandbox_allows("allow-scripts")
    }

    /// Whether a sandbox has this token; yes where there is no sandbox.
    pub(crate) fn sandbox_allows(&self, token: &str) -> Answer {
        let Some(sandbox) = self.get("sandbox") else {
            return Answer::Yes;
        };
        let allows = |text: &str| text.eq_ignore_ascii_case(token);
        match sandbox.values.iter().any(|value| allows(value.text)) {
            false if sandbox.has_unknown() => Answer::Unknown,
            allowed => allowed.into(),
        }
    }

    /// What the governing directive says, or what holds where there is none.
    fn ask(&self, act: Act, of: impl Fn(&Directive<'_>) -> Answer) -> Answer {
        let answer = match self.governing(act) {
            Some(directive) => of(directive),
            None if self.open => Answer::Unknown,
            None => Answer::Yes,
        };
        match act.runs_script() {
            true => answer.min(self.sandbox()),
            false => answer,
        }
    }

    /// Whether all inline content of this kind runs.
    pub(crate) fn inline(&self, act: Act) -> Answer {
        let script = matches!(act, Act::Script | Act::ScriptAttribute);
        self.ask(act, |directive| directive.inline(script))
    }

    /// Whether one of these keywords lets strings or bytes become code.
    pub(crate) fn eval(&self, keywords: &[Keyword]) -> Answer {
        self.ask(Act::Eval, |directive| directive.any(keywords))
    }

    /// Whether something may be fetched from an address. With `'strict-dynamic'` no list of addresses
    /// lets a script in (section 6.7.1.1); a worker is started by a script, which may.
    pub(crate) fn fetches(&self, act: Act, url: Url<'_>) -> Answer {
        self.ask(act, |directive| {
            let strict = directive.has(Keyword::StrictDynamic);
            match act {
                Act::Script | Act::OldScript if strict => Answer::No,
                // `default-src` is then read as `worker-src`, which does not know the keyword.
                Act::Worker if strict && directive.lower == "script-src" => Answer::Yes,
                _ => directive.matches(url),
            }
        })
    }
}

/// What all enforced policies let happen: each may refuse.
pub(crate) fn together<'p, 't: 'p>(
    policies: impl IntoIterator<Item = &'p Policy<'t>>,
    of: impl Fn(&Policy<'t>) -> Answer,
) -> Answer {
    let mut least = Answer::Yes;
    for policy in policies.into_iter().filter(|policy| policy.enforced) {
        least = least.min(of(policy));
        if least == Answer::No {
            break;
        }
    }
    least
}
