//! Where a configuration is read from.

use std::ffi::OsString;
use std::path::PathBuf;

use secrecy::SecretString;

use super::environment;
use super::fault::Fault;
use super::tree::{Leaf, Origin, Table, Value};

/// The key in this process's environment with which commands ask a gateway; no configuration holds it.
#[must_use]
pub fn client_key() -> Option<SecretString> {
    std::env::var_os(environment::CLIENT_KEY).and_then(|key| key.into_string().ok()).map(SecretString::from)
}

/// Where to read a configuration from; what comes later wins: defaults, file, variables, command line.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    file: Option<PathBuf>,
    variables: Vec<(OsString, OsString)>,
    flags: Vec<(&'static str, &'static str, String)>,
}

impl Sources {
    /// Nothing but the defaults.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the variables of this process.
    #[must_use]
    pub fn process_environment(self) -> Self {
        self.environment(std::env::vars_os())
    }

    /// Takes `pairs` as the environment; variables that do not start with `FORECOURT_` are passed over.
    #[must_use]
    pub fn environment<N: Into<OsString>, V: Into<OsString>>(
        mut self,
        pairs: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        self.variables.extend(pairs.into_iter().map(|(name, value)| (name.into(), value.into())));
        self
    }

    /// Reads `file`; without it the variable `FORECOURT_CONFIG` may name one.
    #[must_use]
    pub fn file(mut self, file: Option<PathBuf>) -> Self {
        self.file = file;
        self
    }

    /// Sets the dotted `key` to `value` because the command line said so with `flag`.
    #[must_use]
    pub fn flag(mut self, flag: &'static str, key: &'static str, value: Option<String>) -> Self {
        self.flags.extend(value.map(|value| (flag, key, value)));
        self
    }

    /// All of it as one tree; `None` when the file cannot be read, since what follows would only mislead.
    pub(super) fn read(self, faults: &mut Vec<Fault>) -> Option<Table> {
        let mut variables = environment::own(self.variables, faults);
        let named = variables.remove(environment::FILE).map(PathBuf::from);
        drop(variables.remove(environment::CLIENT_KEY));
        let mut tree = match self.file.or(named) {
            Some(file) => match std::fs::read_to_string(&file) {
                Ok(text) => Table::parse(&file, &text, faults)?,
                Err(error) => {
                    let reason = format!("the configuration file cannot be read: {error}");
                    let mend = "name a readable file with `--config` or `FORECOURT_CONFIG`";
                    faults.push(Fault::new(file.display().to_string(), reason, mend));
                    return None;
                }
            },
            None => Table::empty(),
        };
        environment::overlay(&mut tree, variables, faults);
        for (flag, key, value) in self.flags {
            let path: Vec<String> = key.split('.').map(str::to_owned).collect();
            tree.set(&path, Leaf { value: Value::Text(value), origin: Origin::Flag(flag) });
        }
        Some(tree)
    }
}
