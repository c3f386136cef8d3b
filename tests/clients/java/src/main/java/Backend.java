import com.google.protobuf.Duration;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import latchkey.connect.v1.ConnectSessionServiceGrpc;
import latchkey.connect.v1.Session.CreateConnectSessionRequest;
import latchkey.connect.v1.Session.GetConnectSessionRequest;
import latchkey.connect.v1.Session.SessionState;
import latchkey.connection.v1.ConnectionOuterClass.ConnectionState;
import latchkey.connection.v1.ConnectionOuterClass.DeleteConnectionRequest;
import latchkey.connection.v1.ConnectionOuterClass.GetConnectionRequest;
import latchkey.connection.v1.ConnectionOuterClass.ListConnectionsRequest;
import latchkey.connection.v1.ConnectionServiceGrpc;
import latchkey.events.v1.EventServiceGrpc;
import latchkey.events.v1.Events.WatchEventsRequest;
import latchkey.events.v1.Events.WatchEventsResponse;
import latchkey.vault.v1.Credential.CredentialSource;
import latchkey.vault.v1.Credential.GetAccessTokenRequest;
import latchkey.vault.v1.Credential.GetCredentialRequest;
import latchkey.vault.v1.CredentialServiceGrpc;

/**
 * A backend that uses Latchkey for everything it is for. Each step is an example to copy.
 *
 * <p>It is given LATCHKEY_GRPC, LATCHKEY_API_KEY and LATCHKEY_URL, a CONNECTION to work with, and in BREAK the command
 * that lets the end user withdraw access at the provider.
 */
final class Backend {
    private final ConnectSessionServiceGrpc.ConnectSessionServiceBlockingStub sessions;
    private final ConnectionServiceGrpc.ConnectionServiceBlockingStub connections;
    private final CredentialServiceGrpc.CredentialServiceBlockingStub credentials;
    private final EventServiceGrpc.EventServiceBlockingStub events;
    private final String connectionId = System.getenv("CONNECTION");

    private Backend(String apiKey) {
        var channel = Latchkey.connect(System.getenv("LATCHKEY_GRPC"), apiKey);
        sessions = ConnectSessionServiceGrpc.newBlockingStub(channel);
        connections = ConnectionServiceGrpc.newBlockingStub(channel);
        credentials = CredentialServiceGrpc.newBlockingStub(channel);
        events = EventServiceGrpc.newBlockingStub(channel);
    }

    private void makeALinkForAnEndUser() {
        var session = sessions.createConnectSession(
                CreateConnectSessionRequest.newBuilder().setEndUser("java").addIntegrations("demo-oauth").build());
        System.out.printf("  open %s#…%n", session.getConnectLink().split("#")[0]);
        check(session.getConnectLink().startsWith(System.getenv("LATCHKEY_URL")), session.getSessionId());
        var seen = sessions.getConnectSession(
                GetConnectSessionRequest.newBuilder().setSessionId(session.getSessionId()).build());
        check(seen.getState() == SessionState.SESSION_STATE_OPEN, seen.getState());
    }

    private void listAndGetTheConnection() {
        var listed = connections.listConnections(ListConnectionsRequest.newBuilder().setEndUser("java").build());
        check(listed.getConnectionsCount() == 1 && listed.getConnections(0).getId().equals(connectionId), listed);
        var found = connections.getConnection(connection(connectionId)).getConnection();
        check(found.getState() == ConnectionState.CONNECTION_STATE_ACTIVE, found.getState());
        check(found.getIntegration().equals("demo-oauth") && found.getEndUser().equals("java"), found);
    }

    private void getATokenAndCallTheProvider() throws Exception {
        var token = credentials.getAccessToken(
                token().setMinRemaining(Duration.newBuilder().setSeconds(10)).build());
        var header = token.getHeadersMap().get("authorization");
        check(header.equals("Bearer " + token.getAccessToken()), "the header is not ready-made");
        callTheProvider(token.getHeadersMap());
    }

    private static void callTheProvider(Map<String, String> headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(System.getenv("LATCHKEY_URL") + "/demo-provider/me"));
        headers.forEach(request::header);
        var answer = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
        check(answer.statusCode() == 200 && answer.body().contains("\"login\""), answer.statusCode());
    }

    private void getANewToken() throws Exception {
        var before = credentials.getAccessToken(token().build());
        var after = credentials.getAccessToken(token().setForceRefresh(true).build());
        check(after.getSource() == CredentialSource.CREDENTIAL_SOURCE_REFRESHED, after.getSource());
        check(after.getGeneration() > before.getGeneration(), after.getGeneration());
        check(!after.getAccessToken().equals(before.getAccessToken()), "the token is the same");
        callTheProvider(after.getHeadersMap());
    }

    private void getTheWholeCredential() {
        var whole = credentials.getCredential(
                GetCredentialRequest.newBuilder().setConnectionId(connectionId).build());
        check(whole.getAuthMode().equals("OAUTH2"), whole.getAuthMode());
        check(!whole.getAccessToken().isEmpty() && !whole.getRefreshToken().isEmpty(), "not all of it");
        check(whole.getGrantedScopesCount() > 0, "no scopes");
    }

    private void watchEventsAndMissNone() throws Exception {
        // The first answer comes at once, and says where we are.
        var resumeToken = first("", answer -> true).getResumeToken();

        var withdrawn = new ProcessBuilder(System.getenv("BREAK").split(" "))
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start(); // while nobody watches
        check(withdrawn.waitFor() == 0, withdrawn.exitValue());

        var event = first(resumeToken, WatchEventsResponse::hasEvent).getEvent();
        check(event.getType().equals("dev.latchkey.connection.failed.v1"), event.getType());
        check(event.getConnectionId().equals(connectionId), event.getConnectionId());
    }

    /** The first answer that is wanted; the stream ends with it. */
    private WatchEventsResponse first(String resumeToken, Predicate<WatchEventsResponse> wanted) throws Exception {
        var request = WatchEventsRequest.newBuilder().setResumeToken(resumeToken).setConnectionId(connectionId).build();
        try (var watching = Context.current().withCancellation()) {
            return watching.call(() -> {
                Iterator<WatchEventsResponse> answers =
                        events.withDeadlineAfter(60, TimeUnit.SECONDS).watchEvents(request);
                var answer = answers.next();
                while (!wanted.test(answer)) {
                    answer = answers.next();
                }
                return answer;
            });
        }
    }

    private void askForConsentAgainWhenItIsNeeded() {
        var refusal = refused(() -> credentials.getAccessToken(token().build()));
        check(refusal.code() == Status.Code.FAILED_PRECONDITION, refusal);
        check(refusal.reason().equals("REAUTH_REQUIRED"), refusal);
        check(refusal.metadata().get("cause").equals("GRANT_REVOKED"), refusal);
        var session = sessions.createConnectSession(CreateConnectSessionRequest.newBuilder()
                .setEndUser("java").setReconnectConnectionId(connectionId).build());
        check(!session.getConnectLink().isEmpty(), session.getSessionId());
    }

    private void tellAnUnknownConnectionFromABrokenOne() {
        var unknown = refused(() -> connections.getConnection(connection("con_01ARZ3NDEKTSV4RRFFQ69G5FAV")));
        check(unknown.code() == Status.Code.NOT_FOUND && unknown.reason().equals("CONNECTION_UNKNOWN"), unknown);
        var malformed = refused(() -> connections.getConnection(connection("nonsense")));
        check(malformed.reason().equals("FIELD_INVALID"), malformed);
    }

    private void beRefusedWithoutAKey() {
        var stranger = new Backend("lk_dev_nonsense");
        var refusal = refused(() -> stranger.connections.getConnection(connection(connectionId)));
        check(refusal.code() == Status.Code.UNAUTHENTICATED && refusal.reason().equals("API_KEY_INVALID"), refusal);
    }

    private void deleteTheConnection() {
        connections.deleteConnection(DeleteConnectionRequest.newBuilder().setConnectionId(connectionId).build());
        var refusal = refused(() -> credentials.getAccessToken(token().build()));
        check(refusal.reason().equals("CONNECTION_DELETED"), refusal);
    }

    private GetAccessTokenRequest.Builder token() {
        return GetAccessTokenRequest.newBuilder().setConnectionId(connectionId);
    }

    private static GetConnectionRequest connection(String id) {
        return GetConnectionRequest.newBuilder().setConnectionId(id).build();
    }

    private static Latchkey.Refusal refused(Runnable call) {
        try {
            call.run();
        } catch (StatusRuntimeException error) {
            return Latchkey.Refusal.of(error);
        }
        throw new IllegalStateException("this should have been refused");
    }

    private static void check(boolean holds, Object found) {
        if (!holds) {
            throw new IllegalStateException("this should not be so: " + found);
        }
    }

    private interface Step {
        void take() throws Exception;
    }

    public static void main(String[] arguments) {
        var backend = new Backend(System.getenv("LATCHKEY_API_KEY"));
        Map<String, Step> steps = new LinkedHashMap<>();
        steps.put("make a link for an end user", backend::makeALinkForAnEndUser);
        steps.put("list and get the connection", backend::listAndGetTheConnection);
        steps.put("get a token and call the provider", backend::getATokenAndCallTheProvider);
        steps.put("get a new token", backend::getANewToken);
        steps.put("get the whole credential", backend::getTheWholeCredential);
        steps.put("watch events and miss none", backend::watchEventsAndMissNone);
        steps.put("ask for consent again when it is needed", backend::askForConsentAgainWhenItIsNeeded);
        steps.put("tell an unknown connection from a broken one", backend::tellAnUnknownConnectionFromABrokenOne);
        steps.put("be refused without a key", backend::beRefusedWithoutAKey);
        steps.put("delete the connection", backend::deleteTheConnection);

        List<String> failed = new ArrayList<>();
        steps.forEach((name, step) -> {
            try {
                step.take();
                System.out.println("ok " + name);
            } catch (Exception problem) {
                problem.printStackTrace(System.out);
                System.out.println("not ok " + name);
                failed.add(name);
            }
        });
        System.out.printf("%d passed, %d failed%n", steps.size() - failed.size(), failed.size());
        System.exit(failed.isEmpty() ? 0 : 1);
    }
}
