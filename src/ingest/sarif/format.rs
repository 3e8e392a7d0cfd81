//! The parts of SARIF 2.1.0 that lockgate reads, tolerantly.
//!
//! Source: OASIS "Static Analysis Results Interchange Format (SARIF) Version 2.1.0". Foreign files
//! break the schema in many small ways, so that a crate with the exact types would refuse reports
//! that can be read.

use crate::ingest::lenient::{Int, Scalar, Text, Texts};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
pub struct Log<'a> {
    #[serde(borrow)]
    pub runs: Vec<Run<'a>>,
}

/// §3.14
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Run<'a> {
    #[serde(borrow)]
    pub tool: Tool<'a>,
    #[serde(default, borrow)]
    pub results: Option<Vec<SarifResult<'a>>>,
    #[serde(default, borrow)]
    pub invocations: Option<Vec<Invocation<'a>>>,
    #[serde(default, borrow)]
    pub artifacts: Option<Vec<Artifact<'a>>>,
    #[serde(default, borrow)]
    pub original_uri_base_ids: Option<BTreeMap<String, ArtifactLocation<'a>>>,
}

#[derive(Deserialize)]
pub struct Tool<'a> {
    #[serde(borrow)]
    pub driver: Component<'a>,
    #[serde(default, borrow)]
    pub extensions: Option<Vec<Component<'a>>>,
}

/// §3.19
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Component<'a> {
    #[serde(default, borrow)]
    pub name: Option<Text<'a>>,
    #[serde(default)]
    pub version: Scalar,
    #[serde(default)]
    pub semantic_version: Scalar,
    #[serde(default, borrow)]
    pub rules: Option<Vec<Rule<'a>>>,
    #[serde(default, borrow)]
    pub global_message_strings: Option<BTreeMap<String, Message<'a>>>,
}

/// §3.49
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule<'a> {
    #[serde(default, borrow)]
    pub id: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub name: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub short_description: Option<Message<'a>>,
    #[serde(default, borrow)]
    pub full_description: Option<Message<'a>>,
    #[serde(default, borrow)]
    pub help: Option<Message<'a>>,
    #[serde(default, borrow)]
    pub help_uri: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub default_configuration: Option<Configuration<'a>>,
    #[serde(default, borrow)]
    pub message_strings: Option<BTreeMap<String, Message<'a>>>,
    #[serde(default)]
    pub properties: Option<Properties>,
}

#[derive(Deserialize)]
pub struct Configuration<'a> {
    #[serde(default, borrow)]
    pub level: Option<Text<'a>>,
}

/// §3.8; the names are those that GitHub and the tools use.
#[derive(Deserialize, Default)]
pub struct Properties {
    #[serde(default)]
    pub tags: Texts,
    #[serde(default, rename = "security-severity")]
    pub security_severity: Scalar,
    #[serde(default)]
    pub precision: Scalar,
    #[serde(default)]
    pub cwe: Texts,
}

/// §3.11, and the multiformat message of §3.12.
#[derive(Deserialize)]
pub struct Message<'a> {
    #[serde(default, borrow)]
    pub text: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub id: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub arguments: Option<Vec<Text<'a>>>,
}

/// §3.27; what few results have is boxed, because there are many results.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SarifResult<'a> {
    #[serde(default, borrow)]
    pub rule_id: Option<Text<'a>>,
    #[serde(default)]
    pub rule_index: Int,
    #[serde(default, borrow)]
    pub rule: Option<Box<RuleReference<'a>>>,
    #[serde(default, borrow)]
    pub kind: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub level: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub message: Option<Message<'a>>,
    #[serde(default, borrow)]
    pub locations: Option<Vec<Location<'a>>>,
    #[serde(default)]
    pub partial_fingerprints: Option<BTreeMap<String, Scalar>>,
    #[serde(default, borrow)]
    pub suppressions: Option<Vec<Suppression<'a>>>,
    #[serde(default, borrow)]
    pub baseline_state: Option<Text<'a>>,
    #[serde(default)]
    pub properties: Option<Box<Properties>>,
}

/// §3.52
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleReference<'a> {
    #[serde(default, borrow)]
    pub id: Option<Text<'a>>,
    #[serde(default)]
    pub index: Int,
    #[serde(default)]
    pub tool_component: Option<ComponentReference>,
}

#[derive(Deserialize)]
pub struct ComponentReference {
    #[serde(default)]
    pub index: Int,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Location<'a> {
    #[serde(default, borrow)]
    pub physical_location: Option<PhysicalLocation<'a>>,
    #[serde(default, borrow)]
    pub logical_locations: Option<Vec<LogicalLocation<'a>>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PhysicalLocation<'a> {
    #[serde(default, borrow)]
    pub artifact_location: Option<ArtifactLocation<'a>>,
    #[serde(default, borrow)]
    pub region: Option<RegionPart<'a>>,
}

/// §3.4
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ArtifactLocation<'a> {
    #[serde(default, borrow)]
    pub uri: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub uri_base_id: Option<Text<'a>>,
    #[serde(default)]
    pub index: Int,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogicalLocation<'a> {
    #[serde(default, borrow)]
    pub fully_qualified_name: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub name: Option<Text<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegionPart<'a> {
    #[serde(default)]
    pub start_line: Int,
    #[serde(default)]
    pub start_column: Int,
    #[serde(default)]
    pub end_line: Int,
    #[serde(default)]
    pub end_column: Int,
    #[serde(default, borrow)]
    pub snippet: Option<Snippet<'a>>,
}

/// §3.30.13
#[derive(Deserialize)]
pub struct Snippet<'a> {
    #[serde(default, borrow)]
    pub text: Option<Text<'a>>,
}

#[derive(Deserialize)]
pub struct Artifact<'a> {
    #[serde(default, borrow)]
    pub location: Option<ArtifactLocation<'a>>,
}

/// §3.35
#[derive(Deserialize)]
pub struct Suppression<'a> {
    #[serde(default, borrow)]
    pub status: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub justification: Option<Text<'a>>,
}

/// §3.20
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invocation<'a> {
    #[serde(default)]
    pub execution_successful: Option<bool>,
    #[serde(default, borrow)]
    pub exit_code_description: Option<Text<'a>>,
    #[serde(default)]
    pub end_time_utc: Scalar,
    #[serde(default)]
    pub start_time_utc: Scalar,
    #[serde(default, borrow)]
    pub tool_execution_notifications: Option<Vec<Notification<'a>>>,
    #[serde(default, borrow)]
    pub tool_configuration_notifications: Option<Vec<Notification<'a>>>,
}

/// §3.58
#[derive(Deserialize)]
pub struct Notification<'a> {
    #[serde(default, borrow)]
    pub level: Option<Text<'a>>,
    #[serde(default, borrow)]
    pub message: Option<Message<'a>>,
    #[serde(default, borrow)]
    pub locations: Option<Vec<Location<'a>>>,
}
