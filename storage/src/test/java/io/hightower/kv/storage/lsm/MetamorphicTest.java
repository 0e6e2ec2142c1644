package io.hightower.kv.storage.lsm;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.statemachine.random.SeededRuns;
import io.hightower.kv.statemachine.spi.Metrics;
import io.hightower.kv.statemachine.spi.TreeMapStateStore;
import io.hightower.kv.storage.simulated.SimulatedDisk;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/** One list of operations gives the same answers under all options, and those of the plainest store there is. */
class MetamorphicTest {
    private static final int RUNS = 12;
    private static final int OPERATIONS = 700;
    private static final int KIB = 1024;

    @Test
    void optionsNeverChangeAnAnswer(TestInfo test) {
        SeededRuns.of(test)
                .count(RUNS)
                .check(random -> StoreOperation.list(random, OPERATIONS), MetamorphicTest::requireEqualAnswers);
    }

    private static void requireEqualAnswers(List<StoreOperation> operations) {
        List<Object> expected;
        try (AnsweringStore reference = AnsweringStore.reference(new TreeMapStateStore())) {
            expected = reference.answers(operations);
        }
        for (Map.Entry<String, Supplier<AnsweringStore>> set : optionSets().entrySet()) {
            try (AnsweringStore store = set.getValue().get()) {
                List<Object> answers = store.answers(operations);
                for (int i = 0; i < expected.size(); i++) {
                    if (answers.get(i) != AnsweringStore.UNKNOWN) {
                        assertThat(answers.get(i))
                                .as("%s after %s", set.getKey(), i < operations.size() ? operations.get(i) : "the end")
                                .isEqualTo(expected.get(i));
                    }
                }
            }
        }
    }

    private static Map<String, Supplier<AnsweringStore>> optionSets() {
        Map<String, Supplier<AnsweringStore>> sets = new LinkedHashMap<>();
        sets.put("tiny", () -> inline(tiny(4, 4, 4, true, 2)));
        sets.put("tiny with history", () -> inline(tiny(4, 4, 4, true, 2).withKeepHistory(true)));
        sets.put("larger memtables", () -> inline(tiny(48, 4, 4, true, 2)));
        sets.put("larger tables", () -> inline(tiny(4, 64, 4, true, 2)));
        sets.put("larger blocks", () -> inline(tiny(8, 16, 32, true, 3)));
        sets.put(
                "uncompressed with history",
                () -> inline(tiny(6, 8, 6, false, 4).withKeepHistory(true)));
        sets.put("many tables in level 0", () -> inline(tiny(4, 8, 4, true, 12)));
        sets.put("hot keys", () -> inline(special(64 * KIB, false, false)));
        sets.put("hot keys with history, verified", () -> inline(special(64 * KIB, true, true)));
        sets.put("own threads", () -> ownThreads(tiny(4, 4, 4, true, 2)));
        sets.put("own threads, hot keys, history", () -> ownThreads(special(32 * KIB, true, false)));
        sets.put("all in memory", () -> inline(StoreOptions.ofMemory(64 << 20).withKeepHistory(true)));
        return sets;
    }

    private static StoreOptions tiny(
            int memtableKib, int tableKib, int blockKib, boolean compressed, int level0Tables) {
        return new StoreOptions(
                4 << 20,
                (long) memtableKib * KIB,
                Long.MAX_VALUE,
                blockKib * KIB,
                compressed,
                (long) tableKib * KIB,
                level0Tables,
                0,
                false,
                false,
                Metrics.none());
    }

    private static StoreOptions special(long hotKeysBytes, boolean keepHistory, boolean verifyMerges) {
        return new StoreOptions(
                4 << 20,
                5 * KIB,
                Long.MAX_VALUE,
                4 * KIB,
                true,
                6 * KIB,
                2,
                hotKeysBytes,
                keepHistory,
                verifyMerges,
                Metrics.none());
    }

    private static AnsweringStore inline(StoreOptions options) {
        return answering(options, BackgroundWork::onCallersThread);
    }

    private static AnsweringStore ownThreads(StoreOptions options) {
        return answering(options, BackgroundWork::ownThreads);
    }

    private static AnsweringStore answering(StoreOptions options, Supplier<BackgroundWork> background) {
        SimulatedDisk disk = SimulatedDisk.empty();
        return AnsweringStore.of(
                () -> LogStructuredStore.open(disk, StoreFixture.STORE_ID, options, background.get()),
                options.keepHistory());
    }
}
