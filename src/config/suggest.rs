//! What an operator may have meant by a word that is not known.

/// The known word that `word` is probably a slip of, if one is near enough.
pub(super) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (word.chars().count() / 3).clamp(1, 3);
    let near = known.into_iter().map(|candidate| (distance(word, candidate), candidate));
    near.filter(|(steps, _)| *steps <= allowed).min().map(|(_, candidate)| candidate)
}

/// How many letters must be added, removed or changed to turn `from` into `to`.
fn distance(from: &str, to: &str) -> usize {
    let mut row: Vec<usize> = (0..=to.chars().count()).collect();
    for (done, letter) in from.chars().enumerate() {
        let mut left = done + 1;
        let mut diagonal = std::mem::replace(row.first_mut().unwrap_or(&mut 0), left);
        for (cell, other) in row.iter_mut().skip(1).zip(to.chars()) {
            let changed = diagonal + usize::from(letter != other);
            diagonal = *cell;
            left = changed.min(left + 1).min(*cell + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_slip_and_nothing_far_off() {
        let known = ["listen", "public_url", "hosts", "origins"];
        assert_eq!(nearest("listne", known), Some("listen"));
        assert_eq!(nearest("public_uri", known), Some("public_url"));
        assert_eq!(nearest("colour", known), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }
}
