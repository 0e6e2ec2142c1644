package io.hightower.kv.statemachine.state;

import static io.hightower.kv.statemachine.ApplyOutcome.APPLIED;
import static io.hightower.kv.statemachine.ApplyOutcome.IGNORED_STALE;
import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Result;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReleaseTombstonesTest {
    private final Machine machine = new Machine();

    /** Leaves the live key l, and the tombstones d, c, b, a in the order of revisions 3 to 6. */
    @BeforeEach
    void buryFourKeys() {
        machine.put("l", "v");
        machine.delete("d", 100);
        machine.delete("c", 100);
        machine.delete("b", 100);
        machine.delete("a", 100);
    }

    @Test
    void releasesTheOldestFirstAndSaysThatThereAreMore() {
        assertThat(machine.release(6, 2)).isEqualTo(new Result.ReleaseResult(6, 2, true));
        assertThat(machine.all()).extracting(KeyRecord::key).containsExactly(key("a"), key("b"), key("l"));
        assertThat(machine.release(6, 2)).isEqualTo(new Result.ReleaseResult(6, 2, false));
        assertThat(machine.all()).extracting(KeyRecord::key).containsExactly(key("l"));
        assertThat(machine.release(6, 2)).isEqualTo(new Result.ReleaseResult(6, 0, false));
    }

    @Test
    void releasesThroughItsRevisionAndNoFurther() {
        assertThat(machine.release(2, 9)).isEqualTo(new Result.ReleaseResult(6, 0, false));
        assertThat(machine.release(4, 9)).isEqualTo(new Result.ReleaseResult(6, 2, false));
        assertThat(machine.applied().tombstones()).isEqualTo(2);
        assertThat(machine.get("l")).contains("v");
    }

    @Test
    void takesAnyCount() {
        assertThat(machine.release(Long.MAX_VALUE, Integer.MAX_VALUE)).isEqualTo(new Result.ReleaseResult(6, 4, false));
    }

    @Test
    void movesNoRevisionAndNoLatestVersion() {
        machine.release(6, 9);
        assertThat(machine.applied().revision()).isEqualTo(6);
        assertThat(machine.applied().latestVersion()).isEqualTo(100);
        assertThat(machine.put("l", "w").revision()).isEqualTo(7);
    }

    @Test
    void remembersThroughWhichRevisionAllAreGone() {
        assertThat(machine.applied().releasedRevision()).isZero();
        machine.release(5, 1);
        assertThat(machine.applied().releasedRevision()).as("more are left").isZero();
        machine.release(4, 9);
        assertThat(machine.applied().releasedRevision()).isEqualTo(4);
        machine.release(3, 9);
        assertThat(machine.applied().releasedRevision()).as("never goes back").isEqualTo(4);
        machine.release(1_000, 9);
        assertThat(machine.applied().releasedRevision())
                .as("later tombstones are not released yet")
                .isEqualTo(6);
    }

    @Test
    void forgetsTheWriteVersionThatTheTombstoneGuarded() {
        assertThat(machine.put("d", "stale", 5).outcome()).isEqualTo(IGNORED_STALE);
        machine.release(3, 9);
        assertThat(machine.put("d", "now new", 5)).isEqualTo(new Result.PutResult(7, APPLIED, 5));
        assertThat(machine.put("c", "stale", 5).outcome()).isEqualTo(IGNORED_STALE);
    }

    @Test
    void renewedTombstoneIsAsYoungAsItsLastDelete() {
        machine.delete("d", 101);
        assertThat(machine.release(6, 9).released()).isEqualTo(3);
        assertThat(machine.stored("d")).isPresent();
        assertThat(machine.release(7, 9).released()).isEqualTo(1);
    }

    @Test
    void releasesWithinOneRevisionInTheOrderOfTheBatch() {
        machine.release(6, 9);
        machine.batch(
                new Command.Delete(key("z"), 9), new Command.Delete(key("x"), 9), new Command.Delete(key("y"), 9));
        machine.release(7, 2);
        assertThat(machine.all()).extracting(KeyRecord::key).containsExactly(key("l"), key("y"));
    }

    @Test
    void leavesTheStateHashOfAStoreThatNeverHadTheRecords() {
        long withGraves = machine.applied().recordsHash();
        machine.release(6, 9);
        Machine other = new Machine();
        other.put("l", "v");
        assertThat(machine.applied().recordsHash())
                .isEqualTo(other.applied().recordsHash())
                .isNotEqualTo(withGraves);
    }

    private static Bytes key(String text) {
        return Bytes.utf8(text);
    }
}
