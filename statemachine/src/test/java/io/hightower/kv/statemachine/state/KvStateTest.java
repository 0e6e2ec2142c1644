package io.hightower.kv.statemachine.state;

import static io.hightower.kv.statemachine.ApplyOutcome.APPLIED;
import static io.hightower.kv.statemachine.ApplyOutcome.REMOVED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.InvariantViolation;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import java.util.List;
import org.junit.jupiter.api.Test;

class KvStateTest {
    private final Machine machine = new Machine();

    @Test
    void emptyStoreIsAtRevisionOneAndFirstWriteGetsTwo() {
        assertThat(machine.applied().revision()).isEqualTo(1);
        assertThat(machine.put("k", "v")).isEqualTo(new Result.PutResult(2, APPLIED, 2));
        assertThat(machine.put("k", "w")).isEqualTo(new Result.PutResult(3, APPLIED, 3));
    }

    @Test
    void eachMutatingCommandTakesOneRevision() {
        assertThat(machine.put("a", "1").revision()).isEqualTo(2);
        assertThat(machine.put("b", "1").revision()).isEqualTo(3);
        assertThat(machine.delete("a").revision()).isEqualTo(4);
        assertThat(machine.deleteRange(KeyRange.all()).revision()).isEqualTo(5);
        assertThat(machine.applied().revision()).isEqualTo(5);
    }

    @Test
    void commandThatChangesNothingMovesNothingButThePosition() {
        machine.put("k", "v", 9);
        AppliedState before = machine.applied();
        List<KeyRecord> records = machine.all();

        assertThat(machine.delete("absent")).isEqualTo(new Result.DeleteResult(2, REMOVED, false));
        assertThat(machine.put("k", "stale", 9).revision()).isEqualTo(2);
        assertThat(machine.delete("k", 3).revision()).isEqualTo(2);
        assertThat(machine.deleteRange(KeyRange.prefix(Bytes.utf8("x"))).revision())
                .isEqualTo(2);
        assertThat(machine.deleteRange(KeyRange.of(Bytes.utf8("z"), Bytes.utf8("a")))
                        .deleted())
                .isZero();
        assertThat(machine.batch(Command.delete(Bytes.utf8("absent"))).revision())
                .isEqualTo(2);
        assertThat(machine.release(100, 100).released()).isZero();

        assertThat(machine.all()).isEqualTo(records);
        assertThat(machine.applied().position().index())
                .isEqualTo(before.position().index() + 7);
        assertThat(machine.applied().revision()).isEqualTo(before.revision());
        assertThat(machine.applied().latestVersion()).isEqualTo(before.latestVersion());
        assertThat(machine.applied().recordsHash()).isEqualTo(before.recordsHash());
    }

    @Test
    void overwritingKeepsTheCreateRevisionAndCountsVersions() {
        machine.put("k", "1");
        machine.put("other", "1");
        machine.put("k", "2");

        assertThat(machine.record("k"))
                .isEqualTo(new KeyRecord(Bytes.utf8("k"), true, Bytes.utf8("2"), 2, new Revision(4, 0), 2, 4));
    }

    @Test
    void deletingLeavesATombstoneWithItsOwnWriteVersion() {
        machine.put("k", "v");

        assertThat(machine.delete("k")).isEqualTo(new Result.DeleteResult(3, REMOVED, true));

        assertThat(machine.record("k")).isEqualTo(KeyRecord.tombstone(Bytes.utf8("k"), new Revision(3, 0), 3));
        assertThat(machine.applied().liveKeys()).isZero();
        assertThat(machine.applied().tombstones()).isEqualTo(1);
    }

    @Test
    void deletingTwiceChangesNothingTheSecondTime() {
        machine.put("k", "v");
        machine.delete("k");
        KeyRecord grave = machine.record("k");

        assertThat(machine.delete("k")).isEqualTo(new Result.DeleteResult(3, REMOVED, false));
        assertThat(machine.record("k")).isEqualTo(grave);
    }

    @Test
    void newLifeAfterDeletionBeginsAtVersionOne() {
        machine.put("k", "1");
        machine.put("k", "2");
        machine.delete("k");
        machine.put("k", "3");

        assertThat(machine.record("k"))
                .isEqualTo(new KeyRecord(Bytes.utf8("k"), true, Bytes.utf8("3"), 5, new Revision(5, 0), 1, 5));
        assertThat(machine.applied().tombstones()).isZero();
    }

    @Test
    void puttingTheSameValueAgainIsAChange() {
        machine.put("k", "v");
        assertThat(machine.put("k", "v").revision()).isEqualTo(3);
        assertThat(machine.record("k").version()).isEqualTo(2);
    }

    @Test
    void emptyValueIsNoTombstone() {
        machine.put("k", "");
        assertThat(machine.get("k")).contains("");
        assertThat(machine.applied().liveKeys()).isEqualTo(1);
        assertThat(machine.delete("k").existed()).isTrue();
    }

    @Test
    void rangeDeleteTakesOneRevisionAndNumbersItsChangesInKeyOrder() {
        machine.put("b", "1");
        machine.put("c", "1");
        machine.put("a", "1");
        machine.put("d", "1");
        machine.delete("c");

        Result.DeleteRangeResult result = machine.deleteRange(KeyRange.of(Bytes.utf8("a"), Bytes.utf8("d")));

        assertThat(result).isEqualTo(new Result.DeleteRangeResult(7, 2));
        assertThat(machine.record("a").modified()).isEqualTo(new Revision(7, 0));
        assertThat(machine.record("b").modified()).isEqualTo(new Revision(7, 1));
        assertThat(machine.record("c").modified()).isEqualTo(new Revision(6, 0));
        assertThat(machine.get("d")).contains("1");
        assertThat(machine.record("a").writeVersion()).isEqualTo(7);
    }

    @Test
    void commandsOfOneEntryAreAppliedInOrderEachWithItsOwnRevision() {
        List<Result> results = machine.applyEntry(
                0,
                List.of(
                        Command.put(Bytes.utf8("k"), Bytes.utf8("1")),
                        Command.delete(Bytes.utf8("absent")),
                        Command.delete(Bytes.utf8("k")),
                        Command.put(Bytes.utf8("k"), Bytes.utf8("2"))));

        assertThat(results)
                .containsExactly(
                        new Result.PutResult(2, APPLIED, 2),
                        new Result.DeleteResult(2, REMOVED, false),
                        new Result.DeleteResult(3, REMOVED, true),
                        new Result.PutResult(4, APPLIED, 4));
        assertThat(machine.record("k").modified()).isEqualTo(new Revision(4, 0));
    }

    @Test
    void logicalTimeNeverGoesBack() {
        List<Command> delete = List.of(Command.delete(Bytes.utf8("k")));
        machine.applyEntry(500, delete);
        machine.applyEntry(400, delete);
        assertThat(machine.applied().logicalTimeMillis()).isEqualTo(500);
        machine.applyEntry(501, delete);
        assertThat(machine.applied().logicalTimeMillis()).isEqualTo(501);
    }

    @Test
    void skippingMovesThePositionOnly() {
        machine.put("k", "v");
        AppliedState before = machine.applied();

        machine.state.skip(new LogPosition(4, 9));

        assertThat(machine.applied()).isEqualTo(before.at(new LogPosition(4, 9)));
        machine.state.skip(new LogPosition(4, 15));
        assertThat(machine.put("k", "w").revision()).isEqualTo(3);
        assertThat(machine.applied().position().index()).isEqualTo(16);
    }

    @Test
    void refusesPositionsOutOfOrder() {
        machine.state.skip(new LogPosition(2, 5));
        AppliedState before = machine.applied();
        Entry entry = new Entry(0, List.of(Command.put(Bytes.utf8("k"), Bytes.utf8("v"))));

        for (LogPosition late : List.of(new LogPosition(2, 5), new LogPosition(3, 5), new LogPosition(9, 4))) {
            assertThatThrownBy(() -> machine.state.apply(late, entry))
                    .isInstanceOf(InvariantViolation.class)
                    .hasMessageContaining("applied=(t:2, i:5) offered=" + late);
            assertThatThrownBy(() -> machine.state.skip(late)).isInstanceOf(InvariantViolation.class);
        }

        assertThat(machine.applied()).isEqualTo(before);
        assertThat(machine.all()).isEmpty();
    }

    @Test
    void acceptsGapsBetweenPositions() {
        Entry entry = new Entry(0, List.of(Command.put(Bytes.utf8("k"), Bytes.utf8("v"))));
        machine.state.apply(new LogPosition(1, 3), entry);
        machine.state.apply(new LogPosition(2, 1_000), entry);
        assertThat(machine.applied().revision()).isEqualTo(3);
        assertThat(machine.applied().position()).isEqualTo(new LogPosition(2, 1_000));
    }

    @Test
    void goesOnFromWhatTheStoreContains() {
        machine.put("k", "1");
        KvState next = new KvState(machine.store);
        next.apply(new LogPosition(1, 2), new Entry(0, List.of(Command.put(Bytes.utf8("k"), Bytes.utf8("2")))));
        assertThat(machine.record("k").version()).isEqualTo(2);
        assertThat(machine.applied().revision()).isEqualTo(3);
    }
}
