use super::*;
use std::fs;
use tempfile::TempDir;

fn attempt(number: u64) -> AttemptId {
    AttemptId {
        connection: ConnectionId::from_parts(1, u128::from(number)),
        generation: Generation(1),
        fence: number,
    }
}

fn answer(number: u8, byte: u8) -> SealedAnswer {
    SealedAnswer { sealed_key: vec![1; 200], number, sealed: vec![byte; 500] }
}

/// What an earlier journal was still writing may hold the folder a moment longer.
fn opened(folder: &TempDir) -> Journal {
    let until = std::time::Instant::now() + Duration::from_secs(30);
    loop {
        match Journal::open(folder.path()) {
            Err(OpenError::Taken { .. }) if std::time::Instant::now() < until => std::thread::yield_now(),
            opened => return opened.unwrap(),
        }
    }
}

fn segment_files(folder: &TempDir) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = entries.filter(|path| path.extension().is_some()).collect();
    files.sort();
    files
}

#[tokio::test]
async fn what_the_vault_has_not_heard_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let journal = opened(&folder);
    for number in 1..=3 {
        journal.begin(attempt(number), vec![1; 200], 5).await.unwrap();
    }
    journal.answered(attempt(1), answer(0, 7), 6).await.unwrap();
    journal.answered(attempt(2), answer(0, 8), 6).await.unwrap();
    journal.settled(attempt(2), 7).await;
    drop(journal);

    let unsettled = opened(&folder).unsettled();
    let told: Vec<_> = unsettled.iter().map(|(attempt, open)| (attempt.fence, open.answers.len())).collect();
    assert_eq!(told, [(1, 1), (3, 0)]);
    assert_eq!(unsettled[0].1.answers[&0], vec![7; 500]);
}

#[tokio::test]
async fn a_worker_keeps_its_name_and_has_its_folder_to_itself() {
    let folder = tempfile::tempdir().unwrap();
    let journal = opened(&folder);
    let name = journal.worker().to_owned();
    assert!(matches!(Journal::open(folder.path()), Err(OpenError::Taken { .. })));
    drop(journal);
    assert_eq!(opened(&folder).worker(), name);
}

#[tokio::test]
async fn many_answers_at_once_are_all_kept() {
    let folder = tempfile::tempdir().unwrap();
    let journal = opened(&folder);
    let tasks = (0..50_u64).map(|number| {
        let journal = journal.clone();
        tokio::spawn(async move {
            journal.begin(attempt(number), vec![1; 200], 5).await.unwrap();
            journal.answered(attempt(number), answer(0, 7), 6).await.unwrap();
        })
    });
    for task in tasks.collect::<Vec<_>>() {
        task.await.unwrap();
    }
    drop(journal);
    let unsettled = opened(&folder).unsettled();
    assert_eq!(unsettled.len(), 50);
    assert!(unsettled.iter().all(|(_, open)| open.answers.len() == 1));
}

#[tokio::test]
async fn a_flipped_bit_costs_one_answer_and_the_rest_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let journal = opened(&folder);
    for number in 1..=2 {
        journal.begin(attempt(number), vec![1; 200], 5).await.unwrap();
        journal.answered(attempt(number), answer(0, 9), 6).await.unwrap();
    }
    drop(journal);
    let file = segment_files(&folder).remove(0);
    let mut bytes = fs::read(&file).unwrap();
    let first_answer = bytes.windows(100).position(|part| part == [9; 100]).unwrap();
    bytes[first_answer] ^= 4;
    fs::write(&file, bytes).unwrap();

    let unsettled = opened(&folder).unsettled();
    let told: Vec<_> = unsettled.iter().map(|(attempt, open)| (attempt.fence, open.answers.len())).collect();
    assert_eq!(told, [(1, 0), (2, 1)]);
}

#[tokio::test]
async fn without_room_for_an_answer_nothing_begins_and_what_is_under_way_still_lands() {
    let folder = tempfile::tempdir().unwrap();
    let journal = opened(&folder);
    journal.begin(attempt(0), vec![1; 200], 5).await.unwrap();
    // No further segment can be made in a folder that is gone; the one there is has its room.
    let away = folder.path().with_extension("away");
    fs::rename(folder.path(), &away).unwrap();
    let mut begun = 0;
    while journal.begin(attempt(begun + 1), vec![1; 200], 5).await.is_ok() {
        begun += 1;
        assert!(begun < 1000, "something must stop it");
    }
    assert!(journal.ready().await.is_err());
    for number in 0..=begun {
        journal.answered(attempt(number), answer(0, 7), 6).await.unwrap();
    }
    drop(journal);
    fs::rename(&away, folder.path()).unwrap();
    let unsettled = opened(&folder).unsettled();
    assert_eq!(unsettled.len() as u64, begun + 1);
    assert!(unsettled.iter().all(|(_, open)| open.answers.len() == 1));
}

#[tokio::test]
async fn a_disk_that_can_be_written_again_is_written_again() {
    let folder = tempfile::tempdir().unwrap();
    let journal = opened(&folder);
    let away = folder.path().with_extension("away");
    fs::rename(folder.path(), &away).unwrap();
    let mut number = 1;
    while journal.begin(attempt(number), vec![1; 200], 5).await.is_ok() {
        number += 1;
    }
    fs::rename(&away, folder.path()).unwrap();
    let writable = async {
        while journal.ready().await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), writable).await.unwrap();
    journal.begin(attempt(number), vec![1; 200], 5).await.unwrap();
}

#[tokio::test]
async fn what_is_settled_stays_a_day_and_what_is_not_stays() {
    let day = i64::try_from(RETENTION.as_millis()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for number in 1..=2 {
        let journal = opened(&folder);
        journal.begin(attempt(number), vec![1; 200], 5).await.unwrap();
        journal.answered(attempt(number), answer(0, 7), 6).await.unwrap();
        if number == 1 {
            journal.settled(attempt(number), 7).await;
        }
    }
    let journal = opened(&folder);
    journal.prune(day).await;
    assert_eq!(journal.segments().unwrap().len(), 3);
    assert_eq!(journal.consult(attempt(1).connection, Generation(1)).await.unwrap().answers.len(), 1);
    journal.prune(day + 1000).await;
    assert_eq!(journal.segments().unwrap(), [2, 3]);
    assert_eq!(journal.consult(attempt(1).connection, Generation(1)).await.unwrap(), Known::default());
    assert_eq!(journal.unsettled().len(), 1);
}

#[tokio::test]
async fn a_peer_asked_about_a_refresh_tells_what_it_holds_and_what_is_under_way() {
    let folder = tempfile::tempdir().unwrap();
    let journal = opened(&folder);
    let (theirs, ours) = (attempt(1), attempt(2));
    journal.hold(KeptAnswer { attempt: theirs, answer: answer(0, 3) }, 5).await.unwrap();
    journal.begin(ours, vec![1; 200], 5).await.unwrap();

    let known = journal.consult(theirs.connection, theirs.generation).await.unwrap();
    let held = KeptAnswer { attempt: theirs, answer: answer(0, 3) };
    assert_eq!(known, Known { answers: vec![held.clone()], in_flight: false });
    assert!(journal.consult(ours.connection, ours.generation).await.unwrap().in_flight);
    assert_eq!(journal.consult(ours.connection, Generation(9)).await.unwrap(), Known::default());

    drop(journal);
    let known = opened(&folder).consult(theirs.connection, theirs.generation).await.unwrap();
    assert_eq!(known.answers, [held]);
}
