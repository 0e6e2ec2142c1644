package io.hightower.kv.statemachine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.KeyValue;
import io.hightower.kv.statemachine.Lease;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.codec.EntryCodec;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Defects of rusd, an earlier store with the same commands, each as the behaviour that must hold instead. */
class RusdDefectsTest {
    private final Machine machine = Machine.withHistory();

    /** There, a live key whose last write was older than the compact revision disappeared from ranges. */
    @Test
    void compactionKeepsLiveKeysHoweverOldTheyAre() {
        machine.put("old", "v");
        machine.put("k", "1");
        machine.put("k", "2");
        machine.apply(new Command.Compact(4));
        assertThat(machine.range(RangeRequest.of(KeyRange.all())).keyValues())
                .extracting(KeyValue::key)
                .containsExactly(key("k"), key("old"));
    }

    /** There, operations of a transaction were not atomic, and each took a revision of its own. */
    @Test
    void operationsOfATransactionShareOneRevisionOrNone() {
        Command.Put unknownLease = new Command.Put(key("b"), key("v"), 0, PutOptions.lease(9));
        machine.apply(new Command.Txn(List.of(), List.of(Command.put(key("a"), key("1")), unknownLease), List.of()));
        assertThat(machine.all()).isEmpty();
        machine.apply(new Command.Txn(
                List.of(), List.of(Command.put(key("a"), key("1")), Command.put(key("b"), key("1"))), List.of()));
        assertThat(machine.all()).extracting(entry -> entry.modified().main()).containsExactly(2L, 2L);
    }

    /** There, a transaction inside another one was refused. */
    @Test
    void transactionsNest() {
        Command.Txn inner = new Command.Txn(List.of(), List.of(Command.put(key("k"), key("v"))), List.of());
        machine.apply(new Command.Txn(List.of(), List.of(inner), List.of()));
        assertThat(machine.get("k")).contains("v");
    }

    /** There, the limit cut off before sorting and filtering. */
    @Test
    void limitCutsOffAfterSortingAndFiltering() {
        machine.put("a", "3");
        machine.put("b", "2");
        machine.put("c", "1");
        RangeRequest smallest = RangeRequest.of(KeyRange.all())
                .sorted(RangeRequest.Direction.ASCENDING, RangeRequest.SortTarget.VALUE)
                .limited(1);
        assertThat(machine.range(smallest).keyValues())
                .extracting(KeyValue::key)
                .containsExactly(key("c"));
        RangeRequest latest = RangeRequest.of(KeyRange.all())
                .filtered(new RangeRequest.RevisionFilter(3, 0, 0, 0))
                .limited(1);
        assertThat(machine.range(latest).keyValues()).extracting(KeyValue::key).containsExactly(key("b"));
    }

    /** There, asking for a compacted or a future revision was answered as if it were the newest. */
    @Test
    void compactedAndFutureRevisionsAreErrors() {
        machine.put("k", "1");
        machine.put("k", "2");
        machine.apply(new Command.Compact(3));
        for (long revision : new long[] {2, 4}) {
            assertThatThrownBy(
                            () -> machine.range(RangeRequest.of(KeyRange.all()).atRevision(revision)))
                    .isInstanceOf(RevisionUnavailableException.class);
        }
        assertThat(machine.apply(new Command.Compact(4))).isEqualTo(new Result.Refused(3, Refusal.FUTURE_REVISION, 3));
    }

    /** There, nothing was ever attached to a lease, so that its end deleted nothing. */
    @Test
    void endOfALeaseDeletesItsKeys() {
        machine.apply(new Command.GrantLease(7, 1));
        machine.apply(new Command.Put(key("k"), key("v"), 0, PutOptions.lease(7)));
        machine.applyAt(1_001, new Command.ExpireLease(7));
        assertThat(machine.get("k")).isEmpty();
    }

    /** There, the heap of leases was upside down: the one that ended last came first. */
    @Test
    void leaseThatEndsFirstComesFirst() {
        machine.apply(new Command.GrantLease(1, 100));
        machine.apply(new Command.GrantLease(2, 1));
        assertThat(machine.leases().byExpiry()).extracting(Lease::id).containsExactly(2L, 1L);
    }

    /** There, ending a lease deleted every key that begins with one of its keys. */
    @Test
    void endOfALeaseLeavesKeysThatBeginWithItsKey() {
        machine.apply(new Command.GrantLease(7, 1));
        machine.apply(new Command.Put(key("k"), key("v"), 0, PutOptions.lease(7)));
        machine.put("kk", "v");
        machine.put("k\0", "v");
        machine.apply(new Command.RevokeLease(7));
        assertThat(machine.applied().liveKeys()).isEqualTo(2);
    }

    /** There, ids that clients chose for leases were ignored. */
    @Test
    void leaseHasTheIdThatWasChosen() {
        assertThat(machine.apply(new Command.GrantLease(-42, 5))).isEqualTo(new Result.LeaseResult(1, -42, 5));
        assertThat(machine.leases().find(-42)).isPresent();
    }

    /** There, transactions, compactions and deletes by leases were not replicated, and the lease of a put was dropped. */
    @Test
    void everythingThatChangesTheStateTravelsInEntries() {
        Machine follower = Machine.withHistory();
        Command.Put leased = new Command.Put(key("k:1"), Bytes.wrap(new byte[] {-1, 0}), 0, PutOptions.lease(7));
        List<Command> commands = List.of(
                new Command.GrantLease(7, 5),
                new Command.Txn(List.of(), List.of(leased), List.of()),
                Command.put(key("other"), key("v")),
                new Command.Compact(3),
                new Command.RevokeLease(7));
        for (int i = 0; i < commands.size(); i++) {
            Entry entry = new Entry(i, List.of(commands.get(i)));
            LogPosition position = new LogPosition(1, i + 1L);
            machine.state.apply(position, entry);
            follower.state.apply(position, EntryCodec.decode(EntryCodec.encode(entry)));
            assertThat(follower.stateHash()).isEqualTo(machine.stateHash());
            assertThat(follower.all()).isEqualTo(machine.all());
        }
        assertThat(follower.all()).extracting(KeyRecord::live).containsExactly(false, true);
    }

    private static Bytes key(String text) {
        return Bytes.utf8(text);
    }
}
