package io.hightower.kv.statemachine.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.AppliedState;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.codec.EntryCodec;
import io.hightower.kv.statemachine.random.RandomCommands;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.statemachine.spi.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class KvStateDeterminismTest {
    private static final int COMMANDS_PER_RUN = 200;

    private final Locale locale = Locale.getDefault();
    private final TimeZone timeZone = TimeZone.getDefault();

    @AfterEach
    void restoreDefaults() {
        Locale.setDefault(locale);
        TimeZone.setDefault(timeZone);
    }

    @Test
    void equalCommandsGiveEqualHashesHoweverTheyAreSplitIntoEntries(TestInfo test) {
        SeededRuns.of(test).count(100).checkEach(random -> {
            List<Command> commands = new RandomCommands(random).list(COMMANDS_PER_RUN);
            settleIn("en-US", "UTC");
            List<Long> hashes = new ArrayList<>();
            List<Result> results = new ArrayList<>();
            Machine single = new Machine();
            for (Command command : commands) {
                results.add(single.apply(command));
                hashes.add(single.stateHash());
            }

            settleIn("tr-TR", "Asia/Kolkata");
            compareSplit(commands, results, hashes, random);
            settleIn("ar-SA-u-nu-arab", "Pacific/Chatham");
            compareSplit(commands, results, hashes, random);
        });
    }

    private static void settleIn(String locale, String timeZone) {
        Locale.setDefault(Locale.forLanguageTag(locale));
        TimeZone.setDefault(TimeZone.getTimeZone(timeZone));
    }

    /** Applies the commands in entries of random length at other positions and times, and compares at each entry's end. */
    private static void compareSplit(
            List<Command> commands, List<Result> results, List<Long> hashes, RandomGenerator random) {
        Machine machine = new Machine();
        LogPosition position = new LogPosition(random.nextLong(9), random.nextLong(1_000));
        for (int from = 0; from < commands.size(); ) {
            int until = Math.min(commands.size(), from + random.nextInt(1, 20));
            position = new LogPosition(position.term() + random.nextInt(2), position.index() + random.nextInt(1, 5));
            Entry entry = new Entry(random.nextLong(1L << 40), commands.subList(from, until));

            List<Result> found = machine.state.apply(position, EntryCodec.decode(EntryCodec.encode(entry)));

            assertThat(found).isEqualTo(results.subList(from, until));
            assertThat(machine.stateHash()).as("after command %s", until).isEqualTo(hashes.get(until - 1));
            from = until;
        }
    }

    /** A state rebuilt from the records in any order has the hash that commands arrived at step by step. */
    @Test
    void hashEqualsItsRecomputationFromTheRecords(TestInfo test) {
        SeededRuns.of(test).count(100).check(random -> new RandomCommands(random).list(COMMANDS_PER_RUN), commands -> {
            Machine machine = new Machine();
            commands.forEach(machine::apply);
            AppliedState applied = machine.applied();

            Machine copy = new Machine();
            StateHash hash = new StateHash();
            long sum = 0;
            StateStore.Edit edit = copy.store.edit();
            for (int i = machine.all().size() - 1; i >= 0; i--) {
                edit.write(machine.all().get(i));
                sum += hash.of(machine.all().get(i));
            }
            edit.publish(new AppliedState(
                    LogPosition.START,
                    applied.revision(),
                    applied.latestVersion(),
                    applied.releasedRevision(),
                    0,
                    0,
                    applied.liveKeys(),
                    applied.tombstones(),
                    sum));
            assertThat(copy.stateHash()).isEqualTo(machine.stateHash());
            assertThat(copy.all()).isEqualTo(machine.all());
        });
    }
}
