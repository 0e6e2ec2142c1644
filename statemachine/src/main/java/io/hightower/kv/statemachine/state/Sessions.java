package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.SessionRecord;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.codec.SessionCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The sessions of one moment, as records of the system key space have them. <b>Immutable.</b>
 *
 * <pre>
 * "session/"   id in 8 bytes, big-endian         format version byte, message hightower.Session
 * </pre>
 */
public final class Sessions {
    private static final Bytes SESSION = Bytes.utf8("session/");

    private final SystemRecords system;

    private Sessions(SystemRecords system) {
        this.system = system;
    }

    /** Returns the sessions among these records. */
    public static Sessions of(SystemRecords system) {
        return new Sessions(system);
    }

    /** Returns the session with this id, expired or not; nothing if there is none. */
    public Optional<SessionRecord> find(long id) {
        Optional<SystemRecord> stored = system.get(key(id));
        return stored.isPresent()
                ? Optional.of(SessionCodec.decode(id, stored.get().value()))
                : Optional.empty();
    }

    /** Returns how many there are, expired ones included. Cheap. */
    public int count() {
        return system.count(KeyRange.prefix(SESSION));
    }

    /** Returns the ids of sessions that expired by a logical time, the smallest first as unsigned numbers; at most so many. */
    public List<Long> expired(long nowMillis, int countMax) {
        List<Long> expired = new ArrayList<>();
        for (SystemRecord stored : system.scan(KeyRange.prefix(SESSION))) {
            if (expired.size() == countMax) {
                break;
            }
            if (SessionCodec.isExpired(stored.value(), nowMillis)) {
                expired.add(stored.key().asByteBuffer().getLong(SESSION.length()));
            }
        }
        return expired;
    }

    /** Returns the records with a session as it is now. */
    static SystemRecords with(SystemRecords system, SessionRecord session) {
        return system.with(key(session.id()), SessionCodec.encode(session));
    }

    /** Returns the records without a session. */
    static SystemRecords without(SystemRecords system, long id) {
        return system.without(key(id));
    }

    private static Bytes key(long id) {
        byte[] key = new byte[SESSION.length() + Long.BYTES];
        ByteBuffer.wrap(key).putLong(SESSION.copyTo(key, 0), id);
        return Bytes.wrap(key);
    }
}
