package io.hightower.kv.statemachine.state;

import static io.hightower.kv.statemachine.ApplyOutcome.APPLIED;
import static io.hightower.kv.statemachine.ApplyOutcome.IGNORED_STALE;
import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.codec.EntryCodec;
import io.hightower.kv.statemachine.random.RandomCommands;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Defects that earlier stores of this kind had in their state machine, each as the behaviour that must hold instead. */
class AncestorDefectsTest {
    private final Machine machine = new Machine();

    /** There, a put of version 3 after a delete of version 6 was applied. */
    @Test
    void olderVersionDoesNotResurrectADeletedKey() {
        machine.put("k", "first", 2);
        machine.delete("k", 6);

        assertThat(machine.put("k", "back", 3).outcome()).isEqualTo(IGNORED_STALE);

        assertThat(machine.get("k")).isEmpty();
    }

    /** There, versions taken from a clock raised a filter that then swallowed plain writes with counted versions. */
    @Test
    void hugeVersionOnOneKeyDoesNotSwallowWritesToOthers() {
        machine.put("other", "old");
        machine.put("auth/user", "u", 1_760_000_000_000_000L);
        machine.put("other", "new");
        machine.put("gone", "v");
        machine.delete("gone");

        assertThat(machine.get("other")).contains("new");
        assertThat(machine.get("gone")).isEmpty();
    }

    /** There, a second write in the same millisecond had an equal version and vanished without a word. */
    @Test
    void ignoredWriteSaysSo() {
        machine.put("k", "first", 1_760_000_000_000L);
        assertThat(machine.put("k", "second", 1_760_000_000_000L).outcome()).isEqualTo(IGNORED_STALE);
        assertThat(machine.put("k", "plain").outcome()).isEqualTo(APPLIED);
    }

    /** There, concurrent appends could share a sequence number, so that the last write was ambiguous. */
    @Test
    void everyChangeHasItsOwnPlaceInHistory() {
        Command put = Command.put(Bytes.utf8("k"), Bytes.utf8("v"));
        for (int i = 0; i < 100; i++) {
            machine.put("k" + i, "v");
            machine.batch(Command.put(Bytes.utf8("b" + i), Bytes.EMPTY), put, Command.delete(Bytes.utf8("k" + i)));
        }
        assertThat(machine.all()).extracting(KeyRecord::modified).doesNotHaveDuplicates();
        assertThat(machine.applied().revision()).isEqualTo(201);
    }

    /** There, proposals were text such as PUT:key:value in lossy UTF-8. */
    @Test
    void binaryKeysAndKeysWithColonsArriveUnchanged() {
        Machine follower = new Machine();
        long index = 0;
        for (Bytes key : RandomCommands.KEYS) {
            Entry entry = new Entry(0, List.of(Command.put(key, key)));
            follower.state.apply(new LogPosition(1, ++index), EntryCodec.decode(EntryCodec.encode(entry)));
            machine.state.apply(new LogPosition(1, index), entry);
        }
        assertThat(follower.all())
                .extracting(KeyRecord::key)
                .isEqualTo(RandomCommands.KEYS.stream().sorted().toList());
        assertThat(follower.all()).allSatisfy(entry -> assertThat(entry.value()).isEqualTo(entry.key()));
        assertThat(follower.stateHash()).isEqualTo(machine.stateHash());
    }

    /** There, each operation of a transaction took its own revision, and a failing one left the rest. */
    @Test
    void batchIsAtomicUnderOneRevision() {
        machine.batch(
                Command.put(Bytes.utf8("a"), Bytes.utf8("1")),
                Command.put(Bytes.utf8("b"), Bytes.utf8("1")),
                Command.delete(Bytes.utf8("a")));
        assertThat(machine.all()).extracting(entry -> entry.modified().main()).containsOnly(2L);
        assertThat(machine.applied().revision()).isEqualTo(2);
    }

    /** There, deleting one key as a range took every key that begins with it. */
    @Test
    void deletingTheRangeOfOneKeyLeavesTheKeysThatBeginWithIt() {
        machine.put("k", "v");
        machine.put("k\0", "v");
        machine.put("kk", "v");
        assertThat(machine.deleteRange(KeyRange.single(Bytes.utf8("k"))).deleted())
                .isEqualTo(1);
        assertThat(machine.get("k\0")).contains("v");
        assertThat(machine.get("kk")).contains("v");
    }

    /** There, a client marked deleted keys with a value of its own, which then was data for everybody else. */
    @Test
    void noValueMeansDeleted() {
        machine.put("k", "__DELETED__");
        machine.put("e", "");
        assertThat(machine.get("k")).contains("__DELETED__");
        assertThat(machine.applied().liveKeys()).isEqualTo(2);
    }
}
