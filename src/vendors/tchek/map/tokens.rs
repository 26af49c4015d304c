//! Tokens.

use crate::domain::inspection::model::Customer;
use crate::domain::inspection::model::DamageReview;
use crate::domain::inspection::model::Gender;
use crate::domain::inspection::model::InspectionLocale;
use crate::domain::inspection::model::LinkDelivery;
use crate::domain::inspection::model::NewInspection;
use crate::domain::inspection::model::TokenState;
use crate::domain::inspection::model::TokenUid;
use crate::domain::inspection::token::TokenDetail;
use crate::domain::inspection::token::TokenOptions;
use crate::graphql::scalars::Vin;

use super::super::api::PLACEHOLDER_EMAIL;
use super::super::api::PLACEHOLDER_NAME;
use super::super::api::PLACEHOLDER_PHONE;
use super::super::api::tokens::CustomerDto;
use super::super::api::tokens::NewTokenDto;
use super::super::api::tokens::OptionsDto;
use super::super::api::tokens::PointerDto;
use super::super::api::tokens::TokenDto;
use super::super::api::tokens::TradeInDto;
use super::filled;

/// The body that creates a token.
pub(in crate::vendors::tchek) fn map_new_token(inspection: &NewInspection) -> NewTokenDto<'_> {
    NewTokenDto {
        options: OptionsDto {
            shoot_inspect: true,
            fast_track: inspection.damage_review == DamageReview::Customer,
            cost: false,
            report: false,
            download_roi: false,
        },
        trade_in: TradeInDto {
            tradein_vehicle: true,
            immat: inspection.license_plate.as_deref(),
            vin: inspection.vin.as_ref().map(Vin::as_str),
            sending_type: match inspection.delivery {
                LinkDelivery::None => None,
                LinkDelivery::Email => Some(0),
                LinkDelivery::Sms => Some(1),
                LinkDelivery::Both => Some(2),
            },
        },
        customer: inspection
            .customer
            .as_ref()
            .map_or_else(|| placeholders(inspection.locale), |customer| map_customer(customer, inspection.locale)),
        creator_user_id: inspection.agent_id.as_deref(),
        validity: inspection.validity_days,
    }
}

/// What the vendor demands where no customer is known.
fn placeholders(locale: InspectionLocale) -> CustomerDto<'static> {
    CustomerDto {
        client_type: "customer",
        email: PLACEHOLDER_EMAIL,
        firstname: PLACEHOLDER_NAME,
        lastname: PLACEHOLDER_NAME,
        gender: None,
        phone: PLACEHOLDER_PHONE.to_owned(),
        locale: locale.code(),
    }
}

fn map_customer(customer: &Customer, locale: InspectionLocale) -> CustomerDto<'_> {
    CustomerDto {
        client_type: "customer",
        email: &customer.email,
        firstname: &customer.first_name,
        lastname: &customer.last_name,
        gender: customer.gender.map(|gender| match gender {
            Gender::Female => "women",
            Gender::Male => "men",
        }),
        // Every example of the vendor writes the international prefix as `00`.
        phone: match customer.phone.strip_prefix('+') {
            Some(digits) => format!("00{digits}"),
            None => customer.phone.clone(),
        },
        locale: locale.code(),
    }
}

/// What the vendor says of a token; none without its public id.
pub(in crate::vendors::tchek) fn map_token(token: TokenDto) -> Option<TokenState> {
    let pointer = |pointer: Option<PointerDto>| pointer?.id.map(String::from);
    let options = token.options.unwrap_or_default();
    let inspection = token.inspection.unwrap_or_default();
    let detail = TokenDetail {
        updated_at: token.updated_at,
        by_customer: token.tradein_vehicle,
        delivery_code: token.sending_type,
        customer_id: pointer(token.customer),
        agent_id: pointer(token.creator),
        device_id: filled(token.device_id),
        inspection_kind_code: inspection.kind,
        damage_percent: inspection.percent_damage.map(Into::into),
        options: TokenOptions {
            customer_takes_photos: options.shoot_inspect,
            customer_reviews_damage: options.fast_track,
            shows_costs: options.cost,
            shows_report: options.report,
            offers_cut_outs: options.download_roi,
            loads_inspection: options.load_tchek,
            third_party: options.third_party,
        },
    };
    Some(TokenState {
        uid: TokenUid(token.uid?.into()),
        vendor_token_id: token.id.map(String::from),
        vendor_inspection_id: inspection.id.map(String::from),
        vendor_vehicle_id: pointer(token.vehicle),
        status_code: token.tradein_status,
        status_changed_at: token.tradein_status_updated_at,
        created_at: token.created_at,
        expires_at: token.expires_in,
        expired: token.expired,
        detail,
    })
}
