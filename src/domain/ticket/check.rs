//! The rules of an order that only the vendor's present data can judge.

use crate::domain::cart::model::PriceQuote;
use crate::domain::cart::model::QuoteRequest;
use crate::domain::catalogue::model::CatalogueId;
use crate::domain::catalogue::model::Fitment;
use crate::domain::catalogue::model::Model;
use crate::domain::connector::model::ConnectorId;
use crate::domain::connector::model::ConnectorReport;
use crate::domain::desk::TicketDesk;
use crate::domain::product::model::Prerequisite;
use crate::domain::product::model::PrerequisiteQuery;
use crate::domain::refusal::DIAGNOSTICS;
use crate::domain::rules::Faults;
use crate::domain::vehicle::model::VehicleSpec;
use crate::error::Error;
use crate::error::VendorError;
use crate::graphql::user_error::UserError;
use crate::graphql::user_error::UserErrorCode;

use super::input::TicketOrder;
use super::model::NewTicket;
use super::model::Ticket;
use super::model::TicketState;

/// Why nothing was sent.
#[derive(Debug)]
pub enum Refusal {
    /// The caller can mend it.
    Faults(Vec<UserError>),
    /// A question that had to be asked first failed.
    Failed(Error),
}

/// Judges an order on what the vendor says now, and completes it.
///
/// # Errors
/// All faults together; a failed question matters only when no fault was found without its answer.
pub async fn judge(desk: &TicketDesk, order: &TicketOrder, connector: &ConnectorId) -> Result<NewTicket, Refusal> {
    let mut judge = Judge::default();
    let is_build_known = order.model_id.is_some() && order.variant_id.is_some();
    let (report, active, spec, may_order_nothing) = tokio::join!(
        desk.connector(connector),
        desk.active(connector),
        async { if is_build_known { Ok(None) } else { desk.spec(&order.vin).await } },
        async { if order.products().is_empty() { desk.may_order_nothing().await } else { Ok(None) } },
    );
    let report = judge.heard(report).and_then(|report| judge.connector(report));
    judge.heard(active).into_iter().flatten().for_each(|ticket| judge.open_ticket(&ticket));
    judge.heard(may_order_nothing).into_iter().flatten().for_each(|allowed| judge.no_products(allowed));
    let fitment = judge.heard(spec).and_then(|spec| judge.fitment(order, spec.as_ref()));
    if let Some(fitment) = &fitment {
        judge.build(desk, order, fitment, report.as_ref()).await;
    }
    let vin_read_from_vehicle = report.is_some_and(|report| report.vin.as_ref() == Some(&order.vin));
    let ticket = fitment.map(|fitment| NewTicket {
        vin: order.vin.clone(),
        fitment,
        connector_id: connector.clone(),
        product_ids: order.products(),
        prerequisites: order.answers(),
        voucher: order.voucher.clone(),
        prepared_ticket_id: order.prepared_ticket_id.clone(),
        reference: order.reference.clone(),
        unattended_service_confirmed: order.unattended_service_confirmed,
        locale: order.locale.clone(),
        vin_read_from_vehicle,
    });
    judge.verdict(ticket)
}

#[derive(Default)]
struct Judge {
    faults: Faults,
    failed: Option<VendorError>,
}

impl Judge {
    /// An answer; a failed question is kept for the verdict.
    fn heard<T>(&mut self, answer: Result<T, VendorError>) -> Option<T> {
        match answer {
            Ok(answer) => Some(answer),
            Err(error) => {
                self.failed.get_or_insert(error);
                None
            }
        }
    }

    fn verdict(self, ticket: Option<NewTicket>) -> Result<NewTicket, Refusal> {
        match (self.failed, self.faults.is_empty()) {
            (Some(error), true) => Err(Refusal::Failed(error.into())),
            _ => self.faults.none_or(ticket).map_err(Refusal::Faults),
        }
    }

    fn connector(&mut self, report: Option<ConnectorReport>) -> Option<ConnectorReport> {
        if report.is_none() {
            let message = "the account has no such connector: `connectors` lists them";
            self.faults.add(UserErrorCode::UnknownConnector, &["connectorId"], message);
        }
        report
    }

    fn open_ticket(&mut self, ticket: &Ticket) {
        if ticket.state.and_then(TicketState::is_open) != Some(false) {
            pending(&mut self.faults);
        }
    }

    fn no_products(&mut self, allowed: bool) {
        if !allowed {
            let message = "the garage may not order a ticket without products: name at least one";
            self.faults.add(UserErrorCode::Required, &["productIds"], message);
        }
    }

    /// The build of vehicle, from the order and else from the catalogue's entry of the VIN.
    fn fitment(&mut self, order: &TicketOrder, spec: Option<&VehicleSpec>) -> Option<Fitment> {
        let known = spec.and_then(|spec| spec.model.as_ref()?.catalogue_id.clone());
        let model_id = order.model_id.clone().or_else(|| known.clone());
        // The variant of the catalogue's entry belongs to that entry's model only.
        let same_model = model_id == known;
        let variant = spec.filter(|_| same_model).and_then(|spec| spec.variant.as_ref()?.catalogue_id.clone());
        let variant_id = order.variant_id.clone().or(variant);
        for (field, id) in [("modelId", &model_id), ("variantId", &variant_id)] {
            if id.is_none() {
                let message = format!("the catalogue does not tell it for this VIN: give `{field}`");
                self.faults.add(UserErrorCode::Required, &[field], message);
            }
        }
        let (model_id, variant_id) = model_id.zip(variant_id)?;
        Some(Fitment { model_id: CatalogueId(model_id), variant_id: CatalogueId(variant_id) })
    }

    /// What depends on the build of vehicle.
    async fn build(
        &mut self,
        desk: &TicketDesk,
        order: &TicketOrder,
        fitment: &Fitment,
        connector: Option<&ConnectorReport>,
    ) {
        let speaks_no_doip = connector.is_some_and(|connector| connector.doip == Some(false));
        let products = order.products();
        let needs_quote = !products.is_empty() && !order.unattended_service_confirmed;
        let query = PrerequisiteQuery { fitment: fitment.clone(), products: products.clone() };
        let cart = QuoteRequest {
            fitment: fitment.clone(),
            vin: Some(order.vin.clone()),
            product_ids: products,
            voucher: order.voucher.clone(),
            prepared_ticket_id: order.prepared_ticket_id.clone(),
        };
        let (model, prerequisites, quote) = tokio::join!(
            async { if speaks_no_doip { desk.model(&fitment.model_id).await } else { Ok(None) } },
            desk.prerequisites(&query),
            async { if needs_quote { desk.quote(&cart).await.map(Some) } else { Ok(None) } },
        );
        self.heard(model).into_iter().flatten().for_each(|model| self.doip(&model));
        self.heard(prerequisites).into_iter().for_each(|asked| self.prerequisites(order, asked.as_deref()));
        match quote {
            Ok(quote) => quote.into_iter().for_each(|quote| self.unattended(&quote)),
            Err(error) => self.refused(error),
        }
    }

    fn doip(&mut self, model: &Model) {
        if model.build.requires_doip == Some(true) {
            let message = "the vehicle can only be diagnosed over DoIP: use a connector that speaks it";
            self.faults.add(UserErrorCode::DoipMismatch, &["connectorId"], message);
        }
    }

    fn prerequisites(&mut self, order: &TicketOrder, asked: Option<&[Prerequisite]>) {
        let Some(asked) = asked else {
            let message = "the vendor does not know all of these products for this model and variant";
            return self.faults.add(UserErrorCode::InvalidValue, &["productIds"], message);
        };
        let answers = order.answers();
        for needed in asked.iter().filter(|prerequisite| prerequisite.required == Some(true)) {
            if !answers.iter().any(|answer| answer.prerequisite_id == needed.id) {
                let question = needed.question.as_deref().or(needed.name.as_deref()).unwrap_or_default();
                let message = format!("the prerequisite `{}` needs an answer: {question}", needed.id.0);
                self.faults.add(UserErrorCode::UnansweredPrerequisite, &["prerequisites"], message);
            }
        }
    }

    fn unattended(&mut self, quote: &PriceQuote) {
        if quote.needs_confirmation_for_unattended_service == Some(true) {
            let message = "scripts would work on the vehicle without an operator: agree to it with `true`";
            self.faults.add(UserErrorCode::UnconfirmedUnattendedService, &["unattendedServiceConfirmed"], message);
        }
    }

    /// A quote that the vendor refuses tells what is wrong with the order.
    fn refused(&mut self, error: VendorError) {
        match DIAGNOSTICS.refusal(&error) {
            Some(faults) => self.faults.extend(faults),
            None => {
                self.failed.get_or_insert(error);
            }
        }
    }
}

/// Notes that the connector has an open ticket.
pub fn pending(faults: &mut Faults) {
    let message = "a ticket is open on the connector: wait until it is closed or cancelled, or use another connector";
    faults.add(UserErrorCode::PendingTicket, &["connectorId"], message);
}
