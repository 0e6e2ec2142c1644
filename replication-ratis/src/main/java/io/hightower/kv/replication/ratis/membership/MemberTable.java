package io.hightower.kv.replication.ratis.membership;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.CorruptionException;
import io.hightower.kv.statemachine.FormatException;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.SystemWrite;
import io.hightower.kv.statemachine.api.MemberId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The records of all members at one moment of the system key space, the removed ones included.
 *
 * <p>Every change of members also counts up the record {@code member-changes}, and expects it as it was: of two changes that
 * were decided on the same moment only one is written. The record {@code member-format} has the format in force, as u8 version 1
 * and u8; {@link FormatRange#FIRST} is in force before it is written. <b>Immutable.</b>
 */
public final class MemberTable {
    private static final Bytes CHANGES = Bytes.utf8("member-changes");
    private static final Bytes FORMAT = Bytes.utf8("member-format");
    private static final byte FORMAT_RECORD_VERSION = 1;

    private final SortedMap<MemberId, MemberRecord> records;
    private final long changesRevision;
    private final int format;

    private MemberTable(SortedMap<MemberId, MemberRecord> records, long changesRevision, int format) {
        this.records = records;
        this.changesRevision = changesRevision;
        this.format = format;
    }

    /** Returns the members in the system key space. */
    public static MemberTable of(SystemRecords system) {
        SortedMap<MemberId, MemberRecord> records = new TreeMap<>();
        for (SystemRecord record : system.scan(KeyRange.prefix(MemberRecord.keyPrefix()))) {
            MemberRecord member = MemberRecord.decode(record.key(), record.value());
            records.put(member.id(), member);
        }
        return new MemberTable(
                records,
                system.get(CHANGES).map(SystemRecord::modRevision).orElse(SystemWrite.ABSENT),
                system.get(FORMAT).map(MemberTable::formatOf).orElse(FormatRange.FIRST));
    }

    private static int formatOf(SystemRecord record) {
        ByteBuffer in = record.value().asByteBuffer();
        if (in.remaining() != 2) {
            throw new CorruptionException(record.key().toUtf8(), 0, "2 bytes", in.remaining() + " bytes");
        }
        byte version = in.get();
        if (version != FORMAT_RECORD_VERSION) {
            throw new FormatException("format record", "version " + version, "version " + FORMAT_RECORD_VERSION);
        }
        return Byte.toUnsignedInt(in.get());
    }

    /** Returns the members that belong to the cluster, by id. */
    public List<MemberRecord> members() {
        return records.values().stream().filter(record -> !record.removed()).toList();
    }

    /** Returns the record of a member that belongs to the cluster. */
    public Optional<MemberRecord> member(MemberId id) {
        return record(id).filter(record -> !record.removed());
    }

    /** Returns the record of an id, also of a member that has been removed. */
    public Optional<MemberRecord> record(MemberId id) {
        return Optional.ofNullable(records.get(id));
    }

    /** Returns the member that has an address. */
    public Optional<MemberRecord> at(String address) {
        return members().stream()
                .filter(member -> member.address().equals(address))
                .findFirst();
    }

    /** Tells whether the id was removed. */
    public boolean isRemoved(MemberId id) {
        return record(id).filter(MemberRecord::removed).isPresent();
    }

    /** Returns which change of the system key space was the newest here; greater is newer. */
    public long revision() {
        return changesRevision;
    }

    /** Returns the format in force. */
    public int format() {
        return format;
    }

    /**
     * Returns the newest format that every member understands, if it is newer than the one in force. A member that has not
     * started since it was added holds it back: nobody knows its release.
     */
    public Optional<Integer> nextFormat() {
        return members().stream()
                .map(MemberRecord::newestFormat)
                .min(Comparator.naturalOrder())
                .filter(common -> common > format);
    }

    /** Returns the writes that put another format in force, if no member changes meanwhile. */
    public List<SystemWrite> withFormat(int raised) {
        List<SystemWrite> writes = new ArrayList<>(change(List.of()));
        writes.add(SystemWrite.value(FORMAT, Bytes.wrap(new byte[] {FORMAT_RECORD_VERSION, (byte) raised})));
        return writes;
    }

    /** Returns the writes of changed records, which succeed only if no other change came since. */
    public List<SystemWrite> change(List<MemberRecord> changed) {
        List<SystemWrite> writes = new ArrayList<>();
        writes.add(SystemWrite.value(CHANGES, Bytes.EMPTY).expecting(changesRevision));
        for (MemberRecord record : changed) {
            writes.add(SystemWrite.value(MemberRecord.key(record.id()), record.value()));
        }
        return writes;
    }
}
