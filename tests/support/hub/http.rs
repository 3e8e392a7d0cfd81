//! HTTP/1.1, as much of it as a client of GitHub needs.

use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

/// Longest head and longest body that are read; nothing of ours comes near.
const MAX_HEAD: usize = 64 * 1024;
const MAX_BODY: usize = 64 * 1024 * 1024;

/// A request, as it came over the wire.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: String,
    /// As in the request line, with prefix and query.
    pub target: String,
    /// Without the API's prefix and the query; `/repos/o/r/issues/7/comments`.
    pub path: String,
    pub query: BTreeMap<String, String>,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    /// A header by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The body as JSON; `Null` when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The request in a few words: `POST /repos/o/r/issues/7/comments`.
    pub fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub fn is_write(&self) -> bool {
        !matches!(&*self.method, "GET" | "HEAD")
    }

    /// Reads the next request of a connection; `None` when there is none or it is no HTTP.
    pub fn read(reader: &mut BufReader<TcpStream>) -> Option<Self> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let before = head.len();
            reader.read_until(b'\n', &mut head).ok()?;
            if head.len() == before || head.len() > MAX_HEAD {
                return None;
            }
        }
        let head = String::from_utf8(head).ok()?;
        let mut lines = head.lines();
        let mut words = lines.next()?.split(' ');
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let headers: Vec<(String, String)> = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()))
            .collect();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let mut request = Self {
            path: path.to_owned(),
            query: pairs(query),
            method,
            headers,
            body: Vec::new(),
            target,
        };
        request.body = request.read_body(reader)?;
        Some(request)
    }

    fn read_body(&self, reader: &mut BufReader<TcpStream>) -> Option<Vec<u8>> {
        let chunked = self.header("transfer-encoding") == Some("chunked");
        let length = self.header("content-length").unwrap_or("0").parse().ok()?;
        let mut body = Vec::new();
        let mut read = |length: usize, body: &mut Vec<u8>| {
            let fits = length <= MAX_BODY && body.len() + length <= MAX_BODY;
            let mut part = vec![0; if fits { length } else { 0 }];
            reader.read_exact(&mut part).ok()?;
            body.extend(part);
            fits.then_some(())
        };
        if !chunked {
            read(length, &mut body)?;
            return Some(body);
        }
        loop {
            let mut line = Vec::new();
            while !line.ends_with(b"\r\n") {
                read(1, &mut line)?;
            }
            let size = std::str::from_utf8(&line).ok()?.trim();
            let size = usize::from_str_radix(size.split(';').next()?, 16).ok()?;
            read(size, &mut body)?;
            read(2, &mut Vec::new())?;
            if size == 0 {
                return Some(body);
            }
        }
    }
}

/// The pairs of a query, with the escapes resolved.
pub fn pairs(query: &str) -> BTreeMap<String, String> {
    let plain = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text)
            .decode_utf8_lossy()
            .into_owned()
    };
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (plain(name), plain(value)))
        .collect()
}

/// An answer.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// A JSON body.
    pub fn json(status: u16, body: &Value) -> Self {
        let body = body.to_string().into_bytes();
        Self::body(status, "application/json; charset=utf-8", body)
    }

    /// A body of any type.
    pub fn body(status: u16, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), kind.to_owned())],
            body: body.into(),
        }
    }

    /// GitHub's form of an error.
    pub fn error(status: u16, message: &str, page: &str) -> Self {
        Self::json(
            status,
            &serde_json::json!({
                "message": message,
                "documentation_url": format!("https://docs.github.com/rest/{page}"),
                "status": status.to_string(),
            }),
        )
    }

    pub fn header(mut self, name: &str, value: impl ToString) -> Self {
        self.headers.push((name.to_owned(), value.to_string()));
        self
    }

    /// Writes it; `sent` is how much of the body really goes out.
    pub fn write(&self, stream: &mut TcpStream, sent: usize) -> std::io::Result<()> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", self.body.len()));
        let body = &self.body[..sent.min(self.body.len())];
        stream.write_all(&[head.as_bytes(), body].concat())?;
        stream.flush()
    }
}

fn reason(status: u16) -> &'static str {
    let code = http::StatusCode::from_u16(status).unwrap();
    code.canonical_reason().unwrap_or("Unknown")
}
