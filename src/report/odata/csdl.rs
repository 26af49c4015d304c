//! What there is, as CSDL (the Common Schema Definition Language of OData) in XML.

use crate::report::column::Column;
use crate::report::column::ColumnType;
use crate::report::column::DECIMAL_PRECISION;
use crate::report::column::DECIMAL_SCALE;
use crate::report::odata::filter::functions;
use crate::report::odata::name::CONTAINER;
use crate::report::odata::name::KEY;
use crate::report::odata::name::NAMESPACE;
use crate::report::odata::name::entity_type;
use crate::report::odata::name::set;
use crate::report::saved::Saved;
use crate::report::saved::SavedReports;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
    <edmx:Edmx Version=\"4.0\" xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\">\n  \
    <edmx:Reference Uri=\"https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Core.V1.xml\">\n    \
    <edmx:Include Namespace=\"Org.OData.Core.V1\" Alias=\"Core\"/>\n  </edmx:Reference>\n  \
    <edmx:Reference Uri=\"https://oasis-tcs.github.io/odata-vocabularies/vocabularies/Org.OData.Capabilities.V1.xml\">\n    \
    <edmx:Include Namespace=\"Org.OData.Capabilities.V1\" Alias=\"Capabilities\"/>\n  </edmx:Reference>\n  \
    <edmx:DataServices>\n";

/// The document of `reports`.
#[must_use]
pub fn metadata(reports: &SavedReports) -> String {
    let mut types = String::new();
    let mut sets = String::new();
    for report in reports.iter() {
        types.push_str(&described_type(report));
        sets.push_str(&described_set(report));
    }
    format!(
        "{HEAD}    <Schema Namespace=\"{NAMESPACE}\" xmlns=\"http://docs.oasis-open.org/odata/ns/edm\">\n{types}      \
         <EntityContainer Name=\"{CONTAINER}\">\n{}{sets}      </EntityContainer>\n    </Schema>\n  \
         </edmx:DataServices>\n</edmx:Edmx>\n",
        capabilities()
    )
}

/// What clients may hand to the feed instead of doing it themselves.
fn capabilities() -> String {
    let names = functions().map(|name| format!("            <String>{name}</String>\n"));
    format!(
        "        <Annotation Term=\"Capabilities.BatchSupported\" Bool=\"false\"/>\n        \
         <Annotation Term=\"Capabilities.FilterFunctions\">\n          <Collection>\n{}          </Collection>\n        \
         </Annotation>\n",
        names.collect::<String>()
    )
}

fn described_type(report: &Saved) -> String {
    let properties = report.plan.columns().iter().map(|column| {
        format!(
            "        <Property Name=\"{}\" {}{}>\n          {}\n        </Property>\n",
            escaped(&column.name),
            facets(column),
            if column.is_nullable { "" } else { " Nullable=\"false\"" },
            said("Core.Description", &column.description),
        )
    });
    format!(
        "      <EntityType Name=\"{}\">\n        <Key>\n          <PropertyRef Name=\"{KEY}\"/>\n        </Key>\n        \
         <Property Name=\"{KEY}\" Type=\"Edm.Int64\" Nullable=\"false\">\n          {}\n        </Property>\n{}      \
         </EntityType>\n",
        entity_type(&report.name),
        said("Core.Description", "The place of the row in this reading of the report"),
        properties.collect::<Vec<_>>().concat(),
    )
}

fn described_set(report: &Saved) -> String {
    let no = |term: &str, property: &str| {
        format!(
            "          <Annotation Term=\"Capabilities.{term}\">\n            <Record>\n              \
             <PropertyValue Property=\"{property}\" Bool=\"false\"/>\n            </Record>\n          </Annotation>\n"
        )
    };
    format!(
        "        <EntitySet Name=\"{}\" EntityType=\"{NAMESPACE}.{}\">\n          {}\n          {}\n{}{}{}{}{}        </EntitySet>\n",
        set(&report.name),
        entity_type(&report.name),
        said("Core.Description", &report.title),
        said("Core.LongDescription", &report.description),
        no("SearchRestrictions", "Searchable"),
        no("ExpandRestrictions", "Expandable"),
        no("InsertRestrictions", "Insertable"),
        no("UpdateRestrictions", "Updatable"),
        no("DeleteRestrictions", "Deletable"),
    )
}

fn said(term: &str, text: &str) -> String {
    format!("<Annotation Term=\"{term}\" String=\"{}\"/>", escaped(text))
}

fn facets(column: &Column) -> String {
    match column.ty {
        ColumnType::Text | ColumnType::Json => "Type=\"Edm.String\"".to_owned(),
        ColumnType::Boolean => "Type=\"Edm.Boolean\"".to_owned(),
        ColumnType::Integer => "Type=\"Edm.Int64\"".to_owned(),
        ColumnType::Float => "Type=\"Edm.Double\"".to_owned(),
        ColumnType::Decimal => {
            format!("Type=\"Edm.Decimal\" Precision=\"{DECIMAL_PRECISION}\" Scale=\"{DECIMAL_SCALE}\"")
        }
        ColumnType::Date => "Type=\"Edm.Date\"".to_owned(),
        ColumnType::Timestamp => "Type=\"Edm.DateTimeOffset\" Precision=\"6\"".to_owned(),
    }
}

/// `text` in an attribute; what XML cannot hold at all is left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' | '\r' | '\t' => escaped.push(' '),
            _ if char.is_control() || matches!(char, '\u{fffe}' | '\u{ffff}') => {}
            _ => escaped.push(char),
        }
    }
    escaped
}
