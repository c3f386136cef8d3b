//! The same over gRPC, below what generated code would send: bytes that are no message, messages that are cut short, numbers
//! that do not end, depths without a floor. What there is to call is read from the protocol's own description.

use super::{BODIES, Chance, UNSAMPLED, bodies, seed, survived};
use http::uri::PathAndQuery;
use latchkey_testkit::World;
use prost_reflect::bytes::{Buf as _, BufMut as _};
use prost_reflect::prost::Message as _;
use prost_reflect::{
    DescriptorPool, DynamicMessage, Kind, MapKey, MessageDescriptor, MethodDescriptor, Value,
};
use std::collections::HashMap;
use std::time::Duration;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::Channel;
use tonic::{Code, Request, Status};

/// Some methods wait for a newer token, which is no fault.
const PATIENCE: Duration = Duration::from_secs(5);
const DEPTH_MAX: usize = 4;

/// Sends bytes as they are.
#[derive(Clone, Copy)]
struct Plain;

impl Codec for Plain {
    type Encode = Vec<u8>;
    type Decode = usize;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for Plain {
    type Item = Vec<u8>;
    type Error = Status;

    fn encode(&mut self, item: Vec<u8>, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put_slice(&item);
        Ok(())
    }
}

impl Decoder for Plain {
    type Item = usize;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<usize>, Status> {
        let length = from.remaining();
        from.advance(length);
        Ok(Some(length))
    }
}

/// Makes bytes for methods, of words that mean something somewhere.
struct Nonsense {
    chance: Chance,
    words: Vec<String>,
}

impl Nonsense {
    fn body(&mut self, of: &MessageDescriptor) -> Vec<u8> {
        let mut whole = self.message(of, 0).encode_to_vec();
        let chance = &mut self.chance;
        match chance.below(9) {
            0 => (0..chance.below(300)).map(|_| u8::try_from(chance.below(256)).unwrap()).collect(),
            1 => whole[..chance.below(whole.len() + 1)].to_vec(),
            2 if !whole.is_empty() => {
                let at = chance.below(whole.len());
                whole[at] ^= 1 << chance.below(8);
                whole
            }
            // A number that does not end, and one that is as large as can be.
            3 => [&key(self.number(of), 0)[..], &[0xff; 11]].concat(),
            4 => [key(self.number(of), 0), varint(u64::MAX)].concat(),
            // A text that is none, and one that is longer than all there is.
            5 => [key(self.number(of), 2), vec![3, 0xff, 0xfe, 0x80]].concat(),
            6 => [key(self.number(of), 2), varint(self.chance.next())].concat(),
            7 => self.deep(of),
            _ => whole,
        }
    }

    /// Of one of the fields there are, or of none.
    fn number(&mut self, of: &MessageDescriptor) -> u32 {
        let fields: Vec<u32> = of.fields().map(|field| field.number()).collect();
        if fields.is_empty() || self.chance.below(8) == 0 { 15_000 } else { *self.chance.of(&fields) }
    }

    /// Messages in messages, or groups that are begun and never ended.
    fn deep(&mut self, of: &MessageDescriptor) -> Vec<u8> {
        let number = self.number(of);
        if self.chance.below(2) == 0 {
            return key(number, 3).repeat(self.chance.below(20_000));
        }
        (0..self.chance.below(1_500))
            .fold(vec![], |inner, _| [key(number, 2), varint(inner.len() as u64), inner].concat())
    }

    fn message(&mut self, of: &MessageDescriptor, depth: usize) -> DynamicMessage {
        let mut message = DynamicMessage::new(of.clone());
        for field in of.fields().filter(|_| depth < DEPTH_MAX) {
            let value = match field.kind() {
                _ if self.chance.below(2) == 0 => continue,
                Kind::Message(entry) if field.is_map() => self.map(&entry, depth),
                kind if field.is_list() => {
                    let count = self.chance.below(4);
                    Value::List((0..count).map(|_| self.value(kind.clone(), depth)).collect())
                }
                kind => self.value(kind, depth),
            };
            message.set_field(&field, value);
        }
        message
    }

    fn map(&mut self, entry: &MessageDescriptor, depth: usize) -> Value {
        let (name, kind) = (entry.map_entry_key_field().kind(), entry.map_entry_value_field().kind());
        assert!(matches!(name, Kind::String), "a map by something else than texts: {}", entry.full_name());
        let count = self.chance.below(3);
        let entries = (0..count).map(|_| (MapKey::String(self.text()), self.value(kind.clone(), depth)));
        Value::Map(entries.collect::<HashMap<_, _>>())
    }

    fn value(&mut self, kind: Kind, depth: usize) -> Value {
        let bits = self.chance.next() >> self.chance.below(64);
        #[expect(clippy::cast_possible_truncation, reason = "any bits will do")]
        let half = bits as u32;
        match kind {
            Kind::Bool => Value::Bool(bits.is_multiple_of(2)),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(half.cast_signed()),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => Value::I64(bits.cast_signed()),
            Kind::Uint32 | Kind::Fixed32 => Value::U32(half),
            Kind::Uint64 | Kind::Fixed64 => Value::U64(bits),
            Kind::Float => Value::F32(f32::from_bits(half)),
            Kind::Double => Value::F64(f64::from_bits(bits)),
            Kind::String => Value::String(self.text()),
            Kind::Bytes => Value::Bytes(self.text().into_bytes().into()),
            Kind::Enum(_) => Value::EnumNumber((half % 30).cast_signed() - 2),
            Kind::Message(of) => Value::Message(self.message(&of, depth + 1)),
        }
    }

    fn text(&mut self) -> String {
        if self.chance.below(3) == 0 { self.chance.text() } else { self.chance.of(&self.words).clone() }
    }
}

fn key(number: u32, wire_type: u32) -> Vec<u8> {
    varint(u64::from((number << 3) | wire_type))
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = vec![];
    while number > 0x7f {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
    bytes
}

async fn called(channel: Channel, key: &str, of: &MethodDescriptor, body: Vec<u8>) -> Result<(), Status> {
    let mut grpc = tonic::client::Grpc::new(channel);
    grpc.ready().await.map_err(|error| Status::unavailable(format!("the server is gone: {error}")))?;
    let mut request = Request::new(body);
    request.metadata_mut().insert("authorization", format!("Bearer {key}").parse().unwrap());
    request.metadata_mut().insert("traceparent", UNSAMPLED.parse().unwrap());
    request.set_timeout(PATIENCE);
    let path: PathAndQuery = format!("/{}/{}", of.parent_service().full_name(), of.name()).parse().unwrap();
    if of.is_server_streaming() {
        // What is streamed has no end; that it begins is enough.
        return grpc.server_streaming(request, path, Plain).await.map(drop);
    }
    grpc.unary(request, path, Plain).await.map(drop)
}

/// A fault of ours, or a server that is gone. Where a provider or an endpoint cannot be reached, the details say so.
fn is_ours(status: &Status) -> bool {
    match status.code() {
        Code::Internal | Code::Unknown | Code::DataLoss | Code::Unimplemented => true,
        Code::Unavailable => status.details().is_empty(),
        _ => false,
    }
}

/// Every method of ours with the port that serves it. Those for other services are on none of these ports.
async fn served(world: &World) -> Vec<(MethodDescriptor, Channel)> {
    let (pool, key) =
        (DescriptorPool::decode(latchkey_wire::DESCRIPTORS).unwrap(), world.backend().shown_key());
    let mut served = vec![];
    for service in pool.services().filter(|service| service.full_name().starts_with("latchkey.")) {
        for channel in world.backend().channels() {
            let first = service.methods().next().unwrap();
            // What cannot be read does nothing, whatever the method.
            let tried = called(channel.clone(), key, &first, vec![0xff]).await;
            if tried.is_err_and(|status| status.code() != Code::Unimplemented) {
                served.extend(service.methods().map(|method| (method, channel.clone())));
                break;
            }
        }
    }
    served
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_bytes_are_answered_with_a_fault_of_ours() {
    let world = World::builder().quiet(bodies() > BODIES).start().await;
    let kept = world.connect("demo-oauth", "ana").await;
    let real = world.connect("demo-oauth", "ben").await;
    let key = world.backend().shown_key().to_owned();
    let served = served(&world).await;
    assert!(served.len() > 45, "{} methods", served.len());
    let made_up = ["con_01JD0000000000000000000000", "github", "dev", "2026-11-01T00:00:00Z", "tags", "*"];
    let words: Vec<String> = made_up.into_iter().map(str::to_owned).collect();
    let mut chance = Chance(seed());
    let tries = (0..bodies()).flat_map(|_| &served).map(|(method, channel)| {
        let deletes = ["Delete", "Retire", "Revoke", "Rotate"].iter().any(|it| method.name().starts_with(it));
        let real = if deletes { &words[0] } else { &real };
        let words = [&words[..], std::slice::from_ref(real)].concat();
        let body = Nonsense { chance: Chance(chance.next()), words }.body(&method.input());
        let key = key.as_str();
        async move {
            let status = called(channel.clone(), key, method, body.clone()).await.err()?;
            let start = &body[..body.len().min(100)];
            is_ours(&status).then(|| format!("{}: {status:?}\n  {start:02x?}", method.full_name()))
        }
    });
    survived(&world, &kept, tries).await;
    world.finish().await;
}
