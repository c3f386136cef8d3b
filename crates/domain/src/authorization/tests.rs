use super::*;
use crate::Phase;
use crate::rotation::Behaviour;

fn start() -> Command {
    let attempt = Attempt {
        id: AuthorizationId::from_parts(1, 1),
        session: SessionId::from_parts(1, 1),
        environment: "dev".parse().unwrap(),
        integration: "github".parse().unwrap(),
        connection: ConnectionId::from_parts(1, 1),
        state: Digest::of(b"state"),
        browser: Digest::of(b"browser"),
        redirect_uri: "https://latchkey.example/oauth/callback".into(),
        scopes: vec![],
        started_at: Timestamp(0),
        expires_at: Timestamp(600_000),
    };
    let secrets = Secrets { code_verifier: Some(Sealed::from_bytes(vec![1])), ..Secrets::default() };
    Command::Start { attempt, secrets }
}

fn claim(state: &[u8], browser: &[u8], at: i64) -> Command {
    Command::Claim { state: Digest::of(state), browser: Digest::of(browser), at: Timestamp(at) }
}

fn after(commands: impl IntoIterator<Item = Command>) -> Authorization {
    commands.into_iter().fold(Authorization::default(), |authorization, command| {
        authorization.decide(command).unwrap().into_iter().fold(authorization, Authorization::evolve)
    })
}

#[test]
fn an_answer_is_accepted_once() {
    let claimed = after([start(), claim(b"state", b"browser", 1)]);
    assert_eq!(claimed.decide(claim(b"state", b"browser", 2)), Err(Refusal::Spent));
    assert_eq!(claimed.secrets(), Secrets::default(), "the verifier is gone once it was handed out");
}

#[test]
fn an_answer_from_elsewhere_is_refused_and_spends_nothing() {
    let started = after([start()]);
    assert_eq!(started.decide(claim(b"state", b"other", 1)), Err(Refusal::OtherBrowser));
    assert_eq!(started.decide(claim(b"guess", b"browser", 1)), Err(Refusal::UnknownState));
    assert!(started.decide(claim(b"state", b"browser", 1)).is_ok());
}

#[test]
fn an_answer_after_the_end_is_too_late() {
    assert_eq!(after([start()]).decide(claim(b"state", b"browser", 600_000)), Err(Refusal::Expired));
}

#[test]
fn an_attempt_completes_only_after_its_answer() {
    assert_eq!(after([start()]).decide(Command::Complete { at: Timestamp(1) }), Err(Refusal::NotClaimed));
    let failure = Failure::new(Reason::UserDeclined, Phase::Authorize);
    let failed = after([start(), Command::Fail { failure, at: Timestamp(1) }]);
    assert_eq!(failed.decide(Command::Complete { at: Timestamp(2) }), Err(Refusal::Spent));
}

fn hold() -> Command {
    hold_with(vec![])
}

fn several() -> Vec<Choice> {
    let of = |label: &str| Choice {
        label: label.to_owned(),
        detail: None,
        values: BTreeMap::from([("site".to_owned(), label.to_owned())]),
    };
    vec![of("north"), of("south")]
}

fn hold_with(choices: Vec<Choice>) -> Command {
    let handout = Some(Sealed::from_bytes(vec![2]));
    let credential = NewCredential {
        auth_mode: "OAUTH2".into(),
        obtained_at: Timestamp(2),
        issued_at: None,
        expires_at: None,
        scopes: vec![],
        origins: vec![],
        fingerprint: "f".into(),
        account: Some("bob".into()),
        account_id: None,
        behaviour: Behaviour::default(),
        secrets: connection::Secrets { handout, ..connection::Secrets::default() },
    };
    Command::Hold { credential, choices, at: Timestamp(2) }
}

#[test]
fn of_several_accounts_one_has_to_be_chosen_by_the_same_browser() {
    let undecided = after([start(), claim(b"state", b"browser", 1), hold_with(several())]);
    let browser = Digest::of(b"browser");
    assert!(undecided.undecided(&browser).is_ok());
    assert_eq!(undecided.undecided(&Digest::of(b"other")), Err(Refusal::OtherBrowser));
    assert_eq!(undecided.held(&browser), Err(Refusal::NotClaimed), "a yes is no choice");
    assert!(undecided.claimed().is_ok(), "with the choice it becomes a connection");
    assert_eq!(undecided.decide(hold_with(several())), Ok(vec![]), "told twice");
    assert_eq!(undecided.secrets().choices, several());
    let mut restored = undecided.clone();
    restored.restore_secrets(undecided.secrets());
    assert_eq!(restored, undecided);
    // What was chosen may be another account than the connection has: then that is asked.
    let other = after([start(), claim(b"state", b"browser", 1), hold_with(several()), hold()]);
    assert_eq!(other.undecided(&browser), Err(Refusal::OtherAccount));
    assert!(other.held(&browser).is_ok());
    assert_eq!(after([start()]).undecided(&browser), Err(Refusal::NotClaimed));
}

#[test]
fn what_another_account_brought_is_held_until_the_end_user_says() {
    let held = after([start(), claim(b"state", b"browser", 1), hold()]);
    assert_eq!(held.claimed(), Err(Refusal::OtherAccount));
    assert_eq!(held.held(&Digest::of(b"other")), Err(Refusal::OtherBrowser));
    let (_, credential, secrets) = held.held(&Digest::of(b"browser")).unwrap();
    assert_eq!(credential.account.as_deref(), Some("bob"));
    assert_eq!(secrets.handout, Some(Sealed::from_bytes(vec![2])));
    let recorded = serde_json::to_string(&held).unwrap();
    let mut read: Authorization = serde_json::from_str(&recorded).unwrap();
    assert_ne!(read, held, "what is sealed is kept apart");
    read.restore_secrets(held.secrets());
    assert_eq!(read, held);

    let completed = held.decide(Command::Complete { at: Timestamp(3) }).unwrap();
    let completed = completed.into_iter().fold(held.clone(), Authorization::evolve);
    assert_eq!(completed.secrets(), Secrets::default(), "it is the connection's now");
    let failure = Failure::new(Reason::OtherAccount, Phase::Verify);
    let failed = held.decide(Command::Fail { failure, at: Timestamp(3) }).unwrap();
    let failed = failed.into_iter().fold(held, Authorization::evolve);
    assert_eq!(failed.secrets(), Secrets::default(), "nobody wants it");
    assert_eq!(failed.held(&Digest::of(b"browser")), Err(Refusal::Spent));
}

#[test]
fn nothing_is_held_before_the_answer() {
    assert_eq!(after([start()]).decide(hold()), Err(Refusal::NotClaimed));
    assert_eq!(after([start()]).held(&Digest::of(b"browser")), Err(Refusal::NotClaimed));
}

#[test]
fn every_event_ever_written_still_decodes() {
    for line in include_str!("../golden/authorization.jsonl").lines() {
        let event: Event = serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert_eq!(
            serde_json::to_value(&event).unwrap(),
            serde_json::from_str::<serde_json::Value>(line).unwrap()
        );
    }
}
