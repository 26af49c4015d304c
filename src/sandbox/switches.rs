//! Switches: one for each point that the vendors' documents leave open or contradict themselves on.

use serde::Deserialize;
use serde::Serialize;

/// What Jifeline answers when a connector has no active ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum AbsentTicket {
    /// 404 with a problem object.
    NotFound,
    /// 200 with the JSON value `null`.
    Null,
    /// 200 with no body at all.
    Empty,
}

/// How the vendors behave where their documents leave room.
///
/// Set with `PUT /__sandbox/switches`, which changes the named switches only and refuses unknown names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each switch is independent of the others")]
pub(crate) struct Switches {
    /// Life of a Jifeline token in seconds.
    pub(crate) jifeline_token_seconds: i64,
    /// `product_ids` of a ticket as a flat list; off: one level too deep, as the vendor's samples show it.
    pub(crate) jifeline_flat_product_ids: bool,
    /// Status for an unknown id: 404, 403 or 400.
    pub(crate) jifeline_unknown_id_status: u16,
    /// Refusals for want of a token in the form of the gateway in front, `{"message": …}`; off: a problem object.
    pub(crate) jifeline_gateway_messages: bool,
    /// Accept the `id_token` and refuse the `access_token`; off: the reverse.
    pub(crate) jifeline_id_token_only: bool,
    /// An unknown VIN gives 200 with all members null; off: 404.
    pub(crate) jifeline_unknown_vin_nulls: bool,
    /// What a connector without an active ticket gives.
    pub(crate) jifeline_absent_ticket: AbsentTicket,
    /// Status for a call that breaks a rule: 400 or 422.
    pub(crate) jifeline_invalid_status: u16,
    /// Status for a call that does not fit what is there, such as an order on an occupied connector: 409 or 400.
    pub(crate) jifeline_conflict_status: u16,
    /// Status for an order that the prepaid wallet cannot pay: 402 or 400.
    pub(crate) jifeline_unpaid_status: u16,
    /// A scheduled service centre takes orders and holds them until it opens; off: it refuses them.
    pub(crate) jifeline_scheduled_accepts: bool,
    /// How long an order without an operator runs, in milliseconds.
    pub(crate) jifeline_unattended_ms: u64,
    /// A file in a channel comes with the address of its content; off: without, as in the vendor's sample.
    pub(crate) jifeline_attachment_urls: bool,
    /// Time between two updates of one subscription to a socket, in milliseconds.
    pub(crate) jifeline_socket_period_ms: u64,
    /// Time without a frame after which a socket is closed, in milliseconds.
    pub(crate) jifeline_socket_idle_ms: u64,
    /// Time after which a socket is closed whatever happens on it, in milliseconds; it counts for new sockets.
    pub(crate) jifeline_socket_life_ms: u64,
    /// Status for a socket whose token does not count: 401 or 403.
    pub(crate) jifeline_socket_refusal_status: u16,
    /// Life of an `AutoChat` token in seconds.
    pub(crate) autochat_token_seconds: i64,
    /// Leave `expires_in` out of the token answer, as the vendor's sample does.
    pub(crate) autochat_omit_expires_in: bool,
    /// Status of a refusal that names single fields: 422 or 400.
    pub(crate) autochat_violation_status: u16,
    /// How often one token may be used within a minute before 429; 0 for as often as wanted.
    pub(crate) autochat_calls_per_minute: u32,
    /// Lists stand under `hydra:member`; off: they are bare.
    pub(crate) autochat_hydra_lists: bool,
    /// A used `internalId` replaces the car; off: 409.
    pub(crate) autochat_upsert: bool,
    /// How many tokens one client gets within an hour before 429.
    pub(crate) autochat_token_requests_per_hour: u32,
    /// Tokens end after thirty days whatever `validity` says.
    pub(crate) tchek_thirty_day_expiry: bool,
    /// The token object stands alone; off: wrapped as `{"token": …, "webApiVersion": …}`.
    pub(crate) tchek_bare_token: bool,
    /// `options` of a token is a string that holds JSON; off: an object.
    pub(crate) tchek_options_as_string: bool,
    /// Time between the last photo and the end of the detection, in milliseconds.
    pub(crate) tchek_detection_delay_ms: u64,
    /// How many times each webhook delivery is repeated after its success.
    pub(crate) tchek_duplicate_deliveries: u32,
    /// A report that is loaded stands under `data`; off: at the top.
    pub(crate) tchek_wrapped_report: bool,
    /// Status of a created token: 200 or 201.
    pub(crate) tchek_create_status: u16,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            jifeline_token_seconds: 3_600,
            jifeline_flat_product_ids: false,
            jifeline_unknown_id_status: 404,
            jifeline_gateway_messages: false,
            jifeline_id_token_only: false,
            jifeline_unknown_vin_nulls: false,
            jifeline_absent_ticket: AbsentTicket::NotFound,
            jifeline_invalid_status: 400,
            jifeline_conflict_status: 409,
            jifeline_unpaid_status: 402,
            jifeline_scheduled_accepts: false,
            jifeline_unattended_ms: 10_000,
            jifeline_attachment_urls: false,
            jifeline_socket_period_ms: 5_000,
            jifeline_socket_idle_ms: 600_000,
            jifeline_socket_life_ms: 7_200_000,
            jifeline_socket_refusal_status: 401,
            autochat_token_seconds: 86_400,
            autochat_omit_expires_in: true,
            autochat_violation_status: 422,
            autochat_calls_per_minute: 0,
            autochat_hydra_lists: false,
            autochat_upsert: false,
            autochat_token_requests_per_hour: 100,
            tchek_thirty_day_expiry: false,
            tchek_bare_token: false,
            tchek_options_as_string: false,
            tchek_detection_delay_ms: 0,
            tchek_duplicate_deliveries: 0,
            tchek_wrapped_report: false,
            tchek_create_status: 200,
        }
    }
}
