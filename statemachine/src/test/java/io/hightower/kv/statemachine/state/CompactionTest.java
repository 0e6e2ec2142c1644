package io.hightower.kv.statemachine.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRange;
import io.hightower.kv.statemachine.RangeRequest;
import io.hightower.kv.statemachine.Refusal;
import io.hightower.kv.statemachine.Result;
import org.junit.jupiter.api.Test;

class CompactionTest {
    private final Machine machine = Machine.withHistory();

    @Test
    void movesTheCompactRevisionAndNoOther() {
        machine.put("k", "1");
        machine.put("k", "2");
        assertThat(compact(3)).isEqualTo(new Result.CompactResult(3, 3));
        assertThat(machine.applied().compactRevision()).isEqualTo(3);
        assertThat(machine.applied().revision()).isEqualTo(3);
    }

    @Test
    void refusesWhatWasCompactedAndWhatHasNotCome() {
        machine.put("k", "1");
        machine.put("k", "2");
        compact(2);
        assertThat(compact(2)).isEqualTo(new Result.Refused(3, Refusal.COMPACTED, 2));
        assertThat(compact(1)).isEqualTo(new Result.Refused(3, Refusal.COMPACTED, 2));
        assertThat(compact(0)).isEqualTo(new Result.Refused(3, Refusal.COMPACTED, 2));
        assertThat(compact(4)).isEqualTo(new Result.Refused(3, Refusal.FUTURE_REVISION, 2));
        assertThat(machine.applied().compactRevision()).isEqualTo(2);
    }

    @Test
    void storeThatWasNeverCompactedTakesRevisionZero() {
        assertThat(compact(0)).isEqualTo(new Result.CompactResult(1, 0));
        assertThat(compact(1)).isEqualTo(new Result.CompactResult(1, 1));
        assertThat(compact(-1)).isEqualTo(new Result.Refused(1, Refusal.COMPACTED, 1));
    }

    @Test
    void countsInTheStateHash() {
        machine.put("k", "1");
        long before = machine.stateHash();
        compact(2);
        assertThat(machine.stateHash()).isNotEqualTo(before);
    }

    @Test
    void keysWhoseLastWriteIsOlderStayReadable() {
        machine.put("old", "v");
        machine.put("k", "1");
        compact(3);
        assertThat(machine.range(RangeRequest.of(KeyRange.all())).count()).isEqualTo(2);
        assertThat(machine.range(RangeRequest.of(KeyRange.all()).atRevision(3)).count())
                .isEqualTo(2);
    }

    private Result compact(long revision) {
        return machine.apply(new Command.Compact(revision));
    }
}
