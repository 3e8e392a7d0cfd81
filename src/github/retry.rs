//! Whether a request is sent again, and when (docs.github.com, "Rate limits for the REST API" and
//! "Best practices for using the REST API").

use super::{Cause, Repeat};
use std::time::Duration;

/// Most times that one request is sent.
pub const MAX_TRIES: u32 = 4;

/// What a limit without a time asks for: at least a minute, then twice that.
const LIMIT_PAUSE: Duration = Duration::from_secs(60);

/// The first pause after a fault of the server or the connection; each further one is twice as long.
const FAULT_PAUSE: Duration = Duration::from_secs(1);

/// Room for clocks that differ.
const RESET_MARGIN: Duration = Duration::from_secs(1);

/// What an answer's head says about sending again.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Head {
    /// The status.
    pub status: u16,
    /// `retry-after`.
    pub retry_after: Option<Duration>,
    /// `x-ratelimit-remaining`.
    pub remaining: Option<u64>,
    /// `x-ratelimit-reset`, in seconds since 1970.
    pub reset: Option<u64>,
    /// The body speaks of a rate limit; the secondary ones are told by words alone.
    pub speaks_of_limit: bool,
}

impl Head {
    fn is_limit(&self) -> bool {
        match self.status {
            429 => true,
            403 => self.remaining == Some(0) || self.retry_after.is_some() || self.speaks_of_limit,
            _ => false,
        }
    }

    /// How long a limit asks to wait, at the second `now` since 1970.
    fn pause(&self, tries: u32, now: u64) -> Duration {
        if let Some(pause) = self.retry_after {
            return pause;
        }
        match (self.remaining, self.reset) {
            (Some(0), Some(reset)) => {
                Duration::from_secs(reset.saturating_sub(now)).saturating_add(RESET_MARGIN)
            }
            _ => doubled(LIMIT_PAUSE, tries),
        }
    }
}

/// How one attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// With an answer.
    Answered(Head),
    /// Before anything was sent.
    NotSent,
    /// While it was sent or answered.
    Lost,
}

/// What to do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Use the answer.
    Done,
    /// Go where the answer's `location` leads.
    Follow,
    /// Send it again after this time.
    Again(Duration),
    /// Tell why there is no answer.
    GiveUp(Cause),
}

/// Decides after the attempt number `tries`, counted from 1, with this much time `left` at the
/// second `now` since 1970.
pub fn next(repeat: Repeat, tries: u32, ended: Ended, now: u64, left: Duration) -> Step {
    let (pause, cause) = match ended {
        Ended::Answered(head) => match head.status {
            200..=299 => return Step::Done,
            301 | 302 | 307 | 308 => return Step::Follow,
            _ if head.is_limit() => (Some(head.pause(tries, now)), Cause::Limited),
            500.. => (freely(repeat).then(|| fault(&head, tries)), Cause::Broken),
            401 => return Step::GiveUp(Cause::Unknown),
            403 => return Step::GiveUp(Cause::Forbidden),
            404 => return Step::GiveUp(Cause::Missing),
            410 => return Step::GiveUp(Cause::Gone),
            413 => return Step::GiveUp(Cause::TooLarge),
            _ => return Step::GiveUp(Cause::Refused),
        },
        Ended::NotSent => (Some(doubled(FAULT_PAUSE, tries)), Cause::Unreachable),
        Ended::Lost => (
            freely(repeat).then(|| doubled(FAULT_PAUSE, tries)),
            Cause::Lost,
        ),
    };
    match pause {
        Some(pause) if tries < MAX_TRIES && pause < left => Step::Again(pause),
        _ => Step::GiveUp(cause),
    }
}

fn freely(repeat: Repeat) -> bool {
    repeat == Repeat::Freely
}

/// A server that is down may say for how long.
fn fault(head: &Head, tries: u32) -> Duration {
    head.retry_after
        .unwrap_or_else(|| doubled(FAULT_PAUSE, tries))
}

fn doubled(pause: Duration, tries: u32) -> Duration {
    pause.saturating_mul(1 << tries.saturating_sub(1).min(16))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const PLENTY: Duration = Duration::from_secs(10_000);

    fn answered(status: u16) -> Ended {
        Ended::Answered(Head {
            status,
            ..Head::default()
        })
    }

    #[test]
    fn reads_are_tried_again_and_writes_only_when_nothing_was_done() {
        for ended in [answered(502), Ended::Lost] {
            let read = next(Repeat::Freely, 1, ended, 0, PLENTY);
            assert_eq!(read, Step::Again(Duration::from_secs(1)));
            let write = next(Repeat::WhenRefused, 1, ended, 0, PLENTY);
            assert!(matches!(write, Step::GiveUp(_)), "{write:?}");
        }
        for ended in [answered(429), Ended::NotSent] {
            let write = next(Repeat::WhenRefused, 1, ended, 0, PLENTY);
            assert!(matches!(write, Step::Again(_)), "{write:?}");
        }
    }

    #[test]
    fn limits_are_waited_for_as_long_as_they_say() {
        let head = Head {
            status: 403,
            retry_after: Some(Duration::from_secs(7)),
            ..Head::default()
        };
        let step = next(Repeat::WhenRefused, 1, Ended::Answered(head), 0, PLENTY);
        assert_eq!(step, Step::Again(Duration::from_secs(7)));
        let head = Head {
            status: 429,
            remaining: Some(0),
            reset: Some(1_030),
            ..Head::default()
        };
        let step = next(Repeat::Freely, 1, Ended::Answered(head), 1_000, PLENTY);
        assert_eq!(step, Step::Again(Duration::from_secs(31)));
        let soon = Duration::from_secs(20);
        let step = next(Repeat::Freely, 1, Ended::Answered(head), 1_000, soon);
        assert_eq!(step, Step::GiveUp(Cause::Limited));
        let words = Head {
            status: 403,
            speaks_of_limit: true,
            remaining: Some(900),
            ..Head::default()
        };
        let step = next(Repeat::Freely, 2, Ended::Answered(words), 0, PLENTY);
        assert_eq!(step, Step::Again(Duration::from_secs(120)));
    }

    #[test]
    fn missing_rights_are_told_at_once() {
        for (status, cause) in [
            (401, Cause::Unknown),
            (403, Cause::Forbidden),
            (404, Cause::Missing),
            (410, Cause::Gone),
            (413, Cause::TooLarge),
            (400, Cause::Refused),
            (422, Cause::Refused),
        ] {
            let step = next(Repeat::Freely, 1, answered(status), 0, PLENTY);
            assert_eq!(step, Step::GiveUp(cause), "{status}");
        }
    }

    fn any_end() -> impl Strategy<Value = Ended> {
        let head = (
            100..1000u16,
            proptest::option::of(any::<u32>()),
            proptest::option::of(0..3u64),
            proptest::option::of(any::<u64>()),
            any::<bool>(),
        );
        prop_oneof![
            Just(Ended::NotSent),
            Just(Ended::Lost),
            head.prop_map(|(status, after, remaining, reset, speaks_of_limit)| {
                Ended::Answered(Head {
                    status,
                    retry_after: after.map(|s| Duration::from_secs(s.into())),
                    remaining,
                    reset,
                    speaks_of_limit,
                })
            }),
        ]
    }

    proptest! {
        #[test]
        fn it_ends_in_time(ended in any_end(), tries in 1..40u32, now: u64, left: u32) {
            let left = Duration::from_secs(left.into());
            for repeat in [Repeat::Freely, Repeat::WhenRefused] {
                if let Step::Again(pause) = next(repeat, tries, ended, now, left) {
                    prop_assert!(pause < left && tries < MAX_TRIES);
                }
            }
        }

        #[test]
        fn what_may_be_done_is_never_sent_again(ended in any_end(), now: u64) {
            let lost = match ended {
                Ended::Lost => true,
                Ended::Answered(head) => head.status >= 500,
                Ended::NotSent => false,
            };
            let step = next(Repeat::WhenRefused, 1, ended, now, PLENTY);
            prop_assert!(!(lost && matches!(step, Step::Again(_))));
        }
    }
}
