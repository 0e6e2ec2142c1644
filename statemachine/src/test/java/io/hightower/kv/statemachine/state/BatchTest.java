package io.hightower.kv.statemachine.state;

import static io.hightower.kv.statemachine.ApplyOutcome.APPLIED;
import static io.hightower.kv.statemachine.ApplyOutcome.IGNORED_STALE;
import static io.hightower.kv.statemachine.ApplyOutcome.REMOVED;
import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import org.junit.jupiter.api.Test;

class BatchTest {
    private final Machine machine = new Machine();

    @Test
    void takesOneRevisionAndNumbersItsChangesInOrder() {
        Result.BatchResult result = machine.batch(put("b", "1"), put("a", "1"), put("c", "1"));

        assertThat(result.revision()).isEqualTo(2);
        assertThat(machine.record("b").modified()).isEqualTo(new Revision(2, 0));
        assertThat(machine.record("a").modified()).isEqualTo(new Revision(2, 1));
        assertThat(machine.record("c").modified()).isEqualTo(new Revision(2, 2));
        assertThat(machine.put("d", "1").revision()).isEqualTo(3);
        assertThat(machine.record("d").modified()).isEqualTo(new Revision(3, 0));
    }

    @Test
    void laterCommandSeesWhatAnEarlierOneDid() {
        Result.BatchResult result =
                machine.batch(put("k", "1"), put("k", "2"), delete("k"), delete("k"), put("k", "3"), put("k", "4"));

        assertThat(result.results())
                .containsExactly(
                        new Result.PutResult(2, APPLIED, 2),
                        new Result.PutResult(2, APPLIED, 3),
                        new Result.DeleteResult(2, REMOVED, true),
                        new Result.DeleteResult(2, REMOVED, false),
                        new Result.PutResult(2, APPLIED, 5),
                        new Result.PutResult(2, APPLIED, 6));
        assertThat(machine.record("k"))
                .isEqualTo(new KeyRecord(Bytes.utf8("k"), true, Bytes.utf8("4"), 2, new Revision(2, 4), 2, 6));
        assertThat(machine.applied().liveKeys()).isEqualTo(1);
        assertThat(machine.applied().tombstones()).isZero();
    }

    @Test
    void staleVersionInsideIsIgnoredByItself() {
        machine.put("k", "v", 10);

        Result.BatchResult result =
                machine.batch(put("a", "1"), new Command.Put(Bytes.utf8("k"), Bytes.utf8("stale"), 10), put("b", "1"));

        assertThat(result.results())
                .containsExactly(
                        new Result.PutResult(3, APPLIED, 3),
                        new Result.PutResult(3, IGNORED_STALE, 10),
                        new Result.PutResult(3, APPLIED, 3));
        assertThat(machine.get("k")).contains("v");
        assertThat(machine.record("b").modified()).isEqualTo(new Revision(3, 1));
    }

    @Test
    void innerResultBeforeTheFirstChangeShowsTheOldRevision() {
        Result.BatchResult result = machine.batch(delete("absent"), put("k", "v"), delete("absent"));
        assertThat(result.results())
                .extracting(Result::revision)
                .as("the store's revision after each command")
                .containsExactly(1L, 2L, 2L);
        assertThat(result.revision()).isEqualTo(2);
    }

    @Test
    void batchOfNoChangesMovesNoRevision() {
        machine.put("k", "v", 10);
        Result.BatchResult result =
                machine.batch(delete("absent"), new Command.Delete(Bytes.utf8("k"), 9), range("x", "z"));
        assertThat(result.revision()).isEqualTo(2);
        assertThat(machine.applied().revision()).isEqualTo(2);
    }

    @Test
    void rangeDeleteInsideSeesEarlierPutsAndIsSeenByLaterOnes() {
        machine.put("a", "old");

        Result.BatchResult result = machine.batch(put("b", "1"), range("a", "c"), put("b", "2"));

        assertThat(result.results())
                .containsExactly(
                        new Result.PutResult(3, APPLIED, 3),
                        new Result.DeleteRangeResult(3, 2),
                        new Result.PutResult(3, APPLIED, 5));
        assertThat(machine.get("a")).isEmpty();
        assertThat(machine.record("b"))
                .isEqualTo(new KeyRecord(Bytes.utf8("b"), true, Bytes.utf8("2"), 3, new Revision(3, 3), 1, 5));
    }

    @Test
    void explicitVersionsInsideFollowOneAnother() {
        Result.BatchResult result = machine.batch(
                new Command.Put(Bytes.utf8("k"), Bytes.utf8("9"), 9),
                new Command.Put(Bytes.utf8("k"), Bytes.utf8("8"), 8),
                put("k", "plain"),
                new Command.Delete(Bytes.utf8("k"), 10));

        assertThat(result.results())
                .containsExactly(
                        new Result.PutResult(2, APPLIED, 9),
                        new Result.PutResult(2, IGNORED_STALE, 9),
                        new Result.PutResult(2, APPLIED, 10),
                        new Result.DeleteResult(2, IGNORED_STALE, false));
        assertThat(machine.get("k")).contains("plain");
    }

    private static Command put(String key, String value) {
        return Command.put(Bytes.utf8(key), Bytes.utf8(value));
    }

    private static Command delete(String key) {
        return Command.delete(Bytes.utf8(key));
    }

    private static Command range(String from, String until) {
        return new Command.DeleteRange(KeyRange.of(Bytes.utf8(from), Bytes.utf8(until)));
    }
}
