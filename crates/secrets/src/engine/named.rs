//! A name, an operator, a value of a known shape.
//!
//! `acme_api_key = "V"`, `"acme": {"token": "V"}`, `https://api.acme.com/v1?key=V`,
//! `--acme-token V`: what stands between a name and its value is short and mostly names itself; the
//! value stands free, and is no part of something longer.

use super::shape::LazyShape;
use std::ops::Range;
use std::sync::Arc;

/// Asked for beside values that could as well be a hash, a UUID or a number.
const WORDS: [&str; 11] = [
    "key", "token", "secret", "pass", "pwd", "auth", "cred", "api", "access", "bearer", "private",
];
/// Names of this length and more need not stand by themselves.
const UNMISTAKABLE: usize = 8;
/// Names shorter than this are also beginnings of other words.
const SHORT: usize = 6;
/// The longest identifier whose name counts, in bytes before and after the name.
const IDENTIFIER: usize = 64;
/// White space is counted once, but not for ever.
const STRETCH: usize = 4;
/// Lines that the way from a name to its value may cross.
const LINES: usize = 2;
/// The shortest value that needs no operator before it.
const SPEAKS_FOR_ITSELF: usize = 16;
/// What values are called that are public.
const HASHES: [&str; 13] = [
    "sha",
    "sha1",
    "sha224",
    "sha256",
    "sha384",
    "sha512",
    "md5",
    "checksum",
    "integrity",
    "digest",
    "commit",
    "revision",
    "etag",
];

/// A service, made ready.
pub(crate) struct Named {
    values: Vec<Arc<LazyShape>>,
    words: Vec<String>,
    within: usize,
}

impl Named {
    pub(crate) fn new(values: Vec<Arc<LazyShape>>, words: &[String], within: usize) -> Self {
        Self {
            values,
            words: words.iter().map(|word| word.to_ascii_lowercase()).collect(),
            within,
        }
    }

    /// Every value within reach of the name that stands at `name`. Returns the bytes that were read.
    pub(crate) fn values(
        &self,
        text: &[u8],
        name: Range<usize>,
        found: &mut dyn FnMut(Range<usize>),
    ) -> usize {
        let Some(from) = identifier_end(text, &name) else {
            return 0;
        };
        let (mut at, mut cost, mut lines, mut operator) = (from, 0, 0, false);
        let limit = (from + STRETCH * self.within).min(text.len());
        let mut before = from.checked_sub(1).and_then(|at| text.get(at)).copied();
        let mut previous = before;
        while let Some(&byte) = text.get(at).filter(|_| at <= limit && cost <= self.within) {
            if frees(before, previous) {
                for value in &self.values {
                    let Some(end) = value.shape().and_then(|shape| shape.fit(text, at)) else {
                        continue;
                    };
                    let value = at..end;
                    if ends_free(text, end)
                        && !is_user_of_url(text, &value)
                        && self.has_words(text, &name, &value)
                        && (operator
                            || (lines == 0 && needs_no_operator(text, from, &name, &value)))
                        && !is_called_a_hash(text, from, at)
                        && (lines == 0 || !is_of_another(text, from, at))
                    {
                        found(value);
                    }
                }
            }
            lines += usize::from(byte == b'\n');
            if lines > LINES {
                break;
            }
            operator |= matches!(
                byte,
                b'=' | b':' | b'"' | b'\'' | b'`' | b'>' | b'(' | b',' | b'|' | b'{' | b'['
            );
            let space =
                byte.is_ascii_whitespace() && before.is_some_and(|b| b.is_ascii_whitespace());
            cost += usize::from(!space);
            previous = before;
            before = Some(byte);
            at += 1;
        }
        at - name.end
    }

    fn has_words(&self, text: &[u8], name: &Range<usize>, value: &Range<usize>) -> bool {
        if self.words.is_empty() && !could_be_a_hash(text, name, value) {
            return true;
        }
        let between = text
            .get(called_from(text, name.start)..value.start)
            .unwrap_or_default();
        if self.words.is_empty() {
            WORDS.iter().any(|word| holds(between, word))
        } else {
            self.words.iter().any(|word| holds(between, word))
        }
    }
}

/// Where the identifier begins that holds a name; or the one before it, when that is given the name and
/// the value: `<secret>acme V</secret>`, `token: "acme V"`.
fn called_from(text: &[u8], name: usize) -> usize {
    let identifier = |end: usize| {
        let before = text.get(..end).unwrap_or_default();
        let length = before
            .iter()
            .rev()
            .take(IDENTIFIER)
            .take_while(|&&byte| is_identifier(byte))
            .count();
        end - length
    };
    let start = identifier(name);
    let lead = text.get(..start).unwrap_or_default();
    let operators = lead
        .iter()
        .rev()
        .take(STRETCH)
        .take_while(|byte| matches!(byte, b'>' | b':' | b'=' | b'"' | b'\'' | b'{' | b' '))
        .count();
    let between = lead.get(start - operators..).unwrap_or_default();
    if between
        .iter()
        .any(|byte| matches!(byte, b'>' | b':' | b'='))
    {
        identifier(start - operators)
    } else {
        start
    }
}

/// Where the identifier ends that holds the name, when the name is a word in it.
fn identifier_end(text: &[u8], name: &Range<usize>) -> Option<usize> {
    let spelled = text.get(name.clone())?;
    let first = *spelled.first()?;
    let last = *spelled.last()?;
    let before = name.start.checked_sub(1).and_then(|at| text.get(at));
    let begins_word = before.is_none_or(|before| {
        !before.is_ascii_alphabetic() || (before.is_ascii_lowercase() && first.is_ascii_uppercase())
    });
    // `java -Dacme.key=V`
    let is_property = || {
        let before = text.get(..name.start).unwrap_or_default();
        before.ends_with(b"-D") || before.ends_with(b"-P")
    };
    if spelled.len() < UNMISTAKABLE && !begins_word && !is_property() {
        return None;
    }
    let rest = text.get(name.end..)?;
    let goes_on = rest.first().is_some_and(|next| {
        next.is_ascii_lowercase() || (next.is_ascii_uppercase() && last.is_ascii_uppercase())
    });
    let says_what = WORDS.iter().any(|word| {
        rest.get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
    });
    if spelled.len() < SHORT && goes_on && !says_what {
        return None;
    }
    let length = rest
        .iter()
        .take(IDENTIFIER)
        .take_while(|&&byte| is_identifier(byte))
        .count();
    (length < IDENTIFIER).then_some(name.end + length)
}

/// True when a value may begin after these two bytes.
fn frees(before: Option<u8>, previous: Option<u8>) -> bool {
    before.is_some_and(|byte| match byte {
        b'/' => previous == Some(b'/'),
        // `====V` pads a value that is longer.
        b'=' if previous == Some(b'=') => false,
        // `${ACME_TOKEN:-V}`
        b'-' => previous == Some(b':'),
        b'=' | b':' | b'"' | b'\'' | b'`' | b'>' | b'<' | b'(' | b'{' | b'[' | b',' | b';'
        | b'|' | b'&' | b'*' => true,
        _ => byte.is_ascii_whitespace(),
    })
}

/// True when a value that ends here is not cut from something longer, and not a name or a call.
fn ends_free(text: &[u8], end: usize) -> bool {
    let rest = text.get(end..).unwrap_or_default();
    match rest {
        [b'=' | b'(' | b'_', ..] => false,
        [b'%', b'2', b'B' | b'b' | b'F' | b'f', ..] | [b'%', b'3', b'D' | b'd', ..] => false,
        [b'-' | b'.' | b'/' | b'+' | b'?', next, ..] => !next.is_ascii_alphanumeric(),
        [next, ..] => !next.is_ascii_alphanumeric(),
        [] => true,
    }
}

/// True when a URL has the value as its user: `https://V@errors.example.org` belongs to that host.
fn is_user_of_url(text: &[u8], value: &Range<usize>) -> bool {
    let before = text.get(..value.start).unwrap_or_default();
    text.get(value.end) == Some(&b'@') && before.ends_with(b"//")
}

/// True for a value of hexadecimal digits and `-` in one case, unless it is all that an unmistakable name
/// is given and no Git or SHA-2 hash by its length.
fn could_be_a_hash(text: &[u8], name: &Range<usize>, value: &Range<usize>) -> bool {
    let bytes = text.get(value.clone()).unwrap_or_default();
    let mixed =
        bytes.iter().any(u8::is_ascii_lowercase) && bytes.iter().any(u8::is_ascii_uppercase);
    if mixed || !bytes.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-') {
        return false;
    }
    let between = text.get(name.end..value.start).unwrap_or_default();
    let is_given = between
        .iter()
        .all(|byte| !is_identifier(*byte) && *byte != b'\n');
    !is_given || name.len() < UNMISTAKABLE || matches!(bytes.len(), 40 | 64 | 96 | 128)
}

/// True when a space before a value is enough: it is no word, and either no hash or announced.
fn needs_no_operator(text: &[u8], from: usize, name: &Range<usize>, value: &Range<usize>) -> bool {
    let bytes = text.get(value.clone()).unwrap_or_default();
    let digits = bytes.iter().filter(|byte| byte.is_ascii_digit()).count();
    let others = bytes
        .iter()
        .filter(|byte| byte.is_ascii_alphabetic() && !byte.is_ascii_hexdigit())
        .count();
    let announced = || {
        let between = text.get(name.end..value.start).unwrap_or_default();
        let called = text.get(from..value.start).unwrap_or_default();
        let before = text
            .get(called_from(text, name.start)..name.start)
            .unwrap_or_default();
        called.iter().all(|&byte| byte != b'/')
            && WORDS
                .iter()
                .any(|word| holds(between, word) || holds(before, word))
    };
    bytes.len() >= SPEAKS_FOR_ITSELF && digits >= 2 && (others >= 2 || announced())
}

/// True when `word`, in lower case, is in `text` in any case.
fn holds(text: &[u8], word: &str) -> bool {
    word.is_empty()
        || text
            .windows(word.len())
            .any(|part| part.eq_ignore_ascii_case(word.as_bytes()))
}

/// True when the last word before a value says that it is a hash.
fn is_called_a_hash(text: &[u8], from: usize, value: usize) -> bool {
    let between = text.get(from..value).unwrap_or_default();
    let Some(end) = between.iter().rposition(|&byte| is_identifier(byte)) else {
        return false;
    };
    let word = between.get(..=end).unwrap_or_default();
    HASHES.iter().any(|hash| {
        word.len()
            .checked_sub(hash.len())
            .and_then(|at| word.get(at..))
            .is_some_and(|tail| tail.eq_ignore_ascii_case(hash.as_bytes()))
    })
}

/// True when the line of a value, below that of the name, gives it a name of its own that says nothing of
/// a secret: `acme: on` and in the next line `SENTRY_DSN: V`.
fn is_of_another(text: &[u8], from: usize, value: usize) -> bool {
    let between = text.get(from..value).unwrap_or_default();
    let line = between.rsplit(|&byte| byte == b'\n').next();
    let last = line.and_then(|line| {
        line.split(|&byte| !is_identifier(byte))
            .rfind(|word| word.iter().any(u8::is_ascii_alphabetic))
    });
    last.is_some_and(|name| {
        name.contains(&b'_') && !WORDS.iter().chain(&["value"]).any(|word| holds(name, word))
    })
}

fn is_identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = concat!("jwI4HrRAbQV4rUYY", "D76C");
    const HEX: &str = concat!("57d2de35873840b5", "ad59d742e90e974e");

    fn finds(name: &str, words: &[&str], text: &str) -> bool {
        let owned = |all: &[&str]| all.iter().map(|&one| one.to_owned()).collect::<Vec<_>>();
        let values = ["[0-9A-Za-z]{20}", "[0-9a-f]{32}"];
        let shapes = values.map(|value| Arc::new(LazyShape::new(value.to_owned())));
        let named = Named::new(shapes.to_vec(), &owned(words), 40);
        let text = text.replace("VVV", VALUE).replace("HHH", HEX);
        let lower = text.to_ascii_lowercase();
        let mut count = 0;
        for (at, _) in lower.match_indices(name) {
            named.values(text.as_bytes(), at..at + name.len(), &mut |found| {
                let found = text.get(found).unwrap();
                assert!(found == VALUE || found == HEX, "{found}");
                count += 1;
            });
        }
        count > 0
    }

    #[test]
    fn a_name_and_its_value() {
        for text in [
            "statuscake token = 'VVV'",
            "statuscake 'VVV'",
            "statuscake token - 'VVV'",
            "STATUSCAKE_API_KEY: VVV",
            "STATUSCAKE_API_KEY=VVV\n",
            "{\"statuscake_secret\": \"VVV\"}",
            "{\\\"statuscake_secret\\\": \\\"VVV\\\"}",
            "\"statuscake\": {\"key\": \"VVV\"}",
            "\"statuscake\": {\n      \"key\": \"VVV\"\n}",
            "statuscakeKey := \"VVV\"",
            "'statuscake' => 'VVV'",
            "tool --statuscake-token VVV",
            "export STATUSCAKETOKEN=VVV",
            "https://api.statuscake.com/v1?key=VVV",
            "https://api.statuscake.com/v1?key=VVV&next=1",
            "statuscakeAPITokenToken = \"VVV\"",
            "myStatuscakeToken = \"VVV\"",
            "NEXT_PUBLIC_statuscake=VVV",
            "req.Header.Set(\"Statuscake-Api-Key\", \"VVV\")",
            "curl -H 'Authorization: Statuscake VVV'",
            "[INFO] request to the statuscake API\n\t\t\t\t[DEBUG] Using Key=VVV\n",
            "<statuscake><token>VVV</token></statuscake>",
            "| statuscake auth token |VVV",
            "statuscake_key                                                   = VVV",
            "statuscake_key: HHH",
            "Your statuscake key is VVV. Keep it.",
            "Your statuscake key is HHH, keep it.",
            "statuscake: HHH",
            "statuscake 'HHH'",
            "- name: STATUSCAKE_KEY\n  value: VVV",
            "<secret>{statuscake HHH}</secret>",
            "token: statuscake HHH",
            "${STATUSCAKE_TOKEN:-VVV}",
        ] {
            assert!(finds("statuscake", &[], text), "{text}");
        }
        assert!(finds("box", &[], "box_key = VVV"));
        assert!(finds("box", &[], "boxtoken = VVV"));
        assert!(finds("box", &[], "java -Dbox.token=VVV"));
    }

    #[test]
    fn a_name_and_something_else() {
        for text in [
            "statuscake keyword is not close to the real key in the data\n = 'VVV'",
            "statuscake = 'VVV1'",
            "statuscake = 'aVVV'",
            "statuscake = 'a-VVV'",
            "statuscake = 'VVV-a'",
            "statuscake = 'VVV/a'",
            "statuscake = 'VVV?a'",
            "statuscake = 'VVV=='",
            "statuscake = 'VVV%3D'",
            "statuscake = VVV(1)",
            "statuscake = VVV.field",
            "statuscake = $VVV",
            "import \"github.com/statuscake/VVV\"",
            "uses: statuscake/action@HHH",
            "statuscake/image@sha256:HHH",
            "statuscake at HHH",
            "statuscake: HHHdeadbeef",
            "statuscake HHH",
            "statuscake_api sha256: HHH",
            "statuscake-api.tgz\",\n  \"integrity\": \"VVV\"",
            "statuscake = '====VVV'",
            "STATUSCAKE_ID: 7\nSENTRY_DSN: \"VVV\"",
            "statuscake: \"https://VVV@errors.example.org\"",
        ] {
            assert!(!finds("statuscake", &[], text), "{text}");
        }
        assert!(!finds("ably", &[], "probably = 'VVV'"));
        assert!(!finds("box", &[], "boxes = 'VVV'"));
    }

    #[test]
    fn words_may_be_asked_for() {
        assert!(finds("front", &["token"], "front_token = 'VVV'"));
        assert!(finds("front", &["token"], "TOKEN_FRONT = 'VVV'"));
        assert!(!finds("front", &["token"], "front = 'VVV'"));
        assert!(finds("front", &[""], "front = 'HHH'"));
        assert!(!finds("front", &[], "front = 'HHH'"));
    }
}
