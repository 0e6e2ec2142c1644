package io.hightower.kv.statemachine.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.PutOptions;
import io.hightower.kv.statemachine.RevisionUnavailableException;
import io.hightower.kv.statemachine.contract.SeenHistory;
import io.hightower.kv.statemachine.random.RandomPrograms;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.statemachine.spi.StoreView;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** The hash that etcd gives for the same commands, and nothing instead of a wrong one. */
class HashKvTest {
    /** The answers of etcd 3.4.23 to {@code Maintenance.HashKV} for the commands below, given in etcd's words. */
    private static final long EMPTY = 1084519789;

    private final Machine machine = Machine.withHistory();

    @Test
    void givesTheHashesOfARealEtcd() {
        assertThat(hash(HashKv.NEWEST)).isEqualTo(EMPTY);
        writeThroughRevision10();
        assertHashes(
                1,
                EMPTY,
                883820166,
                2514572355L,
                4022386278L,
                467392454,
                386543366,
                3460565729L,
                807782163,
                1380260379,
                932831110);
        assertThat(hash(HashKv.NEWEST)).isEqualTo(932831110);

        // The compact revision deleted a key.
        machine.apply(new Command.Compact(7));
        assertHashes(8, 703675310, 4023891327L, 2649065023L);

        // Of the versions at revision 8 and before, those that are values at the revision asked for.
        machine.apply(new Command.Compact(8));
        assertHashes(9, 4023891327L, 2649065023L);

        // No key has a value at revision 11.
        machine.deleteRange(KeyRange.all());
        machine.put("new", "x");
        assertHashes(9, 4023891327L, 2649065023L, 2793983796L, 4120534677L);
        machine.apply(new Command.Compact(11));
        assertHashes(12, 840477569);
    }

    /** Two leases, a value without bytes, a key that is no text, a transaction, deletions of one key and of a range. */
    private void writeThroughRevision10() {
        machine.apply(new Command.GrantLease(-7, 600));
        machine.apply(new Command.GrantLease(300, 600));
        machine.put("apple", "red");
        machine.apply(put("pear", "", -7));
        machine.apply(put("apple", "green", 300));
        machine.deleteRange(KeyRange.single(Bytes.utf8("pear")));
        machine.apply(Command.put(Bytes.wrap(new byte[] {0, -1}), Bytes.utf8("bin")));
        machine.apply(new Command.Txn(
                List.of(),
                List.of(
                        put("kiwi", "1", 0),
                        put("plum", "2", 0),
                        new Command.DeleteRange(KeyRange.single(Bytes.utf8("apple")))),
                List.of()));
        machine.put("pear", "again");
        machine.deleteRange(KeyRange.of(Bytes.utf8("k"), Bytes.utf8("l")));
        machine.put("plum", "3");
        assertThat(machine.applied().revision()).isEqualTo(10);
    }

    private static Command.Put put(String key, String value, long lease) {
        return new Command.Put(
                Bytes.utf8(key), Bytes.utf8(value), Command.NO_VERSION, new PutOptions(lease, false, false, false));
    }

    private void assertHashes(long from, long... expected) {
        for (int i = 0; i < expected.length; i++) {
            assertThat(hash(from + i)).as("revision %s", from + i).isEqualTo(expected[i]);
        }
    }

    private long hash(long revision) {
        try (StoreView view = machine.store.view()) {
            HashKv.Hash hash = HashKv.of(view, revision);
            assertThat(hash.revision()).isEqualTo(revision == HashKv.NEWEST ? view.revision() : revision);
            assertThat(hash.compactRevision()).isEqualTo(view.applied().compactRevision());
            return hash.hash();
        }
    }

    @Test
    void isThatOfAllVersionsAfterRandomProgramsHoweverFewAreHeldAtOnce(TestInfo test) {
        SeededRuns.of(test).count(60).checkEach(HashKvTest::compare);
    }

    private static void compare(RandomGenerator random) {
        Machine machine = Machine.withHistory();
        RandomPrograms programs = new RandomPrograms(random);
        SeenHistory seen = new SeenHistory();
        for (int i = 0; i < 120; i++) {
            machine.apply(programs.command());
            try (StoreView view = machine.store.view()) {
                seen.note(view);
                long compacted = view.applied().compactRevision();
                long oldest = view.oldestRevision();
                for (long revision :
                        new long[] {oldest, random.nextLong(oldest, view.revision() + 1), view.revision()}) {
                    long expected = seen.hashKv(revision, compacted);
                    assertThat(HashKv.of(view, revision).hash()).isEqualTo(expected);
                    assertThat(HashKv.of(view, revision, random.nextInt(1, 5)).hash())
                            .isEqualTo(expected);
                }
            }
        }
    }

    @Test
    void refusesWhatIsCompactedOrHasNotCome() {
        writeThroughRevision10();
        machine.apply(new Command.Compact(4));
        assertThat(hash(4)).isPositive();
        for (long revision : new long[] {-1, 1, 3}) {
            assertThatThrownBy(() -> hash(revision))
                    .isInstanceOfSatisfying(RevisionUnavailableException.class, refused -> {
                        assertThat(refused.isCompacted()).isTrue();
                        assertThat(refused.oldest()).isEqualTo(4);
                    });
        }
        assertThatThrownBy(() -> hash(11))
                .isInstanceOfSatisfying(RevisionUnavailableException.class, refused -> assertThat(refused.isCompacted())
                        .isFalse());
    }

    @Test
    void aStoreWithoutHistoryHasNoHashUnlessNothingIsBehindTheCompactRevision() {
        Machine forgetful = new Machine();
        forgetful.put("a", "1");
        forgetful.put("a", "2");
        forgetful.put("b", "1");
        machine.put("a", "1");
        machine.put("a", "2");
        machine.put("b", "1");
        try (StoreView view = forgetful.store.view()) {
            assertThatThrownBy(() -> HashKv.of(view, HashKv.NEWEST))
                    .isInstanceOfSatisfying(
                            RevisionUnavailableException.class,
                            refused -> assertThat(refused.isCompacted()).isTrue());
        }
        forgetful.apply(new Command.Compact(4));
        machine.apply(new Command.Compact(4));
        try (StoreView view = forgetful.store.view()) {
            assertThat(HashKv.of(view, HashKv.NEWEST).hash()).isEqualTo(hash(4));
        }
    }
}
