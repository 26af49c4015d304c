use axum::body::Body;
use axum::body::Bytes;
use axum::http::HeaderMap;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::IntoResponse;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rust_embed::EmbeddedFile;
use rust_embed::RustEmbed;
use sha2::Digest;
use sha2::Sha256;

/// The files that browsers may ask for, all of them inside the binary in every build profile.
#[derive(RustEmbed)]
#[folder = "assets/graphiql/public"]
struct Public;

/// One file as it is served.
#[derive(Clone, Debug)]
pub(super) struct Asset {
    content_type: String,
    /// Weak: an outer layer may compress, and then the bytes on the wire are not those that were hashed.
    etag: String,
    bytes: Bytes,
}

/// Finds a file of `assets/graphiql/public` by its name.
pub(super) fn find(name: &str) -> Option<Asset> {
    Public::get(name).map(Asset::from)
}

impl Asset {
    /// An asset made at start, `bytes` of the type `content_type`.
    pub(super) fn new(content_type: &str, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let hash = Sha256::digest(&bytes);
        Self { content_type: content_type.to_owned(), etag: etag(&hash), bytes }
    }

    /// The answer to a request with these headers: the bytes, or 304 when the browser has them already.
    ///
    /// `no-cache` means "ask each time": after an update of the gateway no page runs with the old script, and the
    /// question costs one small round trip per file.
    pub(super) fn answer(&self, request: &HeaderMap) -> Response {
        let headers = [
            (header::CACHE_CONTROL, "no-cache"),
            (header::ETAG, self.etag.as_str()),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
        ];
        if self.is_known(request) {
            return (StatusCode::NOT_MODIFIED, headers).into_response();
        }
        (headers, [(header::CONTENT_TYPE, self.content_type.as_str())], Body::from(self.bytes.clone())).into_response()
    }

    /// Whether `If-None-Match` names this version; the comparison is the weak one that the header asks for.
    fn is_known(&self, request: &HeaderMap) -> bool {
        let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        let own = opaque(&self.etag);
        request
            .get_all(header::IF_NONE_MATCH)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .any(|tag| tag.trim() == "*" || opaque(tag) == own)
    }
}

impl From<EmbeddedFile> for Asset {
    fn from(file: EmbeddedFile) -> Self {
        let mime = file.metadata.mimetype();
        let content_type = if mime.starts_with("text/") { format!("{mime}; charset=utf-8") } else { mime.to_owned() };
        let bytes = match file.data {
            std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
            std::borrow::Cow::Owned(bytes) => Bytes::from(bytes),
        };
        Self { content_type, etag: etag(&file.metadata.sha256_hash()), bytes }
    }
}

fn etag(hash: &[u8]) -> String {
    format!("W/\"{}\"", STANDARD.encode(hash))
}
