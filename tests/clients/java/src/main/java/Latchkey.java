import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.Channel;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.MetadataUtils;
import java.util.Map;

/** Latchkey from Java: a channel that carries the API key, and refusals that programs can branch on. */
final class Latchkey {
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    private Latchkey() {}

    /** {@code url} is http://… on your own machine; across a network use https:// and TlsChannelCredentials. */
    static Channel connect(String url, String apiKey) {
        var headers = new Metadata();
        headers.put(AUTHORIZATION, "Bearer " + apiKey);
        ClientInterceptor withKey = MetadataUtils.newAttachHeadersInterceptor(headers);
        var channel = Grpc.newChannelBuilder(url.replaceFirst("^http://", ""), InsecureChannelCredentials.create());
        return ClientInterceptors.intercept(channel.build(), withKey);
    }

    /**
     * Why a call failed: {@code reason} is one of proto/latchkey/faults/v1/reasons.proto, without its prefix.
     */
    record Refusal(Status.Code code, String message, String reason, Map<String, String> metadata) {
        static Refusal of(StatusRuntimeException error) {
            var code = error.getStatus().getCode();
            var message = error.getStatus().getDescription();
            var details = StatusProto.fromThrowable(error);
            if (details != null) {
                for (var detail : details.getDetailsList()) {
                    if (!detail.is(ErrorInfo.class)) {
                        continue;
                    }
                    try {
                        var info = detail.unpack(ErrorInfo.class);
                        if (info.getDomain().equals("latchkey.dev")) {
                            return new Refusal(code, message, info.getReason(), info.getMetadataMap());
                        }
                    } catch (InvalidProtocolBufferException unreadable) {
                        throw new IllegalStateException("the details of an error cannot be read", unreadable);
                    }
                }
            }
            return new Refusal(code, message, "", Map.of());
        }
    }
}
