//! Configuration of nginx inside of other files: values of YAML over several lines (config maps, snippets of
//! an ingress) and here-documents of shell scripts.

use super::tree::{self, Block};
use crate::carrier::kubernetes;
use std::ops::Range;

/// Without one of these a text is no configuration that matters here.
const SIGNS: [&str; 4] = ["server {", "add_header ", "more_set_headers ", "location /"];

/// Configurations in one file, at most.
const MOST: usize = 1000;

/// YAML and scripts that may hold configuration of nginx.
pub(crate) fn fits(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    kubernetes::fits(path)
        || name.ends_with(".sh")
        || name.starts_with("dockerfile")
        || name.ends_with(".dockerfile")
}

/// Why a snippet of an ingress in a file cannot be read, if there is one. Other texts may be of another server.
pub(super) fn broken(path: &str, text: &str) -> Option<&'static str> {
    if !kubernetes::fits(path) || !text.contains("-snippet") || !text.contains("add_header ") {
        return None;
    }
    let regions = in_yaml(text).into_iter().take(MOST);
    let mut all = regions.filter_map(|region| Some((region.start, text.get(region)?)));
    all.find_map(|(start, inside)| match inside.contains("add_header ") {
        true => tree::parse_at(inside, start).err(),
        false => None,
    })
}

/// The configurations that a file holds, each with its places in the file. What cannot be read is left out.
pub(super) fn blocks(path: &str, text: &str) -> Vec<Block> {
    if !SIGNS.iter().any(|sign| text.contains(sign)) {
        return Vec::new();
    }
    let regions = match kubernetes::fits(path) {
        true => in_yaml(text),
        false => in_script(text),
    };
    let mut blocks = Vec::new();
    for region in regions.into_iter().take(MOST) {
        let inside = text.get(region.clone()).unwrap_or_default();
        if SIGNS.iter().any(|sign| inside.contains(sign)) {
            blocks.extend(tree::parse_at(inside, region.start));
        }
    }
    blocks
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line)
    })
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Values behind `key: |`, as far as they are indented more than their key.
fn in_yaml(text: &str) -> Vec<Range<usize>> {
    let mut regions: Vec<Range<usize>> = Vec::new();
    let mut open: Option<(usize, usize)> = None;
    for (start, line) in lines(text) {
        let blank = line.trim().is_empty();
        if let Some((from, depth)) = open {
            if blank || indent(line) > depth {
                continue;
            }
            regions.push(from..start);
            open = None;
        }
        let Some((key, value)) = line.split_once(':').filter(|_| !blank) else {
            continue;
        };
        let key = key.trim().trim_matches(['\'', '"']).to_ascii_lowercase();
        let snippet = key.ends_with("snippet") || key.ends_with("snippets");
        if !snippet && !key.ends_with("conf") && !key.contains("nginx") {
            continue;
        }
        let said = value.trim();
        if said.starts_with(['|', '>']) {
            open = Some((start + line.len(), indent(line)));
        } else if snippet && !said.contains('\\') {
            let bare = said.trim_matches(['\'', '"']);
            let at = start + line.len() - value.len() + value.find(bare).unwrap_or_default();
            regions.push(at..at + bare.len());
        }
    }
    regions.extend(open.map(|(from, _)| from..text.len()));
    regions
}

/// Lines between `<<WORD` and `WORD`.
fn in_script(text: &str) -> Vec<Range<usize>> {
    let mut regions = Vec::new();
    let mut open: Option<(usize, &str)> = None;
    for (start, line) in lines(text) {
        if let Some((from, word)) = open {
            if line.trim() == word {
                regions.push(from..start);
                open = None;
            }
            continue;
        }
        let Some((before, behind)) = line.split_once("<<") else {
            continue;
        };
        let word = behind.trim_start_matches(['-', ' ', '\'', '"', '\\']);
        let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let end = word.find(|c| !is_word(c)).unwrap_or(word.len());
        let word = word.get(..end).unwrap_or_default();
        if !word.is_empty() && !before.trim_start().starts_with('#') {
            open = Some((start + line.len(), word));
        }
    }
    regions
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(path: &str, text: &str) -> Vec<String> {
        let blocks = blocks(path, text);
        let all = blocks.iter().map(|block| {
            let all = block.directives.iter();
            let places = all.map(|one| text.get(one.place.clone()).unwrap());
            places.collect::<Vec<_>>().join(" ")
        });
        all.collect()
    }

    #[test]
    fn places_are_those_of_the_file() {
        let text = "data:\n  \u{e9}: x\n  default.conf: |\n    server {\n      listen 80;\n    }\n";
        let said = ["server {\n      listen 80;\n    }"];
        assert_eq!(told("k8s/map.yaml", text), said);
        assert!(told("k8s/map.yaml", "data:\n  x: |\n    y\n").is_empty());
    }

    #[test]
    fn snippets_are_read_one_by_one() {
        let text = "a:\n  nginx.org/server-snippets: |\n    add_header A b;\n  x/configuration-snippet: 'add_header C d;'\n  x/server-snippet: |\n    add_header {\n";
        assert_eq!(told("i.yml", text), ["add_header A b;", "add_header C d;"]);
    }

    #[test]
    fn here_documents() {
        let text = "cat > /etc/nginx/a.conf <<'EOF'\nadd_header A b;\nEOF\necho }\n";
        assert_eq!(told("run.sh", text), ["add_header A b;"]);
    }
}
