//! The tests enter by the front door: GraphQL, HTTP or the command line, over real sockets.

#[cfg(test)]
mod access;
#[cfg(test)]
mod batching;
#[cfg(test)]
mod cache;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod config;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod crash_orders;
#[cfg(test)]
mod creation;
#[cfg(test)]
mod decode;
#[cfg(test)]
mod execution;
#[cfg(test)]
mod extracts;
#[cfg(test)]
mod failures;
#[cfg(test)]
mod federation;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod garage;
#[cfg(test)]
mod graphiql;
#[cfg(test)]
mod house;
#[cfg(test)]
mod http;
#[cfg(test)]
mod inspection_links;
#[cfg(test)]
mod inspections;
#[cfg(test)]
mod invented;
#[cfg(test)]
mod joined;
#[cfg(test)]
mod joined_facts;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod listings;
#[cfg(test)]
mod live;
#[cfg(test)]
mod loaders;
#[cfg(test)]
mod meeting;
#[cfg(test)]
mod messages;
#[cfg(test)]
mod mutations;
#[cfg(test)]
mod odata;
#[cfg(test)]
mod once;
#[cfg(test)]
mod open_tickets;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod ordering;
#[cfg(test)]
mod origin;
#[cfg(test)]
mod orphans;
#[cfg(test)]
mod queries;
#[cfg(test)]
mod ratings;
#[cfg(test)]
mod reports;
#[cfg(test)]
mod runs;
#[cfg(test)]
mod sandbox;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod serving;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod store;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod tape;
#[cfg(test)]
mod tenants;
#[cfg(test)]
mod ticket_events;
#[cfg(test)]
mod ticket_life;
#[cfg(test)]
mod transport;
#[cfg(test)]
mod webhooks;
#[cfg(test)]
mod wire;
