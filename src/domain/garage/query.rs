//! Questions about a garage's own affairs.

use std::sync::Arc;

use async_graphql::Context;
use async_graphql::ID;
use async_graphql::Object;
use futures_util::future::try_join_all;

use crate::auth::AccountId;
use crate::auth::Scope;
use crate::domain::account::choose;
use crate::domain::request::caller;
use crate::error::Error;
use crate::graphql::Result;
use crate::graphql::connection::Connection;
use crate::graphql::connection::slice;
use crate::graphql::dataloader::DataLoader;
use crate::graphql::guard::RequiresScopes;
use crate::graphql::node::NodeId;
use crate::graphql::sourced::Sourced;
use crate::graphql::sourced::sourced;

use super::customer::Branding;
use super::customer::Customer;
use super::customer::GarageCustomer;
use super::customer::GarageWallet;
use super::customer::Wallet;
use super::employee::EmployeeId;
use super::employee::GarageEmployee;
use super::facts::Staff;
use super::loader::EmployeeLoader;
use super::loader::Fact;
use super::loader::FactLoader;
use super::service_center::GarageServiceCenter;
use super::user::GarageUser;
use super::user::Viewer;

const WHAT: &str = "affairs of a garage";

/// Questions about a garage's own affairs.
#[derive(Debug, Default)]
pub struct GarageQuery;

#[Object]
impl GarageQuery {
    /// The user in whose name the gateway works at the vendor.
    #[graphql(directive = RequiresScopes::apply([Scope::AccountRead]))]
    async fn viewer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Name of the garage's account; needed only when the client sees several.")] account: Option<
            String,
        >,
    ) -> Sourced<Viewer> {
        sourced(async {
            let (account, user) = fact::<GarageUser>(ctx, account).await?;
            Ok(user.map(|user| Viewer { account, user }))
        })
        .await
    }

    /// The garage's master data as the vendor's customer.
    #[graphql(directive = RequiresScopes::apply([Scope::AccountRead]))]
    async fn customer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Name of the garage's account; needed only when the client sees several.")] account: Option<
            String,
        >,
    ) -> Sourced<GarageCustomer> {
        sourced(async {
            let (account, record) = fact::<Customer>(ctx, account).await?;
            Ok(record.map(|record| GarageCustomer { account, record }))
        })
        .await
    }

    /// How the vendor's portal presents itself to the garage.
    #[graphql(directive = RequiresScopes::apply([Scope::AccountRead]))]
    async fn branding(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Name of the garage's account; needed only when the client sees several.")] account: Option<
            String,
        >,
    ) -> Sourced<Branding> {
        sourced(async { Ok(fact::<Branding>(ctx, account).await?.1.map(|branding| branding.as_ref().clone())) }).await
    }

    /// The garage's prepaid wallet; null when it has none.
    #[graphql(directive = RequiresScopes::apply([Scope::AccountRead]))]
    async fn wallet(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Name of the garage's account; needed only when the client sees several.")] account: Option<
            String,
        >,
    ) -> Sourced<GarageWallet> {
        sourced(async {
            let (account, wallet) = fact::<Wallet>(ctx, account).await?;
            Ok(wallet.map(|wallet| GarageWallet { account, wallet }))
        })
        .await
    }

    /// The service centre that works on the garage's tickets.
    #[graphql(directive = RequiresScopes::apply([Scope::AccountRead]))]
    async fn service_center(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Name of the garage's account; needed only when the client sees several.")] account: Option<
            String,
        >,
    ) -> Sourced<GarageServiceCenter> {
        sourced(async { Ok(Some(GarageServiceCenter { account: chosen(ctx, account.as_deref())? })) }).await
    }

    /// One employee by their global id; null when there is no such employee.
    #[graphql(directive = RequiresScopes::apply([Scope::AccountRead]))]
    async fn employee(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The employee's global id.")] id: ID,
    ) -> Sourced<GarageEmployee> {
        sourced(async { employee(ctx, &NodeId::decode_as(&id, "Employee")?).await }).await
    }

    /// All employees of the garages that the client may see, in the vendor's order.
    #[graphql(directive = RequiresScopes::apply([Scope::AccountRead]))]
    async fn employees(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many to return, at most 200.", default = 20)] first: i32,
        #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
    ) -> Sourced<Connection<GarageEmployee>> {
        sourced(async { slice(staff(ctx).await?, Some(first), after).map(Some) }).await
    }
}

/// The garage's account that `name` means; without a name, the only one.
fn chosen(ctx: &Context<'_>, name: Option<&str>) -> Result<AccountId> {
    let caller = caller(ctx)?;
    let garages = &caller.services.sources.garages;
    garages.required(&caller.session.tenant, &caller.session.accounts, WHAT)?;
    choose(&caller.session, garages, name).map_err(|fault| Error::bad_input(fault.message))
}

async fn fact<F: Fact>(ctx: &Context<'_>, name: Option<String>) -> Result<(AccountId, Option<Arc<F>>)> {
    let account = chosen(ctx, name.as_deref())?;
    let fact = DataLoader::<FactLoader<F>>::of(ctx)?.load_one(account.clone()).await?;
    Ok((account, fact))
}

async fn staff(ctx: &Context<'_>) -> Result<Vec<GarageEmployee>> {
    let caller = caller(ctx)?;
    let loader = DataLoader::<FactLoader<Staff>>::of(ctx)?;
    let (tenant, accounts) = (&caller.session.tenant, &caller.session.accounts);
    let served = caller.services.sources.garages.required(tenant, accounts, WHAT)?;
    let lists = try_join_all(served.into_iter().map(|account| async move {
        let staff = loader.load_one(account.clone()).await?;
        let employees = staff.iter().flat_map(|staff| staff.0.iter().cloned());
        let of_account = |employee| GarageEmployee { account: account.clone(), record: Arc::new(employee) };
        Ok::<_, Error>(employees.map(of_account).collect::<Vec<_>>())
    }));
    Ok(lists.await?.into_iter().flatten().collect())
}

/// The employee that a global id's key names; none when it is unknown or not of an account that the caller sees.
pub async fn employee(ctx: &Context<'_>, key: &str) -> Result<Option<GarageEmployee>> {
    let Some((account, id)) = parts(&caller(ctx)?.session.accounts, key) else { return Ok(None) };
    let found = DataLoader::<EmployeeLoader>::of(ctx)?.load_one((account.clone(), id.clone())).await?;
    // A vendor may have words that mean somebody, such as whoever asks; only an id names an employee here.
    let found = found.filter(|employee| employee.id == id);
    Ok(found.map(|record| GarageEmployee { account, record }))
}

/// Takes the key of an employee's global id apart; none when no such account is visible.
pub fn parts(accounts: &[AccountId], key: &str) -> Option<(AccountId, EmployeeId)> {
    let (account, id) = key.rsplit_once('/')?;
    let account = accounts.iter().find(|known| known.to_string() == account)?.clone();
    (!id.is_empty()).then(|| (account, EmployeeId(id.to_owned())))
}
