// A backend that uses Latchkey for everything it is for. Each step is an example to copy.
//
// It is given LATCHKEY_GRPC, LATCHKEY_API_KEY and LATCHKEY_URL, a CONNECTION to work with, and in BREAK the command that
// lets the end user withdraw access at the provider.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/types/known/durationpb"

	connectpb "example.com/backend/generated/latchkey/connect/v1"
	connectionpb "example.com/backend/generated/latchkey/connection/v1"
	eventspb "example.com/backend/generated/latchkey/events/v1"
	vaultpb "example.com/backend/generated/latchkey/vault/v1"
)

type backend struct {
	sessions     connectpb.ConnectSessionServiceClient
	connections  connectionpb.ConnectionServiceClient
	credentials  vaultpb.CredentialServiceClient
	events       eventspb.EventServiceClient
	connectionID string
}

func newBackend(apiKey string) backend {
	channel := must(Connect(os.Getenv("LATCHKEY_GRPC"), apiKey))
	return backend{
		sessions:     connectpb.NewConnectSessionServiceClient(channel),
		connections:  connectionpb.NewConnectionServiceClient(channel),
		credentials:  vaultpb.NewCredentialServiceClient(channel),
		events:       eventspb.NewEventServiceClient(channel),
		connectionID: os.Getenv("CONNECTION"),
	}
}

func (b backend) makeALinkForAnEndUser(ctx context.Context) {
	session := must(b.sessions.CreateConnectSession(ctx, &connectpb.CreateConnectSessionRequest{
		EndUser: "go", Integrations: []string{"demo-oauth"},
	}))
	address, _, _ := strings.Cut(session.ConnectLink, "#")
	fmt.Printf("  open %s#…\n", address)
	check(strings.HasPrefix(session.ConnectLink, os.Getenv("LATCHKEY_URL")), session.SessionId)
	seen := must(b.sessions.GetConnectSession(ctx, &connectpb.GetConnectSessionRequest{SessionId: session.SessionId}))
	check(seen.State == connectpb.SessionState_SESSION_STATE_OPEN, seen.State)
}

func (b backend) listAndGetTheConnection(ctx context.Context) {
	listed := must(b.connections.ListConnections(ctx, &connectionpb.ListConnectionsRequest{EndUser: "go"}))
	check(len(listed.Connections) == 1 && listed.Connections[0].Id == b.connectionID, listed)
	found := must(b.connections.GetConnection(ctx, &connectionpb.GetConnectionRequest{ConnectionId: b.connectionID}))
	connection := found.Connection
	check(connection.State == connectionpb.ConnectionState_CONNECTION_STATE_ACTIVE, connection.State)
	check(connection.Integration == "demo-oauth" && connection.EndUser == "go", connection)
}

func callTheProvider(ctx context.Context, headers map[string]string) {
	request := must(http.NewRequestWithContext(ctx, http.MethodGet, os.Getenv("LATCHKEY_URL")+"/demo-provider/me", nil))
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	answer := must(http.DefaultClient.Do(request))
	defer answer.Body.Close()
	var account struct{ Login string }
	check(answer.StatusCode == http.StatusOK, answer.Status)
	check(json.NewDecoder(answer.Body).Decode(&account) == nil && account.Login != "", "no login")
}

func (b backend) getATokenAndCallTheProvider(ctx context.Context) {
	token := must(b.credentials.GetAccessToken(ctx, &vaultpb.GetAccessTokenRequest{
		ConnectionId: b.connectionID, MinRemaining: durationpb.New(10 * time.Second),
	}))
	check(token.Headers["authorization"] == "Bearer "+token.AccessToken, "the header is not ready-made")
	callTheProvider(ctx, token.Headers)
}

func (b backend) getANewToken(ctx context.Context) {
	before := must(b.credentials.GetAccessToken(ctx, &vaultpb.GetAccessTokenRequest{ConnectionId: b.connectionID}))
	after := must(b.credentials.GetAccessToken(ctx, &vaultpb.GetAccessTokenRequest{
		ConnectionId: b.connectionID, ForceRefresh: true,
	}))
	check(after.Source == vaultpb.CredentialSource_CREDENTIAL_SOURCE_REFRESHED, after.Source)
	check(after.Generation > before.Generation && after.AccessToken != before.AccessToken, after.Generation)
	callTheProvider(ctx, after.Headers)
}

func (b backend) getTheWholeCredential(ctx context.Context) {
	whole := must(b.credentials.GetCredential(ctx, &vaultpb.GetCredentialRequest{ConnectionId: b.connectionID}))
	check(whole.AuthMode == "OAUTH2", whole.AuthMode)
	check(whole.AccessToken != "" && whole.RefreshToken != "" && len(whole.GrantedScopes) > 0, "not all of it")
}

func (b backend) watchEventsAndMissNone(ctx context.Context) {
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	watch := func(resumeToken string) eventspb.EventService_WatchEventsClient {
		return must(b.events.WatchEvents(ctx, &eventspb.WatchEventsRequest{
			ResumeToken: resumeToken, ConnectionId: b.connectionID,
		}))
	}
	// The first answer comes at once, and says where we are.
	resumeToken := must(watch("").Recv()).ResumeToken

	words := strings.Fields(os.Getenv("BREAK"))
	must(exec.CommandContext(ctx, words[0], words[1:]...).Output()) // while nobody watches

	stream := watch(resumeToken)
	event := must(stream.Recv()).Event
	for event == nil {
		event = must(stream.Recv()).Event
	}
	check(event.Type == "dev.latchkey.connection.failed.v1", event.Type)
	check(event.ConnectionId == b.connectionID, event.ConnectionId)
}

func (b backend) askForConsentAgainWhenItIsNeeded(ctx context.Context) {
	_, err := b.credentials.GetAccessToken(ctx, &vaultpb.GetAccessTokenRequest{ConnectionId: b.connectionID})
	refusal := RefusalOf(err)
	check(refusal.Code == codes.FailedPrecondition, refusal)
	check(refusal.Reason == "REAUTH_REQUIRED" && refusal.Metadata["cause"] == "GRANT_REVOKED", refusal)
	session := must(b.sessions.CreateConnectSession(ctx, &connectpb.CreateConnectSessionRequest{
		EndUser: "go", ReconnectConnectionId: b.connectionID,
	}))
	check(session.ConnectLink != "", session.SessionId)
}

func (b backend) tellAnUnknownConnectionFromABrokenOne(ctx context.Context) {
	get := func(id string) Refusal {
		_, err := b.connections.GetConnection(ctx, &connectionpb.GetConnectionRequest{ConnectionId: id})
		return RefusalOf(err)
	}
	unknown := get("con_01ARZ3NDEKTSV4RRFFQ69G5FAV")
	check(unknown.Code == codes.NotFound && unknown.Reason == "CONNECTION_UNKNOWN", unknown)
	malformed := get("nonsense")
	check(malformed.Reason == "FIELD_INVALID", malformed)
}

func (b backend) beRefusedWithoutAKey(ctx context.Context) {
	stranger := newBackend("lk_dev_nonsense")
	_, err := stranger.connections.GetConnection(ctx, &connectionpb.GetConnectionRequest{ConnectionId: b.connectionID})
	refusal := RefusalOf(err)
	check(refusal.Code == codes.Unauthenticated && refusal.Reason == "API_KEY_INVALID", refusal)
}

func (b backend) deleteTheConnection(ctx context.Context) {
	must(b.connections.DeleteConnection(ctx, &connectionpb.DeleteConnectionRequest{ConnectionId: b.connectionID}))
	_, err := b.credentials.GetAccessToken(ctx, &vaultpb.GetAccessTokenRequest{ConnectionId: b.connectionID})
	check(RefusalOf(err).Reason == "CONNECTION_DELETED", RefusalOf(err))
}

func main() {
	b := newBackend(os.Getenv("LATCHKEY_API_KEY"))
	steps := []struct {
		name string
		take func(context.Context)
	}{
		{"make a link for an end user", b.makeALinkForAnEndUser},
		{"list and get the connection", b.listAndGetTheConnection},
		{"get a token and call the provider", b.getATokenAndCallTheProvider},
		{"get a new token", b.getANewToken},
		{"get the whole credential", b.getTheWholeCredential},
		{"watch events and miss none", b.watchEventsAndMissNone},
		{"ask for consent again when it is needed", b.askForConsentAgainWhenItIsNeeded},
		{"tell an unknown connection from a broken one", b.tellAnUnknownConnectionFromABrokenOne},
		{"be refused without a key", b.beRefusedWithoutAKey},
		{"delete the connection", b.deleteTheConnection},
	}
	failed := 0
	for _, step := range steps {
		if problem := attempt(step.take); problem != nil {
			failed++
			fmt.Printf("%v\nnot ok %s\n", problem, step.name)
			continue
		}
		fmt.Printf("ok %s\n", step.name)
	}
	fmt.Printf("%d passed, %d failed\n", len(steps)-failed, failed)
	if failed > 0 {
		os.Exit(1)
	}
}

func attempt(step func(context.Context)) (problem any) {
	defer func() { problem = recover() }()
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
	defer stop()
	step(ctx)
	return nil
}

// An example may give up at once; a service of yours returns the error.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func check(holds bool, found any) {
	if !holds {
		panic(fmt.Sprintf("this should not be so: %v", found))
	}
}
