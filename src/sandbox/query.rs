//! Query parameters of vendors that page by number.

use url::form_urlencoded;

/// The first value of the parameter `name`.
pub(crate) fn parameter(query: Option<&str>, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs.find(|(given, _)| given == name).map(|(_, value)| value.into_owned())
}

/// A number of at least one and at most `most`, or `usual` when none is given; none when it is something else.
pub(crate) fn number(given: Option<String>, usual: usize, most: usize) -> Option<usize> {
    let Some(given) = given else { return Some(usual) };
    given.parse().ok().filter(|number| (1..=most).contains(number))
}
