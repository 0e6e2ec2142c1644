package io.hightower.kv.statemachine.state;

import static io.hightower.kv.statemachine.ApplyOutcome.APPLIED;
import static io.hightower.kv.statemachine.ApplyOutcome.IGNORED_STALE;
import static io.hightower.kv.statemachine.ApplyOutcome.REMOVED;
import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Limits;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.Revision;
import org.junit.jupiter.api.Test;

class ExplicitVersionTest {
    private final Machine machine = new Machine();

    @Test
    void appliesOnlyWhatIsNewer() {
        assertThat(machine.put("k", "5", 5)).isEqualTo(new Result.PutResult(2, APPLIED, 5));
        assertThat(machine.put("k", "4", 4)).isEqualTo(new Result.PutResult(2, IGNORED_STALE, 5));
        assertThat(machine.put("k", "5 again", 5)).isEqualTo(new Result.PutResult(2, IGNORED_STALE, 5));
        assertThat(machine.put("k", "6", 6)).isEqualTo(new Result.PutResult(3, APPLIED, 6));
        assertThat(machine.get("k")).contains("6");
    }

    @Test
    void neverMovesTheRevisionByMoreThanOne() {
        machine.put("k", "v", Limits.VERSION_MAX);
        assertThat(machine.applied().revision()).isEqualTo(2);
        assertThat(machine.put("other", "v")).isEqualTo(new Result.PutResult(3, APPLIED, 3));
        assertThat(machine.applied().latestVersion()).isEqualTo(Limits.VERSION_MAX);
    }

    @Test
    void plainPutCountsOnFromAHigherStoredVersion() {
        machine.put("k", "1", 1_000);
        assertThat(machine.put("k", "2").writeVersion()).isEqualTo(1_001);
        assertThat(machine.put("k", "3").writeVersion()).isEqualTo(1_002);
        assertThat(machine.delete("k").existed()).isTrue();
        assertThat(machine.record("k").writeVersion()).isEqualTo(1_003);
        assertThat(machine.put("k", "4").writeVersion()).isEqualTo(1_004);
    }

    @Test
    void plainPutTakesTheRevisionWhenThatIsHigher() {
        machine.put("k", "1", 1);
        machine.put("other", "1");
        machine.put("other", "2");
        assertThat(machine.put("k", "2")).isEqualTo(new Result.PutResult(5, APPLIED, 5));
    }

    @Test
    void plainPutAlwaysAppliesEvenAboveTheGreatestExplicitVersion() {
        machine.put("k", "1", Limits.VERSION_MAX);
        assertThat(machine.put("k", "2")).isEqualTo(new Result.PutResult(3, APPLIED, Limits.VERSION_MAX + 1));
        assertThat(machine.put("k", "3", Limits.VERSION_MAX).outcome()).isEqualTo(IGNORED_STALE);
    }

    @Test
    void tombstoneRefusesOlderVersions() {
        machine.put("k", "v", 5);
        assertThat(machine.delete("k", 8)).isEqualTo(new Result.DeleteResult(3, REMOVED, true));
        assertThat(machine.put("k", "old", 7)).isEqualTo(new Result.PutResult(3, IGNORED_STALE, 8));
        assertThat(machine.put("k", "old", 8).outcome()).isEqualTo(IGNORED_STALE);
        assertThat(machine.delete("k", 8)).isEqualTo(new Result.DeleteResult(3, IGNORED_STALE, false));
        assertThat(machine.get("k")).isEmpty();
        assertThat(machine.put("k", "new", 9)).isEqualTo(new Result.PutResult(4, APPLIED, 9));
        assertThat(machine.record("k").createRevision()).isEqualTo(4);
        assertThat(machine.record("k").version()).isEqualTo(1);
    }

    @Test
    void staleDeleteLeavesTheValue() {
        machine.put("k", "v", 5);
        assertThat(machine.delete("k", 5)).isEqualTo(new Result.DeleteResult(2, IGNORED_STALE, false));
        assertThat(machine.get("k")).contains("v");
    }

    @Test
    void deleteOfAnAbsentKeyLeavesATombstone() {
        assertThat(machine.delete("k", 7)).isEqualTo(new Result.DeleteResult(2, REMOVED, false));
        assertThat(machine.record("k")).isEqualTo(KeyRecord.tombstone(Bytes.utf8("k"), new Revision(2, 0), 7));
        assertThat(machine.put("k", "late", 6).outcome()).isEqualTo(IGNORED_STALE);
    }

    @Test
    void deleteRenewsATombstone() {
        machine.delete("k", 7);
        assertThat(machine.delete("k", 9)).isEqualTo(new Result.DeleteResult(3, REMOVED, false));
        assertThat(machine.record("k").writeVersion()).isEqualTo(9);
        assertThat(machine.record("k").modified()).isEqualTo(new Revision(3, 0));
        assertThat(machine.applied().tombstones()).isEqualTo(1);
    }

    @Test
    void rangeDeleteCountsOnFromTheStoredVersions() {
        machine.put("a", "1", 100);
        machine.put("b", "1");
        machine.deleteRange(KeyRange.all());
        assertThat(machine.record("a").writeVersion()).isEqualTo(101);
        assertThat(machine.record("b").writeVersion()).isEqualTo(4);
        assertThat(machine.put("a", "late", 101).outcome()).isEqualTo(IGNORED_STALE);
    }

    @Test
    void latestVersionIsTheHighestEverGiven() {
        assertThat(machine.applied().latestVersion()).isZero();
        machine.put("a", "1");
        assertThat(machine.applied().latestVersion()).isEqualTo(2);
        machine.put("b", "1", 50);
        assertThat(machine.applied().latestVersion()).isEqualTo(50);
        machine.put("a", "2");
        machine.put("c", "ignored", 3);
        machine.put("b", "stale", 49);
        assertThat(machine.applied().latestVersion()).isEqualTo(50);
        machine.delete("b");
        assertThat(machine.applied().latestVersion()).isEqualTo(51);
        machine.release(100, 100);
        assertThat(machine.applied().latestVersion()).isEqualTo(51);
    }
}
