"""A backend that uses Latchkey for everything it is for. Each step is an example to copy.

It is given LATCHKEY_GRPC, LATCHKEY_API_KEY and LATCHKEY_URL, a CONNECTION to work with, and in BREAK the command that
lets the end user withdraw access at the provider.
"""

import json
import os
import subprocess
import sys
import traceback
import urllib.request

import grpc
from client import Refusal, connect
from google.protobuf.duration_pb2 import Duration
from latchkey.connect.v1 import session_pb2, session_pb2_grpc
from latchkey.connection.v1 import connection_pb2, connection_pb2_grpc
from latchkey.events.v1 import events_pb2, events_pb2_grpc
from latchkey.vault.v1 import credential_pb2, credential_pb2_grpc

channel = connect(os.environ["LATCHKEY_GRPC"], os.environ["LATCHKEY_API_KEY"])
sessions = session_pb2_grpc.ConnectSessionServiceStub(channel)
connections = connection_pb2_grpc.ConnectionServiceStub(channel)
credentials = credential_pb2_grpc.CredentialServiceStub(channel)
events = events_pb2_grpc.EventServiceStub(channel)

connection_id = os.environ["CONNECTION"]


def make_a_link_for_an_end_user():
    session = sessions.CreateConnectSession(
        session_pb2.CreateConnectSessionRequest(end_user="python", integrations=["demo-oauth"])
    )
    print(f"  open {session.connect_link.split('#')[0]}#…")
    assert session.connect_link.startswith(os.environ["LATCHKEY_URL"])
    seen = sessions.GetConnectSession(session_pb2.GetConnectSessionRequest(session_id=session.session_id))
    assert seen.state == session_pb2.SESSION_STATE_OPEN


def list_and_get_the_connection():
    listed = connections.ListConnections(connection_pb2.ListConnectionsRequest(end_user="python"))
    assert [connection.id for connection in listed.connections] == [connection_id]
    found = connections.GetConnection(connection_pb2.GetConnectionRequest(connection_id=connection_id)).connection
    assert found.state == connection_pb2.CONNECTION_STATE_ACTIVE
    assert (found.integration, found.end_user) == ("demo-oauth", "python")


def call_the_provider(headers):
    request = urllib.request.Request(os.environ["LATCHKEY_URL"] + "/demo-provider/me", headers=dict(headers))
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def get_a_token_and_call_the_provider():
    token = credentials.GetAccessToken(
        credential_pb2.GetAccessTokenRequest(connection_id=connection_id, min_remaining=Duration(seconds=10))
    )
    assert token.headers["authorization"] == f"Bearer {token.access_token}"
    assert call_the_provider(token.headers)["login"]


def get_a_new_token():
    def ask(**how):
        request = credential_pb2.GetAccessTokenRequest(connection_id=connection_id, **how)
        return credentials.GetAccessToken(request)

    before, after = ask(), ask(force_refresh=True)
    assert after.source == credential_pb2.CREDENTIAL_SOURCE_REFRESHED
    assert after.generation > before.generation and after.access_token != before.access_token
    assert call_the_provider(after.headers)["login"]


def get_the_whole_credential():
    whole = credentials.GetCredential(credential_pb2.GetCredentialRequest(connection_id=connection_id))
    assert whole.auth_mode == "OAUTH2"
    assert whole.access_token and whole.refresh_token and whole.granted_scopes


def watch_events_and_miss_none():
    def watch(resume_token):
        request = events_pb2.WatchEventsRequest(resume_token=resume_token, connection_id=connection_id)
        return events.WatchEvents(request, timeout=60)

    stream = watch("")
    resume_token = next(stream).resume_token  # the first answer comes at once, and says where we are
    stream.cancel()

    subprocess.run(os.environ["BREAK"].split(), check=True, capture_output=True)  # while nobody watches

    stream = watch(resume_token)
    event = next(answer.event for answer in stream if answer.HasField("event"))
    stream.cancel()
    assert event.type == "dev.latchkey.connection.failed.v1", event.type
    assert event.connection_id == connection_id


def refused(call, request):
    try:
        call(request)
    except grpc.RpcError as error:
        return Refusal(error)
    raise AssertionError("this should have been refused")


def ask_for_consent_again_when_it_is_needed():
    refusal = refused(
        credentials.GetAccessToken, credential_pb2.GetAccessTokenRequest(connection_id=connection_id)
    )
    assert refusal.code == grpc.StatusCode.FAILED_PRECONDITION
    assert (refusal.reason, refusal.metadata["cause"]) == ("REAUTH_REQUIRED", "GRANT_REVOKED")
    session = sessions.CreateConnectSession(
        session_pb2.CreateConnectSessionRequest(end_user="python", reconnect_connection_id=connection_id)
    )
    assert session.connect_link


def tell_an_unknown_connection_from_a_broken_one():
    unknown = connection_pb2.GetConnectionRequest(connection_id="con_01ARZ3NDEKTSV4RRFFQ69G5FAV")
    refusal = refused(connections.GetConnection, unknown)
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.NOT_FOUND, "CONNECTION_UNKNOWN")
    malformed = connection_pb2.GetConnectionRequest(connection_id="nonsense")
    assert refused(connections.GetConnection, malformed).reason == "FIELD_INVALID"


def be_refused_without_a_key():
    stranger = connection_pb2_grpc.ConnectionServiceStub(connect(os.environ["LATCHKEY_GRPC"], "lk_dev_nonsense"))
    refusal = refused(stranger.GetConnection, connection_pb2.GetConnectionRequest(connection_id=connection_id))
    assert (refusal.code, refusal.reason) == (grpc.StatusCode.UNAUTHENTICATED, "API_KEY_INVALID")


def delete_the_connection():
    connections.DeleteConnection(connection_pb2.DeleteConnectionRequest(connection_id=connection_id))
    refusal = refused(
        credentials.GetAccessToken, credential_pb2.GetAccessTokenRequest(connection_id=connection_id)
    )
    assert refusal.reason == "CONNECTION_DELETED", refusal.reason


STEPS = [
    make_a_link_for_an_end_user,
    list_and_get_the_connection,
    get_a_token_and_call_the_provider,
    get_a_new_token,
    get_the_whole_credential,
    watch_events_and_miss_none,
    ask_for_consent_again_when_it_is_needed,
    tell_an_unknown_connection_from_a_broken_one,
    be_refused_without_a_key,
    delete_the_connection,
]

if __name__ == "__main__":
    failed = 0
    for step in STEPS:
        name = step.__name__.replace("_", " ")
        try:
            step()
            print(f"ok {name}", flush=True)
        except Exception:
            failed += 1
            traceback.print_exc()
            print(f"not ok {name}", flush=True)
    print(f"{len(STEPS) - failed} passed, {failed} failed")
    sys.exit(failed != 0)
