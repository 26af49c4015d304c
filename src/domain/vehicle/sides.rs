//! What each side says of a vehicle, gathered to be compared.

use std::collections::HashSet;

use async_graphql::Context;
use futures_util::future::try_join4;

use crate::domain::inspection::loader::InspectionsOfVehicleLoader;
use crate::domain::inspection::loader::ReportLoader;
use crate::domain::inspection::loader::plate_on_photos;
use crate::domain::inspection::model::Inspection;
use crate::domain::listing::loader::ListingsOfVehicleLoader;
use crate::domain::listing::model::Listing;
use crate::domain::mileage::Mileage;
use crate::domain::request::caller;
use crate::domain::source_of::Source;
use crate::domain::ticket::model::DiagnosticTicket;
use crate::graphql::Result;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::scalars::DateTime;

use super::contradiction;
use super::discrepancy::Discrepancy;
use super::discrepancy::DiscrepancyField;
use super::discrepancy::DiscrepantValue;
use super::discrepancy::DiscrepantValueOrigin;
use super::model::Vehicle;

impl Vehicle {
    /// Compares all sides; fails when one of them cannot be read, since silence would claim that it agrees.
    pub(super) async fn contradictions(&self, ctx: &Context<'_>) -> Result<Vec<Discrepancy>> {
        let (tickets, listings, plates, catalogued) =
            try_join4(self.ticket_history(ctx), self.pushed(ctx), self.inspected_plates(ctx), self.catalogued(ctx))
                .await?;
        let readings = tickets.iter().filter_map(odometer).chain(listings.iter().filter_map(mileage)).collect();
        let newest = newest_of_accounts(&listings);
        let plates = plates.into_iter().chain(newest.iter().copied().filter_map(plate)).collect();
        let per_day = caller(ctx)?.services.kilometres_per_day;
        let mut found: Vec<Discrepancy> =
            [contradiction::of_mileages(readings, per_day), contradiction::of_plates(plates)]
                .into_iter()
                .flatten()
                .collect();
        let Some((account, spec)) = catalogued else { return Ok(found) };
        let source = Source::from(&account);
        let make = spec.make.as_ref().and_then(|make| make.name.as_deref());
        let group = spec.model_group.as_ref().and_then(|group| group.name.as_deref());
        let model = spec.model.as_ref().and_then(|model| model.name.as_deref());
        let models: Vec<&str> = group.into_iter().chain(model).collect();
        let named = |field, names: &[&str], name_of: fn(&Listing) -> &str| {
            let listed = newest.iter().map(|listing| name(listing, name_of(listing))).collect();
            let first = names.first().map(|name| DiscrepantValue {
                value: Some((*name).to_owned()),
                mileage: None,
                origin: DiscrepantValueOrigin::Catalogue,
                at: None,
                source: source.clone(),
            });
            contradiction::of_names(field, names, first, listed)
        };
        found.extend(named(DiscrepancyField::Make, make.as_slice(), |listing| &listing.car.make));
        found.extend(named(DiscrepancyField::Model, &models, |listing| &listing.car.model));
        Ok(found)
    }

    /// Its listings, newest first.
    pub(super) async fn pushed(&self, ctx: &Context<'_>) -> Result<Vec<Listing>> {
        let services = caller(ctx)?;
        let (tenant, accounts) = (&services.session.tenant, &services.session.accounts);
        services.services.sources.listings.required(tenant, accounts, "listings")?;
        let loaded = DataLoader::<ListingsOfVehicleLoader>::of(ctx)?.load_one(self.vin.clone()).await?;
        Ok(loaded.map(|all| all.to_vec()).unwrap_or_default())
    }

    /// Its inspections, newest first; one that only shares its plate proves nothing about it.
    pub(super) async fn inspected(&self, ctx: &Context<'_>) -> Result<Vec<Inspection>> {
        let services = caller(ctx)?;
        let (tenant, accounts) = (&services.session.tenant, &services.session.accounts);
        services.services.sources.inspections.required(tenant, accounts, "inspections")?;
        let loaded = DataLoader::<InspectionsOfVehicleLoader>::of(ctx)?.load_one(self.vin.clone()).await?;
        Ok(loaded.iter().flat_map(|all| all.iter()).filter(|one| one.row.vin.is_some()).cloned().collect())
    }

    /// The plates of its newest inspection that has one: as it was given, and as the photos show it.
    async fn inspected_plates(&self, ctx: &Context<'_>) -> Result<Vec<DiscrepantValue>> {
        let inspections = self.inspected(ctx).await?;
        let reports = DataLoader::<ReportLoader>::of(ctx)?.load_many(inspections.iter().map(|one| one.row.id)).await;
        for inspection in inspections {
            let value = |plate: String, at, origin| DiscrepantValue {
                value: Some(plate),
                mileage: None,
                origin,
                at: Some(DateTime(at)),
                source: Source::from(&inspection.account),
            };
            let given = inspection.row.license_plate.clone();
            let given = given.map(|plate| value(plate, inspection.row.created_at, DiscrepantValueOrigin::Inspection));
            let read = match reports.get(&inspection.row.id).cloned().transpose()? {
                Some(report) => plate_on_photos(&report)?
                    .map(|plate| value(plate, report.received_at, DiscrepantValueOrigin::InspectionPhotos)),
                None => None,
            };
            if given.is_some() || read.is_some() {
                return Ok(given.into_iter().chain(read).collect());
            }
        }
        Ok(Vec::new())
    }
}

/// The newest listing of each account; an older one may have been replaced.
fn newest_of_accounts(listings: &[Listing]) -> Vec<&Listing> {
    let mut met = HashSet::new();
    listings.iter().filter(|listing| met.insert(&listing.account)).collect()
}

fn odometer(ticket: &DiagnosticTicket) -> Option<DiscrepantValue> {
    Some(DiscrepantValue {
        value: None,
        mileage: Some(ticket.ticket.odometer?),
        origin: DiscrepantValueOrigin::Ticket,
        at: Some(DateTime(ticket.ticket.created_at?)),
        source: Source::from(&ticket.account),
    })
}

fn mileage(listing: &Listing) -> Option<DiscrepantValue> {
    let (value, unit) = listing.car.mileage?;
    Some(DiscrepantValue { mileage: Some(Mileage { value: Some(value), unit }), ..of_listing(listing) })
}

fn plate(listing: &Listing) -> Option<DiscrepantValue> {
    let plate = listing.car.license_plate.clone()?;
    Some(DiscrepantValue { value: Some(plate), ..of_listing(listing) })
}

fn name(listing: &Listing, name: &str) -> DiscrepantValue {
    DiscrepantValue { value: Some(name.to_owned()), ..of_listing(listing) }
}

fn of_listing(listing: &Listing) -> DiscrepantValue {
    DiscrepantValue {
        value: None,
        mileage: None,
        origin: DiscrepantValueOrigin::Listing,
        at: Some(DateTime(listing.row.pushed_at)),
        source: Source::from(&listing.account),
    }
}
