package io.hightower.kv.statemachine.state;

import static io.hightower.kv.statemachine.contract.StateReading.records;
import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Entry;
import io.hightower.kv.statemachine.LogPosition;
import io.hightower.kv.statemachine.Result;
import io.hightower.kv.statemachine.codec.EntryCodec;
import io.hightower.kv.statemachine.codec.ResultCodec;
import io.hightower.kv.statemachine.random.RandomPrograms;
import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.statemachine.spi.StoreView;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

class ProgramDeterminismTest {
    private final Locale locale = Locale.getDefault();
    private final TimeZone timeZone = TimeZone.getDefault();

    @AfterEach
    void restoreDefaults() {
        Locale.setDefault(locale);
        TimeZone.setDefault(timeZone);
    }

    @Test
    void replicasFedTheSameEntriesHaveEqualHashesAfterEachEntry(TestInfo test) {
        SeededRuns.of(test).count(100).check(random -> new RandomPrograms(random).entries(150), entries -> {
            Machine leader = Machine.withHistory();
            Machine follower = Machine.withHistory();
            for (Entry entry : entries) {
                settleIn("en-US", "UTC");
                List<Result> results = leader.applyEntry(entry.logicalTimeMillis(), entry.commands());
                settleIn("ar-SA-u-nu-arab", "Pacific/Chatham");
                Entry sent = EntryCodec.decode(EntryCodec.encode(entry));
                List<Result> there = follower.applyEntry(sent.logicalTimeMillis(), sent.commands());

                assertThat(ResultCodec.decode(ResultCodec.encode(results))).isEqualTo(there);
                assertThat(follower.stateHash()).isEqualTo(leader.stateHash());
                assertThat(follower.applied()).isEqualTo(leader.applied());
            }
        });
    }

    @Test
    void commandsGiveTheSameResultsEachInAnEntryOfItsOwn(TestInfo test) {
        SeededRuns.of(test).count(100).check(random -> new RandomPrograms(random).entries(100), entries -> {
            Machine together = Machine.withHistory();
            Machine single = Machine.withHistory();
            for (Entry entry : entries) {
                List<Result> expected = new ArrayList<>();
                for (Command command : entry.commands()) {
                    expected.add(single.applyAt(entry.logicalTimeMillis(), command));
                }
                LogPosition next =
                        new LogPosition(1, together.applied().position().index() + 7);
                assertThat(together.state.apply(next, entry)).isEqualTo(expected);
                assertThat(together.stateHash()).isEqualTo(single.stateHash());
            }
            try (StoreView here = together.store.view();
                    StoreView there = single.store.view()) {
                assertThat(records(here)).isEqualTo(records(there));
                assertThat(here.system().hash()).isEqualTo(there.system().hash());
            }
        });
    }

    private static void settleIn(String locale, String timeZone) {
        Locale.setDefault(Locale.forLanguageTag(locale));
        TimeZone.setDefault(TimeZone.getTimeZone(timeZone));
    }
}
