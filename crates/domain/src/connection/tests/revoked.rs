//! A credential that is revoked, and the connection that stays.

use super::*;
use crate::connection::Field;

fn key() -> KeyId {
    KeyId::from_bytes([7; 16])
}

fn after_one(connection: Connection, command: Command) -> Connection {
    connection.decide(command).unwrap().into_iter().fold(connection, Connection::evolve)
}

fn revoke_credential(at: i64) -> Command {
    Command::RevokeCredential { key: Some(key()), at: Timestamp(at) }
}

#[test]
fn nothing_is_left_of_a_revoked_credential_and_the_connection_waits_for_another() {
    let about = About { display_name: "Ana's".into(), ..About::default() };
    let described = Command::Describe {
        fields: vec![Field::DisplayName],
        about: about.clone(),
        etag: None,
        by: None,
        at: Timestamp(1),
    };
    for before in [None, Some(refused(1, HOUR))] {
        let strict = establish(0, credential(0, Some(HOUR), true));
        let commands = [strict, described.clone()].into_iter().chain(before).chain([revoke_credential(5)]);
        let connection = after(commands);
        let Connection::Broken(broken) = &connection else { panic!("{connection:?}") };
        assert!(broken.credential_is_revoked());
        assert_eq!((&broken.secrets, broken.destroyed), (&Secrets::default(), Some(key())));
        assert_eq!((broken.about.display_name.as_str(), connection.card().due_at), ("Ana's", None));
        assert!(matches!(connection.live(), Err(Refusal::NeedsReauthorization(_))));
        assert_eq!(connection.decide(revoke_credential(9)), Ok(vec![]), "revoking twice is once");

        let mended = after_one(connection, establish(1, credential(10, Some(HOUR), true)));
        assert_eq!((mended.generation(), mended.live().is_ok()), (Generation(2), true));
        assert_eq!(mended.about().unwrap().display_name, "Ana's");
    }
}

#[test]
fn a_refresh_of_a_revoked_credential_brings_nothing_back() {
    let connection = after([establish(0, credential(0, Some(HOUR), true)), revoke_credential(5)]);
    for late in [refreshed(1, 6), failed(1, 6), refused(1, 6)] {
        assert_eq!(connection.decide(late), Err(Refusal::CredentialRevoked));
    }
    let incident = Ruling { incident: Some(Duration::from_secs(60)), ..Ruling::default() };
    let generation = Generation(1);
    let reconsider = Command::Reconsider { generation, ruling: incident, at: Timestamp(7) };
    assert_eq!(connection.decide(reconsider), Ok(vec![]), "it was no refusal of the provider's");
}

#[test]
fn an_episode_is_begun_once() {
    let live = after([establish(0, credential(0, None, true))]);
    let begun = |connection: &Connection| match &connection.decide(revoke_credential(5)).unwrap()[..] {
        [Event::CredentialRevoked { broken_before, .. }] => !broken_before,
        events => panic!("{events:?}"),
    };
    assert!(begun(&live));
    assert!(!begun(&after_one(live, refused(1, 1))));
}

#[test]
fn a_deletion_afterwards_names_the_key_that_went_with_the_credential() {
    let revoke = Command::Revoke { key: None, at: Timestamp(9) };
    let connection = after([establish(0, credential(0, None, true)), revoke_credential(5), revoke]);
    let Connection::Revoked(revoked) = &connection else { panic!("{connection:?}") };
    assert_eq!((revoked.key, revoked.destroyed_at(), revoked.at), (Some(key()), Timestamp(5), Timestamp(9)));
    assert_eq!(connection.decide(revoke_credential(10)), Err(Refusal::Revoked));
    assert_eq!(Connection::Absent.decide(revoke_credential(10)), Err(Refusal::Absent));
}
