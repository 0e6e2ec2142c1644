package io.hightower.kv.statemachine.state;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Lease;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.codec.LeaseCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The leases of one moment, as records of the system key space have them. <b>Immutable.</b>
 *
 * <pre>
 * "lease/"     id in 8 bytes, big-endian         message hightower.Lease
 * "lease-key/" id in 8 bytes, big-endian, key    nothing: the key hangs on the lease
 * </pre>
 */
public final class Leases {
    private static final Bytes LEASE = Bytes.utf8("lease/");
    private static final Bytes ATTACHMENT = Bytes.utf8("lease-key/");

    private final SystemRecords system;

    private Leases(SystemRecords system) {
        this.system = system;
    }

    /** Returns the leases among these records. */
    public static Leases of(SystemRecords system) {
        return new Leases(system);
    }

    /** Returns the lease with this id, or nothing. */
    public Optional<Lease> find(long id) {
        Optional<SystemRecord> stored = system.get(key(LEASE, id));
        return stored.isPresent()
                ? Optional.of(LeaseCodec.decode(id, stored.get().value()))
                : Optional.empty();
    }

    /** Returns all leases by their ids. */
    public List<Lease> all() {
        List<Lease> leases = new ArrayList<>();
        for (SystemRecord stored : system.scan(KeyRange.prefix(LEASE))) {
            leases.add(decode(stored));
        }
        return leases;
    }

    /** Returns all leases, the one that ends first first; those that end together by their ids. */
    public List<Lease> byExpiry() {
        List<Lease> leases = all();
        leases.sort(Comparator.comparingLong(Lease::expiryMillis).thenComparingLong(Lease::id));
        return leases;
    }

    /** Is told what became of leases between two moments. */
    public interface Changes {
        /** This lease was granted or renewed, or was both ended and granted anew. */
        void begun(Lease lease);

        /** The lease with this id is not there any more. */
        void ended(long id);
    }

    /** Tells how these leases differ from those of another moment, by their ids. Costs what has changed, not what there is. */
    public void forEachChange(Leases older, Changes visitor) {
        system.forEachChange(older.system, KeyRange.prefix(LEASE), change -> {
            if (change.after().isPresent()) {
                visitor.begun(decode(change.after().get()));
            } else {
                visitor.ended(id(change.before().orElseThrow()));
            }
        });
    }

    private static Lease decode(SystemRecord stored) {
        return LeaseCodec.decode(id(stored), stored.value());
    }

    private static long id(SystemRecord stored) {
        return stored.key().asByteBuffer().getLong(LEASE.length());
    }

    /** Returns the keys that hang on a lease, in key order; none if there is no such lease. */
    public List<Bytes> keys(long id) {
        Bytes prefix = key(ATTACHMENT, id);
        List<Bytes> keys = new ArrayList<>();
        for (SystemRecord stored : system.scan(KeyRange.prefix(prefix))) {
            byte[] whole = stored.key().toByteArray();
            keys.add(Bytes.copyOf(whole, prefix.length(), whole.length - prefix.length()));
        }
        return keys;
    }

    /** Returns the records with a lease as it is now. */
    static SystemRecords with(SystemRecords system, Lease lease) {
        return system.with(key(LEASE, lease.id()), LeaseCodec.encode(lease));
    }

    /** Returns the records without a lease that no key hangs on. */
    static SystemRecords without(SystemRecords system, long id) {
        return system.without(key(LEASE, id));
    }

    /** Returns the records after a key was taken off one lease and hung on another; either may be none. */
    static SystemRecords moved(SystemRecords system, Bytes key, long from, long to) {
        SystemRecords moved = system;
        if (from != KeyRecord.NO_LEASE) {
            moved = moved.without(attachment(from, key));
        }
        if (to != KeyRecord.NO_LEASE) {
            moved = moved.with(attachment(to, key), Bytes.EMPTY);
        }
        return moved;
    }

    private static Bytes key(Bytes prefix, long id) {
        byte[] key = new byte[prefix.length() + Long.BYTES];
        ByteBuffer.wrap(key).putLong(prefix.copyTo(key, 0), id);
        return Bytes.wrap(key);
    }

    private static Bytes attachment(long id, Bytes key) {
        byte[] whole = new byte[ATTACHMENT.length() + Long.BYTES + key.length()];
        int at = ATTACHMENT.copyTo(whole, 0);
        ByteBuffer.wrap(whole).putLong(at, id);
        key.copyTo(whole, at + Long.BYTES);
        return Bytes.wrap(whole);
    }
}
