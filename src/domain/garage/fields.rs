//! The fields of `Employee`, `Customer` and `Wallet`.

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;

use crate::domain::money::Money;
use crate::domain::source_of::Source;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::PersonalData;
use crate::graphql::guard::PersonalDataLevel;
use crate::graphql::node::NodeId;
use crate::graphql::scalars::CurrencyCode;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::customer::Customer;
use super::customer::GarageCustomer;
use super::customer::GarageWallet;
use super::customer::WalletState;
use super::employee::GarageEmployee;
use super::loader::FactLoader;

/// An employee: somebody of the garage who may log in at the vendor.
#[Object(name = "Employee")]
impl GarageEmployee {
    /// The employee's global id.
    pub async fn id(&self) -> ID {
        NodeId::new("Employee", format!("{}/{}", self.account, self.record.id.0)).into()
    }

    /// Given name.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    async fn given_name(&self) -> Option<&str> {
        self.record.given_name.as_deref()
    }

    /// Family name.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    async fn family_name(&self) -> Option<&str> {
        self.record.family_name.as_deref()
    }

    /// The e-mail address that logs in; null for an employee who cannot.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    async fn username(&self) -> Option<&str> {
        self.record.username.as_deref()
    }

    /// Whether the employee may log in.
    async fn enabled(&self) -> Option<bool> {
        self.record.enabled
    }

    /// The language for letters to the employee, as a BCP 47 tag such as `en-GB`.
    async fn correspondence_locale(&self) -> Option<&str> {
        self.record.correspondence_locale.as_deref()
    }

    /// Where the employee comes from.
    async fn source(&self) -> Source {
        Source::from(&self.account)
    }
}

/// The garage's master data as the vendor's customer.
#[Object(name = "Customer")]
impl GarageCustomer {
    /// Name of the company.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    async fn name(&self) -> Option<&str> {
        self.record.name.as_deref()
    }

    /// The vendor's reference of the customer.
    async fn reference(&self) -> Option<&str> {
        self.record.reference.as_deref()
    }

    /// Street, without the number of the house.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    async fn street(&self) -> Option<&str> {
        self.record.street.as_deref()
    }

    /// Number of the house, with its addition.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    async fn house_number(&self) -> Option<&str> {
        self.record.number.as_deref()
    }

    /// Postal code.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    async fn postal_code(&self) -> Option<&str> {
        self.record.postal_code.as_deref()
    }

    /// City.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    async fn city(&self) -> Option<&str> {
        self.record.city.as_deref()
    }

    /// Country, as an ISO 3166-1 alpha-2 code such as `NL`.
    async fn country(&self) -> Option<&str> {
        self.record.country.as_deref()
    }

    /// E-mail address.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    async fn email(&self) -> Option<&str> {
        self.record.email_address.as_deref()
    }

    /// E-mail address for invoices.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    async fn financial_email(&self) -> Option<&str> {
        self.record.financial_email_address.as_deref()
    }

    /// Phone number, in the vendor's notation.
    #[graphql(directive = PersonalData::apply(PersonalDataLevel::Contact))]
    async fn phone(&self) -> Option<&str> {
        self.record.phone.as_deref()
    }

    /// The currency that the customer is charged in; null when the vendor names none that is known.
    async fn currency(&self) -> Option<&CurrencyCode> {
        self.record.currency.as_ref()
    }

    /// Where the customer comes from.
    async fn source(&self) -> Source {
        Source::from(&self.account)
    }
}

/// The garage's prepaid wallet at the vendor.
#[Object(name = "Wallet")]
impl GarageWallet {
    /// What is in it, in the currency that the customer is charged in; null when that currency is not known.
    async fn balance(&self, ctx: &Context<'_>) -> Sourced<Money> {
        sourced(async {
            let Some(balance) = self.wallet.balance else { return Ok(None) };
            let customer = DataLoader::<FactLoader<Customer>>::of(ctx)?.load_one(self.account.clone()).await?;
            let currency = customer.and_then(|customer| customer.currency);
            Ok(currency.map(|currency| Money::new(balance, currency)))
        })
        .await
    }

    /// Whether there is enough in it; null when the vendor does not say.
    async fn state(&self) -> Option<WalletState> {
        self.wallet.state
    }

    /// The state as the vendor spells it.
    async fn state_raw(&self) -> Option<&str> {
        self.wallet.state_raw.as_deref()
    }

    /// Where the wallet comes from.
    async fn source(&self) -> Source {
        Source::from(&self.account)
    }
}
