//! Configuration of nginx inside of other files: values of YAML over several lines (config maps, snippets of
//! an ingress) and here-documents of shell scripts.

use std::ops::Range;

/// Without one of these a text is no configuration that matters here.
const SIGNS: [&str; 4] = ["server {", "add_header ", "more_set_headers ", "location /"];

/// YAML and scripts that may hold configuration of nginx.
pub(crate) fn fits(path: &str) -> bool {
    let lower = path.to_ascii_lowercase();
    let name = lower.rsplit('/').next().unwrap_or_default();
    let yaml = name.ends_with(".yaml") || name.ends_with(".yml");
    let places = [
        "k8s",
        "kube",
        "helm",
        "chart",
        "ingress",
        "configmap",
        "nginx",
        "manifests",
    ];
    yaml && places.iter().any(|word| lower.contains(word))
        || name.ends_with(".sh")
        || name.starts_with("dockerfile")
        || name.ends_with(".dockerfile")
}

/// The text with all but the configuration blanked, so that every place stays what it is. Nothing when the
/// file holds none.
pub(super) fn only_nginx(path: &str, text: &str) -> Option<String> {
    if !SIGNS.iter().any(|sign| text.contains(sign)) {
        return None;
    }
    let name = path.rsplit('/').next().unwrap_or_default();
    let yaml = name.ends_with(".yaml") || name.ends_with(".yml");
    let regions = match yaml {
        true => in_yaml(text),
        false => in_script(text),
    };
    let mut kept = String::with_capacity(text.len());
    for region in regions {
        let inside = text.get(region.clone())?;
        if SIGNS.iter().any(|sign| inside.contains(sign)) {
            let before = text.get(kept.len()..region.start)?;
            blank(&mut kept, before);
            kept.push_str(inside);
        }
    }
    (!kept.is_empty()).then_some(kept)
}

fn blank(kept: &mut String, text: &str) {
    // Of the same length in bytes, with the lines where they were.
    kept.extend(
        text.bytes()
            .map(|byte| if byte == b'\n' { '\n' } else { ' ' }),
    );
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
        let body = line.trim_end();
        let key = ["|", "|-", "|+", ">-", ">"]
            .iter()
            .find_map(|mark| body.strip_suffix(mark))
            .map(|key| key.trim_end().trim_end_matches(['\'', '"']));
        let names = |key: &str| {
            key.ends_with("conf:") || key.ends_with("snippet:") || key.contains("nginx")
        };
        if key.is_some_and(|key| key.ends_with(':') && names(&key.to_ascii_lowercase())) {
            open = Some((start + line.len(), indent(line)));
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

    #[test]
    fn places_stay_what_they_are() {
        let text = "data:\n  default.conf: |\n    server {\n      listen 80;\n    }\n  \u{e9}: x\n";
        let kept = only_nginx("k8s/map.yaml", text).unwrap();
        assert_eq!(kept.find("server"), text.find("server"));
        assert_eq!(kept.trim().lines().count(), 3);
        assert_eq!(only_nginx("k8s/map.yaml", "data:\n  x: |\n    y\n"), None);
    }

    #[test]
    fn here_documents() {
        let text = "cat > /etc/nginx/a.conf <<'EOF'\nadd_header A b;\nEOF\necho }\n";
        let kept = only_nginx("run.sh", text).unwrap();
        assert_eq!(kept.trim(), "add_header A b;");
    }
}
