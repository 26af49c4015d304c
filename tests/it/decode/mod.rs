//! Recorded vendor bodies, read over a socket, become the domain's values.

mod autochat;
mod jifeline;
mod jifeline_account;
mod jifeline_catalogue;
mod jifeline_ordering;
mod jifeline_products;
mod jifeline_socket;
mod tchek;

use std::fmt::Debug;

/// Compares `value` with the snapshot of `operation`.
fn assert_decoded(operation: &str, value: &impl Debug) {
    let mut settings = insta::Settings::clone_current();
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(operation, compact(&format!("{value:#?}"))));
}

/// Puts what wraps a single value onto the line of that value: `Some(`, `7,`, `)` become `Some(7)`.
fn compact(text: &str) -> String {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with(')')
            && let [.., opening, inner] = lines.as_mut_slice()
            && opening.ends_with('(')
            && !inner.trim_end().ends_with(['(', '{', '['])
            && !inner.trim_start().starts_with([')', '}', ']'])
        {
            opening.push_str(inner.trim().trim_end_matches(','));
            opening.push_str(line.trim_start());
            lines.pop();
            continue;
        }
        lines.push(line.to_owned());
    }
    lines.join("\n")
}
