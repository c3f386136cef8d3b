//! Writes records into the present segment, and takes another when it is full, old or broken.

use super::folder::Folder;
use super::segment::{Segment, framed_length};
use std::io;
use std::time::{Duration, Instant};
use tracing::info;

/// The room that is kept for each attempt under way: its answer and its end. Nearly every answer is a fifth of it. So one
/// segment of the usual length has room for 512 attempts at once, and no more are begun.
const RESERVE: u64 = 16 * 1024;

/// How long a segment is written to, so that what is settled does not stay because of what came long after it.
const AGE_MAX_MILLIS: i64 = 3600 * 1000;

/// How long a disk that refused is left alone.
const PAUSE: Duration = Duration::from_secs(2);

pub struct Writer {
    folder: Folder,
    length: u64,
    current: Option<Current>,
    next: u64,
    closed: Vec<(u64, i64)>,
    refused: Option<(Instant, String)>,
}

struct Current {
    number: u64,
    segment: Segment,
    first: Option<i64>,
    last: i64,
}

impl Writer {
    pub fn new(folder: Folder, length: u64, next: u64) -> Self {
        Self { folder, length, current: None, next, closed: vec![], refused: None }
    }

    /// Sees to it that there is room for so many attempts' answers.
    pub fn make_room(&mut self, attempts: usize) -> io::Result<()> {
        let needed = RESERVE * attempts as u64;
        if needed > self.length {
            return Err(io::Error::other("too many refreshes are under way at once"));
        }
        if self.current.as_ref().is_some_and(|current| current.segment.room() >= needed) {
            return Ok(());
        }
        match &self.refused {
            Some((at, what)) if at.elapsed() < PAUSE => Err(io::Error::other(what.clone())),
            _ => self.take_another().inspect_err(|error| {
                self.refused = Some((Instant::now(), error.to_string()));
            }),
        }
    }

    /// Writes and syncs; tells the segment's number. What cannot go into this segment goes into another.
    pub fn write(&mut self, records: &[Vec<u8>], last: i64) -> io::Result<u64> {
        let length: u64 = records.iter().map(|record| framed_length(record)).sum();
        if self.current.as_ref().is_some_and(|current| current.segment.room() >= length)
            && let Ok(number) = self.write_here(records, last)
        {
            return Ok(number);
        }
        // There was no room; or, after a failed sync, nobody knows what is on the disk: it is not written to again.
        self.take_another()?;
        self.write_here(records, last).inspect_err(|_| self.close())
    }

    /// Has the next record go into a new segment where this one is old.
    pub fn close_if_old(&mut self, now: i64) {
        let old =
            |current: &Current| current.first.is_some_and(|first| now.saturating_sub(first) > AGE_MAX_MILLIS);
        if self.current.as_ref().is_some_and(old) {
            self.close();
        }
    }

    /// The segments that were closed since this was last asked, and when their last record was made.
    pub fn take_closed(&mut self) -> Vec<(u64, i64)> {
        std::mem::take(&mut self.closed)
    }

    fn write_here(&mut self, records: &[Vec<u8>], last: i64) -> io::Result<u64> {
        let current = self.current.as_mut().ok_or_else(|| io::Error::other("there is no segment"))?;
        current.segment.append(records)?;
        current.segment.sync()?;
        current.first = current.first.or(Some(last));
        current.last = current.last.max(last);
        Ok(current.number)
    }

    fn take_another(&mut self) -> io::Result<()> {
        let number = self.next;
        let segment = Segment::create(&self.folder.path_of(number), self.length)?;
        if self.refused.take().is_some() {
            info!("The journal can be written again");
        }
        self.close();
        self.next += 1;
        self.current = Some(Current { number, segment, first: None, last: 0 });
        Ok(())
    }

    fn close(&mut self) {
        if let Some(current) = self.current.take() {
            self.closed.push((current.number, current.last));
        }
    }
}
