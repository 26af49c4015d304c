//! The frame of the pages: one look, no scripts, nothing loaded from elsewhere.

use axum::http::HeaderName;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header;
use axum::response::Html;
use axum::response::IntoResponse;
use axum::response::Response;

/// Photos come from the sandbox itself, forms go back to it, all else is shut.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; form-action 'self'; \
     base-uri 'none'; frame-ancestors 'none'";

const STYLE: &str = ":root{color-scheme:light dark;--line:color-mix(in srgb,currentColor 18%,transparent);\
--accent:#0b6e4f}@media (prefers-color-scheme:dark){:root{--accent:#59c9a5}}\
*{box-sizing:border-box}body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:1.5rem 1rem 3rem}\
h1{font-size:1.5rem;line-height:1.25;margin:.25rem 0}h2{font-size:1.1rem;margin:1.75rem 0 .5rem}\
p{margin:.5rem 0}.soft{opacity:.72;font-size:.9rem}.card{border:1px solid var(--line);border-radius:.75rem;padding:1rem}\
ol.steps{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem;padding:0;margin:1.25rem 0;font-size:.85rem}\
ol.steps li{border:1px solid var(--line);border-radius:2rem;padding:.15rem .7rem;opacity:.6}\
ol.steps li.done{opacity:1;border-color:var(--accent)}ol.steps li[aria-current]{opacity:1;background:var(--accent);\
border-color:var(--accent);color:Canvas;font-weight:600}\
form{display:inline-block;margin:.5rem .5rem 0 0}button{font:inherit;padding:.6rem 1.1rem;border-radius:.6rem;\
border:1px solid var(--accent);background:none;color:inherit;cursor:pointer}\
button.main{background:var(--accent);color:Canvas;font-weight:600}\
button:focus-visible,a:focus-visible{outline:3px solid var(--accent);outline-offset:2px}\
table{width:100%;border-collapse:collapse}th,td{text-align:start;padding:.4rem .5rem;border-bottom:1px solid var(--line)}\
td::first-letter{text-transform:uppercase}td.sum,th.sum{text-align:end;font-variant-numeric:tabular-nums}\
.photos{display:grid;grid-template-columns:repeat(auto-fill,minmax(12rem,1fr));gap:.75rem;margin:0;padding:0}\
.photos figure{margin:0}.photos img{width:100%;height:auto;border-radius:.5rem;display:block}.photos figcaption{font-size:.8rem}";

/// A page with `title`, around `body`, which is HTML already.
pub(super) fn page(status: StatusCode, title: &str, body: &str) -> Response {
    let title = escape(title);
    let text = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    );
    (status, guards(), Html(text)).into_response()
}

/// The page for an address that leads nowhere.
pub(super) fn nothing_here() -> Response {
    let body = "<h1>There is nothing here</h1>\n<p>The link may be cut off or belong to another environment.</p>";
    page(StatusCode::NOT_FOUND, "Nothing here", body)
}

/// Headers of everything that a browser shows.
pub(super) fn guards() -> [(HeaderName, HeaderValue); 4] {
    [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ]
}

/// `text` as it may stand in HTML and SVG, between tags and in quoted attributes.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}' => escaped.push('\u{fffd}'),
            _ => escaped.push(letter),
        }
    }
    escaped
}
