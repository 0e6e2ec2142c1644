package io.hightower.kv.statemachine.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.RefusedException;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.random.RandomPrograms;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.statemachine.spi.StoreView;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class ReadOnlyTxnTest {
    /** What was read in all runs, so that the test does not pass for want of transactions that only read. */
    private int compared;

    private int refused;

    @Test
    void aViewAnswersAsApplyingWould(TestInfo info) {
        SeededRuns.of(info).count(40).check(random -> new RandomPrograms(random).entries(150), this::run);
        assertThat(compared).isGreaterThan(100);
        assertThat(refused).isGreaterThan(5);
    }

    private void run(List<Entry> entries) {
        Machine machine = Machine.withHistory();
        for (Entry entry : entries) {
            for (Command command : entry.commands()) {
                if (command instanceof Command.Txn txn && ReadOnlyTxn.is(txn)) {
                    compare(machine, txn);
                }
                machine.applyEntry(entry.logicalTimeMillis(), List.of(command));
            }
        }
    }

    private void compare(Machine machine, Command.Txn txn) {
        long before = machine.applied().revision();
        Result applied = machine.apply(txn);
        assertThat(machine.applied().revision()).isEqualTo(before);
        try (StoreView view = machine.store.view()) {
            assertThat(ReadOnlyTxn.read(view, txn)).isEqualTo(applied);
            compared++;
        } catch (RefusedException e) {
            assertThat(applied).isInstanceOfSatisfying(Result.Refused.class, result -> assertThat(result.refusal())
                    .isEqualTo(e.refusal()));
            refused++;
        }
    }
}
