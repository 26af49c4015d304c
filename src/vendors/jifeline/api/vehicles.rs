//! Vehicles: the catalogue entry of a VIN, and those that were serviced.

use std::collections::HashMap;

use chrono::DateTime;
use chrono::NaiveDate;
use chrono::Utc;
use serde::de::IgnoredAny;
use tokio::time::Instant;

use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::transport::Call;
use crate::transport::Operation;
use crate::transport::Reply;
use crate::transport::Transport;
use crate::transport::decode;
use crate::transport::decode::Id;
use crate::transport::decode::dto;

use super::PageDto;
use super::READ;

/// Finds the catalogue entry of a VIN.
///
/// Source: Customer API reference, tag Vehicles, "Find vehicle by VIN"; the path is inferred.
pub(in crate::vendors::jifeline) const FIND: Operation =
    Operation { name: "jifeline.vehicles.find", path: "/v1/vehicles/search", ..READ };

/// Lists the vehicles that were serviced, newest first.
///
/// Source: Customer API reference, tag Vehicles, "Serviced vehicles"; the path is inferred.
pub(in crate::vendors::jifeline) const LIST_SERVICED: Operation =
    Operation { name: "jifeline.vehicles.list_serviced", path: "/v1/serviced-vehicles", ..READ };

/// The names of the members of [`FoundVehicleDto`].
const MEMBERS: [&str; 4] = ["make", "model_group", "model", "model_variant"];

dto! {
    /// What the catalogue says of a VIN; every member is null for an unknown one.
    pub(in crate::vendors::jifeline) struct FoundVehicleDto {
        make: NamedDto,
        model_group: NamedDto,
        model: ModelDto,
        model_variant: ModelDto,
    }
}

dto! {
    /// A make or a model group.
    pub(in crate::vendors::jifeline) struct NamedDto {
        id: Id,
        name: String,
    }
}

dto! {
    /// A model or a variant of one.
    pub(in crate::vendors::jifeline) struct ModelDto {
        id: Id,
        name: String,
        manufactured_from: NaiveDate,
        manufactured_to: NaiveDate,
        requires_doip: bool,
    }
}

dto! {
    /// One serviced vehicle.
    pub(in crate::vendors::jifeline) struct ServicedVehicleDto {
        vin: String,
        make_name: String,
        model_group_name: String,
        model_name: String,
        model_variant_name: String,
        last_serviced_at: DateTime<Utc>,
    }
}

/// Finds the catalogue entry of `vin`; none when the body is empty or null.
pub(in crate::vendors::jifeline) async fn find(
    transport: &Transport,
    vin: &str,
    deadline: Instant,
) -> Result<Option<FoundVehicleDto>, VendorError> {
    let reply = super::send(transport, Call::new(&FIND, deadline).query("vin", vin)).await?;
    let found = decode::json_or_none::<Option<FoundVehicleDto>>(&FIND, &reply)?.flatten();
    match &found {
        Some(FoundVehicleDto { make: None, model_group: None, model: None, model_variant: None }) => {
            expect_null_members(&reply)?;
            Ok(None)
        }
        _ => Ok(found),
    }
}

/// Tells an answer that says nothing of a VIN, all members null, from one that says it in another shape than we read.
fn expect_null_members(reply: &Reply) -> Result<(), VendorError> {
    let members: HashMap<String, Option<IgnoredAny>> = decode::json(&FIND, reply)?;
    let mut known = MEMBERS.iter().filter_map(|name| members.get(*name)).peekable();
    if known.peek().is_none() || known.any(Option::is_some) {
        let context = "the answer has none of the members of a vehicle that can be read";
        return Err(FIND.error(VendorErrorKind::Protocol, context).with_status(reply.status));
    }
    Ok(())
}

/// Reads the page of serviced vehicles that starts at `offset`.
pub(in crate::vendors::jifeline) async fn list_serviced(
    transport: &Transport,
    offset: u64,
    deadline: Instant,
) -> Result<PageDto<ServicedVehicleDto>, VendorError> {
    super::page(transport, &LIST_SERVICED, offset, deadline).await
}
