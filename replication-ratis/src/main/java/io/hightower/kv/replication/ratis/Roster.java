package io.hightower.kv.replication.ratis;

import io.hightower.kv.replication.ratis.membership.AddressBook;
import io.hightower.kv.replication.ratis.membership.FormatRange;
import io.hightower.kv.replication.ratis.membership.MemberRecord;
import io.hightower.kv.replication.ratis.membership.MemberSelf;
import io.hightower.kv.replication.ratis.membership.MemberTable;
import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.api.MemberId;
import io.hightower.kv.statemachine.spi.StateStore;
import io.hightower.kv.statemachine.spi.StoreView;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The members of the cluster as this member has them on record, and where they are reached. It may lag behind. Thread-safe.
 */
final class Roster implements AutoCloseable {
    /** Older than every record. */
    private static final long BEFORE_RECORDS = 0;

    private final MemberSelf self;
    private final StateStore store;
    private final FormatRange formats;
    private final AddressBook addresses;
    private volatile Seen seen;

    /** The table that was made of some records. */
    private record Seen(SystemRecords system, MemberTable table) {}

    Roster(MemberSelf self, StateStore store, FormatRange formats) {
        this.self = self;
        this.store = store;
        this.formats = formats;
        addresses = AddressBook.open(self.cluster());
        addresses.learn(self.addresses(), BEFORE_RECORDS);
        seen = new Seen(SystemRecords.EMPTY, MemberTable.of(SystemRecords.EMPTY));
        refresh();
    }

    MemberSelf self() {
        return self;
    }

    /** Returns the formats that this member understands. */
    FormatRange formats() {
        return formats;
    }

    /** Returns the format in force, as last seen: whoever has seen a newer one understands this one, too. */
    int format() {
        return seen.table().format();
    }

    /** Returns the records as they are here. */
    MemberTable table() {
        try (StoreView view = store.view()) {
            SystemRecords system = view.system();
            Seen before = seen;
            if (before.system() == system) {
                return before.table();
            }
            MemberTable table = MemberTable.of(system);
            seen = new Seen(system, table);
            return table;
        }
    }

    /** Takes over the addresses on record. */
    void refresh() {
        MemberTable table = table();
        Map<MemberId, String> known =
                table.members().stream().collect(Collectors.toMap(MemberRecord::id, MemberRecord::address));
        if (!known.isEmpty()) {
            addresses.learn(known, table.revision());
        }
    }

    /** Returns the other members, on record or known from the beginning. */
    Set<MemberId> others() {
        MemberTable table = table();
        Set<MemberId> others = new TreeSet<>();
        table.members().forEach(member -> others.add(member.id()));
        self.others().stream()
                .map(MemberRecord::id)
                .filter(id -> !table.isRemoved(id))
                .forEach(others::add);
        others.remove(self.id());
        return others;
    }

    /** Returns where a member is reached, which Ratis calls by this id. */
    Optional<String> addressOf(String peerId) {
        return MemberId.parse(peerId).flatMap(addresses::addressOf);
    }

    /**
     * Returns what people call the member that Ratis calls by this id, as last seen: to say who leads must be possible also
     * when the store no longer answers.
     */
    Optional<String> nameOf(String peerId) {
        MemberTable table = seen.table();
        return MemberId.parse(peerId)
                .flatMap(id -> table.record(id).or(() -> self.others().stream()
                        .filter(other -> other.id().equals(id))
                        .findFirst()))
                .map(MemberRecord::name)
                .filter(name -> !name.isEmpty());
    }

    @Override
    public void close() {
        addresses.close();
    }
}
