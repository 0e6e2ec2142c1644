package io.hightower.kv.replication.ratis.membership;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.SystemRecord;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.SystemWrite;
import io.hightower.kv.statemachine.api.MemberId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The records of all members at one moment of the system key space, the removed ones included.
 *
 * <p>Every change of members also counts up the record {@code member-changes}, and expects it as it was: of two changes that
 * were decided on the same moment only one is written. <b>Immutable.</b>
 */
public final class MemberTable {
    /** What the keys of everything here begin with; users do not write such keys. */
    public static final Bytes KEYS = Bytes.utf8("member");

    private static final Bytes CHANGES = Bytes.utf8("member-changes");

    private final SortedMap<MemberId, MemberRecord> records;
    private final long changesRevision;

    private MemberTable(SortedMap<MemberId, MemberRecord> records, long changesRevision) {
        this.records = records;
        this.changesRevision = changesRevision;
    }

    /** Returns the members in the system key space. */
    public static MemberTable of(SystemRecords system) {
        SortedMap<MemberId, MemberRecord> records = new TreeMap<>();
        for (SystemRecord record : system.scan(KeyRange.prefix(MemberRecord.keyPrefix()))) {
            MemberRecord member = MemberRecord.decode(record.key(), record.value());
            records.put(member.id(), member);
        }
        return new MemberTable(
                records, system.get(CHANGES).map(SystemRecord::modRevision).orElse(SystemWrite.ABSENT));
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

    /** Returns the writes of changed records, which succeed only if no other change came since. */
    public List<SystemWrite> change(List<MemberRecord> changed) {
        List<SystemWrite> writes = new ArrayList<>();
        writes.add(SystemWrite.value(CHANGES, Bytes.EMPTY).expecting(changesRevision));
        for (MemberRecord record : changed) {
            writes.add(SystemWrite.value(MemberRecord.key(record.id()), record.value()));
        }
        return writes;
    }

    /**
     * Returns the writes by which a new cluster takes its place: these are its members, and whoever else is on record, from
     * a cluster that the state was taken from, is not.
     */
    public List<SystemWrite> founding(List<MemberRecord> founders) {
        List<MemberRecord> changed = new ArrayList<>(founders);
        for (MemberRecord before : members()) {
            if (founders.stream().noneMatch(founder -> founder.id().equals(before.id()))) {
                changed.add(before.asRemoved());
            }
        }
        return change(changed);
    }
}
