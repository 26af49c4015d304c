//! How watched things stand, as the graph shows it.

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::Object;
use chrono::Utc;

use crate::auth::AccountId;
use crate::auth::Scope;
use crate::domain::connector::loader::ConnectorLoader;
use crate::domain::connector::model::Connector;
use crate::domain::connector::model::ConnectorId;
use crate::domain::messenger::loader::ChannelLoader;
use crate::domain::messenger::model::ChannelId;
use crate::domain::messenger::model::GarageChannel;
use crate::domain::ticket::loader::Named;
use crate::domain::ticket::loader::find;
use crate::domain::ticket::model::DiagnosticTicket;
use crate::domain::ticket::model::Ticket;
use crate::domain::ticket::model::TicketState;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::PersonalData;
use crate::graphql::guard::PersonalDataLevel;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::scalars::DateTime;
use crate::graphql::scalars::Decimal;
use crate::graphql::scalars::Vin;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::model::ConnectionStatus;
use super::model::ConnectorStatus;
use super::model::TicketStatus;

/// A connector's status at an account.
pub struct LiveConnector {
    pub(super) account: AccountId,
    pub(super) status: ConnectorStatus,
    pub(super) live: bool,
}

/// How a connector stands.
#[Object(name = "ConnectorStatus")]
impl LiveConnector {
    /// Whether the vendor tells of changes by itself at present; while it does not, the gateway asks now and then.
    async fn live(&self) -> bool {
        self.live
    }

    /// The voltage that it measures in the vehicle, in volts; only the vendor's live line tells it.
    async fn voltage(&self) -> Option<Decimal> {
        self.status.voltage.map(Decimal)
    }

    /// The VIN that it reads, in the form in which the vendor has it; null without a vehicle.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Identifier))]
    async fn vin(&self) -> Option<&Vin> {
        self.status.vin.as_ref()
    }

    /// How long a message takes to it and back, in milliseconds; only the vendor's live line tells it.
    async fn round_trip_time(&self) -> Option<i32> {
        self.status.round_trip_time.and_then(|time| i32::try_from(time).ok())
    }

    /// The connector.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn connector(&self, ctx: &Context<'_>) -> Sourced<Connector> {
        sourced(async {
            let key = (self.account.clone(), self.status.connector.clone());
            let report = DataLoader::<ConnectorLoader>::of(ctx)?.load_one(key).await?;
            Ok(report.map(|report| Connector { account: self.account.clone(), report }))
        })
        .await
    }
}

/// A ticket's status at an account.
pub struct LiveTicket {
    pub(super) account: AccountId,
    pub(super) status: TicketStatus,
    /// The connector that it was open on.
    pub(super) connector: Option<ConnectorId>,
    pub(super) live: bool,
}

/// How a diagnostic ticket stands.
#[Object(name = "TicketStatus")]
impl LiveTicket {
    /// Whether the vendor tells of changes by itself at present; while it does not, the gateway asks now and then.
    async fn live(&self) -> bool {
        self.live
    }

    /// Where it stands; null when its number has no configured meaning.
    async fn state(&self) -> Option<TicketState> {
        self.status.state
    }

    /// The vendor's number of the state.
    async fn state_code(&self) -> Option<i32> {
        self.status.state_code
    }

    /// The UUID of the connection through which the vehicle is worked on, for `connectionStatus`; null before there is
    /// one.
    async fn connection_uuid(&self) -> Option<&str> {
        self.status.connection.as_ref().map(|connection| connection.0.as_str())
    }

    /// The vendor's number of that connection, which has more digits than an `Int`.
    async fn connection_number(&self) -> Option<String> {
        self.status.connection_number.map(|number| number.to_string())
    }

    /// The vendor's number of the reason why it was cancelled; 0 is none.
    async fn cancelled_reason_code(&self) -> Option<i32> {
        self.status.cancelled_reason_code.and_then(|code| i32::try_from(code).ok())
    }

    /// The vendor's number of the state of its chat.
    async fn chat_state_code(&self) -> Option<i32> {
        self.status.chat_state_code.and_then(|code| i32::try_from(code).ok())
    }

    /// Whether a script is being put together.
    async fn script_composition_running(&self) -> Option<bool> {
        self.status.script_composition_running
    }

    /// What is said of its being held back; null when it is not.
    async fn held_message(&self) -> Option<&str> {
        self.status.held_message.as_deref()
    }

    /// Until when it is held back; null when it is not.
    async fn held_until(&self) -> Option<DateTime> {
        self.status.held_until.map(DateTime)
    }

    /// The ticket, in the state told here; what only the vendor's answers have is as fresh as in `ticket`.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn ticket(&self, ctx: &Context<'_>) -> Sourced<DiagnosticTicket> {
        sourced(async {
            let (account, number) = (self.account.clone(), self.status.ticket.clone());
            let named = Named { account, number, connector: self.connector.clone() };
            let found = find(ctx, named).await?;
            Ok(found.map(|found| DiagnosticTicket { ticket: Arc::new(self.over(&found.ticket)), ..found }))
        })
        .await
    }
}

impl LiveTicket {
    /// `ticket` with what the line says of it, which is newer.
    fn over(&self, ticket: &Ticket) -> Ticket {
        let status = &self.status;
        let has_state = status.state_code.is_some();
        Ticket {
            state: if has_state { status.state } else { ticket.state },
            state_code: status.state_code.or(ticket.state_code),
            uuid: status.uuid.clone().or_else(|| ticket.uuid.clone()),
            model_id: status.model_id.clone().or_else(|| ticket.model_id.clone()),
            variant_id: status.variant_id.clone().or_else(|| ticket.variant_id.clone()),
            vin: status.vin.clone().or_else(|| ticket.vin.clone()),
            ..ticket.clone()
        }
    }
}

/// A connection's status.
pub struct LiveConnection {
    pub(super) status: ConnectionStatus,
    pub(super) live: bool,
}

/// How the connection between a vehicle and whoever works on it stands.
#[Object(name = "ConnectionStatus")]
impl LiveConnection {
    /// Whether the vendor tells of changes by itself at present; while it does not, this is what was known last.
    async fn live(&self) -> bool {
        self.live
    }

    /// The connection's UUID.
    async fn uuid(&self) -> &str {
        &self.status.connection.0
    }

    /// Where the script's user interface can be reached, as a WebSocket; null when there is none.
    async fn script_ui_url(&self) -> Option<&str> {
        self.status.script_ui_url.as_deref()
    }

    /// Whether that user interface is available; true for any number but 0, of which the vendor does not tell the meaning.
    async fn script_ui_available(&self) -> Option<bool> {
        self.status.script_ui_available
    }

    /// What the vendor says of its being available, such as `1300`.
    async fn script_ui_available_raw(&self) -> Option<&str> {
        self.status.script_ui_available_raw.as_deref()
    }

    /// Whether a script works on the vehicle, and no operator.
    async fn autonomous(&self) -> Option<bool> {
        self.status.autonomous
    }
}

/// A ping through a channel.
pub struct ChannelPing {
    pub(super) account: AccountId,
    pub(super) channel: ChannelId,
    pub(super) count: u64,
    pub(super) at: Option<chrono::DateTime<Utc>>,
    pub(super) live: bool,
}

/// A ping through a channel, or whether pings can be heard.
#[Object]
impl ChannelPing {
    /// Whether pings can be heard at present; one that comes while this is false is lost.
    async fn live(&self) -> bool {
        self.live
    }

    /// When the latest ping was heard; null as long as none was.
    async fn at(&self) -> Option<DateTime> {
        self.at.map(DateTime)
    }

    /// How many pings were heard since somebody began to watch.
    async fn count(&self) -> i32 {
        i32::try_from(self.count).unwrap_or(i32::MAX)
    }

    /// The channel.
    #[graphql(directive = RequiresScopes::apply([Scope::TicketsRead]))]
    async fn channel(&self, ctx: &Context<'_>) -> Sourced<GarageChannel> {
        sourced(async {
            let key = (self.account.clone(), self.channel.clone());
            let channel = DataLoader::<ChannelLoader>::of(ctx)?.load_one(key).await?;
            Ok(channel.map(|channel| GarageChannel { account: self.account.clone(), channel }))
        })
        .await
    }
}
