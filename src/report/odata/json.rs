//! Entities as JSON.

use std::io;

use chrono::SecondsFormat;

use crate::report::cell::Cell;
use crate::report::column::Column;
use crate::report::odata::Entity;
use crate::report::odata::name::Property;

/// Writes the entities of one table.
#[derive(Debug)]
pub struct Writer {
    /// The properties with their names, ready to be written.
    keys: Vec<(Property, String)>,
    /// Whether numbers that binary ones cannot hold are texts, as clients of the `IEEE754Compatible` format want them.
    is_compatible: bool,
}

impl Writer {
    /// A writer of these properties.
    ///
    /// # Errors
    /// When a name has no JSON form.
    pub fn new(select: &[Property], columns: &[Column], is_compatible: bool) -> io::Result<Self> {
        let key = |property: &Property| Ok((*property, format!("{}:", serde_json::to_string(property.name(columns))?)));
        Ok(Self { keys: select.iter().map(key).collect::<io::Result<_>>()?, is_compatible })
    }

    /// Appends the properties of `entity`, without the brackets.
    ///
    /// # Errors
    /// When a value has no JSON form.
    pub fn push(&self, out: &mut Vec<u8>, entity: &Entity) -> io::Result<()> {
        for (at, (property, key)) in self.keys.iter().enumerate() {
            if at > 0 {
                out.push(b',');
            }
            out.extend_from_slice(key.as_bytes());
            match property {
                Property::Key => self.number(out, &entity.number.to_string())?,
                Property::Column(at) => self.cell(out, entity.row.get(*at).unwrap_or(&Cell::Null))?,
            }
        }
        Ok(())
    }

    fn cell(&self, out: &mut Vec<u8>, cell: &Cell) -> io::Result<()> {
        match cell {
            Cell::Null => out.extend_from_slice(b"null"),
            Cell::Text(value) | Cell::Json(value) => serde_json::to_writer(out, value)?,
            Cell::Boolean(value) => serde_json::to_writer(out, value)?,
            Cell::Integer(value) => self.number(out, &value.to_string())?,
            Cell::Decimal(value) => self.number(out, &value.to_string())?,
            // These three have names in the protocol, and are texts then.
            Cell::Float(value) if value.is_nan() => out.extend_from_slice(b"\"NaN\""),
            Cell::Float(value) if value.is_infinite() => {
                out.extend_from_slice(if *value > 0.0 { b"\"INF\"" } else { b"\"-INF\"" });
            }
            Cell::Float(value) => serde_json::to_writer(out, value)?,
            Cell::Date(value) => serde_json::to_writer(out, &value.to_string())?,
            Cell::Timestamp(value) => {
                serde_json::to_writer(out, &value.to_rfc3339_opts(SecondsFormat::Micros, true))?;
            }
        }
        Ok(())
    }

    fn number(&self, out: &mut Vec<u8>, digits: &str) -> io::Result<()> {
        if self.is_compatible {
            return Ok(serde_json::to_writer(out, digits)?);
        }
        out.extend_from_slice(digits.as_bytes());
        Ok(())
    }
}
