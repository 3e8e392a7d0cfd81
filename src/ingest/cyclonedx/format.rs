//! The parts of a CycloneDX document that are read.

use crate::ingest::lenient::{Scalar, Text, Texts, or_default};
use serde::Deserialize;
use serde::de::Deserializer;

/// A bill of materials.
#[derive(Deserialize)]
pub struct Bom<'a> {
    /// `CycloneDX`.
    #[serde(borrow, rename = "bomFormat")]
    pub format: Text<'a>,
    /// Who wrote it, about what.
    #[serde(default, borrow, deserialize_with = "or_default")]
    pub metadata: Metadata<'a>,
    /// What there is.
    #[serde(default, borrow, deserialize_with = "or_default")]
    pub components: Vec<Component<'a>>,
    /// What is wrong with it. `None` when the document has no such list; `null` is an error,
    /// because it is neither.
    #[serde(default, borrow, deserialize_with = "present")]
    pub vulnerabilities: Option<Vec<Vulnerability<'a>>>,
}

fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// Who wrote it, about what.
#[derive(Deserialize, Default)]
pub struct Metadata<'a> {
    /// When.
    #[serde(default)]
    pub timestamp: Scalar,
    /// The tools that had a part in it.
    #[serde(default, deserialize_with = "tools")]
    pub tools: Vec<Writer>,
    /// What the document is about.
    #[serde(default, borrow)]
    pub component: Option<Component<'a>>,
}

/// A tool.
#[derive(Deserialize)]
pub struct Writer {
    /// Its name.
    #[serde(default)]
    pub name: Scalar,
    /// Its version.
    #[serde(default)]
    pub version: Scalar,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Tools {
    /// Up to 1.4.
    List(Vec<Writer>),
    /// Since 1.5.
    Components {
        #[serde(default)]
        components: Vec<Writer>,
        #[serde(default)]
        services: Vec<Writer>,
    },
}

fn tools<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Writer>, D::Error> {
    Ok(match Option::<Tools>::deserialize(deserializer)? {
        None => Vec::new(),
        Some(Tools::List(tools)) => tools,
        Some(Tools::Components {
            mut components,
            services,
        }) => {
            components.extend(services);
            components
        }
    })
}

/// A component, with the components that it holds.
#[derive(Deserialize, Default)]
pub struct Component<'a> {
    /// By which name the rest of the document speaks of it.
    #[serde(default, borrow, rename = "bom-ref")]
    pub bom_ref: Option<Text<'a>>,
    /// `library`, `container` …
    #[serde(default, borrow, rename = "type")]
    pub kind: Option<Text<'a>>,
    /// Group or scope.
    #[serde(default, borrow)]
    pub group: Option<Text<'a>>,
    /// Name.
    #[serde(default, borrow)]
    pub name: Option<Text<'a>>,
    /// Version.
    #[serde(default, borrow)]
    pub version: Option<Text<'a>>,
    /// Package URL.
    #[serde(default, borrow)]
    pub purl: Option<Text<'a>>,
    /// Names and values that tools add.
    #[serde(default, deserialize_with = "or_default")]
    pub properties: Vec<Property>,
    /// Where it was seen.
    #[serde(default, deserialize_with = "or_default")]
    pub evidence: Evidence,
    /// What it holds.
    #[serde(default, borrow, deserialize_with = "or_default")]
    pub components: Vec<Self>,
}

/// A name and a value.
#[derive(Deserialize)]
pub struct Property {
    /// Name.
    #[serde(default)]
    pub name: Scalar,
    /// Value.
    #[serde(default)]
    pub value: Scalar,
}

/// Where a component was seen.
#[derive(Deserialize, Default)]
pub struct Evidence {
    /// The places.
    #[serde(default, deserialize_with = "or_default")]
    pub occurrences: Vec<Occurrence>,
}

/// A place.
#[derive(Deserialize)]
pub struct Occurrence {
    /// Path, inside what the document is about.
    #[serde(default)]
    pub location: Scalar,
}

/// A vulnerability.
#[derive(Deserialize, Default)]
pub struct Vulnerability<'a> {
    /// Its identifier.
    #[serde(default, borrow)]
    pub id: Option<Text<'a>>,
    /// Who published it.
    #[serde(default, deserialize_with = "or_default")]
    pub source: Source,
    /// Other identifiers of the same vulnerability.
    #[serde(default, borrow, deserialize_with = "or_default")]
    pub references: Vec<Reference<'a>>,
    /// How bad it is, according to whom.
    #[serde(default, deserialize_with = "or_default")]
    pub ratings: Vec<Rating>,
    /// CWE numbers.
    #[serde(default)]
    pub cwes: Texts,
    /// What is wrong.
    #[serde(default, borrow)]
    pub description: Option<Text<'a>>,
    /// The same at length.
    #[serde(default, borrow)]
    pub detail: Option<Text<'a>>,
    /// What to do.
    #[serde(default, borrow)]
    pub recommendation: Option<Text<'a>>,
    /// Where to read more.
    #[serde(default, deserialize_with = "or_default")]
    pub advisories: Vec<Advisory>,
    /// What somebody found out about it in this product.
    #[serde(default, deserialize_with = "or_default")]
    pub analysis: Analysis,
    /// The components that have it.
    #[serde(default, borrow, deserialize_with = "or_default")]
    pub affects: Vec<Affected<'a>>,
}

/// Who published or rated it.
#[derive(Deserialize, Default)]
pub struct Source {
    /// Name.
    #[serde(default)]
    pub name: Scalar,
    /// Page.
    #[serde(default)]
    pub url: Scalar,
}

/// Another identifier.
#[derive(Deserialize)]
pub struct Reference<'a> {
    /// The identifier.
    #[serde(default, borrow)]
    pub id: Option<Text<'a>>,
}

/// How bad, according to whom.
#[derive(Deserialize, Default)]
pub struct Rating {
    /// According to whom.
    #[serde(default, deserialize_with = "or_default")]
    pub source: Source,
    /// Score.
    #[serde(default)]
    pub score: Scalar,
    /// Word.
    #[serde(default)]
    pub severity: Scalar,
    /// `CVSSv31`, `OWASP`, `other` …
    #[serde(default)]
    pub method: Scalar,
    /// The method's vector.
    #[serde(default)]
    pub vector: Scalar,
}

/// A page.
#[derive(Deserialize)]
pub struct Advisory {
    /// Its address.
    #[serde(default)]
    pub url: Scalar,
}

/// What somebody found out about it.
#[derive(Deserialize, Default)]
pub struct Analysis {
    /// `exploitable`, `not_affected` …
    #[serde(default)]
    pub state: Scalar,
    /// Why, in a word.
    #[serde(default)]
    pub justification: Scalar,
    /// Why, at length.
    #[serde(default)]
    pub detail: Scalar,
}

/// A component that has it.
#[derive(Deserialize)]
pub struct Affected<'a> {
    /// The component's `bom-ref`, or a link into another document that ends in one.
    #[serde(borrow, rename = "ref")]
    pub target: Text<'a>,
    /// Its versions.
    #[serde(default, deserialize_with = "or_default")]
    pub versions: Vec<AffectedVersion>,
}

/// A version.
#[derive(Deserialize)]
pub struct AffectedVersion {
    /// The version.
    #[serde(default)]
    pub version: Scalar,
    /// `affected`, which is what it means without the word, `unaffected` or `unknown`.
    #[serde(default)]
    pub status: Scalar,
}
