"""Latchkey from Python: a channel that carries the API key, and refusals that programs can branch on."""

import grpc
from google.rpc import error_details_pb2, status_pb2


class Refusal:
    """Why a call failed: `reason` is one of proto/latchkey/faults/v1/reasons.proto, without its prefix."""

    def __init__(self, error: grpc.RpcError):
        self.code = error.code()
        self.message = error.details()
        self.reason, self.metadata = "", {}
        for key, value in error.trailing_metadata() or ():
            if key != "grpc-status-details-bin":
                continue
            for detail in status_pb2.Status.FromString(value).details:
                info = error_details_pb2.ErrorInfo()
                if detail.Unpack(info) and info.domain == "latchkey.dev":
                    self.reason, self.metadata = info.reason, dict(info.metadata)


class _Bearer(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):
    def __init__(self, api_key: str):
        self._header = ("authorization", f"Bearer {api_key}")

    def _call(self, proceed, call, request):
        metadata = [*(call.metadata or ()), self._header]
        return proceed(call._replace(metadata=metadata), request)

    intercept_unary_unary = intercept_unary_stream = _call


def connect(url: str, api_key: str) -> grpc.Channel:
    """`url` is http://… on your own machine; across a network use https:// and grpc.secure_channel."""
    channel = grpc.insecure_channel(url.removeprefix("http://"))
    return grpc.intercept_channel(channel, _Bearer(api_key))
