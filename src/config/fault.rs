//! What is wrong with a configuration, and how to mend it.

use std::fmt;

/// One thing wrong with the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The full dotted key, such as `server.listen`; a file's or a variable's name when there is no key.
    pub key: String,
    /// Where the value came from, such as ``variable `FORECOURT_LISTEN` ``; `None` when nothing was given.
    pub origin: Option<String>,
    /// What is wrong. Never the value of a secret.
    pub reason: String,
    /// What to do about it.
    pub mend: String,
}

impl Fault {
    pub(super) fn new(key: impl Into<String>, reason: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { key: key.into(), origin: None, reason: reason.into(), mend: mend.into() }
    }

    pub(super) fn at(mut self, origin: impl fmt::Display) -> Self {
        self.origin = Some(origin.to_string());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.key)?;
        if let Some(origin) = &self.origin {
            write!(f, " ({origin})")?;
        }
        write!(f, ": {}; {}", self.reason, self.mend)
    }
}

impl std::error::Error for Fault {}

/// Everything that is wrong with a configuration; at least one fault.
#[derive(Clone, Debug)]
pub struct ConfigError(Vec<Fault>);

impl ConfigError {
    pub(super) fn new(faults: Vec<Fault>) -> Self {
        Self(faults)
    }

    /// The faults in the order in which they were found.
    pub fn faults(&self) -> &[Fault] {
        &self.0
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let noun = if self.0.len() == 1 { "fault" } else { "faults" };
        write!(f, "the configuration has {} {noun}", self.0.len())?;
        self.0.iter().try_for_each(|fault| write!(f, "\n  - {fault}"))
    }
}

impl std::error::Error for ConfigError {}
