//! The fields of `Inspection`.

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;
use async_graphql::SimpleObject;
use url::Url;

use crate::auth::Scope;
use crate::domain::request::caller;
use crate::domain::rules::plate_key;
use crate::domain::source_of::Source;
use crate::domain::vehicle::model::Vehicle;
use crate::error::Code;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::PersonalData;
use crate::graphql::guard::PersonalDataLevel;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::node::NodeId;
use crate::graphql::scalars::DateTime;
use crate::graphql::scalars::Vin;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::loader::PlateOwnerLoader;
use super::loader::PresentReportLoader;
use super::loader::ReportLoader;
use super::loader::TokenStateLoader;
use super::model::Customer;
use super::model::DamageReview;
use super::model::Gender;
use super::model::Inspection;
use super::model::InspectionLocale;
use super::model::InspectionStatus;
use super::model::LinkDelivery;
use super::model::TokenState;
use super::model::VehicleIdentity;
use super::present_fields::PresentInspectionReport;
use super::report_fields::InspectionReport;
use super::token::InspectionToken;

/// The person who was asked to take the photos.
#[derive(SimpleObject)]
#[graphql(name = "InspectionCustomer")]
pub struct InspectionCustomer {
    /// Given name.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    pub first_name: Option<String>,
    /// Family name.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    pub last_name: Option<String>,
    /// E-mail address.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    pub email: Option<String>,
    /// Phone number with country code.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    pub phone: Option<String>,
    /// How the customer wishes to be addressed; null when not known.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    pub gender: Option<Gender>,
}

impl Inspection {
    async fn state(&self, ctx: &Context<'_>) -> Result<Arc<TokenState>> {
        let loader = DataLoader::<TokenStateLoader>::of(ctx)?;
        let state = loader.load_one((self.account.clone(), self.uid())).await?;
        state.ok_or_else(|| Error::new(Code::NotFound, "the inspection vendor no longer knows this inspection"))
    }

    /// The number of its status, and when that changed. A vendor need not know the token of a deleted inspection any
    /// more, and an increment that tells of the deletion is to be whole.
    async fn standing(&self, ctx: &Context<'_>) -> Result<(Option<i64>, Option<DateTime>)> {
        if self.row.deleted_at.is_some() {
            return Ok((Some(self.row.status_code), self.row.status_changed_at.map(DateTime)));
        }
        let state = self.state(ctx).await?;
        Ok((state.status_code, state.status_changed_at.map(DateTime)))
    }

    fn has_expired(&self, ctx: &Context<'_>) -> Result<bool> {
        let now = caller(ctx)?.services.clock.now();
        Ok(self.row.expired || self.row.expires_at.is_some_and(|at| at <= now))
    }
}

impl Inspection {
    /// The VIN of the inspected vehicle and how it is known.
    async fn owner(&self, ctx: &Context<'_>) -> Result<Option<(Vin, VehicleIdentity)>> {
        if let Some(vin) = self.row.vin.as_deref() {
            return Ok(Some((Vin::from_source(vin), VehicleIdentity::Vin)));
        }
        let Some(key) = self.row.license_plate.as_deref().and_then(plate_key) else { return Ok(None) };
        let owner = DataLoader::<PlateOwnerLoader>::of(ctx)?.load_one(key).await?;
        Ok(owner.map(|vin| (vin, VehicleIdentity::Plate)))
    }
}

/// An inspection: a customer opens a link, photographs the vehicle, and the damage is detected and reported.
///
/// The vendor lists no inspections by vehicle, so only those that have passed through the gateway are known.
#[Object]
impl Inspection {
    /// The inspection's global id.
    pub async fn id(&self) -> ID {
        NodeId::new("Inspection", self.row.id.to_string()).into()
    }

    /// The public id of the inspection's token; it stands in the customer's link.
    async fn token_uid(&self) -> &str {
        &self.row.token_uid
    }

    /// The vendor's id of the inspection; null before the first photo, as far as the gateway has heard.
    async fn vendor_inspection_id(&self) -> Option<&str> {
        self.row.vendor_inspection_id.as_deref()
    }

    /// The vendor's id of the vehicle; null as long as the vendor has not told it.
    async fn vendor_vehicle_id(&self) -> Option<&str> {
        self.row.vendor_vehicle_id.as_deref()
    }

    /// What the vendor says of its token now.
    async fn token(&self, ctx: &Context<'_>) -> Sourced<InspectionToken> {
        sourced(async { self.state(ctx).await.map(InspectionToken).map(Some) }).await
    }

    /// Where it stands, as the vendor says now; of a deleted one, where it stood as far as the gateway has heard.
    async fn status(&self, ctx: &Context<'_>) -> Sourced<InspectionStatus> {
        sourced(async { Ok(self.standing(ctx).await?.0.map(InspectionStatus::from_code)) }).await
    }

    /// The vendor's number of the status.
    async fn status_code(&self, ctx: &Context<'_>) -> Sourced<i32> {
        sourced(async { Ok(self.standing(ctx).await?.0.and_then(|code| i32::try_from(code).ok())) }).await
    }

    /// When the status changed last.
    async fn status_changed_at(&self, ctx: &Context<'_>) -> Sourced<DateTime> {
        sourced(async { Ok(self.standing(ctx).await?.1) }).await
    }

    /// The last status that was a step forward, as the ledger has seen it: being reminded (`CHASED_UP`) is none.
    async fn last_progress_status(&self) -> Option<InspectionStatus> {
        self.row.last_progress_status.map(InspectionStatus::from_code)
    }

    /// The customer's link to the inspection page. It works until `expiresAt`, whoever has it. Null when the account
    /// uses another environment of the vendor by now than the one that the inspection was created on.
    async fn link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Language of the page; the inspection's own when absent.")] locale: Option<InspectionLocale>,
    ) -> Sourced<Url> {
        sourced(async {
            let caller = caller(ctx)?;
            let own = self.row.locale.as_deref().and_then(InspectionLocale::from_code);
            let locale = locale.or(own).unwrap_or(InspectionLocale::En);
            let source = caller.services.sources.inspections.get(&caller.session.tenant, &self.account);
            // A token of one environment opens nothing on another, which the account may use by now.
            let source = source.filter(|source| source.environment() == self.row.environment);
            Ok(source.and_then(|source| source.link(&self.uid(), locale)))
        })
        .await
    }

    /// The language in which it was created; null when it was not created through the gateway.
    async fn locale(&self) -> Option<InspectionLocale> {
        self.row.locale.as_deref().and_then(InspectionLocale::from_code)
    }

    /// Who reviews the detected damage; null when it was not created through the gateway.
    async fn damage_review(&self) -> Option<DamageReview> {
        match self.row.damage_review.as_deref() {
            Some("CUSTOMER") => Some(DamageReview::Customer),
            Some("DEALER") => Some(DamageReview::Dealer),
            Some(_) | None => None,
        }
    }

    /// How the customer got the link; null when it was not created through the gateway.
    async fn delivery(&self) -> Option<LinkDelivery> {
        match self.row.delivery.as_deref() {
            Some("NONE") => Some(LinkDelivery::None),
            Some("EMAIL") => Some(LinkDelivery::Email),
            Some("SMS") => Some(LinkDelivery::Sms),
            Some("BOTH") => Some(LinkDelivery::Both),
            Some(_) | None => None,
        }
    }

    /// When it was created.
    async fn created_at(&self) -> DateTime {
        DateTime(self.row.created_at)
    }

    /// When the link ceases to work; null when the vendor did not say.
    async fn expires_at(&self) -> Option<DateTime> {
        self.row.expires_at.map(DateTime)
    }

    /// Whether the link has ceased to work.
    async fn expired(&self, ctx: &Context<'_>) -> Sourced<bool> {
        sourced(async { self.has_expired(ctx).map(Some) }).await
    }

    /// When the vendor told that it was deleted; null as long as it has not. Its row stays with the gateway.
    async fn deleted_at(&self) -> Option<DateTime> {
        self.row.deleted_at.map(DateTime)
    }

    /// The person who was asked to take the photos; null when the inspection was created without one.
    async fn customer(&self) -> Sourced<InspectionCustomer> {
        sourced(async {
            let Some(customer) = self.row.customer.clone() else { return Ok(None) };
            let customer: Customer = serde_json::from_value(customer).map_err(Error::internal)?;
            Ok(Some(InspectionCustomer {
                first_name: Some(customer.first_name),
                last_name: Some(customer.last_name),
                email: Some(customer.email),
                phone: Some(customer.phone),
                gender: customer.gender,
            }))
        })
        .await
    }

    /// The VIN that it was created with; null when it was created without one.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Identifier))]
    async fn vin(&self) -> Option<Vin> {
        self.row.vin.as_deref().map(Vin::from_source)
    }

    /// The licence plate that it was created with; null when it was created without one.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Identifier))]
    async fn license_plate(&self) -> Option<&str> {
        self.row.license_plate.as_deref()
    }

    /// The inspected vehicle, by the inspection's VIN, else by a plate that one known vehicle alone has; `identity` says
    /// which. Null when neither leads to one.
    #[graphql(directive = RequiresScopes::apply([Scope::VehiclesRead]))]
    async fn vehicle(&self, ctx: &Context<'_>) -> Sourced<Vehicle> {
        sourced(async { Ok(self.owner(ctx).await?.map(|(vin, _)| Vehicle { vin })) }).await
    }

    /// By what the vehicle is known. Null when the inspection has neither a VIN nor a plate that leads to one vehicle:
    /// several vehicles with its plate are never chosen from.
    #[graphql(directive = RequiresScopes::apply([Scope::VehiclesRead]))]
    async fn identity(&self, ctx: &Context<'_>) -> Sourced<VehicleIdentity> {
        sourced(async { Ok(self.owner(ctx).await?.map(|(_, identity)| identity)) }).await
    }

    /// The current report; null as long as none has arrived.
    async fn report(&self, ctx: &Context<'_>) -> Sourced<InspectionReport> {
        sourced(async {
            let row = DataLoader::<ReportLoader>::of(ctx)?.load_one(self.row.id).await?;
            row.map(|row| InspectionReport::read(&row)).transpose()
        })
        .await
    }

    /// The report as it stands at the vendor now, which holds less than `report` but also what was dismissed; null as
    /// long as there is none.
    async fn present_report(&self, ctx: &Context<'_>) -> Sourced<PresentInspectionReport> {
        sourced(async {
            let key = (self.account.clone(), self.uid());
            let report = DataLoader::<PresentReportLoader>::of(ctx)?.load_one(key).await?;
            Ok(report.map(PresentInspectionReport))
        })
        .await
    }

    /// The vendor's environment, such as `production`; a token of one does not work on another.
    async fn environment(&self) -> &str {
        &self.row.environment
    }

    /// Where the inspection comes from.
    async fn source(&self) -> Source {
        Source::from(&self.account)
    }
}
