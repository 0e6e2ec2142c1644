package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.replication.ratis.StallWatch.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StallWatchTest {
    private static final Progress LOG_HANGS = new Progress(9, 8, 8, 8, 0, false);
    private static final Progress STATE_HANGS = new Progress(9, 9, 9, 8, 0, false);

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5);
    private final List<String> heard = new ArrayList<>();
    private final StallWatch watch = new StallWatch(
            new StallWatch.Consequences() {
                @Override
                public void handOver(String reason) {
                    heard.add("hand over: " + reason);
                }

                @Override
                public void die(String reason) {
                    heard.add("die: " + reason);
                }
            },
            nanos::get);

    private void look(int seconds, Progress now) {
        for (int i = 0; i < seconds; i++) {
            nanos.addAndGet(Duration.ofSeconds(1).toNanos());
            watch.look(now);
        }
    }

    @Test
    void aLogThatIsNotWrittenIsFirstALeadersProblemThenTheMembers() {
        look(10, LOG_HANGS);
        assertThat(heard).isEmpty();
        look(1, LOG_HANGS);
        assertThat(heard)
                .containsExactly(
                        "hand over: The log is not written any more, the disk does not answer: seconds=10 logged=9"
                                + " flushed=8 committed=8 applied=8");
        look(49, LOG_HANGS);
        assertThat(heard).hasSize(50).allMatch(line -> line.startsWith("hand over"));
        look(1, LOG_HANGS);
        assertThat(heard)
                .last()
                .asString()
                .startsWith("die: The log is not written any more")
                .contains("seconds=60");
    }

    @Test
    void aStateThatIsNotChangedIsNoticedToo() {
        look(11, STATE_HANGS);
        assertThat(heard).singleElement().asString().startsWith("hand over: The state is not changed any more");
        look(50, STATE_HANGS);
        assertThat(heard).last().asString().startsWith("die: The state is not changed any more");
    }

    @Test
    void progressHoweverSlowIsEnough() {
        for (int round = 0; round < 20; round++) {
            look(9, new Progress(1000, round, round, round, 0, false));
        }
        assertThat(heard).isEmpty();
    }

    @Test
    void whoHasNothingToDoMayRest() {
        look(1000, new Progress(9, 9, 9, 9, 0, false));
        look(1000, new Progress(9, 12, 5, 9, 0, false));
        assertThat(heard).isEmpty();
    }

    @Test
    void oneLongCommandIsWorkAndWaitingIsNot() {
        for (int second = 0; second < 300; second++) {
            look(1, new Progress(9, 9, 9, 8, second * 20_000_000L, false));
        }
        assertThat(heard).isEmpty();
        for (int second = 0; second < 11; second++) {
            look(1, new Progress(9, 9, 9, 8, 6_000_000_000L + second * 100_000L, false));
        }
        assertThat(heard).hasSize(1);
    }

    @Test
    void whileAnotherStateTakesItsPlaceNothingIsApplied() {
        look(1000, new Progress(9, 9, 9, 8, 0, true));
        assertThat(heard).isEmpty();
        look(9, STATE_HANGS);
        assertThat(heard).isEmpty();
        look(1, STATE_HANGS);
        assertThat(heard).hasSize(1);
    }

    @Test
    void aProcessThatWasStoppedForLongIsNotTakenForOneThatHangs() {
        look(1, LOG_HANGS);
        nanos.addAndGet(Duration.ofHours(1).toNanos());
        watch.look(LOG_HANGS);
        assertThat(heard).isEmpty();
        look(8, LOG_HANGS);
        assertThat(heard).as("ten seconds, of which a look counts two at most").hasSize(1);
    }
}
