//! Rows as Arrow record batches, for the formats made of them.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::BooleanArray;
use arrow_array::Date32Array;
use arrow_array::Decimal128Array;
use arrow_array::Float64Array;
use arrow_array::Int64Array;
use arrow_array::RecordBatch;
use arrow_array::StringArray;
use arrow_array::TimestampMicrosecondArray;
use arrow_schema::ArrowError;
use arrow_schema::DataType;
use arrow_schema::Field;
use arrow_schema::Schema;
use arrow_schema::SchemaRef;
use arrow_schema::TimeUnit;
use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::invalid;
use crate::report::cell::Cell;
use crate::report::cell::Row;
use crate::report::column::Column;
use crate::report::column::ColumnType;
use crate::report::column::DECIMAL_PRECISION;
use crate::report::column::DECIMAL_SCALE;

/// The most rows that are turned at once.
const BATCH_ROWS: usize = 1_024;

/// Turns rows into batches of one schema.
pub(super) struct Batches {
    columns: Vec<Column>,
    schema: SchemaRef,
}

impl Batches {
    pub(super) fn new(columns: &[Column]) -> io::Result<Self> {
        let fields = columns.iter().map(field).collect::<io::Result<Vec<_>>>()?;
        Ok(Self { columns: columns.to_vec(), schema: Arc::new(Schema::new(fields)) })
    }

    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The batches of `rows`, each made when it is taken.
    pub(super) fn of<'a>(&'a self, rows: &'a [Row]) -> impl Iterator<Item = io::Result<RecordBatch>> + 'a {
        rows.chunks(BATCH_ROWS).map(|rows| self.batch(rows))
    }

    fn batch(&self, rows: &[Row]) -> io::Result<RecordBatch> {
        let arrays = self.columns.iter().enumerate().map(|(at, column)| array(column, rows, at));
        RecordBatch::try_new(Arc::clone(&self.schema), arrays.collect::<io::Result<_>>()?).map_err(arrow_error)
    }
}

/// What Arrow says, as the sink's error if it is one.
pub(super) fn arrow_error(error: ArrowError) -> io::Error {
    if let ArrowError::IoError(_, error) = error { error } else { io::Error::other(error) }
}

fn field(column: &Column) -> io::Result<Field> {
    let ty = match column.ty {
        ColumnType::Text | ColumnType::Json => DataType::Utf8,
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Integer => DataType::Int64,
        ColumnType::Float => DataType::Float64,
        ColumnType::Decimal => DataType::Decimal128(DECIMAL_PRECISION, decimal_scale()?),
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
    };
    let metadata = HashMap::from([
        ("description".to_owned(), column.description.clone()),
        ("forecourt.type".to_owned(), column.ty.as_str().to_owned()),
    ]);
    Ok(Field::new(&column.name, ty, column.is_nullable).with_metadata(metadata))
}

fn decimal_scale() -> io::Result<i8> {
    i8::try_from(DECIMAL_SCALE).map_err(io::Error::other)
}

/// The cells at `at` of `rows`.
fn array(column: &Column, rows: &[Row], at: usize) -> io::Result<ArrayRef> {
    let cells = rows.iter().map(|row| row.get(at).unwrap_or(&Cell::Null));
    Ok(match column.ty {
        ColumnType::Text | ColumnType::Json => Arc::new(cells.map(text).collect::<StringArray>()),
        ColumnType::Boolean => Arc::new(cells.map(boolean).collect::<BooleanArray>()),
        ColumnType::Integer => Arc::new(cells.map(integer).collect::<Int64Array>()),
        ColumnType::Float => Arc::new(cells.map(float).collect::<Float64Array>()),
        ColumnType::Decimal => {
            let units = cells.map(|cell| decimal(column, cell)).collect::<io::Result<Decimal128Array>>()?;
            Arc::new(units.with_precision_and_scale(DECIMAL_PRECISION, decimal_scale()?).map_err(arrow_error)?)
        }
        ColumnType::Date => Arc::new(cells.map(date).collect::<io::Result<Date32Array>>()?),
        ColumnType::Timestamp => {
            Arc::new(cells.map(timestamp).collect::<TimestampMicrosecondArray>().with_timezone("UTC"))
        }
    })
}

fn text(cell: &Cell) -> Option<&str> {
    if let Cell::Text(value) | Cell::Json(value) = cell { Some(value) } else { None }
}

fn boolean(cell: &Cell) -> Option<bool> {
    if let Cell::Boolean(value) = cell { Some(*value) } else { None }
}

fn integer(cell: &Cell) -> Option<i64> {
    if let Cell::Integer(value) = cell { Some(*value) } else { None }
}

fn float(cell: &Cell) -> Option<f64> {
    if let Cell::Float(value) = cell { Some(*value) } else { None }
}

fn timestamp(cell: &Cell) -> Option<i64> {
    if let Cell::Timestamp(value) = cell { Some(value.timestamp_micros()) } else { None }
}

fn date(cell: &Cell) -> io::Result<Option<i32>> {
    let Cell::Date(value) = cell else { return Ok(None) };
    let days = value.signed_duration_since(NaiveDate::default()).num_days();
    i32::try_from(days).map(Some).map_err(|_| invalid(format!("the day {value} is out of range")))
}

fn decimal(column: &Column, cell: &Cell) -> io::Result<Option<i128>> {
    let Cell::Decimal(value) = cell else { return Ok(None) };
    match units(*value) {
        Some(units) => Ok(Some(units)),
        None => Err(invalid(format!(
            "{value} in `{}` does not fit {DECIMAL_PRECISION} digits, {DECIMAL_SCALE} of them after the point; ask for CSV or JSON",
            column.name
        ))),
    }
}

/// How often the last digit of a decimal column goes into `value`, if it does so exactly.
fn units(value: Decimal) -> Option<i128> {
    let value = value.normalize();
    let missing = u32::from(DECIMAL_SCALE).checked_sub(value.scale())?;
    let units = value.mantissa().checked_mul(10_i128.checked_pow(missing)?)?;
    let bound = 10_u128.checked_pow(u32::from(DECIMAL_PRECISION))?;
    (units.unsigned_abs() < bound).then_some(units)
}
