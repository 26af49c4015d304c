//! `[limits]`: what one query may ask for.

use super::redact::Printout;
use super::section::Section;

/// What one query may ask for; more is refused before any of it runs.
#[derive(Clone, Debug)]
pub struct Limits {
    /// The length of the document, in bytes.
    pub document_size: u64,
    /// Names, numbers, strings and signs of the document.
    pub tokens: u32,
    /// Directives in the document.
    pub directives: u32,
    /// Levels of nested fields.
    pub depth: u32,
    /// Aliases, counted each time their fragment is used.
    pub aliases: u32,
    /// Fields at the root, counted the same way; each is a piece of work of its own.
    pub root_fields: u32,
    /// Fields and fragments in all, counted the same way.
    pub selections: u32,
    /// Objects that the answer may hold; a list counts as many times as its `first` says.
    pub cost: u32,
}

impl Limits {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        Self {
            document_size: section.size("document_size", 256).unwrap_or(64 << 10),
            tokens: section.number("tokens", 10, 1_000_000).unwrap_or(2_000),
            directives: section.number("directives", 0, 10_000).unwrap_or(50),
            depth: section.number("depth", 1, 100).unwrap_or(15),
            aliases: section.number("aliases", 0, 10_000).unwrap_or(30),
            root_fields: section.number("root_fields", 1, 1_000).unwrap_or(20),
            selections: section.number("selections", 1, 1_000_000).unwrap_or(5_000),
            cost: section.number("cost", 1, 1_000_000_000).unwrap_or(100_000),
        }
    }

    pub(super) fn write(&self, out: &mut Printout) {
        out.table("limits");
        out.size("document_size", self.document_size);
        out.number("tokens", self.tokens);
        out.number("directives", self.directives);
        out.number("depth", self.depth);
        out.number("aliases", self.aliases);
        out.number("root_fields", self.root_fields);
        out.number("selections", self.selections);
        out.number("cost", self.cost);
    }
}
