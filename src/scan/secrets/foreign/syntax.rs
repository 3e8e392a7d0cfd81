//! Regular expressions of Go's `regexp` → those of the search.
//!
//! Source: Go's `regexp/syntax` documentation (RE2 syntax). The two differ in a few corners, where the
//! same text would be an error here or, worse, mean something else.

/// A pattern in the search's own syntax.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translated {
    /// The pattern.
    pub pattern: String,
    /// How many groups it has that capture.
    pub groups: usize,
}

/// Translates a pattern; the group `secret` becomes the one of that name, 0 is none.
///
/// # Errors
/// What in it cannot be said here, as a clause.
pub fn translate(pattern: &str, secret: usize) -> Result<Translated, String> {
    let mut reader = Reader {
        text: pattern.chars().collect(),
        at: 0,
        out: String::with_capacity(pattern.len() + 16),
        groups: 0,
        secret,
    };
    reader.all()?;
    if secret > reader.groups {
        return Err(format!(
            "secretGroup is {secret}, and the pattern has {} groups",
            reader.groups
        ));
    }
    Ok(Translated {
        pattern: reader.out,
        groups: reader.groups,
    })
}

struct Reader {
    text: Vec<char>,
    at: usize,
    out: String,
    groups: usize,
    secret: usize,
}

impl Reader {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.text.get(self.at + ahead).copied()
    }

    fn take(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.at += 1;
        Some(c)
    }

    fn all(&mut self) -> Result<(), String> {
        while let Some(c) = self.take() {
            match c {
                '\\' => self.escape(false)?,
                '[' => self.class()?,
                '(' => self.group(),
                // Go reads braces that are no repetition as they stand.
                '{' if !self.is_repetition() => self.out.push_str("\\{"),
                '{' => {
                    self.out.push('{');
                    while let Some(c) = self.take() {
                        self.out.push(c);
                        if c == '}' {
                            break;
                        }
                    }
                }
                '}' => self.out.push_str("\\}"),
                c => self.out.push(c),
            }
        }
        Ok(())
    }

    /// `{3}`, `{3,}`, `{3,5}`, behind the brace.
    fn is_repetition(&self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let end = rest.iter().position(|c| *c == '}');
        let inside: String = rest
            .get(..end.unwrap_or(0))
            .unwrap_or_default()
            .iter()
            .collect();
        let number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        match inside.split_once(',') {
            Some((from, to)) => number(from) && (to.is_empty() || number(to)),
            None => number(&inside),
        }
    }

    /// Behind a backslash.
    fn escape(&mut self, class: bool) -> Result<(), String> {
        let Some(c) = self.take() else {
            return Err("it ends with a backslash".to_owned());
        };
        match c {
            'p' | 'P' => {
                Err("Unicode classes (\\p) are not supported, the search is over bytes".to_owned())
            }
            'C' => Err("\\C is not supported".to_owned()),
            'Q' if !class => {
                self.quoted();
                Ok(())
            }
            // Octal digits, which are back references elsewhere.
            '0'..='7' => {
                let mut value = c.to_digit(8).unwrap_or(0);
                for _ in 0..2 {
                    let Some(digit) = self.peek(0).and_then(|c| c.to_digit(8)) else {
                        break;
                    };
                    value = value * 8 + digit;
                    self.at += 1;
                }
                self.out.push_str(&format!("\\x{{{value:x}}}"));
                Ok(())
            }
            // Borders of words here, plain signs there.
            '<' | '>' => {
                self.out.push(c);
                Ok(())
            }
            c if c.is_ascii() => {
                self.out.push('\\');
                self.out.push(c);
                Ok(())
            }
            c => {
                self.out.push(c);
                Ok(())
            }
        }
    }

    /// `\Q…\E`: as it stands.
    fn quoted(&mut self) {
        while let Some(c) = self.take() {
            if c == '\\' && self.peek(0) == Some('E') {
                self.at += 1;
                return;
            }
            if c.is_ascii_punctuation() {
                self.out.push('\\');
            }
            self.out.push(c);
        }
    }

    /// Behind an opening bracket.
    fn class(&mut self) -> Result<(), String> {
        self.out.push('[');
        if self.peek(0) == Some('^') {
            self.at += 1;
            self.out.push('^');
        }
        let mut first = true;
        while let Some(c) = self.take() {
            match c {
                ']' if !first => {
                    self.out.push(']');
                    return Ok(());
                }
                ']' => self.out.push_str("\\]"),
                '\\' => self.escape(true)?,
                '[' if self.peek(0) == Some(':') => self.named_class()?,
                // Sets in sets, and what is done with them, are unknown to Go.
                '[' => self.out.push_str("\\["),
                '&' | '~' => {
                    self.out.push('\\');
                    self.out.push(c);
                }
                '-' if self.peek(0) == Some('-') => {
                    return Err("`--` in a class is ambiguous".to_owned());
                }
                c if !c.is_ascii() => {
                    return Err("a class holds a letter that is not ASCII".to_owned());
                }
                c => self.out.push(c),
            }
            first = false;
        }
        Err("a class is not closed".to_owned())
    }

    fn named_class(&mut self) -> Result<(), String> {
        let rest: String = self
            .text
            .get(self.at..)
            .unwrap_or_default()
            .iter()
            .collect();
        let Some(end) = rest.find(":]") else {
            return Err("a class is not closed".to_owned());
        };
        let name = rest.get(..end + 2).unwrap_or_default();
        self.out.push('[');
        self.out.push_str(name);
        self.at += name.chars().count();
        Ok(())
    }

    /// Behind an opening parenthesis.
    fn group(&mut self) {
        let named = match (self.peek(0), self.peek(1), self.peek(2)) {
            (Some('?'), Some('P'), Some('<')) => Some(3),
            (Some('?'), Some('<'), Some(_)) => Some(2),
            (Some('?'), ..) => {
                self.out.push('(');
                return;
            }
            _ => None,
        };
        self.groups += 1;
        if let Some(length) = named {
            self.at += length;
            while self.take().is_some_and(|c| c != '>') {}
        }
        match self.groups == self.secret {
            true => self.out.push_str("(?P<secret>"),
            false => self.out.push('('),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use regex_automata::meta::Regex;
    use regex_automata::util::syntax::Config;

    fn fits(pattern: &str, text: &str) -> bool {
        let pattern = translate(pattern, 0).unwrap().pattern;
        let syntax = Config::new().unicode(false).utf8(false);
        let regex = Regex::builder().syntax(syntax).build(&pattern);
        regex
            .unwrap_or_else(|e| panic!("{pattern}: {e}"))
            .is_match(text)
    }

    #[test]
    fn what_go_reads_otherwise_means_the_same_here() {
        for (pattern, yes, no) in [
            (r"^a{b}$", "a{b}", "ab"),
            (r"^x{,3}$", "x{,3}", "xx"),
            (r"^x{2,3}$", "xxx", "x{2,3}"),
            (r"^[[a]$", "[", "b"),
            (r"^[]a]$", "]", "b"),
            (r"^[a&&b]$", "&", "c"),
            (r"^[[:alpha:]_]+$", "ab_", "1"),
            (r"^\Qa.b\E$", "a.b", "axb"),
            (r"^\<a\>$", "<a>", "a"),
            (r"^\101$", "A", "1"),
            (r"^(?i)abc$", "ABC", "ab"),
            (r"^(?P<key>a)(?<other>b)$", "ab", "a"),
            (r"\w\-\/\x60", "a-/`", "a"),
        ] {
            assert!(fits(pattern, yes), "{pattern} {yes}");
            assert!(!fits(pattern, no), "{pattern} {no}");
        }
    }

    #[test]
    fn the_secret_is_the_group_of_that_number() {
        let pattern = |text, group| translate(text, group).map(|t| t.pattern);
        assert_eq!(
            pattern(r"(a)(?:b)(c)", 2).unwrap(),
            r"(a)(?:b)(?P<secret>c)"
        );
        assert_eq!(pattern(r"(?P<x>a)(b)", 1).unwrap(), r"(?P<secret>a)(b)");
        assert!(pattern("(a)", 2).is_err());
    }

    #[test]
    fn what_cannot_be_said_is_named() {
        for pattern in [r"\p{Greek}", r"[a--b]", r"[é]", r"a\", "[a"] {
            assert!(translate(pattern, 0).is_err(), "{pattern}");
        }
    }
}
