use super::{ATTEMPTS_MAX, Command, Event, Extent, Outcome, PATIENCE, Revocation, Target, Verdict, Wanted};
use crate::connection::{Profile, Secrets};
use crate::{Aggregate, ConnectionId, Failure, Generation, Phase, Reason, Timestamp};
use latchkey_secret::Sealed;
use std::time::Duration;

fn profile() -> Profile {
    Profile {
        id: ConnectionId::from_parts(1, 1),
        environment: "dev".parse().unwrap(),
        integration: "github".parse().unwrap(),
        provider: "github".into(),
        end_user: "ana".parse().unwrap(),
        created_at: Timestamp(0),
    }
}

fn sealed(byte: u8) -> Secrets {
    Secrets { renewal: Some(Sealed::from_bytes(vec![byte])), ..Secrets::default() }
}

fn request(generation: u64, secrets: Option<Secrets>) -> Command {
    let wanted = Wanted {
        profile: profile(),
        generation: Generation(generation),
        obtained_at: Timestamp(0),
        origins: vec!["https://api.example.com".into()],
        extent: Extent::Account,
        target: Target::Connection,
    };
    Command::Request { wanted, secrets, at: Timestamp(0) }
}

fn report(generation: u64, outcome: Outcome, at: i64) -> Command {
    Command::Report { generation: Generation(generation), outcome, at: Timestamp(at) }
}

fn down(retry_after: Option<Duration>) -> Outcome {
    Outcome::Failed { failure: unavailable(), retry_after }
}

fn unavailable() -> Failure {
    Failure::new(Reason::ProviderUnavailable, Phase::Revoke)
}

fn after(commands: impl IntoIterator<Item = Command>) -> Revocation {
    commands.into_iter().fold(Revocation::default(), |revocation, command| {
        revocation.decide(command).unwrap().into_iter().fold(revocation, Revocation::evolve)
    })
}

fn verdict(revocation: &Revocation) -> Option<(Verdict, u32)> {
    let Revocation::Ended(ended) = revocation else { return None };
    Some((ended.verdict, ended.attempts))
}

#[test]
fn how_much_may_end_is_known_until_it_has_ended_and_for_what_comes_late() {
    assert_eq!(Revocation::default().extent(), Extent::Grant);
    assert_eq!(after([request(3, Some(sealed(1)))]).extent(), Extent::Account);
    let ended = after([request(3, Some(sealed(1))), report(3, Outcome::Revoked, 1)]);
    assert_eq!((verdict(&ended), ended.extent()), (Some((Verdict::Revoked, 1)), Extent::Account));
}

#[test]
fn it_is_due_at_once_and_over_with_the_answer() {
    let pending = after([request(3, Some(sealed(1)))]);
    assert_eq!((pending.card().due_at, pending.secrets()), (Some(Timestamp(0)), sealed(1)));
    for (outcome, expected) in [
        (Outcome::Revoked, (Verdict::Revoked, 1)),
        (Outcome::Unsupported, (Verdict::Unsupported, 0)),
        (Outcome::Refused(unavailable()), (Verdict::Refused, 1)),
    ] {
        let ended = after([request(3, Some(sealed(1))), report(3, outcome, 1)]);
        assert_eq!(verdict(&ended), Some(expected));
        assert_eq!((ended.card().due_at, ended.secrets()), (None, Secrets::default()));
    }
}

#[test]
fn a_provider_that_is_down_is_asked_again_later_and_later_and_then_given_up() {
    let mut revocation = after([request(1, Some(sealed(1)))]);
    let mut waits = vec![];
    while let Revocation::Pending(pending) = &revocation {
        let at = pending.next_at.0;
        revocation = after_one(revocation, report(1, down(None), at));
        if let Revocation::Pending(pending) = &revocation {
            waits.push((pending.next_at.0 - at) / 1000);
        }
    }
    assert_eq!(waits, [5, 20, 80, 320]);
    assert_eq!(verdict(&revocation), Some((Verdict::NotConfirmed, ATTEMPTS_MAX)));
}

#[test]
fn a_provider_is_not_waited_for_longer_than_there_is_patience() {
    let asked = |wait| after([request(1, Some(sealed(1))), report(1, down(Some(wait)), 0)]);
    assert_eq!(asked(PATIENCE).card().due_at, Some(Timestamp(0).plus(PATIENCE)));
    let longer = asked(PATIENCE + Duration::from_millis(1));
    assert_eq!(verdict(&longer), Some((Verdict::NotConfirmed, 1)));
}

#[test]
fn without_anything_to_ask_with_it_is_over_before_it_begins() {
    let ended = after([request(1, None)]);
    assert_eq!(verdict(&ended), Some((Verdict::NotConfirmed, 0)));
}

#[test]
fn a_newer_credential_takes_the_place_of_an_older_one_whatever_became_of_that() {
    for before in
        [report(1, down(None), 0), report(1, Outcome::Revoked, 0), Command::GiveUp { at: Timestamp(0) }]
    {
        let again = after([request(1, Some(sealed(1))), before, request(2, Some(sealed(2)))]);
        assert_eq!((again.card().due_at, again.secrets()), (Some(Timestamp(0)), sealed(2)));
        // What was asked about the older one says nothing about this one.
        assert_eq!(again.decide(report(1, Outcome::Revoked, 5)), Ok(vec![]));
        // And an older one changes nothing.
        assert_eq!(again.decide(request(2, Some(sealed(3)))), Ok(vec![]));
        assert_eq!(again.decide(request(1, Some(sealed(3)))), Ok(vec![]));
    }
}

#[test]
fn a_credential_that_came_after_the_request_is_another_one_whatever_its_generation() {
    let ended = after([request(2, Some(sealed(1))), report(2, Outcome::Revoked, 1)]);
    let Command::Request { wanted, .. } = request(2, None) else { panic!() };
    let later = Wanted { obtained_at: Timestamp(1), ..wanted };
    let again =
        after_one(ended, Command::Request { wanted: later, secrets: Some(sealed(2)), at: Timestamp(2) });
    assert_eq!((again.card().due_at, again.secrets()), (Some(Timestamp(2)), sealed(2)));
}

#[test]
fn what_is_over_stays_over() {
    let ended = after([request(1, Some(sealed(1))), Command::GiveUp { at: Timestamp(9) }]);
    assert_eq!(verdict(&ended), Some((Verdict::NotConfirmed, 0)));
    assert_eq!(ended.decide(report(1, Outcome::Revoked, 10)), Ok(vec![]));
    assert_eq!(ended.decide(Command::GiveUp { at: Timestamp(10) }), Ok(vec![]));
    assert_eq!(Revocation::default().decide(report(1, Outcome::Revoked, 1)), Ok(vec![]));
}

#[test]
fn every_event_ever_written_still_decodes() {
    let lines = include_str!("../golden/revocation.jsonl");
    assert_eq!(lines.lines().count(), 6);
    for line in lines.lines() {
        let event: Event = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(
            serde_json::to_value(&event).unwrap(),
            serde_json::from_str::<serde_json::Value>(line).unwrap()
        );
    }
}

fn after_one(revocation: Revocation, command: Command) -> Revocation {
    revocation.decide(command).unwrap().into_iter().fold(revocation, Revocation::evolve)
}
