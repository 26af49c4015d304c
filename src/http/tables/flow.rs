//! Sends rows as they come: no page is asked before the client has taken the one before it.

use std::io;
use std::io::Write;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use axum::body::Body;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use futures_util::stream::try_unfold;
use http::HeaderMap;
use http_body::Frame;
use http_body_util::StreamBody;

use super::send::told;
use super::wish::Partial;
use super::wish::Wish;
use crate::report::column::Column;
use crate::report::encode::Encode;
use crate::report::encode::open;
use crate::report::ending::Ending;
use crate::report::seats::Seat;
use crate::report::walk::Step;

/// The body with the table of `steps`.
pub(super) fn flow(steps: BoxStream<'static, Step>, columns: &[Column], wish: Wish, seat: Seat) -> io::Result<Body> {
    let written = Written::default();
    let encoder = open(wish.format, columns, wish.options, Box::new(written.clone()))?;
    let flow = Flow { steps, encoder: Some(encoder), written, trailers: None, broken: None, wish, _seat: seat };
    Ok(Body::new(StreamBody::new(try_unfold(flow, Flow::frame).boxed())))
}

/// What the encoder has written and nobody has taken yet.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A table on its way to the client.
struct Flow {
    steps: BoxStream<'static, Step>,
    /// None when the table has ended.
    encoder: Option<Box<dyn Encode>>,
    written: Written,
    trailers: Option<HeaderMap>,
    /// Why the body must not end as if the table were whole.
    broken: Option<&'static str>,
    wish: Wish,
    _seat: Seat,
}

impl Flow {
    /// The next frame; an error breaks the body off, so that no client takes a part for the whole.
    async fn frame(mut self) -> io::Result<Option<(Frame<Bytes>, Self)>> {
        loop {
            let written = self.written.take();
            if !written.is_empty() {
                return Ok(Some((Frame::data(written.into()), self)));
            }
            if let Some(why) = self.broken {
                return Err(io::Error::other(why));
            }
            if let Some(trailers) = self.trailers.take() {
                return Ok(Some((Frame::trailers(trailers), self)));
            }
            let Some(mut encoder) = self.encoder.take() else { return Ok(None) };
            match self.steps.next().await {
                Some(Step::Rows(rows)) => {
                    encoder.rows(&rows)?;
                    self.encoder = Some(encoder);
                }
                Some(Step::Mark(_)) => self.encoder = Some(encoder),
                Some(Step::End(ending)) => {
                    drop(encoder.finish(&ending)?);
                    self.end(&ending);
                }
                None => return Err(io::Error::other("a walk without an end")),
            }
        }
    }

    fn end(&mut self, ending: &Ending) {
        if self.wish.takes_trailers {
            self.trailers = Some(told(ending));
            return;
        }
        if !self.wish.is_met_by(ending) && !self.wish.format.holds_ending() && self.wish.partial != Partial::Allow {
            self.broken = Some("the table is not whole, and neither its format nor a trailer can say so");
            tracing::warn!(outcome = ?ending.outcome, rows = ending.rows, "a table is broken off at its end");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use futures_util::StreamExt;
    use futures_util::stream::iter;
    use http_body_util::BodyExt;

    use super::flow;
    use crate::http::tables::wish::Partial;
    use crate::http::tables::wish::Wish;
    use crate::report::cell::Cell;
    use crate::report::column::Column;
    use crate::report::column::ColumnType;
    use crate::report::encode::Options;
    use crate::report::ending::Ending;
    use crate::report::ending::Outcome;
    use crate::report::format::Format;
    use crate::report::seats::Seats;
    use crate::report::walk::Bookmark;
    use crate::report::walk::Step;

    const WISH: Wish = Wish {
        format: Format::Csv,
        options: Options { excel_safe: false },
        partial: Partial::Tell,
        limit: None,
        takes_trailers: false,
        is_head: false,
    };

    /// The body of a table of two rows that ends so, with its trailers as text; none when it is broken off.
    async fn sent(wish: Wish, outcome: Outcome) -> Option<(String, String)> {
        let column = |name: &str| Column {
            name: name.to_owned(),
            ty: ColumnType::Integer,
            is_nullable: true,
            description: String::new(),
        };
        let rows = |number| Step::Rows(vec![vec![Cell::Integer(number), Cell::Null]]);
        let ending = Ending { outcome, rows: 2, faults: Vec::new(), masked: Vec::new(), read_from: BTreeMap::new() };
        let steps = iter([rows(1), Step::Mark(Bookmark::default()), rows(2), Step::End(ending)]).boxed();
        let seats = Seats::new(1);
        let tenant = Arc::from("default");
        let seat = seats.take(&tenant).unwrap();
        assert!(seats.take(&tenant).is_none() && seats.take(&Arc::from("other")).is_some());
        let body = flow(steps, &[column("a"), column("b")], wish, seat).unwrap();
        let collected = body.collect().await;
        assert!(seats.take(&tenant).is_some(), "whoever has the table needs no seat");
        let collected = collected.ok()?;
        let trailers = collected.trailers().map_or_else(String::new, |trailers| format!("{trailers:?}"));
        Some((String::from_utf8(collected.to_bytes().into()).unwrap(), trailers))
    }

    #[tokio::test]
    async fn a_table_that_is_not_whole_never_looks_whole() {
        let text = "a,b\r\n1,\r\n2,\r\n".to_owned();
        let whole = Some((text.clone(), String::new()));
        assert_eq!(sent(WISH, Outcome::Complete).await, whole);
        assert_eq!(sent(WISH, Outcome::Incomplete).await, None);
        assert_eq!(sent(WISH, Outcome::Capped).await, None);
        assert_eq!(sent(Wish { limit: Some(2), ..WISH }, Outcome::Capped).await, whole);
        assert_eq!(sent(Wish { limit: Some(3), ..WISH }, Outcome::Capped).await, None);
        assert_eq!(sent(Wish { partial: Partial::Allow, ..WISH }, Outcome::Incomplete).await, whole);
        let told = r#"{"forecourt-outcome": "INCOMPLETE", "forecourt-rows": "2"}"#.to_owned();
        assert_eq!(sent(Wish { takes_trailers: true, ..WISH }, Outcome::Incomplete).await, Some((text, told)));
        let (lines, _) = sent(Wish { format: Format::NdJson, ..WISH }, Outcome::Incomplete).await.unwrap();
        assert!(lines.lines().count() == 3 && lines.contains(r#"{"@forecourt":{"outcome":"INCOMPLETE""#), "{lines}");
    }
}
