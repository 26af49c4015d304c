//! Writes a table to its end before any of it is sent.

use std::fs::File;
use std::io;
use std::io::BufWriter;
use std::io::Read;
use std::io::Seek;
use std::path::Path;

use bytes::Bytes;
use futures_util::Stream;
use futures_util::StreamExt;
use futures_util::stream::BoxStream;
use futures_util::stream::try_unfold;

use super::wish::Wish;
use crate::report::column::Column;
use crate::report::encode::open;
use crate::report::ending::Ending;
use crate::report::seats::Seat;
use crate::report::walk::Step;
use crate::shutdown::Shutdown;

/// How much of the file is read at a time.
const PIECE: u64 = 64 << 10;

/// A table that is written.
pub(super) struct Spooled {
    file: File,
    pub(super) length: u64,
    pub(super) ending: Ending,
}

/// Writes the table of `steps` to a file in the folder that has no name, so nothing is left of it whatever happens.
pub(super) async fn spool(
    mut steps: BoxStream<'static, Step>,
    columns: &[Column],
    wish: Wish,
    (folder, shutdown): (&Path, &Shutdown),
) -> io::Result<Spooled> {
    let (folder, columns) = (folder.to_owned(), columns.to_vec());
    let opening = shutdown.spawn_blocking(move || {
        let file = tempfile::tempfile_in(folder)?;
        let sink = Box::new(BufWriter::new(file.try_clone()?));
        io::Result::Ok((file, open(wish.format, &columns, wish.options, sink)?))
    });
    let (mut file, mut encoder) = opening.await??;
    while let Some(step) = steps.next().await {
        match step {
            Step::Rows(rows) => {
                let writing = shutdown.spawn_blocking(move || encoder.rows(&rows).map(|()| encoder));
                encoder = writing.await??;
            }
            Step::Mark(_) => {}
            Step::End(ending) => {
                let ended = shutdown.spawn_blocking(move || {
                    drop(encoder.finish(&ending)?);
                    let length = file.metadata()?.len();
                    file.rewind()?;
                    io::Result::Ok(Spooled { file, length, ending })
                });
                return ended.await?;
            }
        }
    }
    Err(io::Error::other("a walk without an end"))
}

impl Spooled {
    /// The file from its beginning, piece by piece; the seat is held until it is taken.
    pub(super) fn read(self, seat: Seat, shutdown: Shutdown) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        try_unfold((self.file, seat, shutdown), |(mut file, seat, shutdown)| async move {
            let reading = shutdown.spawn_blocking(move || {
                let mut piece = Vec::new();
                file.by_ref().take(PIECE).read_to_end(&mut piece).map(|_| (piece, file))
            });
            let (piece, file) = reading.await??;
            Ok((!piece.is_empty()).then(|| (Bytes::from(piece), (file, seat, shutdown))))
        })
    }
}
