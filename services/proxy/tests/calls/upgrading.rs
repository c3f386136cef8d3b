//! A connection that becomes something else than HTTP.

use crate::world::World;
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

async fn read_until(socket: &mut TcpStream, end: &str) -> String {
    let mut read = Vec::new();
    while !String::from_utf8_lossy(&read).ends_with(end) {
        read.push(socket.read_u8().await.unwrap());
    }
    String::from_utf8(read).unwrap()
}

#[tokio::test]
async fn a_websocket_is_joined_to_the_providers_and_counted_while_it_is() {
    let recorder = PrometheusBuilder::new().build_recorder();
    // A test's tasks all run on its one thread.
    let _counting = metrics::set_default_local_recorder(&recorder);
    let world = World::start().await;
    let mut socket = TcpStream::connect(world.address).await.unwrap();
    let request = format!(
        "GET /proxy/talk HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\nlatchkey-connection: {}\r\n\
         connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         sec-websocket-version: 13\r\n\r\n",
        world.key, world.connection
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    let head = read_until(&mut socket, "\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    assert!(head.contains("sec-websocket-accept: as agreed"), "{head}");
    for word in ["hello", "and again"] {
        socket.write_all(word.as_bytes()).await.unwrap();
        assert_eq!(read_until(&mut socket, word).await, word);
    }
    // Neither side has ended it, nor will it be ended well.
    let page = recorder.handle().render();
    for direction in ["sent", "received"] {
        let line = format!("direction=\"{direction}\"}} {}", "helloand again".len());
        let is_it = |shown: &str| shown.starts_with("latchkey_proxy_bytes_total{") && shown.ends_with(&line);
        assert!(page.lines().any(is_it), "{page}");
    }
    let [seen] = &world.upstream.seen()[..] else { panic!("one request") };
    assert_eq!(seen.headers["authorization"], "Bearer canary_access_1");
    assert_eq!(seen.headers["sec-websocket-key"], "dGhlIHNhbXBsZSBub25jZQ==");
    drop(socket);
    world.finish().await;
}
