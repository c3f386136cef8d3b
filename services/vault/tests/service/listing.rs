use crate::describing::about;
use crate::world::{TOKEN_LIFE, World, demo, dev, invalid_grant};
use latchkey_chassis::Clock;
use latchkey_domain::connection::About;
use latchkey_domain::{ApiKeyId, ConnectionId, Timestamp};
use latchkey_vault::vault::{ConnectionOrder, ListConnections, Series, Span, Switch};
use latchkey_wire::contract::RefreshOutcome;
use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::time::Duration;

pub fn all() -> ListConnections {
    ListConnections {
        environment: dev(),
        integration: None,
        provider: None,
        end_user: None,
        status: None,
        external_id: None,
        tags: BTreeMap::new(),
        search: None,
        created: Span::default(),
        ends: Span::default(),
        order: ConnectionOrder::Oldest,
        as_of: None,
        after: None,
        max: 0,
    }
}

/// All pages, and how many there were.
async fn walked(world: &World, list: ListConnections) -> (Vec<ConnectionId>, usize) {
    let (mut seen, mut pages, mut list) = (vec![], 0, list);
    loop {
        let page = world.vault.connections(list.clone()).await.unwrap();
        assert!(page.connections.len() <= if list.max == 0 { 50 } else { list.max as usize });
        pages += 1;
        seen.extend(page.connections.iter().map(|connection| connection.profile().unwrap().id));
        let Some(next) = page.next else { return (seen, pages) };
        list.after = Some(next);
    }
}

pub async fn listed(world: &World, list: ListConnections) -> Vec<ConnectionId> {
    walked(world, list).await.0
}

#[tokio::test]
async fn each_restriction_finds_what_fits_it_and_nothing_else() {
    let world = World::new().await;
    let a = world.connected_about(about("user-1")).await;
    world.clock.advance(Duration::from_secs(7200));
    let tags = [("team".to_owned(), "canary_tag".to_owned()), ("plan".to_owned(), "pro".to_owned())];
    let b = world
        .connected_about(About {
            tags: tags.clone().into(),
            display_name: "Ünique".into(),
            ..about("user-2")
        })
        .await;
    world.clock.advance(Duration::from_secs(7200));
    let c = world.connected().await;
    world.vault.switch_connection(&dev(), c, Switch::Off, ApiKeyId::from_parts(1, 1)).await.unwrap();

    for order in [ConnectionOrder::Oldest, ConnectionOrder::Newest] {
        for max in [1, 2, 0] {
            let base = || ListConnections { order, max, ..all() };
            let in_order = |mut ids: Vec<ConnectionId>| {
                if order == ConnectionOrder::Newest {
                    ids.reverse();
                }
                ids
            };
            let is = async |list: ListConnections, ids: &[ConnectionId]| {
                let told = format!("{list:?}");
                assert_eq!(listed(&world, list).await, in_order(ids.to_vec()), "{told}");
            };
            is(base(), &[a, b, c]).await;
            is(ListConnections { integration: Some(demo()), ..base() }, &[a, b, c]).await;
            is(ListConnections { provider: Some("demo".into()), ..base() }, &[a, b, c]).await;
            is(ListConnections { provider: Some("other".into()), ..base() }, &[]).await;
            is(ListConnections { end_user: Some("ana".parse().unwrap()), ..base() }, &[a, b, c]).await;
            is(ListConnections { status: Some("disabled"), ..base() }, &[c]).await;
            is(ListConnections { status: Some("active"), ..base() }, &[a, b]).await;
            is(ListConnections { external_id: Some("user-2".parse().unwrap()), ..base() }, &[b]).await;
            is(ListConnections { tags: tags[..1].iter().cloned().collect(), ..base() }, &[a, b]).await;
            is(ListConnections { tags: tags.clone().into(), ..base() }, &[b]).await;
            is(ListConnections { search: Some("ÜNI".into()), ..base() }, &[b]).await;
            is(ListConnections { search: Some("ser-1".into()), ..base() }, &[a]).await;
            is(ListConnections { search: Some(c.to_string().to_lowercase()), ..base() }, &[c]).await;
            is(ListConnections { search: Some("nobody".into()), ..base() }, &[]).await;
            let made = world.vault.connection_in(&dev(), b).await.unwrap().profile().unwrap().created_at;
            let from = Span { from: Some(made), until: None };
            let until = Span { from: None, until: Some(made) };
            let just = Span { from: Some(made), until: Some(Timestamp(made.0 + 1)) };
            is(ListConnections { created: from, ..base() }, &[b, c]).await;
            is(ListConnections { created: until, ..base() }, &[a]).await;
            is(ListConnections { created: just, ..base() }, &[b]).await;
            is(ListConnections { environment: "prod".parse().unwrap(), ..base() }, &[]).await;
        }
    }
}

#[tokio::test]
async fn a_call_looks_at_so_many_and_then_says_that_there_is_more() {
    let world = World::new().await;
    let connection = world.connected().await;
    // Rows like those of thousands of others, before the one that fits.
    let stream = latchkey_store::Stream::new("connection", connection.to_string());
    let stored = world.store.load(&stream).await.unwrap().unwrap();
    let events = world.store.history(&stream, latchkey_store::Version(0), 1).await.unwrap();
    for number in 0..5_500 {
        let id = ConnectionId::from_parts(1, number);
        let append = latchkey_store::Append {
            stream: latchkey_store::Stream::new("connection", id.to_string()),
            expected: latchkey_store::Version(0),
            events: vec![latchkey_store::NewEvent { id: uuid::Uuid::now_v7(), ..events[0].event.clone() }],
            snapshot: stored.snapshot.clone(),
            card: latchkey_store::Card { environment: "dev".into(), ..Default::default() },
            key: latchkey_store::KeyChange::Keep,
            tags: None,
            releases: None,
            status_was: None,
        };
        world.store.append(append).await.unwrap();
    }
    let named = world.connected_about(about("needle")).await;
    let (found, pages) = walked(&world, ListConnections { search: Some("needle".into()), ..all() }).await;
    assert_eq!((found, pages), (vec![named], 2));
}

#[tokio::test]
async fn what_ends_is_found_and_counted_by_when() {
    let world = World::new().await;
    let mut without_renewal = vec![];
    for hours in [48, 1, 400] {
        let authorization = world.claimed(None).await;
        let mut obtained = world.obtained();
        obtained.grant.renewal = None;
        obtained.grant.expires_in = Some(Duration::from_secs(3600 * hours - 60));
        without_renewal.push(world.vault.establish(authorization, obtained).await.unwrap().connection);
    }
    let endless = world.connected().await;
    let [two_days, an_hour, weeks] = without_renewal[..] else { unreachable!() };
    let ending = ListConnections { order: ConnectionOrder::Ending, ..all() };
    for max in [1, 0] {
        assert_eq!(
            listed(&world, ListConnections { max, ..ending.clone() }).await,
            [an_hour, two_days, weeks]
        );
    }
    let now = Timestamp(1_800_000_000_000);
    let week = Span {
        from: Some(now.plus(Duration::from_secs(7200))),
        until: Some(now.plus(Duration::from_secs(7 * 86_400))),
    };
    assert_eq!(listed(&world, ListConnections { ends: week, ..ending }).await, [two_days]);
    assert_eq!(listed(&world, ListConnections { ends: week, ..all() }).await, [two_days]);

    world.clock.advance(TOKEN_LIFE);
    let aggregated = world.vault.aggregate_connections(&dev(), None).await.unwrap();
    assert_eq!(aggregated.counts, [("demo".to_owned(), "active".to_owned(), 4)]);
    let told: Vec<_> = aggregated.ending.iter().map(|ending| ending.count).collect();
    // Ended already, within the hour, the day, the week, the month, and later.
    assert_eq!(told, [1, 0, 0, 1, 1, 0], "{aggregated:?}");
    let told: Vec<_> = aggregated.expiring.iter().map(|expiring| expiring.count).collect();
    // Of the tokens one more runs out this instant, before five minutes: that of the connection that has no end.
    assert_eq!(told, [1, 1, 0, 0, 1, 1, 0], "{aggregated:?}");
    let due = world.vault.claim_due(10).await.unwrap();
    let broken = due.iter().find(|due| due.connection == endless).unwrap();
    world.complete_strictly(broken, RefreshOutcome::Refused(invalid_grant())).await.unwrap();
    let aggregated = world.vault.aggregate_connections(&dev(), Some(&demo())).await.unwrap();
    let count = |status: &str| aggregated.counts.iter().find(|count| count.1 == status).map(|count| count.2);
    assert_eq!((count("needs_reauth"), count("active")), (Some(2), Some(2)), "{aggregated:?}");
    // What the provider refuses is no longer handed out, and so does not run out.
    assert_eq!(aggregated.expiring[1].count, 0, "{aggregated:?}");
    let elsewhere = "elsewhere".parse().unwrap();
    assert!(world.vault.aggregate_connections(&dev(), Some(&elsewhere)).await.unwrap().counts.is_empty());
}

#[tokio::test]
async fn how_many_there_were_is_counted_back_from_how_many_there_are() {
    let world = World::new().await;
    let now = || Timestamp(Clock::now(&world.clock));
    let begun = now();
    let minutes = |count: u64| Duration::from_secs(60 * count);
    world.clock.advance(minutes(1));
    let first = world.connected().await;
    world.clock.advance(minutes(1));
    let _second = world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    let due = world.vault.claim_due(10).await.unwrap();
    let broken = due.iter().find(|due| due.connection == first).unwrap();
    world.complete_strictly(broken, RefreshOutcome::Refused(invalid_grant())).await.unwrap();
    world.clock.advance(minutes(1));
    world.vault.delete_connection(&dev(), first, None).await.unwrap();
    world.clock.advance(minutes(1));

    let series = Series { from: begun, step: NonZeroU32::new(60_000).unwrap() };
    let counted = world.vault.connections_over_time(&dev(), None, series).await.unwrap();
    let at = |minute: u64| {
        let point = counted.iter().find(|point| point.at == begun.plus(minutes(minute)));
        point.map(|point| {
            point.counts.iter().map(|(status, count)| format!("{status} {count}")).collect::<Vec<_>>()
        })
    };
    assert_eq!(at(0), None, "nothing is known of what was before the first connection");
    assert_eq!(at(1), Some(vec![]), "just before it");
    assert_eq!(at(2).unwrap(), ["active 1"]);
    assert_eq!(at(3).unwrap(), ["active 2"]);
    assert_eq!(at(62).unwrap(), ["active 2"]);
    assert_eq!(at(63).unwrap(), ["active 1", "needs_reauth 1"]);
    assert_eq!(at(64).unwrap(), ["active 1", "deleted 1"]);
    assert_eq!(counted.last().unwrap().at, now());
    let elsewhere = world.vault.connections_over_time(&"prod".parse().unwrap(), None, series).await.unwrap();
    assert!(elsewhere.iter().all(|point| point.counts.is_empty()), "{elsewhere:?}");
    let other = "other".parse().unwrap();
    let of_other = world.vault.connections_over_time(&dev(), Some(&other), series).await.unwrap();
    assert!(of_other.iter().all(|point| point.counts.is_empty()), "{of_other:?}");
}
