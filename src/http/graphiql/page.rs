use axum::http::HeaderMap;
use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::header;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::ids::Ids;

/// What the page may do, beside `style-src`, which names the page's nonce.
///
/// - `script-src 'self'`: our five files; nothing inline, nothing evaluated.
/// - `connect-src 'self'`: `/graphql`, also as a WebSocket and as a table, and the examples.
/// - `img-src data:`: the underline that the editor draws below mistakes is such an image. `'self'` is the icon. The
///   editor's preview of images named in an answer stays empty, since they lie on vendors' hosts.
/// - `font-src data:`: `GraphiQL`'s style sheet carries its fonts inside.
/// - The rest is forbidden: other hosts, frames in either direction, workers, plug-ins, a changed base, forms.
const POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:; \
    font-src data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    // The nonce must never be seen twice.
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// The page on `/`, complete except for its nonce.
#[derive(Debug)]
pub(super) struct Page {
    before_nonce: String,
    after_nonce: String,
}

impl Page {
    /// The page that names `version` as the gateway's own.
    pub(super) fn new(version: &str) -> Self {
        let html = include_str!("../../../assets/graphiql/page.html").replace("{version}", version);
        let (before, after) = html.split_once("{nonce}").expect("page.html has one place for the nonce");
        Self { before_nonce: before.to_owned(), after_nonce: after.to_owned() }
    }

    /// The page and its headers, with a nonce of its own.
    ///
    /// `GraphiQL`'s dialogs add one `<style>` to the page (it holds still what lies behind them). The nonce allows that
    /// one, so that the policy needs no `'unsafe-inline'`; styles set by script need no permission.
    pub(super) fn render(&self, ids: &Ids) -> (HeaderMap, String) {
        let nonce = STANDARD.encode(ids.bytes());
        let mut headers: HeaderMap =
            HEADERS.into_iter().map(|(name, value)| (name, HeaderValue::from_static(value))).collect();
        let policy = format!("{POLICY}; style-src 'self' 'nonce-{nonce}'");
        let policy = HeaderValue::try_from(policy).expect("base64 is visible ASCII, as is the rest");
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        (headers, format!("{}{nonce}{}", self.before_nonce, self.after_nonce))
    }
}
