package io.hightower.kv.replication.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import io.hightower.kv.replication.ratis.CommandQueue.Offered;
import io.hightower.kv.statemachine.Bytes;
import io.hightower.kv.statemachine.Command;
import io.hightower.kv.statemachine.Result;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CommandQueueTest {
    private static final Command COMMAND = Command.put(Bytes.utf8("k"), Bytes.EMPTY);

    private final CommandQueue queue = new CommandQueue(4, 100, Duration.ZERO);

    private static Submission submission(int commands, int bytes) {
        return submission(commands, bytes, 0, Submission.LOCAL);
    }

    private static Submission submission(int commands, int bytes, long deadlineNanos, Submission.Origin origin) {
        return new Submission(
                Collections.nCopies(commands, COMMAND), bytes, deadlineNanos, origin, new Submission.Receiver() {
                    @Override
                    public void succeeded(long index, List<Result> results) {}

                    @Override
                    public void failed(RuntimeException why) {}
                });
    }

    @Test
    void drainsInOrderUpToTheLimitsButAlwaysSomething() throws InterruptedException {
        Submission first = submission(1, 50);
        Submission second = submission(2, 10);
        Submission third = submission(1, 10);
        for (Submission each : List.of(first, second, third)) {
            assertThat(queue.offer(each)).isEqualTo(Offered.TAKEN);
        }

        assertThat(queue.drain(1, 10, 0)).containsExactly(first);
        assertThat(queue.drain(3, 15, 0)).containsExactly(second);
        assertThat(queue.drain(3, 15, 0)).containsExactly(third);
        assertThat(queue.drain(3, 15, 0)).isEmpty();
    }

    @Test
    void refusesWhatExceedsCountOrBytesUnlessItIsAlone() throws InterruptedException {
        assertThat(queue.offer(submission(1, 500))).isEqualTo(Offered.TAKEN);
        assertThat(queue.offer(submission(1, 1))).isEqualTo(Offered.FULL);
        assertThat(queue.drain(10, 10, 0)).hasSize(1);

        assertThat(queue.offer(submission(3, 1))).isEqualTo(Offered.TAKEN);
        assertThat(queue.offer(submission(2, 1))).isEqualTo(Offered.FULL);
        assertThat(queue.offer(submission(1, 1))).isEqualTo(Offered.TAKEN);
    }

    @Test
    void putsInFrontWhetherThereIsRoomOrNot() throws InterruptedException {
        Submission waiting = submission(4, 100);
        Submission urgent = submission(1, 1);
        assertThat(queue.offer(waiting)).isEqualTo(Offered.TAKEN);
        assertThat(queue.offerFirst(urgent)).isTrue();
        assertThat(queue.drain(10, 1000, 0)).containsExactly(urgent, waiting);
    }

    @Test
    void removesWhatHasExpired() throws InterruptedException {
        Submission late = submission(1, 1, 10, Submission.LOCAL);
        Submission early = submission(1, 1, 30, Submission.LOCAL);
        queue.offer(late);
        queue.offer(early);

        assertThat(queue.removeExpired(9)).isEmpty();
        assertThat(queue.removeExpired(10)).containsExactly(late);
        assertThat(queue.drain(10, 10, 0)).containsExactly(early);
    }

    @Test
    void closedTakesOnlyWhatOthersForwardAndEndedTakesNothing() {
        Submission forwarded = submission(1, 1, 0, termLed -> true);
        queue.close();
        assertThat(queue.offer(submission(1, 1))).isEqualTo(Offered.CLOSED);
        assertThat(queue.offer(forwarded)).isEqualTo(Offered.TAKEN);
        queue.end();
        assertThat(queue.offer(forwarded)).isEqualTo(Offered.CLOSED);
        assertThat(queue.removeAll()).containsExactly(forwarded);
    }

    @Test
    void isIdleOnlyWhenWhoeverDrainsHasComeBackForMore() throws InterruptedException {
        assertThat(queue.isIdle()).isTrue();
        queue.offer(submission(1, 1));
        assertThat(queue.isIdle()).isFalse();
        queue.drain(10, 10, 0);
        assertThat(queue.isIdle()).isFalse();
    }
}
