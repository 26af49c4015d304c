//! `[[reports.schedule]]` and `[reports.s3]`: reports that are read by the clock, and where they are laid down.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::name::Name;
use super::notation;
use super::reading::as_text;
use super::redact::Printout;
use super::section::Section;
use super::section::VALUE;
use super::server::is_loopback_host;
use super::tree::Value;

const DAY: Duration = Duration::from_hours(24);

/// A report that is read by the clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The folder that its files stand in below `into`.
    pub name: Name,
    /// The report.
    pub report: String,
    /// The dealer group whose data it is; the only one when absent.
    pub tenant: Option<Name>,
    /// The client whose scopes and accounts bind it; whoever needs no key when absent.
    pub client: Option<String>,
    /// How often it is read.
    pub every: Duration,
    /// When in the day it is read, in UTC: the time after midnight at which one of the spans begins.
    pub at: Duration,
    /// Where it is laid down.
    pub into: Place,
    /// The columns, in their order; all when absent.
    pub columns: Option<Vec<String>>,
    /// The values of its parameters, as in an address.
    pub parameters: Vec<(String, String)>,
    /// Whether each reading has only what has changed since the one before it.
    pub increments: bool,
    /// Whether a reading that lacks a part is laid down.
    pub partial: PartialExtract,
}

/// What becomes of a reading that lacks a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartialExtract {
    /// It is laid down, and its manifest says what is missing.
    Allow,
    /// It is not laid down, and tried again.
    Fail,
}

/// Where extracts are laid down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A folder of this machine.
    Folder(PathBuf),
    /// A bucket of a store that speaks S3.
    Bucket {
        /// Its name.
        bucket: String,
        /// What the names of all objects begin with; may be empty.
        prefix: String,
    },
}

/// How the store that speaks S3 is reached. What is absent comes from the environment as other tools for it read it.
#[derive(Clone, Debug, Default)]
pub struct S3 {
    /// Its address, for another store than that of Amazon.
    pub endpoint: Option<Url>,
    /// Its region.
    pub region: Option<String>,
    /// The id of the key.
    pub access_key_id: Option<String>,
    /// The key.
    pub secret_access_key: Option<SecretString>,
}

impl PartialExtract {
    const CHOICES: &'static [(&'static str, Self)] = &[("allow", Self::Allow), ("fail", Self::Fail)];
}

impl Place {
    fn parse(text: &str) -> Option<Self> {
        let Some(rest) = text.strip_prefix("s3://") else {
            let is_address = text.contains("://");
            return (!is_address && !text.is_empty()).then(|| Self::Folder(PathBuf::from(text)));
        };
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-' || byte == b'.';
        (!bucket.is_empty() && bucket.bytes().all(fits))
            .then(|| Self::Bucket { bucket: bucket.to_owned(), prefix: prefix.trim_matches('/').to_owned() })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => write!(f, "{}", folder.display()),
            Self::Bucket { bucket, prefix } if prefix.is_empty() => write!(f, "s3://{bucket}"),
            Self::Bucket { bucket, prefix } => write!(f, "s3://{bucket}/{prefix}"),
        }
    }
}

impl Schedule {
    pub(super) fn read(section: &mut Section<'_>) -> Option<Self> {
        let report = section.required("report", |section| section.text("report"));
        let name_from = section.origin("name");
        let name = section.text("name").or_else(|| report.clone())?;
        let path = section.full("name");
        let name = section.name(&path, &name, "a schedule", &name_from);
        let into = section.required("into", |section| {
            section.value("into", "a folder, or a bucket as `s3://bucket/prefix`", |value| {
                as_text(value).and_then(Place::parse)
            })
        });
        let every = section.value("every", "a span of a minute at least, such as `1h` or `1d`", |value| {
            as_text(value).and_then(notation::parse_span).filter(|span| *span >= Duration::from_mins(1))
        });
        let at = section
            .value("at", "a time of the day in UTC, such as `03:30`", |value| as_text(value).and_then(time_of_day));
        let tenant = section.text("tenant");
        let tenant_path = section.full("tenant");
        let tenant_from = section.origin("tenant");
        let tenant = tenant.and_then(|text| section.name(&tenant_path, &text, "a tenant", &tenant_from));
        let schedule = Self {
            name: name?,
            report: report?,
            tenant,
            client: section.text("client"),
            every: every.unwrap_or(DAY),
            at: at.unwrap_or_default(),
            into: into?,
            columns: section.list("columns"),
            parameters: section.leaves("parameters", |name, section| {
                let text = section.value(VALUE, "a text, a whole number, or `true` or `false`", plain)?;
                Some((name.to_owned(), text))
            }),
            increments: section.boolean("increments").unwrap_or(false),
            partial: section.choice("partial", PartialExtract::CHOICES).unwrap_or(PartialExtract::Allow),
        };
        Some(schedule)
    }

    pub(super) fn write(&self, out: &mut Printout) {
        out.item("reports.schedule");
        out.text("name", self.name.as_str());
        out.text("report", &self.report);
        out.optional("tenant", self.tenant.as_ref().map(Name::as_str));
        out.optional("client", self.client.as_deref());
        out.span("every", self.every);
        out.text("at", &clock_face(self.at));
        out.text("into", &self.into.to_string());
        if let Some(columns) = &self.columns {
            out.list("columns", columns);
        }
        out.boolean("increments", self.increments);
        out.choice("partial", PartialExtract::CHOICES, &self.partial);
        if !self.parameters.is_empty() {
            out.table("reports.schedule.parameters");
            self.parameters.iter().for_each(|(name, value)| out.text(name, value));
        }
    }
}

impl S3 {
    pub(super) fn read(section: &mut Section<'_>) -> Self {
        let origin = section.origin("endpoint");
        let endpoint = section.url("endpoint");
        if endpoint.as_ref().is_some_and(|url| url.scheme() == "http" && !url.host_str().is_some_and(is_loopback_host))
        {
            let reason = "extracts would travel unprotected over `http`";
            section.fault_from("endpoint", &origin, reason, "use `https`");
        }
        let access_key_id = section.text("access_key_id");
        let secret_access_key = section.secret("secret_access_key", "secret_access_key_file");
        if access_key_id.is_some() != secret_access_key.is_some() {
            let mend = "give both, or neither to have them come from the environment";
            section.fault_here("`access_key_id` and `secret_access_key` belong together", mend);
        }
        Self { endpoint, region: section.text("region"), access_key_id, secret_access_key }
    }

    pub(super) fn write(&self, out: &mut Printout) {
        let Self { endpoint, region, access_key_id, secret_access_key } = self;
        if endpoint.is_none() && region.is_none() && access_key_id.is_none() {
            return;
        }
        out.table("reports.s3");
        out.optional("endpoint", endpoint.as_ref().map(Url::as_str));
        out.optional("region", region.as_deref());
        out.optional("access_key_id", access_key_id.as_deref());
        out.secret("secret_access_key", secret_access_key.as_ref(), None);
    }
}

/// A value as it stands in an address.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Boolean(on) => Some(on.to_string()),
        Value::List(_) | Value::Other(_) => None,
    }
}

fn time_of_day(text: &str) -> Option<Duration> {
    let (hours, minutes) = text.split_once(':')?;
    let number = |text: &str, most: u64| {
        let is_short = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u64>().ok().filter(|number| is_short && *number <= most)
    };
    Some(Duration::from_secs((number(hours, 23)? * 60 + number(minutes, 59)?) * 60))
}

fn clock_face(at: Duration) -> String {
    let minutes = at.as_secs() / 60;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}
