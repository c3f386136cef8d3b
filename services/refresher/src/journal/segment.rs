//! One file of records: `length (4) ‖ CRC-32C (4) ‖ record`, and zeros behind the last.
//!
//! Invariants: the room is written before it is needed, so that a disk that fills up stops the next claim and never the
//! answer on its way; reading yields exactly the records whose sums are right, whatever was torn or flipped between them.

use super::crc::crc32c;
use super::record::RECORD_MAX;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

/// How much is written ahead. Small enough that making one is quick, large enough to be rare.
pub const LENGTH: u64 = 8 * 1024 * 1024;

/// Length and sum before each record.
const FRAME: usize = 8;

/// A segment that is being written.
#[derive(Debug)]
pub struct Segment {
    file: File,
    length: u64,
    end: u64,
}

impl Segment {
    /// Makes a file with all its room, on disk when this returns; so is its name.
    ///
    /// # Errors
    /// The file system's: full, read-only, not ours.
    pub fn create(path: &Path, length: u64) -> io::Result<Self> {
        let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
        match write_ahead(&mut file, length).and_then(|()| sync_folder(path)) {
            Ok(()) => Ok(Self { file, length, end: 0 }),
            Err(error) => {
                // What could not be made whole is not left behind to fill the disk further.
                drop(std::fs::remove_file(path));
                Err(error)
            }
        }
    }

    #[must_use]
    pub fn room(&self) -> u64 {
        self.length.saturating_sub(self.end)
    }

    /// Appends records. They are durable after [`Self::sync`].
    ///
    /// # Errors
    /// The file system's. What was written of them is overwritten by the next.
    pub fn append(&mut self, records: &[Vec<u8>]) -> io::Result<()> {
        let framed: Vec<u8> = records.iter().flat_map(|record| framed(record)).collect();
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.write_all(&framed)?;
        self.end += framed.len() as u64;
        Ok(())
    }

    /// # Errors
    /// The file system's. What was appended may or may not be durable.
    pub fn sync(&self) -> io::Result<()> {
        self.file.sync_data()
    }
}

/// How many bytes a record takes in a segment.
#[must_use]
pub fn framed_length(record: &[u8]) -> u64 {
    (FRAME + record.len()) as u64
}

fn framed(record: &[u8]) -> Vec<u8> {
    let length = u32::try_from(record.len()).unwrap_or(u32::MAX);
    let mut bytes = Vec::with_capacity(FRAME + record.len());
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(&sum(length, record).to_le_bytes());
    bytes.extend_from_slice(record);
    bytes
}

/// Over the length too: a flipped length must not find a sum that fits.
fn sum(length: u32, record: &[u8]) -> u32 {
    crc32c(record) ^ length.rotate_left(7)
}

fn write_ahead(file: &mut File, length: u64) -> io::Result<()> {
    io::copy(&mut io::repeat(0).take(length), file)?;
    file.sync_all()
}

fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}

/// What a segment held.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Contents {
    pub records: Vec<Vec<u8>>,
    /// Bytes in the middle that are no record: something flipped them.
    pub damaged: usize,
    /// Bytes behind the last record that are no record: a write that did not finish.
    pub torn: usize,
}

/// Reads a segment and cuts off what is behind its last record.
///
/// # Errors
/// The file system's. What is wrong with the contents is told in them.
pub fn read(path: &Path) -> io::Result<Contents> {
    let mut bytes = Vec::new();
    File::open(path)?.read_to_end(&mut bytes)?;
    let (contents, end) = parse(&bytes);
    if end < bytes.len() {
        // Nothing depends on it: on a read-only disk the old records are still worth having.
        drop(OpenOptions::new().write(true).open(path).and_then(|file| file.set_len(end as u64)));
    }
    Ok(contents)
}

/// What a segment's bytes hold, torn or not.
#[must_use]
pub fn contents(bytes: &[u8]) -> Contents {
    parse(bytes).0
}

/// The records, and where the last one ends.
fn parse(bytes: &[u8]) -> (Contents, usize) {
    let mut contents = Contents::default();
    let (mut at, mut end, mut unknown) = (0, 0, 0);
    while at < bytes.len() {
        match record_at(&bytes[at..]) {
            Some(record) => {
                contents.damaged += unknown;
                unknown = 0;
                contents.records.push(record.to_vec());
                at += FRAME + record.len();
                end = at;
            }
            None => {
                unknown += usize::from(bytes[at] != 0);
                // A length is not 0, so a record begins at most three bytes before something that is not.
                at += blank(&bytes[at..]).saturating_sub(3).max(1);
            }
        }
    }
    contents.torn = unknown;
    (contents, end)
}

/// How many zeros these bytes open with, in whole blocks: room nobody wrote in is most of a segment, and comparing it by the
/// block is a thousand times quicker than looking for a record at each of its bytes.
fn blank(bytes: &[u8]) -> usize {
    const BLOCK: [u8; 4096] = [0; 4096];
    bytes.chunks_exact(BLOCK.len()).take_while(|block| **block == BLOCK).count() * BLOCK.len()
}

fn record_at(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    let (told, rest) = rest.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length);
    let size = usize::try_from(length).ok().filter(|size| (1..=RECORD_MAX).contains(size))?;
    let record = rest.get(..size)?;
    (sum(length, record) == u32::from_le_bytes(*told)).then_some(record)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn three() -> (Vec<Vec<u8>>, Vec<u8>) {
        let records = vec![vec![1; 20], vec![2; 33], vec![3; 5]];
        let bytes = records.iter().flat_map(|record| framed(record)).collect();
        (records, bytes)
    }

    #[test]
    fn a_file_cut_anywhere_holds_the_records_that_were_whole() {
        let (records, bytes) = three();
        let ends: Vec<usize> = vec![28, 69, 82];
        for cut in 0..=bytes.len() {
            let mut torn = bytes[..cut].to_vec();
            torn.resize(200, 0);
            let whole = ends.iter().filter(|end| **end <= cut).count();
            let (contents, end) = parse(&torn);
            assert_eq!(contents.records, records[..whole], "{cut}");
            assert_eq!(
                (contents.damaged, end),
                (0, whole.checked_sub(1).map_or(0, |last| ends[last])),
                "{cut}"
            );
        }
    }

    #[test]
    fn a_record_behind_any_stretch_of_unwritten_room_is_found() {
        // A length of 256 is written as 0 first, so that its record seems to begin a byte later.
        let record = vec![7; 256];
        for zeros in [1, 3, 4093, 4094, 4095, 4096, 4097, 8192, 20_000] {
            let bytes = [vec![0; zeros], framed(&record), vec![0; 9000]].concat();
            let (found, end) = parse(&bytes);
            assert_eq!(found, Contents { records: vec![record.clone()], damaged: 0, torn: 0 }, "{zeros}");
            assert_eq!(end, zeros + FRAME + record.len());
        }
    }

    #[test]
    fn any_flipped_bit_costs_the_record_it_is_in_and_no_other() {
        let (records, bytes) = three();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let hit = match bit / 8 {
                0..28 => 0,
                28..69 => 1,
                _ => 2,
            };
            let mut others = records.clone();
            others.remove(hit);
            let (contents, _) = parse(&flipped);
            assert_eq!(contents.records, others, "{bit}");
            assert!(contents.damaged + contents.torn > 0, "{bit}");
        }
    }

    #[test]
    fn reading_cuts_off_what_is_torn() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1");
        let (records, mut bytes) = three();
        bytes.extend_from_slice(&[9, 9, 9]);
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(read(&path).unwrap(), Contents { records: records.clone(), damaged: 0, torn: 3 });
        assert_eq!(read(&path).unwrap(), Contents { records, damaged: 0, torn: 0 });
    }

    #[test]
    fn a_segment_has_its_room_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("1");
        let mut segment = Segment::create(&path, LENGTH).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().len(), LENGTH);
        segment.append(&[vec![7; 10]]).unwrap();
        segment.sync().unwrap();
        assert_eq!(segment.room(), LENGTH - 18);
        assert_eq!(std::fs::metadata(&path).unwrap().len(), LENGTH);
        assert_eq!(read(&path).unwrap().records, [vec![7; 10]]);
    }
}
