//! Cuts a program into tokens, in one pass over any bytes.

use super::heredoc;
use super::language::Language;
use super::strings;
use super::token::{Kind, NONE, Piece, Token, Tokens};
use std::ops::Range;

/// Signs of several characters, longer ones first.
const SIGNS: &[&str] = &[
    "||=", "??=", "...", "===", "!==", "?->", "<<=", "=>", "->", "::", ":=", "+=", ".=", "<<",
    "||", "&&", "==", "!=", "??", "?.", "?:", "&.", "..", "<-", "++", "--", "-=", "<=", ">=",
];

/// Cuts a program into tokens. `masked`: what is left when all but the comments is blanked, where no text goes
/// over lines.
pub(super) fn lex(text: &str, language: Language, masked: bool) -> Tokens<'_> {
    let mut lexer = Lexer::new(text, language, masked);
    if language == Language::Php && !masked {
        lexer.page();
    }
    while lexer.at < lexer.bytes.len() {
        lexer.step();
    }
    lexer.out
}

/// The reading of one program.
pub(super) struct Lexer<'t> {
    pub(super) text: &'t str,
    pub(super) bytes: &'t [u8],
    pub(super) language: Language,
    pub(super) masked: bool,
    pub(super) at: usize,
    line: bool,
    /// Texts that begin on the next line, with their tokens.
    pub(super) waiting: Vec<(usize, heredoc::Mark<'t>)>,
    open: Vec<usize>,
    /// Marks that nothing closes before these places.
    pub(super) failed: Vec<(u8, usize)>,
    pub(super) out: Tokens<'t>,
}

impl<'t> Lexer<'t> {
    fn new(text: &'t str, language: Language, masked: bool) -> Self {
        Self {
            text,
            bytes: text.as_bytes(),
            language,
            masked,
            at: 0,
            line: true,
            waiting: Vec::new(),
            open: Vec::new(),
            failed: Vec::new(),
            out: Tokens {
                text,
                language,
                all: Vec::new(),
                texts: Vec::new(),
                comments: Vec::new(),
                broken: false,
            },
        }
    }

    /// One that sees the file up to a place only.
    pub(super) fn up_to(&self, end: usize) -> Self {
        let text = self.text.get(..end).unwrap_or_default();
        Self::new(text, self.language, self.masked)
    }

    /// The text from a place on.
    pub(super) fn rest(&self, at: usize) -> &'t str {
        self.text.get(at..).unwrap_or_default()
    }

    pub(super) fn starts(&self, at: usize, word: &str) -> bool {
        let bytes = self.bytes.get(at..).unwrap_or_default();
        bytes.starts_with(word.as_bytes())
    }

    pub(super) fn byte(&self, at: usize) -> u8 {
        self.bytes.get(at).copied().unwrap_or_default()
    }

    fn step(&mut self) {
        match self.byte(self.at) {
            b'\n' => self.new_line(),
            b' ' | b'\t' | b'\r' | 0x0b | 0x0c => self.at += 1,
            _ if self.comment() || strings::text(self) => {}
            b'\\' if self.byte(self.at + 1) == b'\n' => {
                self.at += 2;
                self.line = false;
            }
            byte if is_word(byte) || self.is_variable(byte) => self.name(),
            b'(' | b'[' | b'{' => {
                self.token(Kind::Open, self.at..self.at + 1);
                self.at += 1;
            }
            b')' | b']' | b'}' => {
                self.token(Kind::Close, self.at..self.at + 1);
                self.at += 1;
            }
            _ => self.sign(),
        }
    }

    fn new_line(&mut self) {
        self.at += 1;
        self.line = true;
        for (token, mark) in std::mem::take(&mut self.waiting) {
            heredoc::body(self, token, &mark);
        }
    }

    /// What PHP sends as it stands, up to the next part that is a program.
    fn page(&mut self) {
        loop {
            let rest = self.rest(self.at);
            let Some(open) = rest.find("<?") else {
                self.at = self.bytes.len();
                return;
            };
            self.at += open + 2;
            let name = self.rest(self.at).as_bytes();
            let php = name
                .get(..3)
                .is_some_and(|name| name.eq_ignore_ascii_case(b"php"));
            if php || name.starts_with(b"=") {
                self.at += if php { 3 } else { 1 };
                self.line = true;
                return;
            }
        }
    }

    fn comment(&mut self) -> bool {
        let (at, language) = (self.at, self.language);
        if language == Language::Php && !self.masked && self.starts(at, "?>") {
            self.token(Kind::Sign, at..at + 2);
            self.at += 2;
            self.page();
            return true;
        }
        let hash = self.byte(at) == b'#';
        let line = match language {
            Language::Ruby => hash,
            Language::Php => hash && self.byte(at + 1) != b'[' || self.starts(at, "//"),
            // `#region`, `#if`: nothing that runs.
            Language::CSharp => self.starts(at, "//") || hash && self.line,
            _ => self.starts(at, "//"),
        };
        if line {
            let rest = self.rest(at);
            let mut end = rest.find('\n').unwrap_or(rest.len());
            if language == Language::Php {
                let closed = rest.get(..end).and_then(|line| line.find("?>"));
                end = closed.unwrap_or(end);
            }
            let marks = rest.bytes().take_while(|byte| b"#/!".contains(byte));
            let marks = marks.count().min(end);
            // What documents a function shows how it is used.
            let documents = language != Language::Ruby && marks > 2 || self.starts(at, "//!");
            if !documents {
                self.out.comments.push(at + marks..at + end);
            }
            self.at += end;
            return true;
        }
        let block = match language {
            Language::Ruby if self.line && self.starts(at, "=begin") => Some("\n=end"),
            Language::Ruby if self.line && self.starts(at, "__END__\n") => Some("\0"),
            Language::Ruby => None,
            _ => self.starts(at, "/*").then_some("*/"),
        };
        let Some(close) = block else {
            return false;
        };
        let end = self.block_end(at + 2, close);
        if !self.starts(at, "/**") {
            let inside = at + 2..end.saturating_sub(close.len()).max(at + 2);
            self.out.comments.push(inside);
        }
        self.at = end;
        true
    }

    /// Where a comment over several lines ends; those of Rust and Kotlin stand in one another.
    fn block_end(&self, from: usize, close: &str) -> usize {
        let nested = matches!(self.language, Language::Rust | Language::Kotlin);
        let (mut at, mut depth) = (from, 1_usize);
        while at < self.bytes.len() {
            if self.starts(at, close) {
                at += close.len();
                depth -= 1;
                if depth == 0 {
                    return at;
                }
            } else if nested && self.starts(at, "/*") {
                at += 2;
                depth += 1;
            } else {
                at += 1;
            }
        }
        self.bytes.len()
    }

    fn is_variable(&self, byte: u8) -> bool {
        let marks: &[u8] = match self.language {
            Language::Php => b"$",
            Language::Ruby => b"$@",
            _ => b"",
        };
        let next = self.byte(self.at + 1);
        marks.contains(&byte) && (is_word(next) || next == b'@')
    }

    fn name(&mut self) {
        let start = self.at;
        let number = self.byte(start).is_ascii_digit();
        let mut end = start + 1;
        while is_word(self.byte(end))
            || self.byte(end) == b'@'
            || number && self.byte(end) == b'.' && self.byte(end + 1).is_ascii_digit()
        {
            end += 1;
        }
        let ruby = self.language == Language::Ruby;
        let asks = matches!(self.byte(end), b'?' | b'!') && self.byte(end + 1) != b'=';
        if ruby && !number && asks {
            end += 1;
        }
        self.at = end;
        if number {
            return self.token(Kind::Number, start..end);
        }
        let word = self.text.get(start..end).unwrap_or_default();
        let kind = match ruby && !self.masked {
            true => self.ruby_word(word),
            false => Kind::Name,
        };
        self.token(kind, start..end);
    }

    /// Words of Ruby that open a block which `end` closes.
    fn ruby_word(&self, word: &str) -> Kind {
        let before = self.out.all.len().checked_sub(1);
        let last = before.map(|before| self.out.word(before));
        let label = self.byte(self.at) == b':' && self.byte(self.at + 1) != b':';
        if label || matches!(last, Some("." | "&." | "::" | "def")) && !self.line {
            return Kind::Name;
        }
        let begins = self.line
            || matches!(
                last,
                None | Some(
                    "=" | "("
                        | "["
                        | "{"
                        | "||"
                        | "&&"
                        | ";"
                        | ","
                        | "=>"
                        | "<<"
                        | "||="
                        | "+="
                        | "then"
                        | "else"
                        | "do"
                        | "return"
                        | "->"
                        | "|"
                )
            );
        match word {
            "end" => Kind::Close,
            "def" | "class" | "module" | "begin" | "case" => Kind::Open,
            "if" | "unless" | "while" | "until" | "for" if begins => Kind::Open,
            // `while … do` has one end for both.
            "do" if !self.in_loop() => Kind::Open,
            _ => Kind::Name,
        }
    }

    /// Whether the line so far begins a loop.
    fn in_loop(&self) -> bool {
        let mut tokens = self.out.all.iter().enumerate().rev().take(60);
        let first = tokens.find(|(_, token)| token.line);
        first.is_some_and(|(at, token)| {
            token.kind == Kind::Open && matches!(self.out.word(at), "while" | "until" | "for")
        })
    }

    fn sign(&mut self) {
        let sign = SIGNS.iter().find(|sign| self.starts(self.at, sign));
        let length = sign.map_or_else(
            || self.rest(self.at).chars().next().map_or(1, char::len_utf8),
            |sign| sign.len(),
        );
        self.token(Kind::Sign, self.at..self.at + length);
        self.at += length;
    }

    /// Adds a literal text.
    pub(super) fn add_text(&mut self, pieces: Vec<Piece>, place: Range<usize>) {
        let index = self.out.texts.len();
        self.out.texts.push(pieces);
        self.token(Kind::Text(index), place);
    }

    /// Whether a value stands before, so that a sign cannot begin one.
    pub(super) fn behind_value(&self) -> bool {
        const WORDS: &[&str] = &[
            "if", "unless", "while", "until", "and", "or", "not", "return", "when", "in", "then",
            "else", "elsif", "do", "puts", "case",
        ];
        let Some(at) = self.out.all.len().checked_sub(1) else {
            return false;
        };
        match self.out.kind(at) {
            Some(Kind::Name) => !WORDS.contains(&self.out.word(at)),
            Some(Kind::Sign | Kind::Open) | None => false,
            Some(_) => true,
        }
    }

    /// Adds a list of words that brackets of its own surround (`%w[a b]`).
    pub(super) fn add_words(
        &mut self,
        open: Range<usize>,
        words: Vec<(Kind, Range<usize>)>,
        close: Range<usize>,
    ) {
        let first = self.out.all.len();
        self.token(Kind::Open, open);
        for (kind, place) in words {
            match kind {
                Kind::Symbol => self.token(kind, place),
                _ => {
                    let text = self.text.get(place.clone()).unwrap_or_default().to_owned();
                    let piece = Piece {
                        text: Some(text),
                        place: place.clone(),
                    };
                    self.add_text(vec![piece], place);
                }
            }
        }
        self.open.pop();
        let last = self.out.all.len();
        self.token(Kind::Sign, close);
        if let Some(token) = self.out.all.get_mut(last) {
            token.kind = Kind::Close;
            token.pair = first;
        }
        if let Some(token) = self.out.all.get_mut(first) {
            token.pair = last;
        }
    }

    pub(super) fn token(&mut self, kind: Kind, place: Range<usize>) {
        let at = self.out.all.len();
        let mut token = Token {
            kind,
            place,
            line: std::mem::take(&mut self.line),
            pair: NONE,
            parent: NONE,
        };
        if kind == Kind::Close {
            token.pair = self.close(at, &token.place);
        }
        token.parent = self.open.last().copied().unwrap_or(NONE);
        self.out.all.push(token);
        if kind == Kind::Open {
            self.open.push(at);
        }
    }

    /// Closes what this bracket closes; what was left open inside of it ends here, too.
    fn close(&mut self, at: usize, place: &Range<usize>) -> usize {
        let word = self.text.get(place.clone()).unwrap_or_default();
        let wanted = match word {
            ")" => "(",
            "]" => "[",
            "}" => "{",
            _ => "",
        };
        let fits = |open: usize| match self.out.word(open) {
            word @ ("(" | "[" | "{") => word == wanted,
            _ => wanted.is_empty(),
        };
        let near = self.open.iter().rev().take(8);
        let Some(up) = near.into_iter().position(|open| fits(*open)) else {
            return NONE;
        };
        self.open.truncate(self.open.len() - up);
        let Some(open) = self.open.pop() else {
            return NONE;
        };
        if let Some(token) = self.out.all.get_mut(open) {
            token.pair = at;
        }
        open
    }
}

/// Whether a byte is one of a name.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}
