//! Names that must not stand where they would tie us down: vendors in the business, places on somebody's machine.

use std::collections::BTreeSet;
use std::path::Path;

use super::Fault;
use super::Source;
use super::scan;
use super::schema;

/// The vendors: the folders of `src/vendors`.
pub(super) fn vendors(tree: &[Source]) -> BTreeSet<String> {
    let folders = tree.iter().filter_map(|source| {
        let (vendor, _) = source.path.strip_prefix("src/vendors/")?.split_once('/')?;
        Some(vendor.to_owned())
    });
    folders.collect()
}

fn vendor_in<'a>(text: &str, vendors: &'a BTreeSet<String>) -> Option<&'a str> {
    let text = text.to_lowercase();
    vendors.iter().find(|vendor| text.contains(vendor.as_str())).map(String::as_str)
}

/// Refuses a vendor's name in the code and the strings of `src/domain`; comments may name sources.
pub(super) fn in_domain(tree: &[Source], vendors: &BTreeSet<String>) -> Vec<Fault> {
    let domain = tree.iter().filter(|source| source.is_rust() && source.path.starts_with("src/domain/"));
    let mut faults = Vec::new();
    for source in domain {
        for (at, line) in scan::code(&source.text, true).lines().enumerate() {
            if let Some(vendor) = vendor_in(line, vendors) {
                let mend = "say it in the words of the trade, and let the vendor's folder bring the vendor's words";
                faults.push(source.fault(at + 1, "vendor names", format!("the domain names `{vendor}`"), mend));
            }
        }
    }
    faults
}

/// Refuses a vendor's name in the schema, except within descriptions.
pub(super) fn in_schema(schema: &Source, vendors: &BTreeSet<String>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (at, line) in schema::without_texts(&schema.text).lines().enumerate() {
        if let Some(vendor) = vendor_in(line, vendors) {
            let mend = "name it for the business; a description may tell the vendor";
            faults.push(schema.fault(at + 1, "vendor names", format!("the schema names `{vendor}`"), mend));
        }
    }
    faults
}

/// Refuses paths of the machine that the crate happens to lie on, and home folders of anybody.
pub(super) fn machine_paths(tree: &[Source], root: &str) -> Vec<Fault> {
    // Taken apart, so that this file passes its own rule.
    let homes = ["home", "Users", "root"].map(|folder| format!("/{folder}/"));
    // A checkout below the folder for temporary files makes that folder no secret.
    let above = Path::new(root).parent().filter(|above| above.parent().is_some() && *above != std::env::temp_dir());
    let above = above.and_then(Path::to_str);
    let places: Vec<_> = homes.into_iter().chain(above.map(|above| format!("{above}/"))).collect();
    let mut faults = Vec::new();
    for source in tree {
        for (at, line) in source.text.lines().enumerate() {
            if let Some(place) = places.iter().find(|place| names_place(line, place)) {
                let mend = "write a path from the crate's root, or one that exists everywhere";
                faults.push(source.fault(at + 1, "paths", format!("`{place}` is a place on one machine"), mend));
            }
        }
    }
    faults
}

/// Whether `place` stands in `line` as the beginning of a path, not in the middle of an address.
fn names_place(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let (before, _) = line.split_at(at);
        !before.ends_with(|letter: char| letter.is_alphanumeric() || "._-/~}".contains(letter))
    })
}

mod tests {
    use super::*;

    fn known() -> BTreeSet<String> {
        vendors(&[Source::new("src/vendors/acme/mod.rs", ""), Source::new("src/vendors/mod.rs", "")])
    }

    #[test]
    fn the_folders_are_the_vendors() {
        assert_eq!(known().into_iter().collect::<Vec<_>>(), ["acme"]);
    }

    #[test]
    fn the_domain_may_name_a_vendor_in_comments_only() {
        let faults = |path: &str, text: &str| in_domain(&[Source::new(path, text)], &known()).len();
        assert_eq!(faults("src/domain/ticket/model.rs", "/// Source: `acme.tickets.get`.\nstruct Ticket;"), 0);
        assert_eq!(faults("src/domain/ticket/model.rs", "struct AcmeTicket;"), 1);
        assert_eq!(faults("src/domain/ticket/model.rs", "const V: &str = \"acme\";"), 1);
        assert_eq!(faults("src/vendors/acme/mod.rs", "const V: &str = \"acme\";"), 0);
    }

    #[test]
    fn the_schema_may_name_a_vendor_in_descriptions_only() {
        let faults = |text: &str| in_schema(&Source::new("schema.graphql", text), &known()).len();
        assert_eq!(faults("\"\"\"\nFrom acme.\n\"\"\"\ntype A {\n  \"acme\"\n  b: Int # acme\n}"), 0);
        assert_eq!(faults("type A {\n  acmeId: ID\n}"), 1);
        assert_eq!(faults("\"\"\"A\"\"\" type Acme { b: Int }"), 1);
    }

    #[test]
    fn places_of_one_machine_are_refused() {
        let faults = |text: &str| machine_paths(&[Source::new("README.md", text)], "/srv/checkout/forecourt").len();
        let home = format!("/{}/", "home");
        assert_eq!(faults(&format!("see `{home}ann/notes`")), 1);
        assert_eq!(faults("cd /srv/checkout/forecourt"), 1);
        assert_eq!(faults("cd /var/lib/forecourt; GET https://shop.example/srv/checkout/x"), 0);
        assert_eq!(faults(&format!("https://shop.example{home}page")), 0);
    }
}
