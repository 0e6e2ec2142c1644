package io.hightower.kv.statemachine.codec;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Lease;

/** The bytes of a lease in the system key space: the protobuf message {@code hightower.Lease}. The id is in the key. */
public final class LeaseCodec {
    private static final String WHAT = "lease";

    private LeaseCodec() {}

    /** Encodes what a lease holds besides its id. */
    public static Bytes encode(Lease lease) {
        return Bytes.wrap(MessageWriter.encode(writer -> {
            writer.number(1, lease.ttlSeconds());
            writer.number(2, lease.expiryMillis());
        }));
    }

    /**
     * Decodes a lease.
     *
     * @throws io.hightower.kv.statemachine.CorruptionException if the bytes are malformed
     */
    public static Lease decode(long id, Bytes encoded) {
        return MessageReader.decode(WHAT, encoded.toByteArray(), 0, reader -> {
            long ttlSeconds = 0;
            long expiryMillis = 0;
            for (int field = reader.nextField(); field != 0; field = reader.nextField()) {
                switch (field) {
                    case 1 -> ttlSeconds = reader.number();
                    case 2 -> expiryMillis = reader.number();
                    default -> throw reader.unknownField();
                }
            }
            return new Lease(id, ttlSeconds, expiryMillis);
        });
    }
}
