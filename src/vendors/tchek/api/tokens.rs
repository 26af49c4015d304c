//! Tokens for inspections by the customer.

use std::time::Duration;

use chrono::DateTime;
use chrono::Utc;
use rust_decimal::Decimal;
use serde::Serialize;
use tokio::time::Instant;

use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::transport::Call;
use crate::transport::Idempotency;
use crate::transport::Method;
use crate::transport::Operation;
use crate::transport::Reply;
use crate::transport::Transport;
use crate::transport::decode;
use crate::transport::decode::FromWire;
use crate::transport::decode::Id;
use crate::transport::decode::dto;
use crate::transport::decode::dto_from_wire;

use super::DEVICE_SUFFIX;
use super::READ;

/// Creates a token. Each call makes a new one and may send a message, so it is sent once.
///
/// Source: vendor text "Create Self Inspection Token Example"; which status means success is inferred.
pub(in crate::vendors::tchek) const CREATE: Operation = Operation {
    name: "tchek.tokens.create",
    method: Method::Post,
    path: "/apiV1/tokenmanager/token",
    idempotency: Idempotency::Once,
    timeout: Duration::from_secs(20),
    success: &[200, 201],
    ..READ
};

/// Reads the status of a token.
///
/// Source: vendor text "Self inspection Token status".
pub(in crate::vendors::tchek) const STATUS: Operation =
    Operation { name: "tchek.tokens.status", path: "/apiV1/tokenmanager/test", ..READ };

/// The body of [`CREATE`].
#[derive(Serialize)]
pub(in crate::vendors::tchek) struct NewTokenDto<'a> {
    pub(in crate::vendors::tchek) options: OptionsDto,
    #[serde(rename = "tradeIn")]
    pub(in crate::vendors::tchek) trade_in: TradeInDto<'a>,
    pub(in crate::vendors::tchek) customer: CustomerDto<'a>,
    #[serde(rename = "creatorUserId")]
    pub(in crate::vendors::tchek) creator_user_id: Option<&'a str>,
    pub(in crate::vendors::tchek) validity: u16,
}

/// What the inspection is to do.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_excessive_bools, reason = "the vendor's wire form is five flags")]
pub(in crate::vendors::tchek) struct OptionsDto {
    /// The customer takes the photos.
    pub(in crate::vendors::tchek) shoot_inspect: bool,
    /// The customer reviews the damage.
    pub(in crate::vendors::tchek) fast_track: bool,
    /// Must be false for inspections by the customer.
    pub(in crate::vendors::tchek) cost: bool,
    /// Must be false for inspections by the customer.
    pub(in crate::vendors::tchek) report: bool,
    /// Must be false for inspections by the customer.
    pub(in crate::vendors::tchek) download_roi: bool,
}

/// The vehicle and how the link is delivered.
#[derive(Serialize)]
pub(in crate::vendors::tchek) struct TradeInDto<'a> {
    /// Must be true.
    #[serde(rename = "tradeinVehicle")]
    pub(in crate::vendors::tchek) tradein_vehicle: bool,
    /// The licence plate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::tchek) immat: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(in crate::vendors::tchek) vin: Option<&'a str>,
    /// 0 mail, 1 text message, 2 both, null none; the member must be there.
    #[serde(rename = "sendingType")]
    pub(in crate::vendors::tchek) sending_type: Option<u8>,
}

/// The customer; must be there with all members even when nothing is known.
#[derive(Serialize)]
pub(in crate::vendors::tchek) struct CustomerDto<'a> {
    /// Must be `customer`.
    #[serde(rename = "clientType")]
    pub(in crate::vendors::tchek) client_type: &'static str,
    pub(in crate::vendors::tchek) email: &'a str,
    pub(in crate::vendors::tchek) firstname: &'a str,
    pub(in crate::vendors::tchek) lastname: &'a str,
    pub(in crate::vendors::tchek) gender: Option<&'static str>,
    pub(in crate::vendors::tchek) phone: String,
    pub(in crate::vendors::tchek) locale: &'static str,
}

dto! {
    /// A token.
    pub(in crate::vendors::tchek) struct TokenDto {
        id: Id,
        uid: Id,
        expired: bool,
        #[serde(rename = "createdAt")]
        created_at: DateTime<Utc>,
        /// A date in spite of its name.
        #[serde(rename = "expiresIn")]
        expires_in: DateTime<Utc>,
        #[serde(rename = "tradeinStatus")]
        tradein_status: i64,
        #[serde(rename = "tradeinStatusUpdatedAt")]
        tradein_status_updated_at: DateTime<Utc>,
        #[serde(rename = "updatedAt")]
        updated_at: DateTime<Utc>,
        #[serde(rename = "tradeinVehicle")]
        tradein_vehicle: bool,
        /// 0 mail, 1 text message, 2 both, null none.
        #[serde(rename = "sendingType")]
        sending_type: i32,
        #[serde(rename = "deviceId")]
        device_id: String,
        options: TokenOptionsDto,
        #[serde(rename = "vehiclePtr")]
        vehicle: PointerDto,
        #[serde(rename = "customerPtr")]
        customer: PointerDto,
        #[serde(rename = "creatorUserPtr")]
        creator: PointerDto,
        #[serde(rename = "tchekPtr")]
        inspection: InspectionPointerDto,
    }
}

dto! {
    /// What a token allows, as it is read back.
    struct OptionMembersDto {
        #[serde(rename = "shootInspect")]
        shoot_inspect: bool,
        #[serde(rename = "fastTrack")]
        fast_track: bool,
        cost: bool,
        report: bool,
        #[serde(rename = "downloadRoi")]
        download_roi: bool,
        #[serde(rename = "loadTchek")]
        load_tchek: bool,
        #[serde(rename = "thirdParty")]
        third_party: bool,
    }
}

/// What a token allows: an object, in older answers the text of one.
#[derive(Clone, Copy, Default)]
pub(in crate::vendors::tchek) struct TokenOptionsDto {
    pub(in crate::vendors::tchek) shoot_inspect: Option<bool>,
    pub(in crate::vendors::tchek) fast_track: Option<bool>,
    pub(in crate::vendors::tchek) cost: Option<bool>,
    pub(in crate::vendors::tchek) report: Option<bool>,
    pub(in crate::vendors::tchek) download_roi: Option<bool>,
    pub(in crate::vendors::tchek) load_tchek: Option<bool>,
    pub(in crate::vendors::tchek) third_party: Option<bool>,
}

impl FromWire for TokenOptionsDto {
    fn from_wire(text: &str) -> Option<Self> {
        let members: OptionMembersDto =
            if text.starts_with('"') { dto_from_wire(&String::from_wire(text)?)? } else { dto_from_wire(text)? };
        let OptionMembersDto { shoot_inspect, fast_track, cost, report, download_roi, load_tchek, third_party } =
            members;
        Some(Self { shoot_inspect, fast_track, cost, report, download_roi, load_tchek, third_party })
    }
}

dto! {
    /// A reference to an inspection, with a little of it.
    pub(in crate::vendors::tchek) struct InspectionPointerDto {
        id: Id,
        /// A kind; the vendor does not say of what.
        #[serde(rename = "type")]
        kind: i32,
        #[serde(rename = "percentDamage")]
        percent_damage: Decimal,
    }
}

dto! {
    /// A reference to something else.
    pub(in crate::vendors::tchek) struct PointerDto {
        id: Id,
    }
}

dto! {
    /// The envelope around a token; older answers have none.
    struct EnvelopeDto {
        token: TokenDto,
    }
}

/// Creates a token.
pub(in crate::vendors::tchek) async fn create(
    transport: &Transport,
    token: &NewTokenDto<'_>,
    deadline: Instant,
) -> Result<TokenDto, VendorError> {
    let reply = transport.call(Call::new(&CREATE, deadline).json(token)?).await?;
    read(&CREATE, &reply)
}

/// Reads the status of the token `uid`.
pub(in crate::vendors::tchek) async fn status(
    transport: &Transport,
    uid: &str,
    deadline: Instant,
) -> Result<TokenDto, VendorError> {
    let call = Call::new(&STATUS, deadline).query("deviceId", format!("{uid}{DEVICE_SUFFIX}"));
    let reply = transport.call(call).await?;
    read(&STATUS, &reply)
}

/// Reads a token, wrapped or bare.
fn read(operation: &'static Operation, reply: &Reply) -> Result<TokenDto, VendorError> {
    let token = match decode::json::<EnvelopeDto>(operation, reply)?.token {
        Some(token) => token,
        None => decode::json(operation, reply)?,
    };
    if token.uid.is_none() {
        return Err(operation.error(VendorErrorKind::Protocol, "the answer holds no token").with_status(reply.status));
    }
    Ok(token)
}
