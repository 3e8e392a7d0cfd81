//! Folds expressions: literals, texts that are put together, lists, names that have their value in the same
//! file.

use super::language::Language;
use super::names::{self, Assigned, How};
use super::token::{Kind, Tokens};
use super::value::{Value, What, append, unknown};
use super::{calls, choice, library};
use crate::text::Text;
use std::cell::Cell;
use std::collections::BTreeMap;
use std::ops::Range;

/// Expressions inside of one another, at most.
pub(super) const DEEPEST: usize = 24;
/// Steps that the values of one file may take.
const FUEL: usize = 400_000;
/// Bytes of a text, at most; no header is longer.
const LONGEST: usize = 64 << 10;

/// A program with what its names stand for.
pub(super) struct Eval<'t> {
    pub(super) tokens: Tokens<'t>,
    assigned: BTreeMap<&'t str, Vec<Assigned>>,
    functions: BTreeMap<&'t str, Vec<Range<usize>>>,
    dead: Vec<Range<usize>>,
    fuel: Cell<usize>,
}

impl<'t> Eval<'t> {
    pub(super) fn new(tokens: Tokens<'t>) -> Self {
        Self {
            assigned: names::assigned(&tokens),
            functions: names::functions(&tokens),
            dead: names::dead(&tokens),
            tokens,
            fuel: Cell::new(FUEL),
        }
    }

    /// Whether values were left open because there was too much to fold.
    pub(super) fn is_exhausted(&self) -> bool {
        self.fuel.get() == 0
    }

    /// Whether a token runs in production.
    pub(super) fn is_live(&self, at: usize) -> bool {
        let next = self.dead.partition_point(|dead| dead.start <= at);
        let before = next.checked_sub(1).and_then(|next| self.dead.get(next));
        before.is_none_or(|dead| dead.end <= at)
    }

    /// What these tokens stand for.
    pub(super) fn value(&self, range: &Range<usize>) -> Value {
        self.eval(range, 0)
    }

    pub(super) fn burn(&self, steps: usize) -> bool {
        let left = self.fuel.get().saturating_sub(steps.max(1));
        self.fuel.set(left);
        left > 0
    }

    pub(super) fn eval(&self, range: &Range<usize>, depth: usize) -> Value {
        let tokens = &self.tokens;
        let place = tokens.place(range);
        if range.is_empty() || depth > DEEPEST || !self.burn(range.len()) {
            return Value::unknown(place);
        }
        let mut range = range.clone();
        while range.len() > 1
            && (tokens.is_any(
                range.start,
                &[
                    "new", "await", "return", "&", "*", "mut", "...", "move", "@",
                ],
            ) || tokens.is(range.start, "->"))
        {
            range.start += 1;
        }
        if tokens.is(range.start, "(") && tokens.after(range.start) == range.end {
            let inside = tokens.inside(range.start);
            if tokens.split(&inside, &[","]).len() == 1 {
                return self.eval(&inside, depth + 1);
            }
        }
        if let Some(value) = choice::value(self, &range, depth) {
            return value;
        }
        let plus = tokens.language.plus();
        if tokens.find(&range, &[plus]).is_some() {
            let parts = self.summands(&range, plus);
            if parts.len() > 1 {
                return self.sum(&parts, &range, depth);
            }
        }
        if tokens.language == Language::Ruby
            && let Some(sign) = tokens.find(&range, &["%"])
        {
            let format = self.eval(&(range.start..sign), depth + 1);
            let with = self.eval(&(sign + 1..range.end), depth + 1);
            let with = with
                .list()
                .map_or_else(|| vec![with.clone()], <[Value]>::to_vec);
            return match format.text() {
                Some(text) => Value::new(What::Text(super::value::fill(text, &with)), place),
                None => Value::unknown(place),
            };
        }
        self.primary(&range, depth)
    }

    /// The parts of a sum. In PHP the sign is a dot, which also stands in no other place.
    fn summands(&self, range: &Range<usize>, plus: &str) -> Vec<Range<usize>> {
        let mut parts = self.tokens.split(range, &[plus]);
        parts.retain(|part| !part.is_empty());
        parts
    }

    fn sum(&self, parts: &[Range<usize>], range: &Range<usize>, depth: usize) -> Value {
        let place = self.tokens.place(range);
        let values: Vec<Value> = parts
            .iter()
            .map(|part| self.eval(part, depth + 1))
            .collect();
        if values.iter().any(|value| value.one().list().is_some()) {
            let flat = values.iter().flat_map(|value| match value.one().list() {
                Some(list) => list.to_vec(),
                None => vec![value.clone()],
            });
            return Value::new(What::List(flat.collect()), place);
        }
        if !values.iter().any(|value| value.one().text().is_some()) {
            return Value::unknown(place);
        }
        let mut out = Text::default();
        for value in &values {
            value.write(&mut out);
        }
        self.bounded(out, place)
    }

    /// A text, when it is not too long.
    pub(super) fn bounded(&self, text: Text, place: Range<usize>) -> Value {
        let fits = text.value().len() <= LONGEST && self.burn(text.value().len() / 8);
        match fits {
            true => Value::new(What::Text(text), place),
            false => Value::unknown(place),
        }
    }

    /// A literal text, with its holes filled as far as they can be.
    pub(super) fn literal(&self, at: usize, depth: usize) -> Value {
        let mut out = Text::default();
        let token_place = self
            .tokens
            .get(at)
            .map_or(0..0, |token| token.place.clone());
        for piece in self.tokens.pieces(at).unwrap_or_default() {
            match &piece.text {
                Some(text) => out.push(text, piece.place.clone()),
                None => match self.hole(&piece.place, at, depth) {
                    Some(value) => value.write(&mut out),
                    None => unknown(&mut out, piece.place.clone()),
                },
            }
        }
        if out.segments().is_empty() {
            out.push("", token_place.start + 1..token_place.start + 1);
        }
        self.bounded(out, token_place)
    }

    /// The value of a name that stands alone in a hole.
    fn hole(&self, place: &Range<usize>, at: usize, depth: usize) -> Option<Value> {
        let words = self.tokens.text.get(place.clone())?.trim();
        let name = words.rsplit(['.', ':', '>', '$', '{', '@']).next()?;
        let simple = |c: char| c.is_alphanumeric() || "_.:$@{->".contains(c);
        if name.is_empty() || !words.chars().all(simple) {
            return None;
        }
        let value = self.resolve(name, at, depth + 1)?;
        value.one().text().is_some().then_some(value)
    }

    fn primary(&self, range: &Range<usize>, depth: usize) -> Value {
        let tokens = &self.tokens;
        let at = range.start;
        let place = tokens.place(range);
        let (mut value, mut next) = match tokens.kind(at) {
            Some(Kind::Text(_)) => self.literals(range, depth),
            Some(Kind::Symbol) => (
                Value::new(What::Named(tokens.word(at).to_owned()), place.clone()),
                at + 1,
            ),
            Some(Kind::Number) => {
                let mut text = Text::default();
                text.push(tokens.word(at), tokens.place(&(at..at + 1)));
                (Value::new(What::Text(text), place.clone()), at + 1)
            }
            Some(Kind::Open) => calls::collection(self, at, depth),
            Some(Kind::Name) => calls::named(self, range, depth),
            _ => return Value::unknown(place),
        };
        // What is called on it.
        while next < range.end {
            let dot = tokens.is_any(next, &[".", "?.", "&.", "->", "?->", "::"]);
            if dot && tokens.name(next + 1).is_some() {
                let name = tokens.name(next + 1).unwrap_or_default();
                let open = (next + 2 < range.end && tokens.is(next + 2, "(")).then_some(next + 2);
                let arguments = open.map(|open| tokens.arguments(open)).unwrap_or_default();
                value = library::method(self, &value, name, &arguments, &place, depth);
                next = open.map_or(next + 2, |open| tokens.after(open));
            } else if tokens.is_any(next, &["?", "!"]) {
                next += 1;
            } else if tokens.is(next, "as") {
                // A cast says nothing of the value.
                next = range.end;
            } else {
                return Value::unknown(place);
            }
        }
        // A list that has a name stands where that is.
        let named = tokens.name(at).is_some()
            && !range
                .clone()
                .take(8)
                .any(|at| tokens.kind(at) == Some(Kind::Open));
        if !named || value.list().is_none() {
            value.place = place;
        }
        value
    }

    /// Literal texts one behind the other are one text.
    fn literals(&self, range: &Range<usize>, depth: usize) -> (Value, usize) {
        let first = self.literal(range.start, depth);
        let mut next = range.start + 1;
        let mut out = first.text().cloned().unwrap_or_default();
        while next < range.end && matches!(self.tokens.kind(next), Some(Kind::Text(_))) {
            if let Some(text) = self.literal(next, depth).text() {
                append(&mut out, text);
            }
            next += 1;
        }
        match next == range.start + 1 {
            true => (first, next),
            false => (self.bounded(out, self.tokens.place(range)), next),
        }
    }

    /// The body of the only function of that name in this file.
    pub(super) fn body(&self, name: &str) -> Option<Range<usize>> {
        match self.functions.get(name)?.as_slice() {
            [body] => Some(body.clone()),
            _ => None,
        }
    }

    /// What a function of this file gives back.
    pub(super) fn result(&self, name: &str, depth: usize) -> Option<Value> {
        let body = &self.body(name)?;
        if depth > DEEPEST || !self.burn(body.len() / 8) {
            return None;
        }
        let tokens = &self.tokens;
        let returns = body
            .clone()
            .filter(|at| tokens.is(*at, "return") && self.is_live(*at));
        let mut values: Vec<Value> = returns
            .take(4)
            .map(|at| self.eval(&tokens.expression(at + 1), depth + 1))
            .filter(Value::is_known)
            .collect();
        let last = match values.is_empty() {
            true => self.tail(body),
            false => None,
        };
        values.extend(last.map(|last| self.eval(&last, depth + 1)));
        let place = tokens.place(body);
        match values.len() {
            0 => None,
            1 => values.pop(),
            _ => Some(Value::new(What::Either(values), place)),
        }
    }

    /// The last expression of a block.
    pub(super) fn tail(&self, body: &Range<usize>) -> Option<Range<usize>> {
        let tokens = &self.tokens;
        let mut start = body.start;
        let mut at = body.start;
        while at < body.end {
            let ends = tokens.is(at, ";");
            let line =
                tokens.language.by_lines() && at > start && tokens.expression(start).end <= at;
            if ends {
                start = at + 1;
            } else if line {
                start = at;
            }
            at = tokens.after(at);
        }
        (start < body.end).then_some(start..body.end)
    }

    /// What a name stands for at a place.
    pub(super) fn resolve(&self, name: &str, at: usize, depth: usize) -> Option<Value> {
        let all = self.assigned.get(name)?;
        if depth > DEEPEST || !self.burn(all.len() * 4) {
            return None;
        }
        let live = || all.iter().filter(|one| self.is_live(one.at));
        let sets = || live().filter(|one| one.how == How::Set && !one.value.contains(&at));
        let before = sets().filter(|one| one.at < at);
        let here = before
            .clone()
            .filter(|one| self.encloses(one.at, at))
            .last();
        let from = here.map_or(0, |one| one.at);
        let maybe: Vec<&Assigned> = before
            .filter(|one| one.at > from && self.is_near(one.at, at))
            .collect();
        let outside = || sets().filter(|one| self.encloses(one.at, at)).last();
        let only = || {
            let mut all = sets();
            all.next().filter(|_| all.next().is_none())
        };
        let base = here.or_else(|| maybe.is_empty().then(outside).flatten());
        let base = base.or_else(|| maybe.is_empty().then(only).flatten());
        let mut values: Vec<Value> = maybe
            .iter()
            .rev()
            .take(3)
            .rev()
            .map(|one| self.given(one, depth))
            .collect();
        if let Some(base) = base {
            values.insert(0, self.given(base, depth));
        }
        // `$list[] = …` of PHP begins a list.
        let begun = values.is_empty() && self.tokens.language == Language::Php;
        let pushed =
            || live().find(|one| one.how == How::Push && one.at < at && self.is_near(one.at, at));
        let first = match base.or(maybe.first().copied()) {
            Some(first) => first.at,
            None => {
                let first = pushed().filter(|_| begun)?;
                let place = self.tokens.place(&(first.at..first.at + 1));
                values.push(Value::new(What::List(Vec::new()), place));
                first.at.checked_sub(1)?
            }
        };
        let mut value = match values.len() {
            0 => return None,
            1 => values.pop()?,
            _ => {
                // What was only declared is no value.
                values.retain(|value| {
                    !matches!(value.what, What::Nothing) && value.str() != Some("")
                });
                let place = values.first()?.place.clone();
                Value::new(What::Either(values), place)
            }
        };
        let more = live().filter(|one| one.how != How::Set && one.at > first && one.at < at);
        for one in more.filter(|one| self.is_near(one.at, at)) {
            value = self.grown(&value, one, depth);
        }
        Some(value)
    }

    /// A value with something added at its end.
    fn grown(&self, value: &Value, more: &Assigned, depth: usize) -> Value {
        let added = match more.how {
            // Several arguments are several things.
            How::Push => {
                let parts = self.tokens.split(&more.value, &[","]);
                let parts = parts.iter().filter(|part| !part.is_empty());
                parts.map(|part| self.eval(part, depth + 1)).collect()
            }
            _ => vec![self.eval(&more.value, depth + 1)],
        };
        let place = value.place.clone();
        if let Some(list) = value.one().list() {
            let mut list = list.to_vec();
            for one in added {
                match one.list().filter(|_| more.how == How::Add) {
                    Some(inner) => list.extend_from_slice(inner),
                    None => list.push(one),
                }
            }
            return match list.len() < 2000 && self.burn(list.len()) {
                true => Value::new(What::List(list), place),
                false => Value::unknown(place),
            };
        }
        let mut out = Text::default();
        match &value.one().what {
            What::Text(text) => append(&mut out, text),
            // A builder that begins empty.
            What::Nothing => {}
            _ => return Value::unknown(place),
        }
        for one in &added {
            one.write(&mut out);
        }
        let begins = value.one().text().and_then(Text::begins);
        let out = match begins {
            Some(at) => out.begins_at(at),
            None => out,
        };
        self.bounded(out, place)
    }

    /// The value of a name, which begins where its own statement does.
    fn given(&self, one: &Assigned, depth: usize) -> Value {
        let mut value = self.eval(&one.value, depth + 1);
        let start = self.tokens.place(&one.value).start;
        let begin = |value: &mut Value| {
            if let What::Text(text) = &mut value.what
                && text.begins().is_none()
            {
                *text = std::mem::take(text).begins_at(start);
            }
        };
        match &mut value.what {
            // Each of several stands where it does.
            What::Either(_) => {}
            _ => begin(&mut value),
        }
        value
    }

    /// Whether what happens at one token is seen at another one: its block is around that.
    fn encloses(&self, one: usize, at: usize) -> bool {
        match self.tokens.parent(one) {
            Some(open) if self.tokens.is(open, "(") => false,
            Some(open) => open < at && self.tokens.pair(open).is_some_and(|close| at < close),
            None => true,
        }
    }

    /// Whether two tokens are in one function.
    fn is_near(&self, one: usize, at: usize) -> bool {
        super::blocks::function(&self.tokens, one) == super::blocks::function(&self.tokens, at)
    }
}
