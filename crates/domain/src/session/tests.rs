use super::*;

fn terms() -> Terms {
    Terms {
        id: SessionId::from_parts(1, 1),
        environment: "dev".parse().unwrap(),
        end_user: "ana".parse().unwrap(),
        integrations: vec!["github".parse().unwrap()],
        reconnect: None,
        manages: false,
        token: Digest::of(b"token"),
        created_at: Timestamp(0),
        expires_at: Timestamp(900_000),
        cancelled: false,
    }
}

fn create() -> Command {
    Command::Create {
        terms: terms(),
        outline: Box::new(About { display_name: "Acme".into(), ..About::default() }.into()),
    }
}

fn bind(token: &[u8], browser: &[u8], at: i64) -> Command {
    Command::Bind { token: Digest::of(token), browser: Digest::of(browser), at: Timestamp(at) }
}

fn complete() -> Command {
    Command::Complete { connection: ConnectionId::from_parts(1, 1), at: Timestamp(2) }
}

fn after(commands: impl IntoIterator<Item = Command>) -> Session {
    commands.into_iter().fold(Session::default(), |session, command| {
        session.decide(command).unwrap().into_iter().fold(session, Session::evolve)
    })
}

#[test]
fn the_first_browser_keeps_it() {
    let session = after([create(), bind(b"token", b"a", 1)]);
    assert_eq!(session.decide(bind(b"token", b"a", 2)), Ok(vec![]));
    assert_eq!(session.decide(bind(b"token", b"b", 2)), Err(Refusal::OtherBrowser));
    assert!(session.held_by(&Digest::of(b"a"), Timestamp(2)).is_ok());
    assert_eq!(session.held_by(&Digest::of(b"b"), Timestamp(2)), Err(Refusal::OtherBrowser));
}

#[test]
fn an_expired_session_opens_for_nobody() {
    let session = after([create()]);
    assert_eq!(session.decide(bind(b"token", b"a", 900_000)), Err(Refusal::Expired));
    let held = after([create(), bind(b"token", b"a", 1)]);
    assert_eq!(held.held_by(&Digest::of(b"a"), Timestamp(900_000)), Err(Refusal::Expired));
}

#[test]
fn what_is_taken_back_opens_for_nobody_any_more() {
    let cancel = |at| Command::Cancel { at: Timestamp(at) };
    let cancelled = after([create(), bind(b"token", b"a", 1), cancel(5)]);
    assert_eq!(cancelled.held_by(&Digest::of(b"a"), Timestamp(5)), Err(Refusal::Expired));
    assert_eq!(cancelled.decide(bind(b"token", b"a", 6)), Err(Refusal::Expired));
    assert_eq!(
        (cancelled.card().status, cancelled.decide(cancel(6))),
        (CANCELLED, Ok(vec![])),
        "once is enough"
    );
    assert_eq!(after([create(), cancel(900_000)]).card().status, OPEN, "it had expired by itself");
    assert_eq!(after([create(), complete()]).decide(cancel(3)), Err(Refusal::Consumed));
    assert_eq!(Session::Absent.decide(cancel(1)), Err(Refusal::Unknown));
}

#[test]
fn a_session_is_dead_after_success() {
    let session = after([create(), bind(b"token", b"a", 1), complete()]);
    assert_eq!(session.decide(bind(b"token", b"a", 2)), Err(Refusal::Consumed));
    assert_eq!(session.held_by(&Digest::of(b"a"), Timestamp(2)), Err(Refusal::Consumed));
}

fn issue(browser: &[u8], token: &[u8], at: i64) -> Command {
    Command::IssueResult { browser: Digest::of(browser), token: Digest::of(token), at: Timestamp(at) }
}

fn exchange(token: &[u8], at: i64) -> Command {
    Command::ExchangeResult { token: Digest::of(token), at: Timestamp(at) }
}

#[test]
fn a_result_is_exchanged_once_within_five_minutes() {
    let ended = || [create(), bind(b"token", b"a", 1), complete()].into_iter();
    let issued = || ended().chain([issue(b"a", b"result", 10)]);
    assert_eq!(after(ended()).decide(exchange(b"result", 11)), Err(Refusal::ResultUnknown));
    assert_eq!(after(issued()).decide(exchange(b"guess", 11)), Err(Refusal::ResultUnknown));
    assert_eq!(after(issued()).decide(exchange(b"result", 300_010)), Err(Refusal::ResultExpired));
    let exchanged = after(issued().chain([exchange(b"result", 300_009)]));
    assert_eq!(exchanged.decide(exchange(b"result", 300_009)), Err(Refusal::ResultUsed));
    let another = after(issued().chain([issue(b"a", b"another", 20)]));
    assert_eq!(another.decide(exchange(b"result", 21)), Err(Refusal::ResultUnknown));
    assert!(another.decide(exchange(b"another", 21)).is_ok());
}

fn invite(browser: &[u8], token: &[u8], at: i64) -> Command {
    Command::Invite { browser: Digest::of(browser), token: Digest::of(token), at: Timestamp(at) }
}

fn approve(token: &[u8], browser: &[u8], at: i64) -> Command {
    Command::BindApprover { token: Digest::of(token), browser: Digest::of(browser), at: Timestamp(at) }
}

#[test]
fn an_admin_who_was_invited_holds_it_too_and_has_a_week() {
    const WEEK: i64 = 7 * 24 * 3_600_000;
    let invited = || [create(), bind(b"token", b"a", 1), invite(b"a", b"invitation", 2)].into_iter();
    let admin = Digest::of(b"admin");
    assert_eq!(after(invited()).held_by(&admin, Timestamp(3)), Err(Refusal::OtherBrowser));
    assert_eq!(after(invited()).decide(invite(b"a", b"another", 3)), Ok(vec![]), "there is one");
    assert_eq!(after(invited()).decide(approve(b"guess", b"admin", 3)), Err(Refusal::Unknown));
    assert_eq!(after(invited()).decide(approve(b"invitation", b"a", 3)), Ok(vec![]));
    let bound = after(invited().chain([approve(b"invitation", b"admin", WEEK)]));
    assert!(bound.held_by(&admin, Timestamp(WEEK)).is_ok() && bound.is_approver(&admin));
    assert!(bound.held_by(&Digest::of(b"a"), Timestamp(WEEK)).is_ok());
    assert_eq!(bound.decide(approve(b"invitation", b"third", WEEK)), Err(Refusal::OtherBrowser));
    assert_eq!(bound.held_by(&admin, Timestamp(WEEK + 2)), Err(Refusal::Expired));
    let ended = bound.decide(complete()).unwrap().into_iter().fold(bound, Session::evolve);
    assert_eq!(ended.held_by(&admin, Timestamp(WEEK)), Err(Refusal::Consumed), "and is told so");
    assert_eq!(ended.decide(approve(b"invitation", b"admin", WEEK)), Err(Refusal::Consumed));
}

#[test]
fn nobody_else_can_invite() {
    let held = after([create(), bind(b"token", b"a", 1)]);
    assert_eq!(held.decide(invite(b"b", b"invitation", 2)), Err(Refusal::OtherBrowser));
    assert_eq!(held.decide(invite(b"a", b"invitation", 900_000)), Err(Refusal::Expired));
    let bound = after([
        create(),
        bind(b"token", b"a", 1),
        invite(b"a", b"invitation", 2),
        approve(b"invitation", b"admin", 3),
    ]);
    assert_eq!(bound.decide(invite(b"admin", b"more", 4)), Err(Refusal::OtherBrowser));
}

#[test]
fn a_result_is_for_the_browser_that_has_one() {
    let open = after([create(), bind(b"token", b"a", 1)]);
    assert_eq!(open.decide(issue(b"a", b"result", 2)), Err(Refusal::NotCompleted));
    let ended = after([create(), bind(b"token", b"a", 1), complete()]);
    assert_eq!(ended.decide(issue(b"b", b"result", 2)), Err(Refusal::OtherBrowser));
    assert!(ended.decide(issue(b"a", b"result", 1_199_999)).is_ok());
    assert_eq!(ended.decide(issue(b"a", b"result", 1_200_000)), Err(Refusal::Expired));
}

#[test]
fn another_token_is_not_told_that_the_session_exists() {
    let session = after([create(), bind(b"token", b"a", 1), complete()]);
    assert_eq!(session.decide(bind(b"guess", b"a", 2)), Err(Refusal::Unknown));
    assert_eq!(Session::Absent.decide(bind(b"guess", b"a", 2)), Err(Refusal::Unknown));
}

#[test]
fn what_is_said_of_the_connection_to_come_is_kept_apart_until_there_is_one() {
    let github = "github".parse().unwrap();
    let mut session = after([create(), bind(b"token", b"a", 1)]);
    assert_eq!(session.about(&github).display_name, "Acme");
    let recorded = serde_json::to_string(&Session::Absent.decide(create()).unwrap()).unwrap();
    assert!(!recorded.contains("Acme"), "{recorded}");
    // A session of before there was anything to say.
    session.restore_secrets(serde_json::from_str("null").unwrap());
    assert_eq!(session.about(&github).display_name, "Acme");
    assert_eq!(after([create(), bind(b"token", b"a", 1), complete()]).secrets(), None);
}

#[test]
fn what_was_settled_for_an_integration_is_known_after_success_too() {
    let preset = Preset { scopes: vec!["repo".into()], ..Preset::default() };
    let presets = Presets::from([("github".parse().unwrap(), preset)]);
    let about = About { display_name: "Acme".into(), ..About::default() };
    let outline = Box::new(Outline { about, presets: presets.clone() });
    let create = Command::Create { terms: terms(), outline };
    let recorded = serde_json::to_string(&Session::Absent.decide(create.clone()).unwrap()).unwrap();
    assert!(!recorded.contains("repo"), "{recorded}");
    let completed = after([create, bind(b"token", b"a", 1), complete()]);
    let kept = completed.secrets();
    assert_eq!(kept, Some(Outline { presets: presets.clone(), ..Outline::default() }));
    let mut read: Session = serde_json::from_str(&serde_json::to_string(&completed).unwrap()).unwrap();
    assert!(read.presets().is_empty());
    read.restore_secrets(kept);
    assert_eq!(read, completed);
}

#[test]
fn every_event_ever_written_still_decodes() {
    for line in include_str!("../golden/session.jsonl").lines() {
        let event: Event = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(
            serde_json::to_value(&event).unwrap(),
            serde_json::from_str::<serde_json::Value>(line).unwrap()
        );
    }
}
