//! The fields of `Viewer`, `ServiceProvider` and `ServiceCenter`.

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::Object;

use crate::domain::money::Money;
use crate::domain::source_of::Source;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::PersonalData;
use crate::graphql::guard::PersonalDataLevel;
use crate::graphql::scalars::CurrencyCode;
use crate::graphql::scalars::DateTime;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::employee::GarageEmployee;
use super::facts::OwnEmployee;
use super::loader::FactLoader;
use super::service_center::GarageServiceCenter;
use super::service_center::ServiceCenter;
use super::service_center::ServiceCenterState;
use super::service_center::ServiceCenterStatus;
use super::user::Appearance;
use super::user::GarageClient;
use super::user::GarageServiceProvider;
use super::user::ServiceSchedule;
use super::user::Viewer;

/// The user in whose name the gateway works at the vendor.
#[Object]
impl Viewer {
    /// The vendor's id of the user.
    async fn user_id(&self) -> Option<&str> {
        self.user.id.as_deref()
    }

    /// First name.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    async fn first_name(&self) -> Option<&str> {
        self.user.first_name.as_deref()
    }

    /// Middle name or name prefix.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    async fn middle_name(&self) -> Option<&str> {
        self.user.middle_name.as_deref()
    }

    /// Last name.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    async fn last_name(&self) -> Option<&str> {
        self.user.last_name.as_deref()
    }

    /// The garage that the user belongs to.
    async fn garage(&self) -> Option<&GarageClient> {
        self.user.client.as_ref()
    }

    /// The company that serves the garage.
    async fn service_provider(&self) -> Option<GarageServiceProvider> {
        let provider = self.user.service_provider.clone()?;
        Some(GarageServiceProvider { account: self.account.clone(), provider })
    }

    /// The user as an employee; null when a connector is logged in instead of a person.
    async fn employee(&self, ctx: &Context<'_>) -> Sourced<GarageEmployee> {
        sourced(async {
            let own = DataLoader::<FactLoader<OwnEmployee>>::of(ctx)?.load_one(self.account.clone()).await?;
            let of_account = |own: Arc<OwnEmployee>| GarageEmployee {
                account: self.account.clone(),
                record: Arc::new(own.0.clone()),
            };
            Ok(own.map(of_account))
        })
        .await
    }

    /// Where the user comes from.
    async fn source(&self) -> Source {
        Source::from(&self.account)
    }
}

/// The company that serves a garage.
#[Object(name = "ServiceProvider")]
impl GarageServiceProvider {
    /// The vendor's number of it.
    async fn number(&self) -> Option<&str> {
        self.provider.id.as_deref()
    }

    /// Its name.
    async fn name(&self) -> Option<&str> {
        self.provider.name.as_deref()
    }

    /// Whether the garage has a prepaid wallet with it.
    async fn has_prepaid_wallet(&self) -> Option<bool> {
        self.provider.has_prepaid_wallet
    }

    /// What is in the wallet; null when the currency is not known. It may be minutes old: `wallet` is newer.
    async fn prepaid_balance(&self) -> Option<Money> {
        let currency = self.provider.currency?;
        self.provider.prepaid_balance.map(|balance| Money::new(balance, currency))
    }

    /// Whether tickets are paid from the wallet.
    async fn pays_by_prepaid_balance(&self) -> Option<bool> {
        self.provider.payment_by_prepaid_balance
    }

    /// The currency that it charges in; null when the vendor names none that is known.
    async fn currency(&self) -> Option<&CurrencyCode> {
        self.provider.currency.as_ref()
    }

    /// Whether its service centre takes all tickets now.
    ///
    /// The centre's own state decides; what is told with the user counts only when the centre gives no state that is
    /// known.
    async fn is_open(&self, ctx: &Context<'_>) -> Sourced<bool> {
        sourced(async {
            let status = status(ctx, &self.center()).await?;
            let told = self.provider.schedule.as_ref().and_then(|schedule| schedule.is_open);
            Ok(match status.and_then(|status| status.state) {
                Some(ServiceCenterState::Opened) => Some(true),
                Some(ServiceCenterState::Closed | ServiceCenterState::Scheduled) => Some(false),
                Some(ServiceCenterState::Unknown) | None => told,
            })
        })
        .await
    }

    /// How it holds tickets back; null when the vendor does not say.
    async fn schedule(&self) -> Option<&ServiceSchedule> {
        self.provider.schedule.as_ref()
    }

    /// How it presents itself; null when the vendor does not say.
    async fn appearance(&self) -> Option<&Appearance> {
        self.provider.appearance.as_ref()
    }

    /// Its service centre.
    async fn service_center(&self) -> Option<GarageServiceCenter> {
        Some(self.center())
    }
}

impl GarageServiceProvider {
    fn center(&self) -> GarageServiceCenter {
        GarageServiceCenter { account: self.account.clone() }
    }
}

/// How a service provider holds tickets back, as told with the user. It may be minutes old: the state of the service
/// centre is newer.
#[Object]
impl ServiceSchedule {
    /// Until when tickets are held back; null when none are.
    async fn tickets_held_until(&self) -> Option<DateTime> {
        self.tickets_held_until.map(DateTime)
    }

    /// Whether tickets can be held back.
    async fn tickets_scheduler_enabled(&self) -> Option<bool> {
        self.tickets_scheduler_enabled
    }

    /// What is said about tickets that are held back.
    async fn tickets_scheduler_message(&self) -> Option<&str> {
        self.tickets_scheduler_message.as_deref()
    }

    /// A message to the garages.
    async fn service_message(&self) -> Option<&str> {
        self.service_message.as_deref()
    }

    /// Whether that message is to be shown.
    async fn service_message_active(&self) -> Option<bool> {
        self.service_message_active
    }
}

async fn information(ctx: &Context<'_>, center: &GarageServiceCenter) -> Result<Option<Arc<ServiceCenter>>> {
    DataLoader::<FactLoader<ServiceCenter>>::of(ctx)?.load_one(center.account.clone()).await
}

async fn status(ctx: &Context<'_>, center: &GarageServiceCenter) -> Result<Option<Arc<ServiceCenterStatus>>> {
    DataLoader::<FactLoader<ServiceCenterStatus>>::of(ctx)?.load_one(center.account.clone()).await
}

/// The service centre: the people and scripts that work on the garage's tickets.
#[Object(name = "ServiceCenter")]
impl GarageServiceCenter {
    /// Its name.
    async fn name(&self, ctx: &Context<'_>) -> Sourced<String> {
        sourced(async { Ok(information(ctx, self).await?.and_then(|center| center.name.clone())) }).await
    }

    /// Which tickets it takes now; null when the vendor does not say.
    async fn state(&self, ctx: &Context<'_>) -> Sourced<ServiceCenterState> {
        sourced(async { Ok(status(ctx, self).await?.and_then(|status| status.state)) }).await
    }

    /// The state as the vendor spells it.
    async fn state_raw(&self, ctx: &Context<'_>) -> Sourced<String> {
        sourced(async { Ok(status(ctx, self).await?.and_then(|status| status.state_raw.clone())) }).await
    }

    /// When a scheduled state ends; null for any other state.
    async fn state_ends_at(&self, ctx: &Context<'_>) -> Sourced<DateTime> {
        sourced(async { Ok(status(ctx, self).await?.and_then(|status| status.ends_at).map(DateTime)) }).await
    }

    /// A message about the state; null when there is none.
    async fn state_message(&self, ctx: &Context<'_>) -> Sourced<String> {
        sourced(async { Ok(status(ctx, self).await?.and_then(|status| status.message.clone())) }).await
    }

    /// Whether tickets are paid from a prepaid wallet.
    async fn pays_by_prepaid_wallet(&self, ctx: &Context<'_>) -> Sourced<bool> {
        sourced(async { Ok(information(ctx, self).await?.and_then(|center| center.payment_by_prepaid_wallet)) }).await
    }

    /// The version of its price list.
    async fn pricing_version(&self, ctx: &Context<'_>) -> Sourced<i32> {
        sourced(async {
            let version = information(ctx, self).await?.and_then(|center| center.pricing_version);
            Ok(version.and_then(|version| i32::try_from(version).ok()))
        })
        .await
    }

    /// The colour of its background, in the notation of CSS.
    async fn primary_background_color(&self, ctx: &Context<'_>) -> Sourced<String> {
        sourced(async { Ok(information(ctx, self).await?.and_then(|center| center.primary_background_color.clone())) })
            .await
    }

    /// Its main colour, in the notation of CSS.
    async fn primary_color(&self, ctx: &Context<'_>) -> Sourced<String> {
        sourced(async { Ok(information(ctx, self).await?.and_then(|center| center.primary_color.clone())) }).await
    }

    /// Path of its logo at the vendor.
    async fn logo(&self, ctx: &Context<'_>) -> Sourced<String> {
        sourced(async { Ok(information(ctx, self).await?.and_then(|center| center.logo.clone())) }).await
    }

    /// A message to the garages; null when there is none.
    async fn service_message(&self, ctx: &Context<'_>) -> Sourced<String> {
        sourced(async { Ok(information(ctx, self).await?.and_then(|center| center.service_message.clone())) }).await
    }

    /// Whether closed tickets may be rated.
    async fn rating_enabled(&self, ctx: &Context<'_>) -> Sourced<bool> {
        sourced(async { Ok(information(ctx, self).await?.and_then(|center| center.rating_enabled)) }).await
    }

    /// Where the service centre comes from.
    async fn source(&self) -> Source {
        Source::from(&self.account)
    }
}
