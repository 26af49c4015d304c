//! The sandbox as its clients meet it: over sockets, with the time set by the test.

#[cfg(test)]
mod account;
#[cfg(test)]
mod autochat;
#[cfg(test)]
mod catalogue;
#[cfg(test)]
mod control;
#[cfg(test)]
mod deliveries;
#[cfg(test)]
mod events;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod garage;
#[cfg(test)]
mod inspections;
#[cfg(test)]
mod jifeline;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod messenger;
#[cfg(test)]
mod offers;
#[cfg(test)]
mod orders;
#[cfg(test)]
mod page;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod seed;
#[cfg(test)]
mod socket;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tokens;
