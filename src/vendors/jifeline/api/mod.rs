//! The vendor's REST operations, one file per resource, and what all of them share.

pub(super) mod cart;
pub(super) mod catalogue;
pub(super) mod channels;
pub(super) mod chats;
pub(super) mod connectors;
pub(super) mod customers;
pub(super) mod employees;
pub(super) mod messenger;
pub(super) mod ordering;
pub(super) mod passwords;
pub(super) mod prices;
pub(super) mod products;
pub(super) mod service_center;
pub(super) mod sessions;
pub(super) mod socket;
pub(super) mod system;
pub(super) mod tickets;
pub(super) mod users;
pub(super) mod vehicles;

use std::time::Duration;

use serde::Deserialize;
use tokio::time::Instant;

use crate::error::VendorError;
use crate::error::VendorErrorKind;
use crate::transport::Call;
use crate::transport::Idempotency;
use crate::transport::Method;
use crate::transport::Operation;
use crate::transport::Provenance;
use crate::transport::Reply;
use crate::transport::Transport;
use crate::transport::decode;
use crate::transport::decode::FromWire;
use crate::transport::decode::Listed;
use crate::transport::decode::soft;

/// The vendor's id.
pub const VENDOR: &str = "jifeline";

/// Every operation of this vendor that the gateway uses.
pub const OPERATIONS: &[&Operation] = &[
    &sessions::CREATE,
    &vehicles::FIND,
    &vehicles::LIST_SERVICED,
    &tickets::LIST_HISTORICAL,
    &tickets::GET_HISTORICAL,
    &tickets::GET_ACTIVE,
    &connectors::LIST,
    &connectors::GET,
    &connectors::GET_BY_UUID,
    &catalogue::LIST_MAKES,
    &catalogue::LIST_MODEL_GROUPS,
    &catalogue::GET_MODEL_GROUP,
    &catalogue::LIST_MODELS,
    &catalogue::GET_MODEL,
    &catalogue::LIST_VARIANTS,
    &catalogue::GET_VARIANT,
    &products::LIST_GROUPS,
    &products::LIST_BUNDLES,
    &products::LIST,
    &products::ADD_FAVORITE,
    &products::REMOVE_FAVORITE,
    &products::LIST_PREREQUISITES,
    &cart::CALCULATE_PRICES,
    &ordering::CREATE,
    &ordering::LIST_PREPARED,
    &ordering::LIST_NOTES,
    &ordering::RATE,
    &connectors::DISMISS_ATTENTION,
    &users::ME,
    &employees::LIST,
    &employees::CREATE,
    &employees::GET,
    &employees::UPDATE,
    &customers::GET,
    &customers::UPDATE,
    &customers::GET_BRANDING,
    &customers::GET_WALLET,
    &service_center::GET,
    &service_center::GET_STATUS,
    &messenger::TRANSLATE,
    &channels::GET,
    &channels::PING,
    &channels::CREATE_ATTACHMENT,
    &channels::GET_ATTACHMENT,
    &chats::GET,
    &system::LIST_COUNTRIES,
    &system::LIST_CURRENCIES,
    &sessions::CREATE_BY_CONNECTOR_ID,
    &sessions::CREATE_BY_OTP,
    &passwords::REQUEST_RESET,
    &socket::CONNECT,
    &socket::SUBSCRIBE_CONNECTOR,
    &socket::SUBSCRIBE_TICKET,
    &socket::SUBSCRIBE_CONNECTION,
    &socket::UNSUBSCRIBE_CONNECTOR,
    &socket::UNSUBSCRIBE_TICKET,
    &socket::UNSUBSCRIBE_CONNECTION,
];

/// How many items a page may have; the vendor's own maximum.
pub(super) const PAGE_SIZE: u64 = 200;
/// How many calls one customer may have under way. Inferred: the vendor publishes no limit.
pub(super) const PARALLEL: usize = 4;
/// How many pages a list may have before we take it for endless: a hundred thousand items.
const MAX_PAGES: usize = 500;

/// What most reads have in common.
const READ: Operation = Operation {
    name: "",
    vendor: VENDOR,
    method: Method::Get,
    path: "",
    idempotency: Idempotency::Safe,
    timeout: Duration::from_secs(10),
    success: &[200],
    asks: false,
    provenance: Provenance::Inferred,
};

/// One page of a list.
#[derive(Deserialize)]
#[serde(bound = "T: FromWire")]
pub(super) struct PageDto<T> {
    /// The items of this page.
    pub(super) result: Listed<T>,
    /// How many items the whole list has.
    #[serde(default, deserialize_with = "soft")]
    total: Option<i64>,
}

impl<T> PageDto<T> {
    /// Whether the answer itself says that there is more than this page.
    pub(super) fn announces_more(&self) -> bool {
        self.total.is_some()
    }

    /// Where the page behind this one starts, if there is one: after an empty page or the announced total there is none.
    pub(super) fn next(&self, offset: u64) -> Option<u64> {
        let received = self.result.received;
        let next = offset.saturating_add(received);
        let total = self.total.map_or(u64::MAX, |total| u64::try_from(total).unwrap_or(0));
        (received > 0 && next < total).then_some(next)
    }
}

/// Reads one page of `operation`.
pub(super) async fn page<T: FromWire>(
    transport: &Transport,
    operation: &'static Operation,
    offset: u64,
    deadline: Instant,
) -> Result<PageDto<T>, VendorError> {
    read_page(transport, at(Call::new(operation, deadline), offset)).await
}

/// Reads a whole list that documents paging; `call` makes the call of a page without its place.
async fn paged<T: FromWire>(transport: &Transport, call: impl Fn() -> Call) -> Result<Vec<T>, VendorError> {
    rest(call().operation(), 0, |offset| read_page(transport, at(call(), offset))).await
}

/// Reads a whole list that documents no paging, with `call`.
///
/// The first call asks for no page, and pages follow only if the answer announces more.
async fn unpaged<T: FromWire>(transport: &Transport, call: impl Fn() -> Call) -> Result<Vec<T>, VendorError> {
    let first: PageDto<T> = read_page(transport, call()).await?;
    let next = first.next(0).filter(|_| first.announces_more());
    let mut items = first.result.items;
    if let Some(offset) = next {
        items.extend(rest(call().operation(), offset, |offset| read_page(transport, at(call(), offset))).await?);
    }
    Ok(items)
}

fn at(call: Call, offset: u64) -> Call {
    call.query("offset", offset.to_string()).query("limit", PAGE_SIZE.to_string())
}

async fn read_page<T: FromWire>(transport: &Transport, call: Call) -> Result<PageDto<T>, VendorError> {
    let operation = call.operation();
    decode::json(operation, &send(transport, call).await?)
}

/// Reads one thing with `call`; none when the body is empty or null.
async fn one<T: for<'de> Deserialize<'de>>(transport: &Transport, call: Call) -> Result<Option<T>, VendorError> {
    let operation = call.operation();
    Ok(decode::json_or_none::<Option<T>>(operation, &send(transport, call).await?)?.flatten())
}

/// Follows a list from `offset` to its end with `read`, which reads the page at an offset.
pub(super) async fn rest<T, F: Future<Output = Result<PageDto<T>, VendorError>>>(
    operation: &'static Operation,
    offset: u64,
    read: impl Fn(u64) -> F,
) -> Result<Vec<T>, VendorError> {
    let mut items = Vec::new();
    let mut next = Some(offset);
    for _ in 0..MAX_PAGES {
        let Some(offset) = next else { return Ok(items) };
        let page = read(offset).await?;
        next = page.next(offset);
        items.extend(page.result.items);
    }
    match next {
        None => Ok(items),
        Some(_) => Err(operation.error(VendorErrorKind::Protocol, "the list does not end")),
    }
}

/// Reads an id as the number that the vendor wants in a body.
///
/// # Errors
/// `NotFound` when it is none: the vendor has no other ids at these places.
pub(super) fn number(operation: &'static Operation, id: &str) -> Result<i64, VendorError> {
    id.parse().map_err(|_| operation.error(VendorErrorKind::NotFound, "an id that is no number names nothing"))
}

/// Makes `call`.
async fn send(transport: &Transport, call: Call) -> Result<Reply, VendorError> {
    transport.call(call).await
}
