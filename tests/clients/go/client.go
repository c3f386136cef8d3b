// Latchkey from Go: a connection that carries the API key, and refusals that programs can branch on.

package main

import (
	"context"
	"strings"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

// APIKey puts a key on every call.
type APIKey string

func (key APIKey) GetRequestMetadata(context.Context, ...string) (map[string]string, error) {
	return map[string]string{"authorization": "Bearer " + string(key)}, nil
}

// RequireTransportSecurity is false because this example speaks to your own machine. Across a network answer true, and
// give Connect the credentials of google.golang.org/grpc/credentials.NewTLS.
func (APIKey) RequireTransportSecurity() bool { return false }

// Connect gives a connection to the server at url, http://… on your own machine.
func Connect(url, apiKey string) (*grpc.ClientConn, error) {
	return grpc.NewClient(strings.TrimPrefix(url, "http://"),
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithPerRPCCredentials(APIKey(apiKey)))
}

// Refusal says why a call failed: Reason is one of proto/latchkey/faults/v1/reasons.proto, without its prefix.
type Refusal struct {
	Code     codes.Code
	Message  string
	Reason   string
	Metadata map[string]string
}

// RefusalOf reads what a call failed with.
func RefusalOf(err error) Refusal {
	failed := status.Convert(err)
	refusal := Refusal{Code: failed.Code(), Message: failed.Message()}
	for _, detail := range failed.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok && info.Domain == "latchkey.dev" {
			refusal.Reason, refusal.Metadata = info.Reason, info.Metadata
		}
	}
	return refusal
}
