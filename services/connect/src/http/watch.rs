//! What has become of a session, told as it happens: as server-sent events, or by an answer that waits for a change where a
//! stream does not get through.
//!
//! What happens in this process is noticed at once. What another one does is noticed by looking, often while an answer of
//! a provider's is awaited and seldom otherwise.

use super::Site;
use super::view::{SessionDocument, session_document};
use crate::failures::Problem;
use crate::flows::Waiting;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::Stream;
use futures::stream::unfold;
use latchkey_domain::{Digest, SessionId};
use std::convert::Infallible;
use std::time::Duration;
use tokio::time::{Instant, timeout};

const LOOK_OFTEN: Duration = Duration::from_secs(1);
const LOOK_SELDOM: Duration = Duration::from_secs(10);

/// A proxy in between must not think that nobody is there any more.
const ALIVE: Duration = Duration::from_secs(15);

/// As long as proxies commonly let an answer take.
const PATIENCE: Duration = Duration::from_secs(25);

/// After this a stream ends, and the program asks again: a page left open forgotten holds nothing for ever.
const STREAM_MAX: Duration = Duration::from_secs(600);

struct Watch {
    site: Site,
    browser: Digest,
    session: SessionId,
    news: Waiting,
    known: Option<String>,
    until: Instant,
    over: bool,
}

impl Watch {
    fn new(site: &Site, browser: Digest, session: SessionId, patience: Duration) -> Self {
        // Before the first look, so that nothing falls in between.
        let news = site.flows.news.about(session);
        let until = Instant::now() + patience;
        Self { site: site.clone(), browser, session, news, known: None, until, over: false }
    }

    /// The next state that is not known; `None` when the time is over.
    async fn next(&mut self) -> Result<Option<SessionDocument>, Problem> {
        loop {
            let view = self.site.flows.vault.get_session(self.session, self.browser).await?;
            let document = session_document(&self.site, &view);
            if self.known.as_deref() != Some(document.revision()) {
                self.known = Some(document.revision().to_owned());
                return Ok(Some(document));
            }
            let left = self.until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            let pace = if document.is_waiting() { LOOK_OFTEN } else { LOOK_SELDOM };
            let _ = timeout(pace.min(left), self.news.news()).await;
        }
    }
}

/// Events `session` with the session as data, and at the end, where it ends badly, one `problem` with the reason.
pub fn stream(
    site: Site,
    browser: Digest,
    session: SessionId,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let watch = Watch::new(&site, browser, session, STREAM_MAX);
    let events = unfold(watch, |mut watch| async move {
        if watch.over {
            return None;
        }
        let event = match watch.next().await {
            Ok(None) => return None,
            Ok(Some(document)) => {
                watch.over = document.is_over();
                Event::default().event("session").json_data(&document).ok()?
            }
            Err(problem) => {
                watch.over = true;
                Event::default().event("problem").data(problem.word())
            }
        };
        Some((Ok(event), watch))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(ALIVE))
}

/// The session, as soon as it is another one than is known, or when the wait has been long enough.
pub async fn changed(
    site: &Site,
    browser: Digest,
    session: SessionId,
    known: Option<&str>,
) -> Result<SessionDocument, Problem> {
    let mut watch = Watch::new(site, browser, session, PATIENCE);
    watch.known = known.map(str::to_owned);
    if let Some(document) = watch.next().await? {
        return Ok(document);
    }
    let view = site.flows.vault.get_session(session, browser).await?;
    Ok(session_document(site, &view))
}
