//! What is language and what is random.

/// How common each pair of letters is in words of programs and their documentation: row is the
/// first letter, column the second, `5` is as often as chance, a step is about 1.7 times as often or
/// as seldom. Counted by us over the distinct words of some twenty thousand source files.
const PAIRS: [&[u8; 26]; 26] = [
    b"37872461604878070879553352",
    b"63426200620720510452500030",
    b"83537317607632830647530030",
    b"63358321710522530553534020",
    b"74896652402779464998364730",
    b"52346620700521620553400020",
    b"50107135500425410652400000",
    b"70137000600232600424301020",
    b"65776660002779860688060306",
    b"20003000000100000200010000",
    b"30116001400202200052100000",
    b"72359210802721740155520070",
    b"74228100701242670152500000",
    b"72787693714434640389542020",
    b"45762451414779560866756320",
    b"71437225601621760866522020",
    b"00000000000000000000500000",
    b"83559440804465840677542050",
    b"61629346803543661379713150",
    b"82539327900532740876613260",
    b"55535440500668250677000101",
    b"60108100600110410020000000",
    b"51025103500204410431000000",
    b"30314201300010050015000200",
    b"21203000300223250143001001",
    b"40006000000000100000000003",
];

/// Passwords that everybody tries first, and words that stand for one.
const COMMON: &str = "1234 12345 123456 1234567 12345678 123456789 admin admin123 administrator apache bar baz \
    changeit changeme default demo dev docker elastic empty false foo foobar guest hunter2 kafka \
    letmein mongo mypass mypassword mysecret mysecretpassword mysql none nopass null p4ssw0rd \
    p@ss p@ssw0rd p@ssword pa55w0rd pass pass123 pass1234 passphrase passw0rd passwd password \
    password! password1 password123 pgpass postgres pw pwd qwerty rabbitmq redis root rootpass \
    rootpassword s3cr3t s3cret sa secret secret123 secretpassword sekret supersecret test \
    test123 test1234 testing testpass testpassword token true user username userpass welcome xxx \
    xyz yes";

/// One of the passwords that everybody tries first, in any case.
pub(super) fn is_common_password(value: &[u8]) -> bool {
    COMMON
        .split(' ')
        .any(|common| value.eq_ignore_ascii_case(common.as_bytes()))
}

fn pair(first: u8, second: u8) -> u32 {
    let index = |byte: u8| usize::from(byte.to_ascii_lowercase().wrapping_sub(b'a'));
    PAIRS
        .get(index(first))
        .and_then(|row| row.get(index(second)))
        .map_or(0, |digit| u32::from(digit.wrapping_sub(b'0')))
}

/// Splits where a new word begins in `camelCase`, `snake_case`, `HTTPServer2`.
fn runs(value: &[u8]) -> impl Iterator<Item = &[u8]> {
    value.chunk_by(|a, b| {
        a.is_ascii_alphabetic()
            && b.is_ascii_alphabetic()
            && !(a.is_ascii_lowercase() && b.is_ascii_uppercase())
    })
}

/// The share of a value, from 0 to 1, that is made of runs of three letters or more which look like
/// words.
pub(super) fn share_of_words(value: &[u8]) -> f64 {
    let covered: usize = runs(value)
        .filter(|run| is_word(run))
        .map(<[u8]>::len)
        .sum();
    covered as f64 / value.len().max(1) as f64
}

/// Letters that follow each other as they do in words: on average more often than by chance. Of
/// random runs of eight letters one in twenty passes, of words nineteen in twenty.
fn is_word(run: &[u8]) -> bool {
    if run.len() < 3 || !run.iter().all(u8::is_ascii_alphabetic) {
        return false;
    }
    let changes = run
        .windows(2)
        .filter(|two| matches!(two, [a, b] if a.is_ascii_lowercase() != b.is_ascii_lowercase()))
        .count();
    if changes > 1 {
        return false;
    }
    let sum: u32 = run
        .windows(2)
        .map(|two| match two {
            [a, b] => pair(*a, *b),
            _ => 0,
        })
        .sum();
    let pairs = run.len() as u32 - 1;
    // Short runs say little: they must be very common.
    let least = if run.len() < 5 {
        6 * pairs - 1
    } else {
        9 * pairs / 2
    };
    sum >= least
}

/// Nothing but words, with separators, spaces and at most a short number between them.
pub(super) fn all_words(value: &[u8]) -> bool {
    let letters = value
        .iter()
        .filter(|byte| byte.is_ascii_alphabetic())
        .count();
    let digits = value.iter().filter(|byte| byte.is_ascii_digit()).count();
    letters >= 3 && digits <= letters / 4 && {
        let covered: usize = runs(value)
            .filter(|run| is_word(run))
            .map(<[u8]>::len)
            .sum();
        covered * 10 >= letters * 8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_from_random_letters() {
        for words in [
            "password_confirmation",
            "getAccessToken",
            "no such user",
            "SecretManager",
            "peace-for-all",
        ] {
            assert!(all_words(words.as_bytes()), "{words}");
        }
        for random in [
            "kqXvZpWjTb",
            "zq8Rk2Lx0Pd",
            "xkcvbqwzptk",
            "9f8a7c6e5d4b",
            "dGhXkPqLzW",
        ] {
            assert!(!all_words(random.as_bytes()), "{random}");
        }
    }

    #[test]
    fn common_passwords_in_any_case() {
        assert!(is_common_password(b"ChangeMe"));
        assert!(!is_common_password(b"fhR2kkQ!"));
    }
}
