package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.membership.MemberSelf;
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
 * SnapshotBegin, SnapshotRead, SnapshotEnd    the state of a member, to one that is far behind, see TransferFormat
 * ReadIndex  stream of questions and answers   "do you lead?": the commit index, or no, see ReadFrame
 * Room       one request, one answer          "how much room has your disk?", see DiskRoom
 * Greet      one request, one answer          "I am this member, in this incarnation": welcome or not
 * Change     one request, one answer          a change of members, to the leader, see ChangeExchange
 * </pre>
 *
 * <p>Every call carries the format in force where it comes from, the cluster's id and the caller's id; a call that does not fit
 * is refused. A call, and a stream to its end, is spoken in the format that it began with: one that was raised meanwhile changes
 * nothing about it. One call is for a member that knows neither: WhoAmI of the service Join, see JoinExchange. Messages are plain bytes.
 */
final class MemberProtocol {
    static final String SERVICE = "hightower.kv.Member";

    static final Metadata.Key<String> FORMAT_KEY = key("hightower-format");
    static final Metadata.Key<String> CLUSTER_KEY = key("hightower-cluster");
    static final Metadata.Key<String> MEMBER_KEY = key("hightower-member");

    static final MethodDescriptor<byte[], byte[]> FORWARD = method(SERVICE, "Forward", MethodType.BIDI_STREAMING);
    static final MethodDescriptor<byte[], byte[]> READ_INDEX = method(SERVICE, "ReadIndex", MethodType.BIDI_STREAMING);
    static final MethodDescriptor<byte[], byte[]> SNAPSHOT_BEGIN = method(SERVICE, "SnapshotBegin", MethodType.UNARY);
    static final MethodDescriptor<byte[], byte[]> SNAPSHOT_READ =
            method(SERVICE, "SnapshotRead", MethodType.SERVER_STREAMING);
    static final MethodDescriptor<byte[], byte[]> SNAPSHOT_END = method(SERVICE, "SnapshotEnd", MethodType.UNARY);
    static final MethodDescriptor<byte[], byte[]> ROOM = method(SERVICE, "Room", MethodType.UNARY);
    static final MethodDescriptor<byte[], byte[]> GREET = method(SERVICE, "Greet", MethodType.UNARY);

    static final MethodDescriptor<byte[], byte[]> CHANGE = method(SERVICE, "Change", MethodType.UNARY);

    /** Answers to {@link #GREET}. */
    static final byte WELCOME = 1;

    /** The caller is not on record here, which may lag behind: it is to ask again. */
    static final byte UNKNOWN_YET = 4;

    /** Another directory took part under this name before. */
    static final byte KNOWN_OTHERWISE = 2;

    /** The caller was removed from the cluster, and the configuration in force is without it. */
    static final byte REMOVED = 3;

    /** The service that is open to members that do not know yet who they are. */
    static final String JOIN_SERVICE = "hightower.kv.Join";

    static final MethodDescriptor<byte[], byte[]> WHO_AM_I = method(JOIN_SERVICE, "WhoAmI", MethodType.UNARY);

    private MemberProtocol() {}

    /** Writes into the headers of a call what every call carries. */
    static void identify(MemberSelf self, int format, Metadata headers) {
        headers.put(FORMAT_KEY, Integer.toString(format));
        headers.put(CLUSTER_KEY, self.cluster().toString());
        headers.put(MEMBER_KEY, self.peerId());
    }

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    private static MethodDescriptor<byte[], byte[]> method(String service, String name, MethodType type) {
        return MethodDescriptor.<byte[], byte[]>newBuilder()
                .setType(type)
                .setFullMethodName(MethodDescriptor.generateFullMethodName(service, name))
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
