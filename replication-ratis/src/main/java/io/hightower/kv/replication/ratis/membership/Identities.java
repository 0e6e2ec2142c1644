package io.hightower.kv.replication.ratis.membership;

import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.api.ClusterId;
import io.hightower.kv.statemachine.api.MemberId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.UUID;

/**
 * The derivation of the numbers of members and clusters, as etcd does it: the first 8 bytes, big-endian, of a SHA-1.
 *
 * <pre>
 * founding member   SHA-1 (peer URL, token)
 * added member      SHA-1 (peer URL, token, Unix time in seconds as decimal digits)
 * cluster           SHA-1 (ids of the founding members, ascending, 8 bytes each)
 * </pre>
 *
 * <p>All members of a new cluster come to the same numbers without asking each other. The digest protects nothing; it spreads.
 */
public final class Identities {
    private Identities() {}

    /**
     * Returns the id of a member of a new cluster.
     *
     * @param peerUrl {@code http://host:port}, or {@code https://host:port} if members speak TLS
     */
    public static MemberId founding(String peerUrl, String token) {
        return new MemberId(first8(sha1().digest((peerUrl + token).getBytes(StandardCharsets.UTF_8))));
    }

    /** Returns the id of a member that is added to a cluster at a moment. */
    public static MemberId added(String peerUrl, String token, long unixSeconds) {
        return founding(peerUrl, token + unixSeconds);
    }

    /** Returns the id of the cluster that these members found. */
    public static ClusterId cluster(Collection<MemberId> founders) {
        ByteBuffer ids = ByteBuffer.allocate(founders.size() * Long.BYTES);
        founders.stream().sorted().forEach(id -> ids.putLong(id.value()));
        return new ClusterId(first8(sha1().digest(ids.array())));
    }

    /** Returns what Ratis calls the group of a cluster. */
    public static UUID group(ClusterId cluster) {
        return UUID.nameUUIDFromBytes(("hightower-kv cluster " + cluster).getBytes(StandardCharsets.UTF_8));
    }

    private static long first8(byte[] digest) {
        return ByteBuffer.wrap(digest).getLong();
    }

    private static MessageDigest sha1() {
        try {
            return MessageDigest.getInstance("SHA-1");
        } catch (NoSuchAlgorithmException e) {
            throw new InvariantViolation("every Java has SHA-1: " + e);
        }
    }
}
