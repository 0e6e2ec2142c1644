package io.hightower.kv.replication.ratis;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.ratis.thirdparty.io.grpc.Metadata;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor;
import org.apache.ratis.thirdparty.io.grpc.MethodDescriptor.MethodType;

/**
 * What members say to each other beside what Ratis says, on the same port: names of the calls and what goes with each.
 *
 * <pre>
 * Forward    stream of requests and answers   commands from a member to the leader, see ForwardFrame
 * Snapshot   stream of answers                the whole state of the leader, in chunks
 * Greet      one request, one answer          "I am this member, in this incarnation": welcome or not
 * </pre>
 *
 * <p>Every call carries the version of this protocol, the cluster's id and the caller's name; a call that does not fit is
 * refused. Messages are plain bytes.
 */
final class MemberProtocol {
    static final String SERVICE = "hightower.kv.Member";

    /** The protocol version spoken and the only one answered. */
    static final String VERSION = "0";

    static final Metadata.Key<String> VERSION_KEY = key("hightower-version");
    static final Metadata.Key<String> CLUSTER_KEY = key("hightower-cluster");
    static final Metadata.Key<String> MEMBER_KEY = key("hightower-member");

    static final MethodDescriptor<byte[], byte[]> FORWARD = method("Forward", MethodType.BIDI_STREAMING);
    static final MethodDescriptor<byte[], byte[]> SNAPSHOT = method("Snapshot", MethodType.SERVER_STREAMING);
    static final MethodDescriptor<byte[], byte[]> GREET = method("Greet", MethodType.UNARY);

    /** Answers to {@link #GREET}. */
    static final byte WELCOME = 1;

    /** Another directory took part under this name before. */
    static final byte KNOWN_OTHERWISE = 2;

    private MemberProtocol() {}

    /** Returns what every call carries. */
    static Metadata headers(RatisOptions options) {
        Metadata headers = new Metadata();
        headers.put(VERSION_KEY, VERSION);
        headers.put(CLUSTER_KEY, options.clusterId().toString());
        headers.put(MEMBER_KEY, options.memberId());
        return headers;
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static MethodDescriptor<byte[], byte[]> method(String name, MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(SERVICE, name))
                .setRequestMarshaller(PlainBytes.INSTANCE)
                .setResponseMarshaller(PlainBytes.INSTANCE)
                .build();
    }

    private enum PlainBytes implements MethodDescriptor.Marshaller<byte[]> {
        INSTANCE;

        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
