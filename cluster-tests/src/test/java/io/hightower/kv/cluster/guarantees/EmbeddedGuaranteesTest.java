package io.hightower.kv.cluster.guarantees;

import io.hightower.kv.statemachine.random.SeededRuns;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The guarantees hold in a store by itself that flushes and merges all the time, and is closed and opened in between. */
class EmbeddedGuaranteesTest {
    private static final long SECONDS = Long.getLong("hightower.guaranteeSeconds", 6);

    @Test
    void everyGuaranteeHoldsAcrossRestarts(@TempDir Path directory, TestInfo test) {
        SeededRuns.of(test).count(1).checkEach(random -> {
            try (Members members = Members.alone(directory.resolve(Long.toString(System.nanoTime())))) {
                GuaranteeRun run = new GuaranteeRun(members, random);
                String name = members.names().get(0);
                for (int part = 0; part < 3; part++) {
                    run.work(Duration.ofMillis(SECONDS * 1000 / 3));
                    if (part < 2) {
                        members.close(name);
                        members.open(name);
                    }
                }
                long last = run.settle();
                members.member(name).runCompactionNow();
                run.sampleAll(last);
                members.close(name);
                members.open(name);
                run.sampleAll(last);
                run.judge("embedded");
            }
        });
    }
}
