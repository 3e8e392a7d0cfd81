//! Lists that must fit into a room: what matters least is left out first, whole entries at a time, so
//! that the markup around them stays closed.

/// How a limit counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Measure {
    /// Bytes of UTF-8.
    Bytes,
    /// UTF-16 code units, which is never less than characters.
    Utf16,
}

impl Measure {
    /// The length of a text.
    pub fn of(self, text: &str) -> usize {
        match self {
            Self::Bytes => text.len(),
            Self::Utf16 => text.encode_utf16().count(),
        }
    }
}

/// One entry of a list.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its text, with its line break.
    pub text: String,
    /// How many things it stands for.
    pub stands_for: usize,
}

impl From<String> for Entry {
    fn from(text: String) -> Self {
        Self {
            text,
            stands_for: 1,
        }
    }
}

/// A part of a page: something around a list. Without a list it is shown whole or not at all.
#[derive(Debug, Clone)]
pub struct Part {
    /// The less, the sooner it gets its room.
    rank: u8,
    findings: bool,
    open: String,
    entries: Vec<Entry>,
    close: String,
    beyond: usize,
    more: More,
}

/// How a list says what it leaves out: the start of the line, and where the rest is.
type More = Option<(&'static str, &'static str)>;

impl Part {
    /// A part without a list.
    pub fn text(rank: u8, text: impl Into<String>) -> Self {
        Self {
            rank,
            findings: false,
            open: text.into(),
            entries: Vec::new(),
            close: String::new(),
            beyond: 0,
            more: None,
        }
    }

    /// A list between two texts; nothing at all when it is empty.
    pub fn list(
        rank: u8,
        open: impl Into<String>,
        entries: impl IntoIterator<Item = Entry>,
        close: &str,
    ) -> Option<Self> {
        let entries: Vec<Entry> = entries.into_iter().collect();
        (!entries.is_empty()).then(|| Self {
            entries,
            close: close.to_owned(),
            ..Self::text(rank, open)
        })
    }

    /// Says at the end of the list how many things are not shown, in a line that begins with `start`,
    /// and where they are.
    #[must_use]
    pub fn more(mut self, start: &'static str, elsewhere: &'static str) -> Self {
        self.more = Some((start, elsewhere));
        self
    }

    /// Adds things that nobody made entries of, because there are too many.
    #[must_use]
    pub fn beyond(mut self, number: usize) -> Self {
        self.beyond = number;
        self
    }

    /// Marks the entries as findings, the worst first: where one has no room, none after it is shown,
    /// in this part and those of a higher rank.
    #[must_use]
    pub fn findings(mut self) -> Self {
        self.findings = true;
        self
    }

    fn all(&self) -> usize {
        let entries: usize = self.entries.iter().map(|entry| entry.stands_for).sum();
        entries + self.beyond
    }

    fn frame(&self, measure: Measure) -> usize {
        let more = measure.of(&self.rest(self.all()));
        measure.of(&self.open) + measure.of(&self.close) + more
    }

    fn rest(&self, number: usize) -> String {
        match self.more {
            Some((start, elsewhere)) if number > 0 => {
                format!("{start}… and {number} more, in {elsewhere}\n")
            }
            _ => String::new(),
        }
    }

    /// How many things are left out when so many entries are shown.
    fn left_out(&self, shown: Option<usize>) -> usize {
        let entries = self.entries.iter().skip(shown.unwrap_or(0));
        entries.map(|entry| entry.stands_for).sum::<usize>() + self.beyond
    }

    fn write(&self, shown: usize, out: &mut String) {
        out.push_str(&self.open);
        for entry in self.entries.iter().take(shown) {
            out.push_str(&entry.text);
        }
        out.push_str(&self.rest(self.left_out(Some(shown))));
        out.push_str(&self.close);
    }
}

/// How many entries of each part are shown; `None` for a part that is not.
type Shown = Vec<Option<usize>>;

/// The parts in their order, in at most this room. When a finding has to be left out for lack of it,
/// `notice` of the number of all that are not shown stands after the first part.
pub fn fit(
    parts: &[Part],
    room: usize,
    measure: Measure,
    notice: impl Fn(usize) -> String,
) -> String {
    let everything: Shown = parts.iter().map(|part| Some(part.entries.len())).collect();
    let whole = write(parts, &everything, "");
    if measure.of(&whole) <= room {
        return whole;
    }
    let (shown, tight) = choose(parts, room, measure);
    if !tight {
        return write(parts, &shown, "");
    }
    let most = parts.iter().filter(|p| p.findings).map(Part::all).sum();
    let reserved = measure.of(&notice(most));
    let (shown, _) = choose(parts, room.saturating_sub(reserved), measure);
    let pairs = parts.iter().zip(&shown).filter(|(part, _)| part.findings);
    let left: usize = pairs.map(|(part, shown)| part.left_out(*shown)).sum();
    // Where not even that has room, there is nothing to say it after.
    match shown.first() {
        Some(Some(_)) => write(parts, &shown, &notice(left)),
        _ => String::new(),
    }
}

fn write(parts: &[Part], shown: &Shown, notice: &str) -> String {
    let mut out = String::new();
    for (index, (part, shown)) in parts.iter().zip(shown).enumerate() {
        if let Some(shown) = shown {
            part.write(*shown, &mut out);
        }
        if index == 0 {
            out.push_str(notice);
        }
    }
    out
}

/// Gives room by rank; true when a finding got none.
fn choose(parts: &[Part], room: usize, measure: Measure) -> (Shown, bool) {
    let mut order: Vec<(usize, &Part)> = parts.iter().enumerate().collect();
    order.sort_by_key(|(_, part)| part.rank);
    let mut shown: Shown = vec![None; parts.len()];
    let mut left = room;
    let mut full = false;
    for (index, part) in order {
        let frame = part.frame(measure);
        if frame > left || (part.findings && full) {
            full |= part.findings;
            continue;
        }
        left -= frame;
        let mut count = 0;
        for entry in &part.entries {
            let size = measure.of(&entry.text);
            if size > left {
                full |= part.findings;
                break;
            }
            left -= size;
            count += 1;
        }
        if let Some(slot) = shown.get_mut(index) {
            *slot = Some(count);
        }
    }
    (shown, full)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn part(rank: u8, sizes: &[usize]) -> Part {
        let entries = sizes
            .iter()
            .map(|size| format!("{}\n", "é".repeat(*size)).into());
        let part = Part::list(rank, "<a>\n", entries, "</a>\n");
        let part = part.unwrap_or_else(|| Part::text(rank, "text\n"));
        part.more("+ ", "x")
    }

    fn notice(number: usize) -> String {
        format!("({number} not shown)\n")
    }

    #[test]
    fn everything_is_shown_where_there_is_room() {
        let parts = [Part::text(0, "head\n"), part(1, &[1, 2]).findings()];
        let text = fit(&parts, 100, Measure::Utf16, notice);
        assert_eq!(text, "head\n<a>\né\néé\n</a>\n");
    }

    #[test]
    fn findings_go_from_the_end_and_are_counted() {
        let parts = [Part::text(0, "head\n"), part(1, &[1; 99]).findings()];
        let shown = |room| fit(&parts, room, Measure::Utf16, notice);
        assert_eq!(
            shown(60),
            "head\n(95 not shown)\n<a>\né\né\né\né\n+ … and 95 more, in x\n</a>\n"
        );
        assert_eq!(shown(4), "");
    }

    #[test]
    fn what_is_less_severe_is_not_shown_when_something_worse_is_left_out() {
        let parts = [
            Part::text(0, "h\n"),
            part(1, &[40]).findings(),
            part(2, &[1]).findings(),
        ];
        let text = fit(&parts, 60, Measure::Utf16, notice);
        assert_eq!(text, "h\n(2 not shown)\n<a>\n+ … and 1 more, in x\n</a>\n");
    }

    proptest! {
        #[test]
        fn it_never_takes_more_room_and_stays_closed(
            sizes in prop::collection::vec(prop::collection::vec(0..20usize, 0..6), 0..5),
            room in 0..200usize,
            beyond in 0..3usize,
            bytes: bool,
        ) {
            let measure = if bytes { Measure::Bytes } else { Measure::Utf16 };
            let mut parts = vec![Part::text(0, "head\n")];
            for (rank, sizes) in sizes.iter().enumerate() {
                let part = part(9 - rank as u8, sizes).beyond(beyond);
                parts.push(if rank % 2 == 0 { part.findings() } else { part });
            }
            let text = fit(&parts, room, measure, notice);
            prop_assert!(measure.of(&text) <= room);
            prop_assert_eq!(text.matches("<a>").count(), text.matches("</a>").count());
        }
    }
}
