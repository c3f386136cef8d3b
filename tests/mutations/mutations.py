"""The safeguards that are taken out, each with the tests that should notice."""

from typing import NamedTuple

DOMAIN = ("-p", "latchkey-domain", "--lib")
SQLITE = ("-p", "latchkey-store-sqlite", "--test", "sqlite")
VAULT = ("-p", "latchkey-vault", "--test", "service")
CLI = ("-p", "latchkey", "--bins")
EXPORTING = ("-p", "latchkey-vault", "--test", "service", "export")
REVOKED = ("-p", "latchkey-vault", "--test", "service", "revoking")
LOOKING_AFTER = ("-p", "latchkey-vault", "--test", "service", "looking_after")
PAUSING = ("-p", "latchkey-vault", "--test", "service", "pausing")
BATCHES = ("-p", "latchkey-wire", "--lib", "batch")
PACED = ("-p", "latchkey-domain", "--lib", "paced")
ENVIRONMENTS = ("-p", "latchkey-vault", "--test", "service", "environments")
MANAGING = ("-p", "latchkey-vault", "--test", "service", "managing")
DRY_RUNNING = ("-p", "latchkey-proxy", "--test", "calls", "dry_running")
WATCHING = ("-p", "latchkey-vault", "--test", "service", "watching")
REPLAYING = ("-p", "latchkey-vault", "--test", "service", "replaying")
WEBHOOKS = ("-p", "latchkey-vault", "--test", "service", "webhooks")
UPSTREAM = ("-p", "latchkey-proxy", "--lib", "upstream")
REQUESTS = ("-p", "latchkey-providers", "--test", "golden_requests")
SETTLING = ("-p", "latchkey-tests", "--test", "flows", "settles_beforehand")
SIMULATION = ("-p", "latchkey-tests", "--test", "simulation")
REFRESHER = ("-p", "latchkey-refresher", "--lib")
PEERS = ("-p", "latchkey-refresher", "--test", "peers")
REFRESHING = ("-p", "latchkey-refresher", "--test", "refreshing", "a_token_that_was_seen")
MAY_END = ("-p", "latchkey-oauth", "--test", "provider", "only_where_it_may")
TELLING = ("-p", "latchkey-refresher", "--test", "refreshing", "told_until")
SILENCE = ("-p", "latchkey-store-postgres", "--test", "postgres", "silence")
POSTGRES = ("-p", "latchkey-store-postgres", "--test", "postgres", "given_up")
IN_TIME = ("-p", "latchkey-oauth", "--test", "provider", "in_time")
REVOKING = ("-p", "latchkey-oauth", "--test", "provider", "revo")

RESEALING = ("-p", "latchkey-vault", "--test", "service", "resealing")
RESTORING = ("-p", "latchkey-vault", "--test", "service", "restoring")
FINDING = ("-p", "latchkey-tests", "--test", "flows", "what_was_changed_behind")

SIGNING = ("-p", "latchkey-signing", "--lib")
KEY_SERVICES = ("-p", "latchkey-envelope", "--test", "key_services")
REHEARSED = ("-p", "latchkey", "--test", "first_minute", "rehearsed")
GAUGING = ("-p", "latchkey-vault", "--test", "service", "gauging")
REHEARSE = "services/all-in-one/src/cli/connect/rehearse.rs"
VITALS = "services/vault/src/vitals.rs"

STATUSES = ("-p", "latchkey-store-sqlite", "--test", "sqlite", "status")
OVER_TIME = ("-p", "latchkey-vault", "--lib", "over_time")
CHECKING = ("-p", "latchkey-oauth", "--test", "provider", "checking")
MOVING = ("-p", "latchkey-connect", "--test", "dashboard", "moving")

DECIDE = "crates/domain/src/connection/decide.rs"
ROTATION = "crates/domain/src/rotation.rs"
CLAIMS = "crates/store-sqlite/src/claims.rs"
APPEND = "crates/store-sqlite/src/append.rs"
CARRIER = "services/refresher/src/journal/carrier.rs"
ATTEMPT = "services/refresher/src/attempt.rs"
REFRESHES = "services/vault/src/vault/refreshes.rs"
REVOCATION = "crates/domain/src/revocation.rs"
REVOCATIONS = "services/vault/src/vault/revocations.rs"
LEASES = "services/vault/src/vault/webhook_leases.rs"
TAKEOVER = "services/refresher/src/takeover.rs"
CONNECTION = "crates/domain/src/connection.rs"
TRANSIT = "crates/envelope/src/transit.rs"
FAN_OUT = "services/vault/src/webhook/fan_out.rs"


class Mutation(NamedTuple):
    name: str
    file: str
    take: str
    put: str
    tests: tuple


MUTATIONS = [
    Mutation(
        "a data key is exchanged under a claim", APPEND,
        "AND (NOT ?16 OR claimed_until IS NULL)", "AND (NOT ?16 OR TRUE)", SQLITE,
    ),
    Mutation(
        "what was sealed with the former data key is stored under the next", "services/vault/src/ledger.rs",
        "terms.sealed_with.is_some_and(", "false && terms.sealed_with.is_some_and(", RESEALING,
    ),
    Mutation(
        "an integration's data key stays when data keys are replaced", "services/vault/src/vault/data_keys.rs",
        "Some((Integration::CATEGORY, id)) =>", "Some((Integration::CATEGORY, id)) if id.is_empty() =>", RESEALING,
    ),
    Mutation(
        "an attempt is sealed with its integration's data key", "services/vault/src/vault/authorizations.rs",
        "if wrapped.is_none() {", "if true {", RESEALING,
    ),
    Mutation(
        "what is sealed anew is not what takes the place of the other", "services/vault/src/vault/data_keys.rs",
        "KeyChange::Exchange(exchange.wrapped)", "KeyChange::Keep", RESEALING,
    ),
    Mutation(
        "a refresh under way brings a revoked credential back", "crates/domain/src/connection/decide.rs",
        "Connection::Broken(broken) if broken.credential_is_revoked() => {\n            return Err(Refusal::CredentialRevoked);",
        "Connection::Broken(broken) if false && broken.credential_is_revoked() => {\n            return Err(Refusal::CredentialRevoked);", DOMAIN,
    ),
    Mutation(
        "a revocation that was cut short is left at that", "services/vault/src/vault/revocations.rs",
        "(Target::Credential, present) => present.generation() == pending.generation,", "(Target::Credential, _) => false,", REVOKED,
    ),
    Mutation(
        "what became of one credential is told of the next", "services/vault/src/vault/revocations.rs",
        "Ok(if is_its_own { revocation }", "Ok(if true || is_its_own { revocation }", REVOKED,
    ),
    Mutation(
        "an account that is connected again is ended for what it was before", "services/vault/src/vault/revocations.rs",
        "if pending.extent == Extent::Account && matches!(connection, Connection::Live(_)) {", "if false {", REVOKED,
    ),
    Mutation(
        "a session that was taken back makes a connection all the same", "services/vault/src/vault/authorizations.rs",
        "None if session.terms().is_some_and(|terms| terms.cancelled) =>",
        "None if session.terms().is_some_and(|terms| false && terms.cancelled) =>", LOOKING_AFTER,
    ),
    Mutation(
        "a pause that somebody asked for is over when it was read", "services/vault/src/vault/incidents.rs",
        "let pause = if self.pause_asked_for(profile).await?.is_some() {",
        "let pause = if self.pause_asked_for(profile).await?.is_none() {", PAUSING,
    ),
    Mutation(
        "a batch goes on past its time", "crates/wire/src/batch.rs",
        "if left.is_zero() {", "if false && left.is_zero() {", BATCHES,
    ),
    Mutation(
        "a batch takes all the places there are", "crates/wire/src/batch.rs",
        ".buffered(AT_A_TIME)", ".buffered(BATCH_MAX)", BATCHES,
    ),
    Mutation(
        "a pause of a provider is about the integrations it had", "services/vault/src/vault/pausing.rs",
        "[(Some(integration), provider.as_str()), (None, provider.as_str()), (None, \"\")].map(",
        "[(Some(integration), provider.as_str()), (None, \"-\"), (None, \"\")].map(", PAUSING,
    ),
    Mutation(
        "a refresh that was asked for earlier comes when it would have come", "crates/domain/src/connection.rs",
        "Some(self.refresh_by.map_or(due_at, |by| by.min(due_at)))", "Some(due_at)", PACED,
    ),
    Mutation(
        "a connection that is paused falls due", "crates/domain/src/connection.rs",
        "self.refresh_due_at().filter(|_| !self.is_paused())", "self.refresh_due_at()", PACED,
    ),
    Mutation(
        "a connection that is paused is refreshed when its end is told", "services/vault/src/vault/refreshes.rs",
        "if live.is_paused() {", "if false && live.is_paused() {", PAUSING,
    ),
    Mutation(
        "all who begin one environment at once are told that they were given it", "services/vault/src/vault/keys.rs",
        "if settled.events.is_empty() {", "if false && settled.events.is_empty() {", ENVIRONMENTS,
    ),
    Mutation(
        "something begins in an environment that is ending", "services/vault/src/vault/environments.rs",
        "Life::Ended { .. } => Err(Error::EnvironmentEnded),", "Life::Ended { .. } => Ok(()),", ENVIRONMENTS,
    ),
    Mutation(
        "a clone that is gone on with undoes what was made of it", "services/vault/src/vault/environments.rs",
        "if loaded.version > Version(0) {", "if false && loaded.version > Version(0) {", ENVIRONMENTS,
    ),
    Mutation(
        "a caller's own text goes into headers as it is", "crates/wire/src/fault.rs",
        "if text.len() > bytes_max {", "if false && text.len() > bytes_max {", ("-p", "latchkey-wire", "--lib", "fault"),
    ),
    Mutation(
        "whoever makes keys gives more than they have", "services/connect/src/grpc/api_key.rs",
        "!giver.scopes.contains(&beyond)", "false", ("-p", "latchkey-tests", "--test", "flows", "looks_after"),
    ),
    Mutation(
        "whoever makes keys has a successor made that may do more than they give", "services/connect/src/grpc/api_key.rs",
        "may_give(&present.scopes, &key)?;", "", ("-p", "latchkey-tests", "--test", "flows", "a_key_is_replaced"),
    ),
    Mutation(
        "a replaced key lasts by being replaced again", "crates/domain/src/api_key.rs",
        "|replaced| replaced.until.min(until)", "|_| until", DOMAIN,
    ),
    Mutation(
        "a client secret that the provider refuses is stored", "services/connect/src/grpc/integration.rs",
        "if let AppVerdict::Refused(_) = checked.verdict {", "if let (AppVerdict::Refused(_), true) = (&checked.verdict, false) {",
        ("-p", "latchkey-tests", "--test", "flows", "a_change_of_an_app"),
    ),
    Mutation(
        "what is not given of an app's secrets is lost", "services/vault/src/vault/integrations.rs",
        "if !given.keys().any(|name| name != CLIENT_SECRET) {", "if false {",
        ("-p", "latchkey-vault", "--test", "service", "changing_apps"),
    ),
    Mutation(
        "a backup's API keys open what they opened", "services/vault/src/backup/restore.rs",
        "Some(Ok(row)) if row.table == Table::Streams => Some(self.locked(row)),",
        "Some(Ok(row)) if false && row.table == Table::Streams => Some(self.locked(row)),", RESTORING,
    ),
    Mutation(
        "a backup forgets how far the chains were", "crates/store-sqlite/src/archive/statements.rs",
        "'passed', CASE WHEN reader LIKE '%.reads'", "'passed', CASE WHEN FALSE", SQLITE,
    ),
    Mutation(
        "a record that was missing before a backup is another one behind it", "crates/store-sqlite/src/archive/statements.rs",
        "LEFT JOIN places ON", "JOIN places ON", RESTORING,
    ),
    Mutation(
        "a key that signed is not known any more", "crates/domain/src/signing_key.rs",
        "let mut public_keys = self.public_keys().to_vec();", "let mut public_keys = vec![];", DOMAIN,
    ),
    Mutation(
        "a statement is checked with whatever key is given", "crates/signing/src/statement.rs",
        "is_ok_and(|id| id == signed_by)", "is_ok_and(|id| true || id == signed_by)", SIGNING,
    ),
    Mutation(
        "a key that signed goes on signing", "crates/domain/src/signing_key.rs",
        "public_keys.last().zip(secret.as_ref())", "public_keys.first().zip(secret.as_ref())", DOMAIN,
    ),
    Mutation(
        "one damaged record ends an export", "services/vault/src/vault/audits.rs",
        "Err(StoreError::Corrupt { .. }) => {}", "Err(StoreError::Corrupt { .. }) if false => {}", FINDING,
    ),
    Mutation(
        "what came of an older credential is let in", DECIDE,
        "if live.credential.generation != replaces {", "if false && live.credential.generation != replaces {", DOMAIN,
    ),
    Mutation(
        "a consent replaces whatever is there", DECIDE,
        "if connection.generation() != replaces {", "if false && connection.generation() != replaces {", DOMAIN,
    ),
    Mutation(
        "the lease is longer than the grace", ROTATION,
        "grace.mul_f64(0.4).clamp(LEASE_MIN, LEASE_MAX)", "grace.mul_f64(4.0)", DOMAIN,
    ),
    Mutation(
        "a strict token is sent again and again", ROTATION,
        "_ if resends > 0 => Resend::Never,", "_ if resends > 99 => Resend::Never,", DOMAIN,
    ),
    Mutation("a credential that was brought counts as new", "crates/domain/src/connection/event.rs", "self.issued_at.unwrap_or(self.obtained_at)", "self.obtained_at", DOMAIN),
    Mutation("invalid_grant is taken at face value", ROTATION, "self != Self::Strict", "false", DOMAIN),
    Mutation(
        "Retry-After is not obeyed", "crates/domain/src/refresh.rs",
        "backoff.max(retry_after.unwrap_or_default().min(RETRY_AFTER_MAX))", "backoff", DOMAIN,
    ),
    Mutation(
        "a wave of refusals is not noticed", "crates/domain/src/incident/wave.rs",
        "None if self.is_high(tolerance) => {", "None if false && self.is_high(tolerance) => {", DOMAIN,
    ),
    Mutation(
        "an answer about an older credential ends the newer one", REVOCATION,
        "if pending.generation == generation =>", "if pending.generation >= generation =>", DOMAIN,
    ),
    Mutation(
        "a provider that is down is asked once more than it should be", REVOCATION,
        "if attempts >= ATTEMPTS_MAX ||", "if attempts > ATTEMPTS_MAX ||", DOMAIN,
    ),
    Mutation(
        "what was needed for asking is kept for ever", REVOCATIONS,
        "if ends { KeyChange::Destroy }", "if false && ends { KeyChange::Destroy }", VAULT,
    ),
    Mutation(
        "a deletion that was cut short is not finished", REVOCATIONS,
        "(Target::Connection, _) => true,", "(Target::Connection, _) => false,",
        VAULT,
    ),
    Mutation(
        "a late token is forgotten", REFRESHES,
        "self.revoke_late(complete.connection, generation, obtained_at, obtained).await?;", "let _ = (generation, obtained_at, obtained);",
        VAULT,
    ),
    Mutation("hasten does not look at the version", CLAIMS, "AND version = ?4 AND due_at", "AND ?4 = ?4 AND due_at", SQLITE),
    Mutation("a claim is released without its fence", CLAIMS, 'AND claim_fence = ?3",', 'AND ?3 = ?3",', SQLITE),
    Mutation(
        "what is held is claimed again", CLAIMS,
        "environment = ?4 AND parent = ?5\n           AND MAX(due_at, COALESCE(claimed_until, due_at)) <= ?3",
        "environment = ?4 AND parent = ?5\n           AND due_at <= ?3", SQLITE,
    ),
    Mutation(
        "whoever appends ends the claim", APPEND,
        "CASE WHEN claim_fence = ?13 THEN NULL ELSE claimed_until END", "CASE WHEN ?13 IS NULL THEN NULL END", SQLITE,
    ),
    Mutation(
        "an append does not compare versions", APPEND,
        "WHERE category = ?1 AND id = ?2 AND version = ?3 AND", "WHERE category = ?1 AND id = ?2 AND ?3 = ?3 AND", SQLITE,
    ),
    Mutation(
        "the vault is told once", ATTEMPT,
        "Err(fault) if settles(&fault) => {", "Err(fault) if settles(&fault) || !settles(&fault) => {", TELLING,
    ),
    Mutation("the journal is off", CARRIER, "            self.keep(number, &came).await;", "            let _ = number;", SIMULATION),
    Mutation(
        "vaults keep refusals to themselves", REFRESHES,
        "self.tell_of_refusal(connection, generation);", "let _ = generation;", VAULT,
    ),
    Mutation(
        "no answer is copied to a peer", "services/refresher/src/peers.rs",
        "if self.all.is_empty() {", "if !self.all.is_empty() {", PEERS,
    ),
    Mutation(
        "nobody is asked about a claim that ran out", ATTEMPT,
        "let due = if uncertain {", "let due = if false && uncertain {", PEERS,
    ),
    Mutation(
        "a token that ran out on its way is handed out", "services/vault/src/vault/credentials.rs",
        "live.credential.obtained_at >= began ||", "true || live.credential.obtained_at >= began ||", VAULT,
    ),
    Mutation(
        "after a failover nobody is asked what it told the last database", ATTEMPT,
        "} else if self.failover.is_recent() {", "} else if false && self.failover.is_recent() {", PEERS,
    ),
    Mutation(
        "after a failover one who does not answer is not waited for", ROTATION,
        "Predecessor::Silent if self != Self::None => Some(ASK_EVERY),", "Predecessor::Silent if self != Self::None => None,", DOMAIN,
    ),
    Mutation(
        "a journal that is new is believed to know everything", TAKEOVER,
        "known.since.plus(CLOCKS_DIFFER_MAX) <= obtained_at", "known.since <= known.since.max(obtained_at)", REFRESHER,
    ),
    Mutation(
        "a claim does not tell that the one before ran out", "crates/store-sqlite/src/claims.rs",
        'Ok((row.get("id")?, row.get("claimed_until")?))', 'Ok((row.get("id")?, None))', SQLITE,
    ),
    Mutation(
        "an attempt to deliver counts as often as it is told", "crates/domain/src/webhook_delivery.rs",
        "if attempt.number == delivery.next_attempt() ||", "if attempt.number > 0 ||", DOMAIN,
    ),
    Mutation(
        "an old webhook secret signs for ever", "crates/domain/src/webhook_endpoint.rs",
        "now < previous.until", "now != previous.until || now == previous.until", DOMAIN,
    ),
    Mutation("two connects make one attempt", LEASES, "until: now.plus(ask.hold.clamp(HOLD_MIN, HOLD_MAX)).0,", "until: now.0,", WEBHOOKS),
    Mutation("what a connection's own address answers disables an endpoint", LEASES, "_ if own_address => Note", "_ if !own_address && false => Note", WEBHOOKS),
    Mutation("a connection's own address is told as often as there are endpoints", FAN_OUT, "replaced.into_iter().take(1)", "replaced.into_iter()", WEBHOOKS),
    Mutation(
        "a browser says otherwise than the backend settled", "services/connect/src/flows/preset.rs",
        "wish.typed.extend(inputs.clone());", "inputs.clone().into_iter().for_each(|(name, value)| drop(wish.typed.entry(name).or_insert(value)));", SETTLING,
    ),
    Mutation(
        "a caller says what the protocol says", "crates/providers/src/authorize.rs",
        "!value.is_empty() && !self.has_param_for_itself(name)", "!value.is_empty()", REQUESTS,
    ),
    Mutation(
        "what a session asked for is forgotten with its success", "crates/domain/src/session/evolve.rs",
        "let presets = outline.presets;", "let presets = Presets::new();", DOMAIN,
    ),
    Mutation("a dry run tells what a header's credential is", "services/proxy/src/inject.rs", "value.set_sensitive(true);", "value.set_sensitive(false);", DRY_RUNNING),
    Mutation("a dry run tells what the query's credential is", "services/proxy/src/inject.rs", "Some((name, _)) if lent.query.contains_key(&*name) =>", "Some((name, _)) if lent.query.contains_key(&*name) && false =>", DRY_RUNNING),
    Mutation(
        "what changes while connections are listed is missed", "services/vault/src/grpc/connection/watching.rs",
        "None => List::Done,\n        };", "None => List::Done,\n        };\n        self.place.position.sequence += u64::from(self.place.list == List::Done);", WATCHING,
    ),
    Mutation("a provider that answers early is not heard", "services/proxy/src/upstream/connector.rs", "self.deaf |= matches!(came, Poll::Ready(Err(_)));", "", UPSTREAM),
    Mutation(
        "what an endpoint has taken is told again", "services/vault/src/webhook/replay.rs",
        "ending: Ending::Delivered, .. } if !again =>", "ending: Ending::Delivered, .. } if !again && false =>", REPLAYING,
    ),
    Mutation("old news is told a new endpoint", FAN_OUT, "recorded.position > since", "recorded.position >= Position::START || recorded.position > since", WEBHOOKS),
    Mutation(
        "a refresh is given up as early as any request", ATTEMPT,
        "Client::over(self.carrier.clone()).within(deadline)", "Client::over(self.carrier.clone()).within(deadline.min(Duration::from_secs(30)))", SIMULATION,
    ),
    Mutation(
        "a request's own deadline is not kept", "crates/oauth/src/transport.rs",
        "*request.timeout_mut() = Some(deadline);", "let _ = deadline;", IN_TIME,
    ),
    Mutation(
        "the last request within a grace is given up like the first", ROTATION,
        "{ short } else { DEADLINE_LAST }", "{ short } else { short }", DOMAIN,
    ),
    Mutation(
        "a grace is over before a second request fits into it", ROTATION,
        "DEADLINE.min(grace.mul_f64(0.6))", "DEADLINE.min(grace.mul_f64(0.8))", DOMAIN,
    ),
    Mutation("what was learnt is gone by nowhere", ATTEMPT, ".rotation.or(due.learnt)", ".rotation", REFRESHING),
    Mutation(
        "a token that stayed for some hours is sent twice", "crates/domain/src/rotation/learn.rs",
        "RotationClass::None if kept < KEPT_LONG_ENOUGH", "RotationClass::None if kept < Duration::ZERO", DOMAIN,
    ),
    Mutation(
        "what was learnt is kept from the refresher", REFRESHES,
        "let learnt = live.learnt_rotation();", "let learnt = latchkey_domain::rotation::RotationClass::Unknown;", VAULT,
    ),
    Mutation(
        "a strict token is sent while the one who had it is silent", ROTATION,
        "in_grace || last_chance == now =>", "in_grace || last_chance >= now =>", DOMAIN,
    ),
    Mutation(
        "one who is still at it is not waited for", TAKEOVER,
        "if known().any(|known| known.in_flight) {", "if known().all(|known| known.in_flight) {", REFRESHER,
    ),
    Mutation(
        "an idle refresh token is left to lapse", CONNECTION,
        "idle_end.map_or(expires_at, |idle_end| idle_end.min(expires_at))", "idle_end.map_or(expires_at, |_| expires_at)",
        DOMAIN,
    ),
    Mutation(
        "an end is told once it has come", "crates/domain/src/connection/ending.rs",
        "let due = ends_at.minus(DAY * u32::from(days));", "let due = ends_at.plus(DAY * u32::from(days));", DOMAIN,
    ),
    Mutation(
        "a refresh forgets whose account it is", "crates/domain/src/connection/evolve.rs",
        "account_id: renewed.account_id.or_else(|| credential.account_id.clone()),", "account_id: renewed.account_id,", DOMAIN,
    ),
    Mutation(
        "what is documented is not known before the first refresh", "services/vault/src/vault/authorizations.rs",
        "behaviour: *documented,", "behaviour: latchkey_domain::rotation::Behaviour { absolute_seconds: None, ..*documented },",
        VAULT,
    ),
    Mutation(
        "everything an account has granted is ended unasked", "crates/oauth/src/revoke.rs",
        "Some(Extent::Account) && extent == Extent::Grant", "Some(Extent::Account) && extent != extent", MAY_END,
    ),
    Mutation(
        "a document may send a token to any host to be ended", "crates/oauth/src/discovery.rs",
        "url.origin() == issuer.origin() || allowed(provider, url).is_ok()", "url.has_host()", REVOKING,
    ),
    Mutation(
        "an export is not recorded", "services/vault/src/vault/credentials.rs",
        "self.reveal(environment, connection, true).await?;", "", EXPORTING,
    ),
    Mutation(
        "an export that was cut is imported as far as it goes", "services/all-in-one/src/cli/import/jsonl/input.rs",
        "ended || !export,", "true,", CLI,
    ),
    Mutation("a claim lapses at once", REFRESHES, "until: now.plus(CLAIM_TTL).0,", "until: now.0,", SIMULATION),
    Mutation(
        "a transaction is begun by whoever may go away", "crates/store-postgres/src/begin.rs",
        "tokio::spawn(async move { pool.begin().await }).await.unwrap_or(Err(sqlx::Error::WorkerCrashed))",
        "pool.begin().await", POSTGRES,
    ),
    Mutation(
        "connections to a lost server are waited for", "crates/store-postgres/src/pool.rs",
        "heard.elapsed() >= shared.silent_max", "heard.elapsed() >= shared.silent_max * 99", SILENCE,
    ),
    Mutation(
        "a transit engine opens a wrap for any environment", TRANSIT,
        "Ok(BASE64.encode(bytes))", "Ok(BASE64.encode(&bytes[..0]))", KEY_SERVICES),
    Mutation(
        "a transit engine is asked outside its namespace", TRANSIT,
        "self.namespace.iter().fold(asked", "self.namespace.iter().take(0).fold(asked", KEY_SERVICES),
    Mutation(
        "a token that ended is taken for a key that is refused", TRANSIT,
        "Err(Refused::Forbidden) if self.server.accepts(&token).await => {", "Err(Refused::Forbidden) => {",
        ("-p", "latchkey-envelope", "--lib", "transit")),
    Mutation(
        "what looks like a secret goes into a support bundle", "services/all-in-one/src/cli/support_bundle/scrub.rs",
        "PATTERNS.iter().fold(", "PATTERNS.iter().take(0).fold(", ("-p", "latchkey", "--bin", "latchkey", "support_bundle")),
    Mutation(
        "whoever looks after connections may end anybody's", "services/vault/src/vault/managing.rs",
        "profile.end_user == terms.end_user && named", "named", MANAGING),
    Mutation(
        "any session looks after connections", "crates/domain/src/session.rs",
        "if terms.manages { Ok(terms) } else { Err(Refusal::Unknown) }", "Ok(terms)", MANAGING),
    Mutation(
        "what is gone hides what is there", "services/vault/src/vault/managing.rs",
        "list.after.is_none() || own.len() >= OWN_MAX", "true", MANAGING),
    Mutation(
        "a change of status is not kept", APPEND,
        "if let Some((left, at)) = append.left_status() {", "if let Some((left, at)) = append.left_status().filter(|_| false) {",
        STATUSES,
    ),
    Mutation(
        "what was before anything was kept is made up", "services/vault/src/vault/over_time.rs",
        "known_from.is_some_and(|known| known <= at.0)", "known_from.is_none_or(|known| known <= at.0 || true)", OVER_TIME,
    ),
    Mutation(
        "an app is accepted without a stranger to compare it with", "crates/oauth/src/check.rs",
        "_ => Ok(Checked::Unclear(unclear)),", "_ => Ok(Checked::Accepted),", CHECKING,
    ),
    Mutation(
        "one person's login opens another's environment", "services/connect/src/dashboard/environments.rs",
        "if key.name == here.name {", "if key.name == here.name || key.role.is_some() {", MOVING,
    ),
    Mutation(
        "a page of one environment asks another's data", "services/connect/src/dashboard/api.rs",
        "if !from_here(request.headers()) || !login.sent(request.headers()) {", "if !from_here(request.headers()) {", MOVING,
    ),
    Mutation(
        "whoever explains a connection does not know of safe mode", "services/vault/src/explain.rs",
        "|| !safety.holds(&integration) {", "|| safety.holds(&integration) {", ("-p", "latchkey-vault", "--test", "service", "restoring"),
    ),
    Mutation(
        "a rehearsal calls a provider that is asked whether a key is good", REHEARSE,
        "let asks_nobody = probes.verify.is_none() && ", "let asks_nobody = ", ("-p", "latchkey", "--bins", "takes_a_key_as_it_is"),
    ),
    Mutation(
        "a rehearsal leaves its integration behind", REHEARSE, "let cleared = stage.clear().await;", "let cleared = anyhow::Ok(());", REHEARSED,
    ),
    Mutation(
        "what was announced is counted as waiting", VITALS,
        "store.cursor(READ).await?", "latchkey_store::Position::START", GAUGING,
    ),
    Mutation("the vault's clock is believed", VITALS, "i64::midpoint(asked, vault.now().0)", "asked.min(theirs)", GAUGING),
    Mutation(
        "what has ended is told as about to end", "services/vault/src/gauges.rs",
        "if slot == 0 { &WITHIN[..1] }", "if slot == 99 { &WITHIN[..1] }", ("-p", "latchkey-vault", "--lib", "gauges"),
    ),
    Mutation(
        "what was not traced names a trace", "crates/chassis/src/telemetry/exemplars.rs",
        "if context.is_valid() && context.is_sampled() {", "if context.is_valid() || !context.is_sampled() {",
        ("-p", "latchkey-chassis", "--test", "exports_traces"),
    ),
    Mutation(
        "a body that passes is not counted", "services/proxy/src/outgoing.rs",
        "body: traffic.sending(body),", "body,", ("-p", "latchkey-proxy", "--test", "calls", "counted_either_way"),
    ),
    Mutation(
        "what a provider sends over a WebSocket is not counted",
        "services/proxy/src/upgrade.rs",
        "traffic.receiving_from(TokioIo::new(provider))", "TokioIo::new(provider)",
        ("-p", "latchkey-proxy", "--test", "calls", "counted_while_it_is"),
    ),
    Mutation(
        "a key file serves behind an address that others reach",
        "services/all-in-one/src/serve.rs",
        "Some(url) if !url.is_of_this_machine() => Reach::Public,", "Some(url) if url.is_of_this_machine() => Reach::Public,",
        ("-p", "latchkey-tests", "--test", "flows", "nothing_unsafe_is_started"),
    ),
    Mutation(
        "an outage of the key service is lived through for ever", "crates/envelope/src/cache/slot.rs",
        "(Arc::new(key), now + hard_ttl);", "(Arc::new(key), now + hard_ttl * 99);", ("-p", "latchkey-envelope", "--lib", "lived_through")),
]
