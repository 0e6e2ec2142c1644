package io.hightower.kv.replication.ratis.membership;

import io.hightower.kv.statemachine.SystemRecords;
import io.hightower.kv.statemachine.SystemWrite;
import io.hightower.kv.statemachine.api.Member.Kind;
import io.hightower.kv.statemachine.api.MemberId;

/** Tables of members for tests, made record by record. A member's name and address follow from its id. */
final class Tables {
    private SystemRecords records = SystemRecords.EMPTY;

    Tables voters(long... ids) {
        for (long id : ids) {
            add(MemberRecord.of(new MemberId(id), "n" + id, address(id), Kind.VOTER));
        }
        return this;
    }

    Tables unstarted(long... ids) {
        for (long id : ids) {
            add(MemberRecord.of(new MemberId(id), "", address(id), Kind.VOTER));
        }
        return this;
    }

    Tables learners(long... ids) {
        for (long id : ids) {
            add(MemberRecord.of(new MemberId(id), "n" + id, address(id), Kind.LEARNER));
        }
        return this;
    }

    Tables removed(long... ids) {
        for (long id : ids) {
            add(MemberRecord.of(new MemberId(id), "n" + id, address(id), Kind.VOTER)
                    .asRemoved());
        }
        return this;
    }

    static String address(long id) {
        return "h" + id + ":2380";
    }

    private void add(MemberRecord record) {
        records = records.with(MemberRecord.key(record.id()), record.value());
    }

    /** Applies writes that the table asks for, as far as they are as expected; tells whether they were. */
    boolean apply(Iterable<SystemWrite> writes) {
        for (SystemWrite write : writes) {
            long found =
                    records.get(write.key()).map(record -> record.modRevision()).orElse(SystemWrite.ABSENT);
            if (write.expectedRevision() != SystemWrite.ANY && write.expectedRevision() != found) {
                return false;
            }
        }
        writes.forEach(write -> records = records.with(write.key(), write.value()));
        return true;
    }

    MemberTable table() {
        return MemberTable.of(records);
    }
}
