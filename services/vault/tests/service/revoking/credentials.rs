use super::*;
use latchkey_domain::connection::Refusal;

impl World {
    async fn revoke(&self, connection: ConnectionId, extent: Extent) -> Connection {
        self.vault.revoke_credential(&dev(), connection, Some(extent)).await.unwrap()
    }

    /// Its new generation and the refresh token it has now.
    async fn mended(&self, connection: ConnectionId) -> (u64, String) {
        let authorization = self.claimed(Some(connection)).await;
        let generation = self.vault.establish(authorization, self.obtained()).await.unwrap().generation.0;
        (generation, self.token_of(connection).await.replace("access", "refresh"))
    }

    async fn refused(&self, connection: ConnectionId) -> bool {
        let read = self.vault.credential(&self.query(connection)).await;
        matches!(read, Err(Error::Connection(Refusal::NeedsReauthorization(_))))
    }
}

fn has_no_credential(connection: &Connection) -> bool {
    matches!(connection, Connection::Broken(broken) if broken.credential_is_revoked())
}

#[tokio::test]
async fn a_revoked_credential_is_gone_here_and_at_the_provider_and_its_connection_is_mended() {
    let world = World::new().await;
    let connection = world.connected().await;
    assert!(has_no_credential(&world.revoke(connection, Extent::Grant).await));
    assert_eq!((world.keys(connection).await, world.refused(connection).await), ((false, true), true));
    let explained = world.vault.explain_connection(&dev(), connection).await.unwrap().explanation;
    assert_eq!(explained.whose_turn, "END_USER");
    assert!(explained.what_happened.contains("demo is being asked to end the grant"), "{explained:?}");

    let due = world.revocation_claimed().await;
    assert_eq!(refresh_token(&due), "canary_refresh_1");
    world.report(&due, Outcome::Revoked).await;
    assert_eq!(world.ended(connection).await, Some((Verdict::Revoked, 1)));
    assert_eq!(world.keys(connection).await, (false, false));
    world.revoke(connection, Extent::Grant).await;
    assert!(world.vault.claim_revocations(10).await.unwrap().is_empty(), "revoking twice asks once");

    let (generation, mended) = world.mended(connection).await;
    assert_eq!(generation, 2);
    assert_eq!(world.revocation(connection).await, Revocation::Absent, "that was another credential");
    world.delete(connection).await;
    assert_eq!(refresh_token(&world.revocation_claimed().await), mended);
}

#[tokio::test]
async fn what_a_refresh_under_way_brings_is_ended_too_and_not_what_came_after() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.clock.advance(TOKEN_LIFE);
    let refresh = world.claim_one().await;
    world.revoke(connection, Extent::Grant).await;
    let first = world.revocation_claimed().await;
    world.report(&first, Outcome::Revoked).await;
    let late = world.complete(&refresh, RefreshOutcome::Refreshed(world.obtained())).await;
    assert!(matches!(late, Err(Error::Connection(Refusal::CredentialRevoked))));
    assert!(world.refused(connection).await, "nothing comes back");

    // The end user is faster than the second request. Theirs has the generation that the late one would have had.
    world.clock.advance(Duration::from_secs(1));
    let (generation, mended) = world.mended(connection).await;
    assert_eq!(generation, 2);
    let second = world.revocation_claimed().await;
    assert_eq!((second.generation.0, refresh_token(&second).as_str()), (2, "canary_refresh_2"));
    world.report(&second, Outcome::Revoked).await;
    assert_eq!(world.token_of(connection).await.replace("access", "refresh"), mended, "that is left alone");
    world.delete(connection).await;
    assert_eq!(refresh_token(&world.revocation_claimed().await), mended);
}

#[tokio::test]
async fn a_revocation_that_was_cut_short_is_finished_before_the_provider_is_asked() {
    let (world, store) = meddled_world().await;
    let connection = world.connected().await;
    let (cut, was_cut) = tokio::sync::oneshot::channel::<()>();
    store.before("connection", async move {
        drop(cut);
        std::future::pending().await
    });
    let revoking = tokio::spawn({
        let world = world.clone();
        async move { world.revoke(connection, Extent::Grant).await }
    });
    was_cut.await.unwrap_err();
    revoking.abort();
    assert!(!world.refused(connection).await);
    let claimed = world.vault.claim_revocations(10).await.unwrap();
    assert!(claimed.is_empty(), "nothing is ended that is still used");
    assert!(has_no_credential(&world.vault.connection_in(&dev(), connection).await.unwrap()));
    assert_eq!(refresh_token(&world.revocation_claimed().await), "canary_refresh_1");
}

#[tokio::test]
async fn where_a_whole_account_would_end_nobody_asks_once_it_is_connected_again() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.revoke(connection, Extent::Account).await;
    assert_eq!(world.mended(connection).await.0, 2);
    assert!(world.vault.claim_revocations(10).await.unwrap().is_empty());
    assert_eq!(world.keys(connection).await, (true, false));
}

#[tokio::test]
async fn a_revoked_credential_is_in_no_ones_reach() {
    let world = World::new().await;
    let other = "other".parse().unwrap();
    let connection = world.connected().await;
    let strange = world.vault.revoke_credential(&other, connection, None).await;
    assert!(matches!(strange, Err(Error::Connection(Refusal::Absent))));
    world.vault.revoke_credential(&dev(), connection, None).await.unwrap();
    assert_eq!(world.keys(connection).await, (false, false));
    let exported = world.vault.exported_credential(&dev(), connection).await;
    assert!(matches!(exported, Err(Error::Connection(Refusal::NeedsReauthorization(_)))));
    world.delete(connection).await;
    assert!(world.vault.claim_revocations(10).await.unwrap().is_empty(), "there is nothing to ask with");
    let deleted = world.vault.revoke_credential(&dev(), connection, None).await;
    assert!(matches!(deleted, Err(Error::Connection(Refusal::Revoked))));
}

#[tokio::test]
async fn what_became_of_one_credential_is_not_told_of_the_next() {
    let world = World::new().await;
    let connection = world.connected().await;
    world.revoke(connection, Extent::Grant).await;
    let due = world.revocation_claimed().await;
    world.report(&due, Outcome::Revoked).await;
    world.clock.advance(Duration::from_secs(1));
    world.mended(connection).await;
    world.vault.delete_connection(&dev(), connection, None).await.unwrap();
    assert_eq!(world.revocation(connection).await, Revocation::Absent, "nobody asked about this one");
    let receipt = world.vault.deletion_receipt(&dev(), connection).await.unwrap();
    assert_eq!(receipt["revocation"]["result"], "NOT_REQUESTED");
}
