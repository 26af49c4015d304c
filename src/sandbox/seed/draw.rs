//! Even, repeatable draws: the same number for the same car and purpose in every run.

/// What a draw is for; two purposes never share a number.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// Which variant of the catalogue.
    Line,
    /// The describing characters of the VIN.
    Vin,
    /// The year of construction.
    Year,
    /// Day and month of the first registration.
    Registration,
    /// Kilometres a year.
    Mileage,
    /// The paint.
    Color,
    /// What the photos show.
    Photos,
    /// How many tickets, and their products, days and connectors.
    Tickets,
    /// Prices and options of the listing.
    Listing,
    /// The person who is asked for photos.
    Customer,
}

/// A number below `bound` for car `index`; 0 when `bound` is 0. `turn` tells several draws of one purpose apart.
pub(crate) fn draw(index: usize, purpose: Purpose, turn: u64, bound: u64) -> u64 {
    let index = u64::try_from(index).unwrap_or(u64::MAX);
    let seed = mix(index.wrapping_add(1)) ^ mix((purpose as u64 + 1) << 32 | turn);
    mix(seed).checked_rem(bound).unwrap_or(0)
}

/// One element of `choices`, or none when there are none.
pub(crate) fn pick<T>(index: usize, purpose: Purpose, turn: u64, choices: &[T]) -> Option<&T> {
    let bound = u64::try_from(choices.len()).unwrap_or(u64::MAX);
    usize::try_from(draw(index, purpose, turn, bound)).ok().and_then(|place| choices.get(place))
}

/// The finaliser of the splitmix64 generator: every bit of the input moves every bit of the output.
fn mix(input: u64) -> u64 {
    let step = input.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let first = (step ^ (step >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let second = (first ^ (first >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    second ^ (second >> 31)
}
