use super::*;

const SECOND: i64 = 1000;

fn seconds(number: u64) -> Duration {
    Duration::from_secs(number)
}

const GRACE: RotationClass = RotationClass::Grace { seconds: 30 };

#[test]
fn a_lease_and_a_resend_fit_into_the_grace() {
    for grace in 20..4000 {
        let class = RotationClass::Grace { seconds: grace };
        assert!(class.lease() < seconds(grace).mul_f64(0.65), "{grace}");
        // After a first request that took as long as it may, another one can be sent and waited for.
        let first = class.deadline(Duration::ZERO);
        let end = Timestamp(0).plus(first);
        assert_eq!(class.after_ambiguous(0, Timestamp(0), end, None), Resend::At(end), "{grace}");
        assert!(class.deadline(first) >= first, "{grace}");
        assert!(class.renewal() * 2 < class.lease(), "{grace}");
    }
    assert_eq!(GRACE.lease(), seconds(12));
    assert_eq!(GRACE.deadline(Duration::ZERO), seconds(18));
    assert_eq!(GRACE.deadline(seconds(3)), seconds(18));
    assert_eq!(GRACE.deadline(seconds(4)), seconds(75), "nothing can be sent after it, so it is waited for");
    assert_eq!(RotationClass::Grace { seconds: 1800 }.lease(), seconds(90));
    assert_eq!(RotationClass::Grace { seconds: 1800 }.deadline(Duration::ZERO), seconds(60));
}

#[test]
fn what_is_unknown_or_too_short_a_grace_is_handled_like_strict() {
    for class in [RotationClass::Unknown, RotationClass::Grace { seconds: 19 }] {
        assert_eq!(class.lease(), RotationClass::Strict.lease());
        assert_eq!(class.deadline(Duration::ZERO), RotationClass::Strict.deadline(Duration::ZERO));
        for end in [None, Some(Timestamp(500 * SECOND))] {
            let resend =
                |class: RotationClass| class.after_ambiguous(0, Timestamp(0), Timestamp(75 * SECOND), end);
            assert_eq!(resend(class), resend(RotationClass::Strict));
        }
    }
    assert_eq!(RotationClass::Strict.deadline(Duration::ZERO), seconds(75));
    assert_eq!(RotationClass::None.deadline(Duration::ZERO), seconds(60));
}

#[test]
fn within_a_grace_it_is_sent_again_at_once_and_then_less_often_until_seven_tenths_of_it() {
    let at = |resends, now| GRACE.after_ambiguous(resends, Timestamp(0), Timestamp(now), None);
    assert_eq!(at(0, 5 * SECOND), Resend::At(Timestamp(5 * SECOND)));
    assert_eq!(at(1, 6 * SECOND), Resend::At(Timestamp(7 * SECOND)));
    assert_eq!(at(2, 8 * SECOND), Resend::At(Timestamp(11 * SECOND)));
    assert_eq!(at(0, 21 * SECOND), Resend::At(Timestamp(21 * SECOND)));
    assert_eq!(at(0, 21 * SECOND + 1), Resend::Never);
    assert_eq!(at(2, 19 * SECOND), Resend::Never);
}

#[test]
fn a_strict_token_is_sent_again_once_and_when_there_is_nothing_left_to_lose() {
    let strict = RotationClass::Strict;
    let (sent, now) = (Timestamp(0), Timestamp(75 * SECOND));
    let end = Some(Timestamp(1000 * SECOND));
    assert_eq!(strict.after_ambiguous(0, sent, now, end), Resend::AfterPeers(Timestamp(940 * SECOND)));
    assert_eq!(strict.after_ambiguous(0, sent, now, Some(Timestamp(80 * SECOND))), Resend::AfterPeers(now));
    assert_eq!(strict.after_ambiguous(0, sent, now, None), Resend::AfterPeers(now));
    assert_eq!(strict.after_ambiguous(1, sent, now, end), Resend::Never);
}

#[test]
fn a_token_that_is_not_rotated_may_always_be_sent_again() {
    for resends in 0..100 {
        let Resend::At(at) =
            RotationClass::None.after_ambiguous(resends, Timestamp(0), Timestamp(SECOND), None)
        else {
            panic!("{resends}")
        };
        assert!(Timestamp(SECOND) < at && at <= Timestamp(301 * SECOND), "{at:?}");
    }
}

const CLASSES: [RotationClass; 4] =
    [RotationClass::None, RotationClass::Strict, RotationClass::Unknown, GRACE];

#[test]
fn nobody_takes_over_from_one_who_is_still_at_it_and_anybody_where_nothing_was_sent() {
    for class in CLASSES {
        let over = |predecessor| class.takeover(predecessor, Timestamp(0), Timestamp(SECOND), None);
        assert_eq!(over(Predecessor::InFlight), Takeover::AskAgain(seconds(5)));
        assert_eq!(over(Predecessor::Denied), Takeover::Send);
    }
}

#[test]
fn a_token_that_may_be_sent_again_is_taken_over_at_once_within_its_grace() {
    let end = Some(Timestamp(1000 * SECOND));
    for predecessor in [Predecessor::Silent, Predecessor::Forgotten] {
        let at = |class: RotationClass, now| class.takeover(predecessor, Timestamp(0), Timestamp(now), end);
        assert_eq!(at(RotationClass::None, 500 * SECOND), Takeover::Send);
        assert_eq!(at(GRACE, 7 * SECOND), Takeover::Send);
        assert_ne!(at(GRACE, 8 * SECOND), Takeover::Send, "a lease and this are two thirds of the grace");
    }
}

#[test]
fn a_strict_token_that_may_have_been_sent_waits_until_there_is_nothing_left_to_lose() {
    let (lapsed, end) = (Timestamp(0), Some(Timestamp(1000 * SECOND)));
    for class in [RotationClass::Strict, RotationClass::Unknown] {
        let at = |predecessor, now, end| class.takeover(predecessor, lapsed, Timestamp(now), end);
        let chance = Timestamp(940 * SECOND);
        assert_eq!(at(Predecessor::Forgotten, SECOND, end), Takeover::Lost(chance));
        assert_eq!(at(Predecessor::Silent, SECOND, end), Takeover::AskAgain(seconds(45)));
        assert_eq!(at(Predecessor::Silent, 930 * SECOND, end), Takeover::AskAgain(seconds(10)));
        for predecessor in [Predecessor::Silent, Predecessor::Forgotten] {
            assert_eq!(at(predecessor, 940 * SECOND, end), Takeover::Send);
            assert_eq!(at(predecessor, SECOND, None), Takeover::Send);
        }
    }
}

#[test]
fn what_is_documented_goes_before_what_was_seen() {
    let seen = Learnt::default().after_success(true, Timestamp(0)).after_refusal(Some(5));
    assert_eq!(seen.class(RotationClass::Unknown), RotationClass::Strict);
    assert_eq!(seen.class(GRACE), GRACE);
    assert_eq!(GRACE.or(RotationClass::Strict), GRACE);
    assert_eq!(RotationClass::Unknown.or(RotationClass::Strict), RotationClass::Strict);
}

#[test]
fn a_token_is_not_sent_twice_because_it_was_kept_for_a_day() {
    let day = 24 * 3600 * SECOND;
    let kept = (0..20)
        .fold(Learnt::default(), |learnt, hour| learnt.after_success(false, Timestamp(hour * day / 24)));
    assert_eq!(kept.class(RotationClass::Unknown), RotationClass::None, "it is told");
    assert_eq!(kept.to_send_by(Timestamp(day)), RotationClass::Unknown);
    assert_eq!(kept.to_send_by(Timestamp(2 * day)), RotationClass::None);
    let replaced = kept.after_success(true, Timestamp(2 * day)).after_success(false, Timestamp(5 * day));
    assert_eq!(replaced.to_send_by(Timestamp(6 * day)), RotationClass::Unknown);
    let taken_again = replaced.after_second_answer(40);
    assert_eq!(taken_again.to_send_by(Timestamp(6 * day)), RotationClass::Grace { seconds: 40 });
}

#[test]
fn it_takes_several_unrotated_refreshes_to_believe_that_nothing_rotates() {
    let mut learnt = Learnt::default();
    for _ in 0..2 {
        learnt = learnt.after_success(false, Timestamp(0));
        assert_eq!(learnt.class(RotationClass::Unknown), RotationClass::Unknown);
    }
    learnt = learnt.after_success(false, Timestamp(0));
    assert_eq!(learnt.class(RotationClass::Unknown), RotationClass::None);
    assert_eq!(
        learnt.after_success(true, Timestamp(0)).class(RotationClass::Unknown),
        RotationClass::Unknown
    );
}

#[test]
fn a_grace_is_learnt_as_far_as_it_was_seen_and_unlearnt_by_a_refusal_inside_it() {
    let learnt =
        Learnt::default().after_success(true, Timestamp(0)).after_second_answer(40).after_second_answer(25);
    assert_eq!(learnt.class(RotationClass::Unknown), RotationClass::Grace { seconds: 40 });
    assert_eq!(
        learnt.after_refusal(Some(90)).class(RotationClass::Unknown),
        RotationClass::Grace { seconds: 40 }
    );
    assert_eq!(learnt.after_refusal(Some(40)).class(RotationClass::Unknown), RotationClass::Strict);
    // A refusal that no lost answer went before says nothing about reuse.
    assert_eq!(learnt.after_refusal(None), learnt);
}

#[test]
fn a_refresh_token_ends_by_whichever_limit_comes_first() {
    let behaviour =
        Behaviour { idle_seconds: Some(100), absolute_seconds: Some(300), ..Behaviour::default() };
    assert_eq!(behaviour.ends_at(Timestamp(0), Timestamp(0)), Some(Timestamp(100 * SECOND)));
    assert_eq!(behaviour.ends_at(Timestamp(0), Timestamp(250 * SECOND)), Some(Timestamp(300 * SECOND)));
    assert_eq!(Behaviour::default().ends_at(Timestamp(0), Timestamp(0)), None);
}

#[test]
fn the_words_of_the_catalogue_are_read_and_others_are_not() {
    assert_eq!(RotationClass::from_word("grace", Some(30)), Some(GRACE));
    assert_eq!(RotationClass::from_word("grace", None), None);
    assert_eq!(RotationClass::from_word("", None), Some(RotationClass::Unknown));
    assert_eq!(RotationClass::from_word("Strict", None), None);
    for class in [RotationClass::Unknown, RotationClass::None, RotationClass::Strict, GRACE] {
        assert_eq!(RotationClass::from_word(class.word(), Some(30)), Some(class));
        let json = serde_json::to_string(&class).unwrap();
        assert_eq!(serde_json::from_str::<RotationClass>(&json).unwrap(), class);
    }
}

#[test]
fn a_database_that_may_have_lost_an_answer_is_believed_only_once_everybody_was_heard() {
    for class in [RotationClass::Strict, RotationClass::Unknown, GRACE] {
        assert_eq!(class.keeps_away_after_failover(Predecessor::Silent), Some(ASK_EVERY));
        assert_eq!(class.keeps_away_after_failover(Predecessor::InFlight), Some(ASK_EVERY));
        // A journal younger than the credential is nothing unusual here: no claim ran out.
        assert_eq!(class.keeps_away_after_failover(Predecessor::Forgotten), None);
        assert_eq!(class.keeps_away_after_failover(Predecessor::Denied), None);
    }
    // Sending it twice does no harm.
    assert_eq!(RotationClass::None.keeps_away_after_failover(Predecessor::Silent), None);
}
