package io.hightower.kv.statemachine.state;

import static io.hightower.kv.statemachine.contract.StateReading.records;
import static io.hightower.kv.statemachine.contract.StateReading.recordsHash;
import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.KeyRecord;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.random.RandomCommands;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.statemachine.spi.StoreView;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class KvStateModelTest {
    private static final int RUNS = 420;
    private static final int COMMANDS_PER_RUN = 500;

    @Test
    void agreesWithTheReferenceModelAfterEachCommand(TestInfo test) {
        SeededRuns.of(test)
                .count(RUNS)
                .check(random -> new RandomCommands(random).list(COMMANDS_PER_RUN), KvStateModelTest::compare);
    }

    private static void compare(List<Command> commands) {
        Machine machine = new Machine();
        ReferenceModel model = new ReferenceModel();
        for (Command command : commands) {
            Result expected = model.apply(command);
            Result result = machine.apply(command);
            if (!result.equals(expected)) {
                assertThat(result).as("result of %s", command).isEqualTo(expected);
            }
            compareStates(machine, model, command);
        }
    }

    /** Compares without the assertion library first: it is slow, and this runs hundreds of thousands of times. */
    private static void compareStates(Machine machine, ReferenceModel model, Command last) {
        List<KeyRecord> expected = model.records();
        long living = expected.stream().filter(KeyRecord::live).count();
        AppliedState scalars = new AppliedState(
                machine.applied().position(),
                model.revision,
                model.latestVersion,
                model.releasedRevision,
                0,
                0,
                living,
                expected.size() - living,
                recordsHash(expected));
        try (StoreView view = machine.store.view()) {
            List<KeyRecord> found = records(view);
            if (!found.equals(expected) || !view.applied().equals(scalars)) {
                assertThat(found).as("records after %s", last).isEqualTo(expected);
                assertThat(view.applied()).as("scalars after %s", last).isEqualTo(scalars);
            }
        }
    }
}
