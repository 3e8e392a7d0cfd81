//! Programs in Ruby, PHP, Java, Kotlin, C#, Go and Rust: the headers that they send.
//!
//! ```text
//! sieve      whether a program is worth reading                    bytes → bool
//! lex        strings, heredoc, pieces: a program as tokens, any bytes      bytes → tokens
//! names      where names get values, what production never runs    tokens → names
//! eval       choice, calls, library: what an expression means      tokens → value
//! headers    headers set by name                                   tokens → Set
//! ruby …     what frameworks of a language know by other names     tokens → Response
//! comments   what is commented out                                 tokens → Response
//! settings   files beside programs that name headers               YAML, properties → Response
//! ```

mod blocks;
mod callee;
mod calls;
mod choice;
mod comments;
mod cors;
mod csharp;
mod eval;
mod go;
mod headers;
mod heredoc;
mod java;
mod known;
mod language;
mod lex;
mod library;
mod names;
mod php;
mod pieces;
mod policy;
mod responses;
mod ruby;
pub(crate) mod settings;
mod sieve;
mod strings;
mod token;
mod transport;
mod value;

use crate::check::{Found, Kind, Look};
use crate::finding::Gap;
use crate::response::{Header, Response};
use eval::Eval;
use language::Language;

/// Programs in Ruby.
pub(crate) const RUBY: Kind = Kind {
    name: "Ruby",
    fits: |path| ends(path, &["rb", "ru"]),
    look: |look, found| program(look, Language::Ruby, found),
};

/// Programs in PHP.
pub(crate) const PHP: Kind = Kind {
    name: "PHP",
    fits: |path| ends(path, &["php", "phtml", "inc"]),
    look: |look, found| program(look, Language::Php, found),
};

/// Programs in Java and Kotlin.
pub(crate) const JAVA: Kind = Kind {
    name: "Java and Kotlin",
    fits: |path| ends(path, &["java", "kt"]),
    look: |look, found| match ends(&look.file.path, &["kt"]) {
        true => program(look, Language::Kotlin, found),
        false => program(look, Language::Java, found),
    },
};

/// Programs in C#.
pub(crate) const CSHARP: Kind = Kind {
    name: "C#",
    fits: |path| ends(path, &["cs", "cshtml", "razor"]),
    look: |look, found| program(look, Language::CSharp, found),
};

/// Programs in Go.
pub(crate) const GO: Kind = Kind {
    name: "Go",
    fits: |path| ends(path, &["go"]),
    look: |look, found| program(look, Language::Go, found),
};

/// Programs in Rust.
pub(crate) const RUST: Kind = Kind {
    name: "Rust",
    fits: |path| ends(path, &["rs"]),
    look: |look, found| program(look, Language::Rust, found),
};

/// Whether a file is a program, no page, that nothing here can say anything about: most of a large repository
/// is, and need not be kept.
pub(crate) fn is_silent(path: &str, text: &str) -> bool {
    ends(path, &["rb", "ru", "java", "kt", "cs", "go", "rs"]) && !sieve::lets_through(text)
}

fn ends(path: &str, ends: &[&str]) -> bool {
    let end = path.rsplit_once('.').map_or("", |(_, end)| end);
    ends.contains(&end)
}

fn program(look: &Look<'_>, language: Language, found: &mut Found) {
    let text = look.file.text();
    if !sieve::lets_through(text) {
        return;
    }
    let path = look.file.path.as_str();
    let tokens = lex::lex(text, language, false);
    let broken = tokens.broken;
    let commented = comments::only(&tokens);
    let eval = Eval::new(tokens);
    found.responses.extend(said(&eval, path));
    found.raised.extend(transport::look(&eval, path));
    let reason = match (broken, eval.is_exhausted()) {
        (true, _) => Some("a text in it does not end"),
        (_, true) => Some("what it puts together is too much to follow"),
        _ => None,
    };
    found.gaps.extend(reason.map(|reason| Gap {
        path: path.to_owned(),
        reason: reason.to_owned(),
        template: ["{{", "{%", "<%"].iter().any(|mark| text.contains(mark)),
    }));
    // A library of Ruby shows in comments how it is used.
    let documents = language == Language::Ruby && !path.contains("config");
    if let Some(text) = commented.filter(|_| !documents) {
        let eval = comments::program(&text, language);
        let all = said(&eval, path).into_iter();
        let headers: Vec<Header> = comments::policies(all.flat_map(|one| one.headers));
        found
            .responses
            .extend(responses::response(language.carrier(), path, "", headers));
    }
}

/// What a program says of responses.
fn said(eval: &Eval<'_>, path: &str) -> Vec<Response> {
    let mut sets = Vec::new();
    headers::look(eval, &mut sets);
    match eval.tokens.language {
        Language::Ruby => ruby::look(eval, &mut sets),
        Language::Php => php::look(eval, path, &mut sets),
        Language::Java | Language::Kotlin => java::look(eval, &mut sets),
        Language::CSharp => csharp::look(eval, &mut sets),
        Language::Go => go::look(eval, &mut sets),
        Language::Rust => {}
    }
    cors::look(eval, &mut sets);
    responses::responses(eval, path, sets)
}
