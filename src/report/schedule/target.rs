//! Where extracts are laid down: a folder, or a store that speaks S3.

use std::fs;
use std::fs::File;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use object_store::ClientOptions;
use object_store::ObjectStore;
use object_store::ObjectStoreExt;
use object_store::RetryConfig;
use object_store::aws::AmazonS3Builder;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use secrecy::ExposeSecret;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::AsyncWriteExt;
use url::Url;

use crate::config::Place;
use crate::config::S3;

/// How long one request to the store may take, and how long it is tried again.
const TIMEOUT: Duration = Duration::from_mins(2);
/// How often a request that has failed is tried again.
const RETRIES: usize = 3;

/// Whatever goes wrong beyond this machine.
pub(super) type Result<T> = std::result::Result<T, object_store::Error>;

/// A place for the files of one schedule.
#[derive(Clone, Debug)]
pub(super) struct Target {
    store: Arc<dyn ObjectStore>,
    root: Path,
}

impl Target {
    /// The folder `name` in `place`; a folder of this machine is made if need be.
    pub(super) fn open(place: &Place, name: &str, s3: &S3) -> Result<Self> {
        match place {
            Place::Folder(folder) => {
                let failed =
                    |source: io::Error| object_store::Error::Generic { store: "folder", source: source.into() };
                fs::create_dir_all(folder).map_err(failed)?;
                let store = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
                Ok(Self { store: Arc::new(store), root: Path::from(name) })
            }
            Place::Bucket { bucket, prefix } => {
                let root = if prefix.is_empty() { Path::from(name) } else { Path::parse(prefix)?.join(name) };
                Ok(Self { store: Arc::new(client(bucket, s3)?), root })
            }
        }
    }

    /// Lays `file` down as `name`; it is there as a whole or not at all.
    pub(super) async fn put_file(&self, name: &str, file: File) -> Result<()> {
        let mut writer = BufWriter::new(Arc::clone(&self.store), self.path(name)?);
        let mut file = tokio::fs::File::from_std(file);
        let failed = |source: io::Error| object_store::Error::Generic { store: "extract", source: source.into() };
        if let Err(error) = tokio::io::copy(&mut file, &mut writer).await {
            // What was sent so far is given up, so that nobody has to pay for keeping it.
            writer.abort().await.ok();
            return Err(failed(error));
        }
        writer.shutdown().await.map_err(failed)
    }

    /// Lays `value` down as JSON.
    pub(super) async fn put_json(&self, name: &str, value: &impl Serialize) -> Result<()> {
        let bytes = serde_json::to_vec_pretty(value).map_err(unreadable)?;
        self.store.put(&self.path(name)?, bytes.into()).await.map(drop)
    }

    /// What was laid down as JSON under `name`, if anything.
    pub(super) async fn json<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let bytes = match self.store.get(&self.path(name)?).await {
            Ok(found) => found.bytes().await?,
            Err(object_store::Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        serde_json::from_slice(&bytes).map(Some).map_err(unreadable)
    }

    fn path(&self, name: &str) -> Result<Path> {
        Ok(Path::parse(format!("{}/{name}", self.root))?)
    }
}

fn client(bucket: &str, s3: &S3) -> Result<impl ObjectStore + use<>> {
    let may_be_plain = s3.endpoint.as_ref().is_some_and(|url| url.scheme() == "http");
    let options = ClientOptions::new().with_timeout(TIMEOUT).with_allow_http(may_be_plain);
    let retry = RetryConfig { max_retries: RETRIES, retry_timeout: TIMEOUT, ..RetryConfig::default() };
    let mut builder =
        AmazonS3Builder::from_env().with_bucket_name(bucket).with_client_options(options).with_retry(retry);
    if let Some(endpoint) = s3.endpoint.as_ref().map(Url::as_str) {
        builder = builder.with_endpoint(endpoint.trim_end_matches('/'));
    }
    if let Some(region) = &s3.region {
        builder = builder.with_region(region);
    }
    if let (Some(id), Some(key)) = (&s3.access_key_id, &s3.secret_access_key) {
        builder = builder.with_access_key_id(id).with_secret_access_key(key.expose_secret());
    }
    builder.build()
}

fn unreadable(source: serde_json::Error) -> object_store::Error {
    object_store::Error::Generic { store: "extract", source: source.into() }
}
