//! One event of a subscription, resolved as if it were a request of its own.
//!
//! The engine gives every event the data of the request that subscribed. Its loaders would answer the second event with
//! what they remember from the first, and would wait for ever, since nobody drives them. So each event brings new ones.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use async_graphql::ContextSelectionSet;
use async_graphql::Data;
use async_graphql::OutputType;
use async_graphql::Positioned;
use async_graphql::ServerResult;
use async_graphql::Value;
use async_graphql::parser::types::Field;
use async_graphql::registry::Registry;

use super::dataloader::Hub;
use super::dataloader::drive;

/// Makes what one event is resolved with: the caller and loaders of the given hub.
///
/// It is put into the data of a request that subscribes.
#[derive(Clone)]
pub struct Renewal(Arc<dyn Fn(&Hub) -> Data + Send + Sync>);

impl Renewal {
    /// Makes the data of each event with `make`.
    pub fn new(make: impl Fn(&Hub) -> Data + Send + Sync + 'static) -> Self {
        Self(Arc::new(make))
    }
}

impl fmt::Debug for Renewal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Renewal")
    }
}

/// Where a subscription stands in a stream that can be resumed: the stream writes it, the channel to the client reads it.
///
/// It is put into the data of a request that subscribes.
#[derive(Clone, Debug, Default)]
pub struct Place(Arc<Mutex<Option<String>>>);

impl Place {
    /// Starts at `cursor`, which a client that comes back has sent; it counts more than what the document says.
    pub fn at(cursor: Option<String>) -> Self {
        Self(Arc::new(Mutex::new(cursor)))
    }

    /// Notes that the next event stands at `cursor`.
    pub fn note(&self, cursor: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(cursor);
    }

    /// The place of the latest event.
    pub fn read(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// An event whose value is resolved with loaders of its own, inside a driver of its own.
#[derive(Clone, Debug)]
pub struct Event<T>(pub T);

impl<T: OutputType> OutputType for Event<T> {
    fn type_name() -> Cow<'static, str> {
        T::type_name()
    }

    fn qualified_type_name() -> String {
        T::qualified_type_name()
    }

    fn introspection_type_name(&self) -> Cow<'static, str> {
        self.0.introspection_type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        T::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        let Some(renewal) = ctx.data_opt::<Renewal>() else {
            return self.0.resolve(ctx, field).await;
        };
        let hub = Hub::new();
        let data = (renewal.0)(&hub);
        drive(hub, async {
            let mut ctx = ctx.clone();
            ctx.execute_data = Some(&data);
            self.0.resolve(&ctx, field).await
        })
        .await
    }
}
