//! Bounds on what a document may ask, checked before anything expands its fragments.
//!
//! A document of 900 bytes can expand to millions of selections. So its text is bounded first, it is parsed once,
//! and each fragment is measured once, however often it is used; only then does the engine see it. The cost of
//! a query is the number of objects that its answer may hold: an object counts 1, a scalar nothing; what stands in
//! a list counts once per item: `first` for a page (20 when not given), the number of values where a list of them
//! is an argument, else [`LIST_SIZE`]. By the default limit of 100,000 a page of 50 vehicles may bring 20
//! inspections, 20 listings and 20 tickets each, with two further lists in each of these (about 66,000).

mod measure;
mod tokens;

use async_graphql::ErrorExtensionValues;
use async_graphql::Pos;
use async_graphql::Request;
use async_graphql::ServerError;
use async_graphql::parser::parse_query;
use async_graphql::parser::types::DocumentOperations;
use async_graphql::parser::types::ExecutableDocument;
use async_graphql::parser::types::OperationDefinition;
use async_graphql::parser::types::OperationType;

pub use measure::LIST_SIZE;
pub use measure::Measure;

use crate::error::Code;
use crate::graphql::outline::Outline;
use measure::Scale;

/// The engine refuses more than 32 levels of fields and fragments by itself, without a code of ours.
const MAX_NESTING: u64 = 30;

/// How deep the tools' own introspection query may go; they ask for types inside types.
const MAX_INTROSPECTION_DEPTH: u64 = 20;

/// How many lists of an introspection may stand inside each other: the types, their fields, the arguments of these.
const MAX_INTROSPECTION_LISTS: u64 = 3;

/// Bounds on one document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The length of the text in bytes.
    pub max_bytes: u64,
    /// Names, numbers, strings and signs in the text.
    pub max_tokens: u64,
    /// Directives in the text.
    pub max_directives: u64,
    /// Levels of fields.
    pub max_depth: u64,
    /// Aliases, counted each time their fragment is used.
    pub max_aliases: u64,
    /// Fields at the root, counted the same way.
    pub max_root_fields: u64,
    /// Fields and fragments in all, counted the same way.
    pub max_selections: u64,
    /// Objects that the answer may hold.
    pub max_cost: u64,
    /// Whether clients may ask for the schema itself.
    pub introspection: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_bytes: 64 * 1024,
            max_tokens: 2_000,
            max_directives: 50,
            max_depth: 15,
            max_aliases: 30,
            max_root_fields: 20,
            max_selections: 5_000,
            max_cost: 100_000,
            introspection: true,
        }
    }
}

/// A document within the limits.
#[derive(Debug)]
pub struct Admitted {
    /// The document, for `Request::set_parsed_query`.
    pub document: ExecutableDocument,
    /// The kind of the operation that will run.
    pub operation: OperationType,
    /// What the operation asks.
    pub measure: Measure,
}

impl Limits {
    /// Parses the document of `request` and checks it.
    ///
    /// # Errors
    /// `GRAPHQL_PARSE_FAILED`, `GRAPHQL_VALIDATION_FAILED` (no such operation, a fragment that contains itself,
    /// introspection where it is switched off), `QUERY_TOO_COSTLY` with `measure`, `figure` and `limit`.
    pub fn admit(&self, outline: &Outline, request: &Request) -> Result<Admitted, ServerError> {
        self.admit_text(&request.query)?;
        let document = parse_query(&request.query).map_err(unreadable)?;
        let name = request.operation_name.as_deref();
        let operation = choose(&document.operations, name)?;
        let mut scale = Scale::new(outline, &document.fragments, &request.variables);
        let measure = scale.weigh(operation)?;
        // The engine looks at the other operations too before it runs this one.
        let mut selections = 0_u64;
        for (_, other) in document.operations.iter() {
            selections = selections.saturating_add(scale.weigh(&other.node)?.selections);
        }
        self.admit_measure(&measure, selections)?;
        let operation = operation.ty;
        Ok(Admitted { document, operation, measure })
    }

    fn admit_text(&self, text: &str) -> Result<(), ServerError> {
        let bytes = u64::try_from(text.len()).unwrap_or(u64::MAX);
        bound("bytes", "is {} bytes long", bytes, self.max_bytes)?;
        let counts = tokens::count(text);
        bound("tokens", "has {} tokens", counts.tokens, self.max_tokens)?;
        bound("directives", "has {} directives", counts.directives, self.max_directives)?;
        bound("nesting", "nests {} levels of brackets", counts.nesting, MAX_NESTING.saturating_mul(2))
    }

    fn admit_measure(&self, measure: &Measure, selections: u64) -> Result<(), ServerError> {
        if measure.introspects && !self.introspection {
            let message = "introspection is switched off here; the configuration has it as `server.introspection`";
            return Err(refusal(Code::GraphqlValidationFailed, message.to_owned(), None));
        }
        bound("selections", "expands to {} fields and fragments", selections, self.max_selections)?;
        bound("nesting", "nests {} levels of fields and fragments", measure.nesting, MAX_NESTING)?;
        bound("depth", "is {} levels deep", measure.depth, self.max_depth)?;
        bound("aliases", "uses {} aliases", measure.aliases, self.max_aliases)?;
        bound("rootFields", "has {} fields at the root", measure.root_fields, self.max_root_fields)?;
        // However it is written, one document is one try at a pincode.
        bound("logIns", "logs in {} times", measure.log_ins, 1)?;
        let meta = &measure.introspection;
        bound("introspectionDepth", "introspects {} levels deep", meta.depth, MAX_INTROSPECTION_DEPTH)?;
        bound("introspectionLists", "introspects {} lists inside each other", meta.lists, MAX_INTROSPECTION_LISTS)?;
        bound("cost", "may bring {} objects", measure.cost, self.max_cost)
    }
}

/// Finds the operation that is to run.
pub(super) fn choose<'a>(
    operations: &'a DocumentOperations,
    name: Option<&str>,
) -> Result<&'a OperationDefinition, ServerError> {
    let found = match (operations, name) {
        (DocumentOperations::Single(operation), None) => Some(operation),
        (DocumentOperations::Single(_), Some(_)) => None,
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get(name),
        (DocumentOperations::Multiple(operations), None) if operations.len() == 1 => operations.values().next(),
        (DocumentOperations::Multiple(_), None) => {
            let message = "the document has several operations; name one in `operationName`";
            return Err(refusal(Code::GraphqlValidationFailed, message.to_owned(), None));
        }
    };
    found.map(|operation| &operation.node).ok_or_else(|| {
        let message = format!("the document has no operation `{}`", name.unwrap_or_default());
        refusal(Code::GraphqlValidationFailed, message, None)
    })
}

/// Says in one line why a document cannot be parsed; the parser itself draws a picture.
fn unreadable(error: async_graphql::parser::Error) -> ServerError {
    let text = error.to_string();
    let reason = text.rsplit("= ").next().unwrap_or(&text).trim();
    let message = format!("the document is not GraphQL: {reason}");
    let mut error = ServerError { message, ..ServerError::from(error) };
    set_code(&mut error, Code::GraphqlParseFailed);
    error
}

/// Refuses a `figure` above its `limit`; `words` says it with `{}` for the figure.
fn bound(measure: &str, words: &str, figure: u64, limit: u64) -> Result<(), ServerError> {
    if figure <= limit {
        return Ok(());
    }
    let words = words.replace("{}", &figure.to_string());
    let mut error = refusal(Code::QueryTooCostly, format!("the document {words}; at most {limit} are allowed"), None);
    let extensions = error.extensions.get_or_insert_default();
    extensions.set("measure", measure);
    extensions.set("figure", figure);
    extensions.set("limit", limit);
    Err(error)
}

fn refusal(code: Code, message: String, pos: Option<Pos>) -> ServerError {
    let mut error = ServerError::new(message, pos);
    set_code(&mut error, code);
    error
}

fn set_code(error: &mut ServerError, code: Code) {
    let extensions: &mut ErrorExtensionValues = error.extensions.get_or_insert_default();
    extensions.set("code", code.as_str());
    extensions.set("retryable", false);
}
