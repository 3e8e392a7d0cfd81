//! XML → a small tree of elements.
//!
//! What a report needs and no more: elements by their local names, attributes, text. Namespaces
//! tell formats apart at the root (see [`super::shape::Shape::Xml`]) and are not looked at below
//! it. Entities other than XML's own five and character references are errors, as are internal
//! subsets of a document type: nothing in a report may grow when it is read.

use super::decode::second_document;
use super::lenient::{Scalar, Text, Texts};
use crate::model::Problem;
use quick_xml::XmlVersion;
use quick_xml::errors::{Error, SyntaxError};
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::reader::Reader;
use std::borrow::Cow;

/// Levels of elements. Bills of materials nest components, but never like that.
const MAX_DEPTH: usize = 64;

/// Bytes of the document for each element or attribute, at least. `<a/>` repeated would cost
/// twenty times its length in memory; real reports need thirty bytes and more for an element.
const MIN_BYTES_PER_NODE: usize = 12;

/// Elements and attributes that a document of any length may have.
const FREE_NODES: usize = 10_000;

/// One element.
#[derive(Debug, Default)]
pub struct Element<'a> {
    /// Its name without prefix.
    pub name: Box<str>,
    attributes: Vec<(Box<str>, Box<str>)>,
    text: Cow<'a, str>,
    children: Vec<Self>,
}

impl<'a> Element<'a> {
    /// The elements directly inside with this name.
    pub fn children<'t>(&'t self, name: &'t str) -> impl Iterator<Item = &'t Self> {
        self.children.iter().filter(move |c| *c.name == *name)
    }

    /// All elements directly inside.
    pub fn elements(&self) -> &[Self] {
        &self.children
    }

    /// The first element directly inside with this name.
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|c| *c.name == *name)
    }

    /// The elements `item` of the list elements `list` directly inside, the common way to write a
    /// list in XML: `<list><item/><item/></list>`.
    pub fn list<'t>(&'t self, list: &'t str, item: &'t str) -> impl Iterator<Item = &'t Self> {
        self.children(list).flat_map(move |l| l.children(item))
    }

    /// All elements further inside with this name, in the document's order.
    pub fn descendants<'t>(&'t self, name: &str) -> Vec<&'t Self> {
        let mut found = Vec::new();
        let mut open: Vec<&Self> = self.children.iter().rev().collect();
        while let Some(element) = open.pop() {
            if *element.name == *name {
                found.push(element);
            }
            open.extend(element.children.iter().rev());
        }
        found
    }

    /// The value of an attribute; its name is given without prefix.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(key, _)| **key == *name);
        found.map(|(_, value)| &**value)
    }

    /// Its own text, without the white space around it.
    pub fn text(&self) -> &str {
        self.text.trim()
    }

    /// The text of the first element inside with this name, when there is some.
    pub fn text_of(&self, name: &str) -> Option<Text<'_>> {
        let text = self.child(name)?.text();
        (!text.is_empty()).then_some(Text(Cow::Borrowed(text)))
    }

    /// The same, for a value that JSON would write as number or text.
    pub fn scalar_of(&self, name: &str) -> Scalar {
        Scalar(self.text_of(name).map(|text| text.0.into_owned()))
    }
}

/// The texts of elements, for values that JSON would write as a list.
pub fn texts<'t>(elements: impl Iterator<Item = &'t Element<'t>>) -> Texts {
    let mut texts = Texts::default();
    texts.items = elements.map(|e| e.text().to_owned()).collect();
    texts
}

/// Reads a whole document; the result is its root element.
///
/// # Errors
/// `truncated` when it breaks off, `second-document` when another one follows, `not-xml` for
/// anything that is not well-formed, or that only an attack would hold.
pub fn read(text: &str) -> Result<Element<'_>, Problem> {
    let mut reader = Reader::from_str(text);
    let mut tree = Tree {
        nodes_left: FREE_NODES + text.len() / MIN_BYTES_PER_NODE,
        open: Vec::new(),
        root: None,
    };
    loop {
        match reader.read_event().map_err(|e| broken(&e))? {
            Event::Start(start) => tree.open(&start)?,
            Event::Empty(start) => {
                tree.open(&start)?;
                tree.close();
            }
            Event::End(_) => tree.close(),
            Event::Text(text) => tree.text(text.xml10_content())?,
            Event::CData(text) => tree.text(text.xml10_content())?,
            Event::GeneralRef(reference) => tree.text(resolved(&reference)?)?,
            Event::DocType(doctype) if doctype.contains('[') => {
                return Err(refused("it defines entities or types of its own"));
            }
            // A second declaration: another document was appended.
            Event::Decl(_) if tree.root.is_some() => return Err(second_document()),
            Event::Decl(_) | Event::DocType(_) | Event::Comment(_) | Event::PI(_) => {}
            Event::Eof => break,
        }
    }
    match tree.root {
        Some(root) if tree.open.is_empty() => Ok(root),
        _ => Err(Problem::new(
            "truncated",
            "the XML report breaks off: the scanner was stopped while writing",
        )),
    }
}

struct Tree<'a> {
    nodes_left: usize,
    open: Vec<Element<'a>>,
    root: Option<Element<'a>>,
}

impl<'a> Tree<'a> {
    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), Problem> {
        if self.root.is_some() {
            return Err(second_document());
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(refused("its elements nest too deeply"));
        }
        let mut element = Element {
            name: start.local_name().as_ref().into(),
            ..Element::default()
        };
        self.count()?;
        // The check for repeated names takes time that grows with the square of their number.
        for attribute in start.attributes().with_checks(false) {
            self.count()?;
            let attribute = attribute
                .map_err(|e| refused("an attribute is malformed").detail(e.to_string()))?;
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|e| broken(&e))?;
            let name = attribute.key.local_name();
            element
                .attributes
                .push((name.as_ref().into(), value.into()));
        }
        self.open.push(element);
        Ok(())
    }

    fn count(&mut self) -> Result<(), Problem> {
        let left = self.nodes_left.checked_sub(1);
        self.nodes_left = left.ok_or_else(|| refused("it has too many elements for its length"))?;
        Ok(())
    }

    /// The reader has compared the names already.
    fn close(&mut self) {
        let Some(mut element) = self.open.pop() else {
            return;
        };
        element.children.shrink_to_fit();
        element.attributes.shrink_to_fit();
        match self.open.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }

    fn text(&mut self, text: Cow<'a, str>) -> Result<(), Problem> {
        let blank = text.trim().is_empty();
        match self.open.last_mut() {
            Some(element) if element.text.is_empty() => {
                if !blank {
                    element.text = text;
                }
            }
            Some(element) => element.text.to_mut().push_str(&text),
            None if blank => {}
            None => return Err(refused("there is text outside its elements")),
        }
        Ok(())
    }
}

fn resolved(reference: &BytesRef<'_>) -> Result<Cow<'static, str>, Problem> {
    if let Some(c) = reference.resolve_char_ref().map_err(|e| broken(&e))? {
        return Ok(c.to_string().into());
    }
    resolve_predefined_entity(reference)
        .map(Cow::Borrowed)
        .ok_or_else(|| refused("it uses an entity that XML does not have"))
}

fn refused(why: &str) -> Problem {
    Problem::new(
        "not-xml",
        format!("the report is not XML that can be read: {why}"),
    )
}

fn broken(e: &Error) -> Problem {
    let code = match e {
        Error::Syntax(SyntaxError::InvalidBangMarkup) => "not-xml",
        // All the others are "unclosed": the end came inside a tag, comment or the like.
        Error::Syntax(_) => "truncated",
        _ => "not-xml",
    };
    let text = match code {
        "truncated" => "the XML report breaks off: the scanner was stopped while writing",
        _ => "the report is not valid XML",
    };
    Problem::new(code, text).detail(e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> &'static str {
        read(text).unwrap_err().code
    }

    #[test]
    fn elements_attributes_and_text() {
        let root = read(
            "<?xml version='1.0'?><!-- c --><a:r xmlns:a='urn:x' n='1 &lt; 2'>\n <b> x &amp; &#x79;<![CDATA[ <z> ]]></b>\n <b/><l><i>1</i><i>2</i></l></a:r>\n",
        )
        .unwrap();
        assert_eq!(&*root.name, "r");
        assert_eq!(root.attribute("n"), Some("1 < 2"));
        assert_eq!(root.children("b").count(), 2);
        assert_eq!(root.text_of("b").unwrap().as_str(), "x & y <z>");
        let items: Vec<&str> = root.list("l", "i").map(Element::text).collect();
        assert_eq!(items, ["1", "2"]);
        assert_eq!(root.descendants("i").len(), 2);
    }

    #[test]
    fn damage_is_told() {
        for cut in ["<a><b>", "<a><b></b", "<a", "<a><!-- ", "<a b='"] {
            assert_eq!(code(cut), "truncated", "{cut}");
        }
        for wrong in [
            "<a><b></a></b>",
            "<a></a>text",
            "<a>&nbsp;</a>",
            "<a b='&x;'/>",
            "<!DOCTYPE a [<!ENTITY x 'xx'>]><a>&x;</a>",
            "</a>",
        ] {
            assert_eq!(code(wrong), "not-xml", "{wrong}");
        }
        for twice in ["<a/><a/>", "<a/>\n<?xml version='1.0'?><a/>"] {
            assert_eq!(code(twice), "second-document", "{twice}");
        }
    }

    #[test]
    fn hostile_documents_are_refused_early() {
        let deep = format!("{}{}", "<a>".repeat(100_000), "</a>".repeat(100_000));
        assert_eq!(code(&deep), "not-xml");
        assert_eq!(
            code(&format!("<a>{}</a>", "<b/>".repeat(1_000_000))),
            "not-xml"
        );
        let attributes = " b=''".repeat(1_000_000);
        assert_eq!(code(&format!("<a{attributes}/>")), "not-xml");
        let text = "&lt; ".repeat(1_000_000);
        assert_eq!(
            read(&format!("<a>{text}</a>")).unwrap().text().len(),
            1_999_999
        );
    }
}
